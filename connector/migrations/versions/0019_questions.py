"""Questions to experts: what is kept beside their threads."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0019_questions"
down_revision = "0018_group_work"
branch_labels = None
depends_on = None


def _time(name: str, *, is_needed: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, connector.db.UTCDateTime(timezone=True), nullable=not is_needed)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "question_desk",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        _time("assessed_until"),
        sa.Column("nudge_days", sa.Integer(), nullable=False),
        sa.Column("starters", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_question_desk_activity_id_activity"),
        sa.PrimaryKeyConstraint("activity_id", name="pk_question_desk"),
    )
    op.create_table(
        "question_hour",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        _time("begins_at", is_needed=True),
        _time("ends_at", is_needed=True),
        _time("created_at", is_needed=True),
        _time("passed_on_at"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_question_hour_activity_id_activity"),
        sa.ForeignKeyConstraint(["host_id"], ["membership.id"], name="fk_question_hour_host_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_question_hour"),
    )
    op.create_index("ix_question_hour_activity_id", "question_hour", ["activity_id"])
    op.create_table(
        "question",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        _time("sent_on_at"),
        _time("answered_at"),
        _time("last_answer_at"),
        _time("info_asked_at"),
        sa.Column("info_asked_by_id", sa.Uuid()),
        sa.Column("info_wanted", sa.Text(), nullable=False),
        _time("resolved_at"),
        _time("reopened_at"),
        _time("nudged_at"),
        sa.Column("is_assessed", sa.Boolean(), nullable=False),
        sa.Column("unlike_id", sa.Uuid()),
        sa.Column("unlike_reason", sa.Text(), nullable=False),
        sa.Column("alike_id", sa.Uuid()),
        sa.Column("alike_chance", sa.Double()),
        sa.Column("hour_id", sa.Uuid()),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_question_thread_id_thread"),
        sa.ForeignKeyConstraint(["info_asked_by_id"], ["membership.id"], name="fk_question_info_asked_by_id_membership"),
        sa.ForeignKeyConstraint(["unlike_id"], ["thread.id"], name="fk_question_unlike_id_thread"),
        sa.ForeignKeyConstraint(["alike_id"], ["thread.id"], name="fk_question_alike_id_thread"),
        sa.ForeignKeyConstraint(["hour_id"], ["question_hour.id"], name="fk_question_hour_id_question_hour"),
        sa.PrimaryKeyConstraint("thread_id", name="pk_question"),
    )
    op.create_index("ix_question_hour_id", "question", ["hour_id"])
    op.create_table(
        "question_choice",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column("lead", sa.Double(), nullable=False),
        sa.Column("tags", sa.Double(), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_question_choice_activity_id_activity"),
        sa.PrimaryKeyConstraint("id", name="pk_question_choice"),
    )
    op.create_index("ix_question_choice_activity_id", "question_choice", ["activity_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("question_choice", "question", "question_hour", "question_desk"):
        op.drop_table(table)
