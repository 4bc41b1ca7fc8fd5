"""Activities that are prepared on the course's page, and published there."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0026_authoring"
down_revision = "0025_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two times."""
    with op.batch_alter_table("activity") as batch_op:
        batch_op.add_column(sa.Column("prepared_at", connector.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("published_at", connector.db.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("activity") as batch_op:
        batch_op.drop_column("published_at")
        batch_op.drop_column("prepared_at")
