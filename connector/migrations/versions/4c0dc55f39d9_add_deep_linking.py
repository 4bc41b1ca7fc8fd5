"""Add deep linking."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = '4c0dc55f39d9'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Visits and launches on their way last for hours at most, and have no value for the new columns.
    op.execute("DELETE FROM launch_session")
    op.execute("DELETE FROM pending_launch")
    op.create_table('course_copy',
    sa.Column('deployment_id', sa.Uuid(), nullable=False),
    sa.Column('context_id', sa.String(), nullable=False),
    sa.Column('origin_context_ids', sa.JSON(), nullable=False),
    sa.Column('choice', sa.Enum('settings', 'empty', 'nothing', name='copychoice', native_enum=False, length=32), nullable=True),
    sa.Column('created_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_course_copy_deployment_id_deployment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_copy')),
    sa.UniqueConstraint('deployment_id', 'context_id', name=op.f('uq_course_copy_deployment_id_context_id'))
    )
    op.create_table('deep_link',
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('request', sa.LargeBinary(), nullable=False),
    sa.Column('items', sa.JSON(), nullable=False),
    sa.Column('ticket_hash', sa.String(), nullable=True),
    sa.Column('is_in_tab', sa.Boolean(), nullable=False),
    sa.Column('created_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('sent_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_deep_link_membership_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deep_link')),
    sa.UniqueConstraint('ticket_hash', name=op.f('uq_deep_link_ticket_hash'))
    )
    with op.batch_alter_table('deep_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deep_link_expires_at'), ['expires_at'], unique=False)

    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.add_column(sa.Column('opens_at', connector.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closes_at', connector.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('score_maximum', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('copied_from_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('copy_choice', sa.Enum('settings', 'empty', 'nothing', name='copychoice', native_enum=False, length=32), nullable=True))
        batch_op.add_column(sa.Column('chosen_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('chosen_at', connector.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_activity_copied_from_id'), ['copied_from_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_activity_copied_from_id_activity'), 'activity', ['copied_from_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_activity_chosen_by_id_membership'), 'membership', ['chosen_by_id'], ['id'])

    with op.batch_alter_table('launch_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('may_export', sa.Boolean(), nullable=False))
        batch_op.alter_column('membership_id',
               existing_type=sa.CHAR(length=32),
               nullable=True)
        batch_op.alter_column('activity_id',
               existing_type=sa.CHAR(length=32),
               nullable=True)
        batch_op.create_foreign_key(batch_op.f('fk_launch_session_subject_id_person'), 'person', ['subject_id'], ['id'])

    with op.batch_alter_table('login_state', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deep_link_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_login_state_deep_link_id_deep_link'), 'deep_link', ['deep_link_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('pending_launch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('may_export', sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column('endpoint', sa.String(), nullable=False))
        batch_op.add_column(sa.Column('values', sa.JSON(), nullable=False))
        batch_op.alter_column('membership_id',
               existing_type=sa.CHAR(length=32),
               nullable=True)
        batch_op.alter_column('activity_id',
               existing_type=sa.CHAR(length=32),
               nullable=True)
        batch_op.create_foreign_key(batch_op.f('fk_pending_launch_subject_id_person'), 'person', ['subject_id'], ['id'])

    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('qualifier', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('opened_at', connector.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_placement_deployment_id_resource_link_id'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_placement_deployment_id_resource_link_id_qualifier'), ['deployment_id', 'resource_link_id', 'qualifier'])

    op.execute("UPDATE placement SET opened_at = created_at")

    with op.batch_alter_table('relaunch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deep_link_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_relaunch_deep_link_id_deep_link'), 'deep_link', ['deep_link_id'], ['id'], ondelete='SET NULL')



def downgrade() -> None:
    op.execute("DELETE FROM launch_session")
    op.execute("DELETE FROM pending_launch")
    op.execute("DELETE FROM placement WHERE qualifier <> ''")
    with op.batch_alter_table('relaunch', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_relaunch_deep_link_id_deep_link'), type_='foreignkey')
        batch_op.drop_column('deep_link_id')

    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_placement_deployment_id_resource_link_id_qualifier'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_placement_deployment_id_resource_link_id'), ['deployment_id', 'resource_link_id'])
        batch_op.drop_column('opened_at')
        batch_op.drop_column('qualifier')

    with op.batch_alter_table('pending_launch', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_pending_launch_subject_id_person'), type_='foreignkey')
        batch_op.alter_column('activity_id',
               existing_type=sa.CHAR(length=32),
               nullable=False)
        batch_op.alter_column('membership_id',
               existing_type=sa.CHAR(length=32),
               nullable=False)
        batch_op.drop_column('values')
        batch_op.drop_column('endpoint')
        batch_op.drop_column('may_export')
        batch_op.drop_column('subject_id')

    with op.batch_alter_table('login_state', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_login_state_deep_link_id_deep_link'), type_='foreignkey')
        batch_op.drop_column('deep_link_id')

    with op.batch_alter_table('launch_session', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_launch_session_subject_id_person'), type_='foreignkey')
        batch_op.alter_column('activity_id',
               existing_type=sa.CHAR(length=32),
               nullable=False)
        batch_op.alter_column('membership_id',
               existing_type=sa.CHAR(length=32),
               nullable=False)
        batch_op.drop_column('may_export')
        batch_op.drop_column('subject_id')

    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_activity_chosen_by_id_membership'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_activity_copied_from_id_activity'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_activity_copied_from_id'))
        batch_op.drop_column('chosen_at')
        batch_op.drop_column('chosen_by_id')
        batch_op.drop_column('copy_choice')
        batch_op.drop_column('copied_from_id')
        batch_op.drop_column('score_maximum')
        batch_op.drop_column('closes_at')
        batch_op.drop_column('opens_at')

    with op.batch_alter_table('deep_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deep_link_expires_at'))

    op.drop_table('deep_link')
    op.drop_table('course_copy')
