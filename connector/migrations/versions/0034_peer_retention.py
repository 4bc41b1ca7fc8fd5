"""How long the texts of a peer review are kept."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0034_peer_retention"
down_revision = "0033_course_gradebook"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("peer_review") as batch:
        batch.add_column(sa.Column("keep_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("forgotten_at", connector.db.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("peer_review") as batch:
        batch.drop_column("forgotten_at")
        batch.drop_column("keep_days")
