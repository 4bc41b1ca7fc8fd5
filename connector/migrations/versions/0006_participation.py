"""What taking part in an activity means."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0006_participation"
down_revision = "0005_notices"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)
_TABLES = ("participation", "participation_extension", "participation_criterion", "participation_remark")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "participation",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("late", _words("late", "counts", "half", "nothing"), nullable=False),
        sa.Column("grading", _words("grading", "none", "count", "rubric"), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_participation_activity_id_activity"),
        sa.PrimaryKeyConstraint("activity_id", name="pk_participation"),
    )
    op.create_table(
        "participation_extension",
        *_learner("participation_extension"),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["membership.id"], name="fk_participation_extension_given_by_id_membership"
        ),
    )
    op.create_table(
        "participation_criterion",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_participation_criterion_activity_id_activity"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_participation_criterion"),
        sa.UniqueConstraint("activity_id", "position", name="uq_participation_criterion_activity_id_position"),
    )
    op.create_table(
        "participation_mark",
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("marked_by_id", sa.Uuid(), nullable=False),
        sa.Column("marked_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["participation_criterion.id"],
            name="fk_participation_mark_criterion_id_participation_criterion",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_participation_mark_member_id_membership"),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["membership.id"], name="fk_participation_mark_marked_by_id_membership"
        ),
        sa.PrimaryKeyConstraint("criterion_id", "member_id", name="pk_participation_mark"),
    )
    op.create_table(
        "participation_remark",
        *_learner("participation_remark"),
        sa.Column("text", sa.String(), nullable=False),
    )
    op.create_table(
        "participation_completion",
        *_learner("participation_completion"),
        sa.Column("completed_at", _TIME, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("participation_mark", "participation_completion", *_TABLES):
        op.drop_table(name)


def _learner(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=f"fk_{table}_activity_id_activity"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name=f"fk_{table}_member_id_membership"),
        sa.PrimaryKeyConstraint("activity_id", "member_id", name=f"pk_{table}"),
    ]


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32)
