"""Columns of the gradebook for activities that have no link."""

import sqlalchemy as sa
from alembic import op

revision = "0033_course_gradebook"
down_revision = "0032_tenant_policy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep where a course's gradebook is, and what becomes of a column once there is a link."""
    with op.batch_alter_table("course") as batch:
        batch.add_column(sa.Column("lineitems_url", sa.String(), nullable=True))
        batch.add_column(sa.Column("grade_scopes", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("line_item") as batch:
        batch.add_column(sa.Column("link_id", sa.String(), nullable=True))
        batch.add_column(sa.Column("former_url", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("line_item") as batch:
        batch.drop_column("former_url")
        batch.drop_column("link_id")
    with op.batch_alter_table("course") as batch:
        batch.drop_column("grade_scopes")
        batch.drop_column("lineitems_url")
