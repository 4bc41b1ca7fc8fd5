"""That a mail to somebody from outside came back."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0035_guest_bounces"
down_revision = "0034_peer_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("guest_invitation") as batch:
        batch.add_column(sa.Column("bounced_at", connector.db.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("guest_invitation") as batch:
        batch.drop_column("bounced_at")
