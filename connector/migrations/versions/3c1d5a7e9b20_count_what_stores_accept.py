"""Count what stores accept, and know the embedded one."""

import sqlalchemy as sa
from alembic import op

revision = '3c1d5a7e9b20'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('endpoint', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_embedded', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('accepted', sa.BigInteger(), nullable=False, server_default='0'))
    op.execute(
        "UPDATE endpoint SET accepted = (SELECT count(*) FROM delivery"
        " WHERE delivery.endpoint_id = endpoint.id AND delivery.state = 'done')"
    )
    with op.batch_alter_table('endpoint', schema=None) as batch_op:
        batch_op.alter_column('is_embedded', server_default=None)
        batch_op.alter_column('accepted', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('endpoint', schema=None) as batch_op:
        batch_op.drop_column('accepted')
        batch_op.drop_column('is_embedded')
