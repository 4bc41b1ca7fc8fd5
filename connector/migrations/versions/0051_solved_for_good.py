"""A question stays solved when the entry that answers it is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0051_solved_for_good"
down_revision = "0050_drafted_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the entry be gone."""
    with op.batch_alter_table("pool_solved_question") as batch:
        batch.alter_column("entry_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """Forget which questions such entries solved."""
    op.execute("DELETE FROM pool_solved_question WHERE entry_id IS NULL")
    with op.batch_alter_table("pool_solved_question") as batch:
        batch.alter_column("entry_id", existing_type=sa.Uuid(), nullable=False)
