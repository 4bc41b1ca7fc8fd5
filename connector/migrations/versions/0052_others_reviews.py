"""Whether reviewers read what others said of the same work."""

import sqlalchemy as sa
from alembic import op

revision = "0052_others_reviews"
down_revision = "0051_solved_for_good"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("peer_review") as batch:
        batch.add_column(sa.Column("shows_others", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("peer_review") as batch:
        batch.drop_column("shows_others")
