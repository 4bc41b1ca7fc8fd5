"""Reminders before the dates of peer reviews."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0017_peer_reminders"
down_revision = "0016_routing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the switch."""
    op.create_table(
        "peer_reminder",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("due_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lacking", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_reminder_activity_id_activity"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_reminder_member_id_membership"),
        sa.PrimaryKeyConstraint("activity_id", "member_id", "what", "due_at", "hours", name="pk_peer_reminder"),
    )
    op.create_index("ix_peer_reminder_member_id", "peer_reminder", ["member_id"])
    with op.batch_alter_table("peer_review") as batch:
        batch.add_column(sa.Column("has_reminders", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("peer_review") as batch:
        batch.drop_column("has_reminders")
    op.drop_table("peer_reminder")
