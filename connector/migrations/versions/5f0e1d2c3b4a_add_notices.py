"""Add notices."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = '5f0e1d2c3b4a'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('deployment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notices_url', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('notices_due_at', connector.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_deployment_notices_due_at'), ['notices_due_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('deployment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deployment_notices_due_at'))
        batch_op.drop_column('notices_due_at')
        batch_op.drop_column('notices_url')
