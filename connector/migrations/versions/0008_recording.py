"""Who changed what of a course's acts is recorded."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0008_recording"
down_revision = "0007_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    recording = sa.Enum("on", "pseudonymous", "off", name="recording", native_enum=False, length=32)
    op.create_table(
        "recording_change",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("before", recording, nullable=False),
        sa.Column("after", recording, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["membership.id"], name=op.f("fk_recording_change_by_id_membership")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_recording_change_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_change")),
    )
    op.create_index("ix_recording_change_course_id_changed_at", "recording_change", ["course_id", "changed_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("recording_change")
