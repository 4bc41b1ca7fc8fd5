"""Settings of whole courses: activities that are switched off, a language, and the log."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0029_course_settings"
down_revision = "0028_pool"
branch_labels = None
depends_on = None

_WHAT = ("activity", "language", "learners_start", "allows_anonymous", "moderation", "keep_days")
_TIME = connector.db.UTCDateTime(timezone=True)


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_course_change_{column}_{target}")


def upgrade() -> None:
    """Add the columns and the log."""
    with op.batch_alter_table("activity") as batch_op:
        batch_op.add_column(sa.Column("switched_off_at", _TIME, nullable=True))
    with op.batch_alter_table("course") as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(), nullable=True))
    op.create_table(
        "course_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("what", sa.Enum(*_WHAT, name="what", native_enum=False, length=32), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        _key("course_id", "course"),
        _key("activity_id", "activity"),
        _key("by_id", "membership"),
        sa.PrimaryKeyConstraint("id", name="pk_course_change"),
    )
    op.create_index("ix_course_change_by_id", "course_change", ["by_id"])
    op.create_index("ix_course_change_course_id_changed_at", "course_change", ["course_id", "changed_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("course_change")
    with op.batch_alter_table("course") as batch_op:
        batch_op.drop_column("language")
    with op.batch_alter_table("activity") as batch_op:
        batch_op.drop_column("switched_off_at")
