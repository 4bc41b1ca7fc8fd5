"""Reviews that experts are asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0039_expert_reviews"
down_revision = "0038_activity_template"
branch_labels = None
depends_on = None

_COLUMNS = (("review", "is_expert"), ("peer_work_result", "by_expert"), ("peer_review", "asks_experts"))


def upgrade() -> None:
    """Add the columns."""
    for table, name in _COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop them."""
    for table, name in reversed(_COLUMNS):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
