"""Reports of posts, the log of moderation, and who may not write for a time."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0009_moderation"
down_revision = "0008_recording"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)
_DEEDS = (
    "held approved removed restored edited revealed muted unmuted closed reopened pinned unpinned featured unfeatured "
    "split moved merged"
).split()
_COMPLAINTS = ("unkind", "private", "off-topic", "advertising", "copied", "other")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "member_mute",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_member_mute_member_id_membership"),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_mute"),
    )
    op.create_table(
        "post_report",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("complaint", sa.Enum(*_COMPLAINTS, name="complaint", native_enum=False, length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_report_post_id_post"),
        sa.ForeignKeyConstraint(["reporter_id"], ["membership.id"], name="fk_post_report_reporter_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_post_report"),
        sa.UniqueConstraint("post_id", "reporter_id", name="uq_post_report_post_id_reporter_id"),
    )
    op.create_index("ix_post_report_reporter_id", "post_report", ["reporter_id"])
    op.create_table(
        "moderation_act",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.Enum(*_DEEDS, name="deed", native_enum=False, length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("done_at", _TIME, nullable=False),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_moderation_act_activity_id_activity"),
        sa.ForeignKeyConstraint(["by_id"], ["membership.id"], name="fk_moderation_act_by_id_membership"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_moderation_act_post_id_post"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_moderation_act_thread_id_thread"),
        sa.ForeignKeyConstraint(["target_id"], ["thread.id"], name="fk_moderation_act_target_id_thread"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_moderation_act_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_act"),
    )
    op.create_index("ix_moderation_act_log", "moderation_act", ["activity_id", "done_at"])
    for name in ("post_id", "thread_id", "member_id"):
        op.create_index(f"ix_moderation_act_{name}", "moderation_act", [name])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("moderation_act", "post_report", "member_mute"):
        op.drop_table(name)
