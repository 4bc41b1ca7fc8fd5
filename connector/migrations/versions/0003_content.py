"""Files, drafts and mentions."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0003_content"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draft",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_draft_member_id_membership"),
        sa.PrimaryKeyConstraint("member_id", "place", name="pk_draft"),
    )
    op.create_index("ix_draft_updated_at", "draft", ["updated_at"])
    op.create_table(
        "attachment",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("holder_kind", sa.String(length=32), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("alt", sa.String(), nullable=True),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_attachment_course_id_course"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_attachment_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("storage_key", name="uq_attachment_storage_key"),
    )
    op.create_index("ix_attachment_course_id", "attachment", ["course_id"])
    op.create_index("ix_attachment_holder", "attachment", ["holder_kind", "holder_id"])
    op.create_index("ix_attachment_holder_id_created_at", "attachment", ["holder_id", "created_at"])
    op.create_index("ix_attachment_member_id_created_at", "attachment", ["member_id", "created_at"])
    op.create_table(
        "mention",
        sa.Column("holder_kind", sa.String(length=32), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Enum("trainers", "everyone", name="everyone", native_enum=False, length=32), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_mention_course_id_course"),
        sa.ForeignKeyConstraint(["group_id"], ["course_group.id"], name="fk_mention_group_id_course_group"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_mention_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_mention"),
    )
    op.create_index("ix_mention_course_id", "mention", ["course_id"])
    op.create_index("ix_mention_holder", "mention", ["holder_kind", "holder_id"])
    op.create_index("ix_mention_member_id", "mention", ["member_id"])


def downgrade() -> None:
    """Drop the tables; the files themselves stay in the store."""
    for name in ("mention", "attachment", "draft"):
        op.drop_table(name)
