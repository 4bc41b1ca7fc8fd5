"""What members find of posts, and which they keep."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0011_reactions"
down_revision = "0010_retention"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)
_SIGNS = ("helpful", "me-too", "thanks", "endorsed")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "post_reaction",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sign", sa.Enum(*_SIGNS, name="sign", native_enum=False, length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_reaction_post_id_post", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_post_reaction_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_post_reaction"),
        sa.UniqueConstraint("post_id", "sign", "member_id", name="uq_post_reaction_post_id_sign_member_id"),
    )
    op.create_index("ix_post_reaction_member_id", "post_reaction", ["member_id"])
    op.create_table(
        "bookmark",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_bookmark_member_id_membership"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_bookmark_post_id_post", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "post_id", name="pk_bookmark"),
    )
    op.create_index("ix_bookmark_newest", "bookmark", ["member_id", "created_at"])
    op.create_index("ix_bookmark_post_id", "bookmark", ["post_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("bookmark")
    op.drop_table("post_reaction")
