"""Whether late work was accepted, by whom, and what was said about it."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0047_late_work"
down_revision = "0046_topic_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("peer_submission") as batch:
        batch.add_column(sa.Column("late_note", sa.Text(), nullable=True))
        batch.add_column(sa.Column("late_by_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("late_at", connector.db.UTCDateTime(timezone=True), nullable=True))
        batch.create_foreign_key("fk_peer_submission_late_by_id_membership", "membership", ["late_by_id"], ["id"])
        batch.create_index("ix_peer_submission_late_by_id", ["late_by_id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("peer_submission") as batch:
        batch.drop_index("ix_peer_submission_late_by_id")
        batch.drop_constraint("fk_peer_submission_late_by_id_membership", type_="foreignkey")
        batch.drop_column("late_at")
        batch.drop_column("late_by_id")
        batch.drop_column("late_note")
