"""The idea that an activity began with."""

import sqlalchemy as sa
from alembic import op

revision = "0038_activity_template"
down_revision = "0037_keys_that_say_the_same"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep it."""
    with op.batch_alter_table("activity") as batch:
        batch.add_column(sa.Column("template", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("activity") as batch:
        batch.drop_column("template")
