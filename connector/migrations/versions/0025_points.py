"""Which activities have points, and who shows theirs."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0025_points"
down_revision = "0024_alikes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "participation_with_points",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_participation_with_points_activity_id_activity"
        ),
        sa.PrimaryKeyConstraint("activity_id", name="pk_participation_with_points"),
    )
    op.create_table(
        "participation_shown_points",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("since", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_participation_shown_points_activity_id_activity"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["membership.id"], name="fk_participation_shown_points_member_id_membership"
        ),
        sa.PrimaryKeyConstraint("activity_id", "member_id", name="pk_participation_shown_points"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("participation_shown_points")
    op.drop_table("participation_with_points")
