"""Add registration."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = '90045b2f4ae6'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('admin_link',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('expires_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_admin_link'))
    )
    op.create_table('admin_session',
    sa.Column('id_hash', sa.String(), nullable=False),
    sa.Column('created_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id_hash', name=op.f('pk_admin_session'))
    )
    with op.batch_alter_table('admin_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_admin_session_expires_at'), ['expires_at'], unique=False)

    op.create_table('invite',
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('created_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('used_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('platform_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['platform.id'], name=op.f('fk_invite_platform_id_platform')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_invite_tenant_id_tenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invite')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invite_token_hash'))
    )
    op.create_table('platform_check',
    sa.Column('platform_id', sa.Uuid(), nullable=False),
    sa.Column('check', sa.Enum('tool_keys', 'login', 'keys', 'launch', 'deployment', 'browser', 'roster', 'line_item', 'score', name='check', native_enum=False, length=32), nullable=False),
    sa.Column('ok_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('failed_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('detail', sa.String(), nullable=True),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['platform_id'], ['platform.id'], name=op.f('fk_platform_check_platform_id_platform')),
    sa.PrimaryKeyConstraint('platform_id', 'check', name=op.f('pk_platform_check'))
    )
    # Visits go on over the upgrade: where each came from is in its membership; what is not known is the cautious answer.
    with op.batch_alter_table('launch_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('platform_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('is_lms_admin', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('proof', sa.String(length=32), nullable=True))
    op.execute("""
        UPDATE launch_session SET
            platform_id = (
                SELECT deployment.platform_id FROM membership
                JOIN course ON course.id = membership.course_id
                JOIN deployment ON deployment.id = course.deployment_id
                WHERE membership.id = launch_session.membership_id
            ),
            is_lms_admin = false,
            proof = CASE WHEN browser_hash IS NULL THEN 'storage' ELSE 'cookie' END
    """)
    op.execute("DELETE FROM launch_session WHERE platform_id IS NULL")
    with op.batch_alter_table('launch_session', schema=None) as batch_op:
        batch_op.alter_column('platform_id', existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column('is_lms_admin', existing_type=sa.Boolean(), nullable=False)
        batch_op.alter_column('proof', existing_type=sa.String(length=32), type_=sa.Enum('cookie', 'storage', 'tab', name='proof', native_enum=False, length=32), nullable=False)
        batch_op.create_index(batch_op.f('ix_launch_session_platform_id'), ['platform_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_launch_session_platform_id_platform'), 'platform', ['platform_id'], ['id'])

    op.execute("DELETE FROM pending_launch")  # each lives for a minute
    with op.batch_alter_table('pending_launch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_lms_admin', sa.Boolean(), nullable=False))

    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.add_column(sa.Column('configuration', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('registration', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('registration_url', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('registration_token', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.drop_column('registration_token')
        batch_op.drop_column('registration_url')
        batch_op.drop_column('registration')
        batch_op.drop_column('configuration')

    with op.batch_alter_table('pending_launch', schema=None) as batch_op:
        batch_op.drop_column('is_lms_admin')

    with op.batch_alter_table('launch_session', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_launch_session_platform_id_platform'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_launch_session_platform_id'))
        batch_op.drop_column('proof')
        batch_op.drop_column('is_lms_admin')
        batch_op.drop_column('platform_id')

    op.drop_table('platform_check')
    op.drop_table('invite')
    with op.batch_alter_table('admin_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_admin_session_expires_at'))

    op.drop_table('admin_session')
    op.drop_table('admin_link')
