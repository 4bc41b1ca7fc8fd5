"""Work that groups hand in: who wrote it, and what they write together."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0018_group_work"
down_revision = "0017_peer_reminders"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; who handed something in is its author."""
    op.create_table(
        "peer_author",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("told", sa.Double(), nullable=True),
        sa.Column("own_score", sa.Double(), nullable=True),
        sa.Column("own_reason", sa.String(), nullable=True),
        sa.Column("own_by_id", sa.Uuid(), nullable=True),
        sa.Column("own_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["peer_submission.id"],
            name="fk_peer_author_submission_id_peer_submission",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_author_member_id_membership"),
        sa.ForeignKeyConstraint(["own_by_id"], ["membership.id"], name="fk_peer_author_own_by_id_membership"),
        sa.PrimaryKeyConstraint("submission_id", "member_id", name="pk_peer_author"),
    )
    op.create_index("ix_peer_author_member_id", "peer_author", ["member_id"])
    op.execute(
        "INSERT INTO peer_author (submission_id, member_id, since, told) "
        "SELECT peer_submission.id, author_id, first_at, told FROM peer_submission "
        "LEFT JOIN peer_work_result ON peer_work_result.submission_id = peer_submission.id"
    )
    op.create_table(
        "peer_shared_text",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("is_handed_in", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_shared_text_activity_id_activity"),
        sa.ForeignKeyConstraint(["group_id"], ["course_group.id"], name="fk_peer_shared_text_group_id_course_group"),
        sa.ForeignKeyConstraint(["by_id"], ["membership.id"], name="fk_peer_shared_text_by_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_shared_text"),
        sa.UniqueConstraint(
            "activity_id", "group_id", "revision", name="uq_peer_shared_text_activity_id_group_id_revision"
        ),
    )
    op.create_index("ix_peer_shared_text_group_id", "peer_shared_text", ["group_id"])
    op.create_index("ix_peer_shared_text_by_id", "peer_shared_text", ["by_id"])
    with op.batch_alter_table("peer_submission") as batch:
        batch.add_column(sa.Column("group_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_peer_submission_group_id_course_group", "course_group", ["group_id"], ["id"])
        batch.drop_constraint("uq_peer_submission_activity_id_author_id", type_="unique")
        batch.create_unique_constraint("uq_peer_submission_activity_id_group_id", ["activity_id", "group_id"])
    alone = sa.text("group_id IS NULL")
    op.create_index(
        "ix_peer_submission_alone",
        "peer_submission",
        ["activity_id", "author_id"],
        unique=True,
        sqlite_where=alone,
        postgresql_where=alone,
    )
    with op.batch_alter_table("peer_submission_version") as batch:
        batch.add_column(sa.Column("by_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_peer_submission_version_by_id_membership", "membership", ["by_id"], ["id"])
    with op.batch_alter_table("peer_work_result") as batch:
        batch.drop_column("told")
    unit = sa.Enum("person", "group", name="unit", native_enum=False, length=32)
    with op.batch_alter_table("peer_review") as batch:
        batch.add_column(sa.Column("unit", unit, nullable=False, server_default="person"))
        batch.add_column(sa.Column("group_set_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_peer_review_group_set_id_group_set", "group_set", ["group_set_id"], ["id"])
    with op.batch_alter_table("peer_review") as batch:
        batch.alter_column("unit", server_default=None)
    with op.batch_alter_table("peer_participant") as batch:
        batch.add_column(sa.Column("is_alone", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("peer_participant") as batch:
        batch.alter_column("is_alone", server_default=None)


def downgrade() -> None:
    """Let each piece of work be of who handed it in first."""
    with op.batch_alter_table("peer_participant") as batch:
        batch.drop_column("is_alone")
    with op.batch_alter_table("peer_review") as batch:
        batch.drop_constraint("fk_peer_review_group_set_id_group_set", type_="foreignkey")
        batch.drop_column("group_set_id")
        batch.drop_column("unit")
    with op.batch_alter_table("peer_work_result") as batch:
        batch.add_column(sa.Column("told", sa.Double(), nullable=True))
    op.execute(
        "UPDATE peer_work_result SET told = (SELECT max(told) FROM peer_author "
        "WHERE peer_author.submission_id = peer_work_result.submission_id)"
    )
    with op.batch_alter_table("peer_submission_version") as batch:
        batch.drop_constraint("fk_peer_submission_version_by_id_membership", type_="foreignkey")
        batch.drop_column("by_id")
    op.drop_index("ix_peer_submission_alone", "peer_submission")
    with op.batch_alter_table("peer_submission") as batch:
        batch.drop_constraint("uq_peer_submission_activity_id_group_id", type_="unique")
        batch.drop_constraint("fk_peer_submission_group_id_course_group", type_="foreignkey")
        batch.drop_column("group_id")
        batch.create_unique_constraint("uq_peer_submission_activity_id_author_id", ["activity_id", "author_id"])
    op.drop_table("peer_shared_text")
    op.drop_table("peer_author")
