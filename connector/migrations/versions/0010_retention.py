"""How long the texts of an activity are kept."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0010_retention"
down_revision = "0009_moderation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("thread_rules") as batch:
        batch.add_column(sa.Column("keep_days", sa.Integer(), nullable=True))
    with op.batch_alter_table("thread") as batch:
        batch.add_column(sa.Column("forgotten_at", connector.db.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("thread") as batch:
        batch.drop_column("forgotten_at")
    with op.batch_alter_table("thread_rules") as batch:
        batch.drop_column("keep_days")
