"""Notices, subscriptions, and mail."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0005_notices"
down_revision = "0004_groups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('cadence', sa.Enum('instant', 'daily', 'weekly', 'off', name='cadence', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('new', 'done', 'dropped', 'dead', name='mailstate', native_enum=False, length=32), nullable=False),
    sa.Column('created_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('due_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_token', sa.Uuid(), nullable=True),
    sa.Column('lease_until', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('last_status', sa.Integer(), nullable=True),
    sa.Column('done_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail'))
    )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_mail_state_due_at', ['state', 'due_at'], unique=False)

    op.create_table('mail_preference',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('cadence', sa.Enum('instant', 'daily', 'weekly', 'off', name='cadence', native_enum=False, length=32), nullable=False),
    sa.Column('digest_minute', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=True),
    sa.Column('quiet_until', sa.Integer(), nullable=True),
    sa.Column('zone', sa.String(), nullable=True),
    sa.Column('seen_zone', sa.String(), nullable=True),
    sa.Column('has_shortcuts', sa.Boolean(), nullable=False),
    sa.Column('former_cadence', sa.Enum('instant', 'daily', 'weekly', 'off', name='cadence', native_enum=False, length=32), nullable=True),
    sa.Column('budget_day', sa.Date(), nullable=True),
    sa.Column('budget_used', sa.Integer(), nullable=False),
    sa.Column('bounced_hash', sa.String(), nullable=True),
    sa.Column('bounced_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('bounced_status', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_preference_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_mail_preference'))
    )

    op.create_table('subscription',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('scope', sa.Enum('course', 'activity', 'thread', name='scope', native_enum=False, length=32), nullable=False),
    sa.Column('scope_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.Enum('everything', 'threads', 'mentions', 'muted', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('changed_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['membership.id'], name=op.f('fk_subscription_member_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('member_id', 'scope', 'scope_id', name=op.f('uq_subscription_member_id_scope_scope_id'))
    )
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.create_index('ix_subscription_scope_id', ['scope_id'], unique=False)

    op.create_table('notice',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=True),
    sa.Column('what', sa.String(length=32), nullable=False),
    sa.Column('about', sa.Uuid(), nullable=False),
    sa.Column('created_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('read_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('mail_due_at', connector.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('is_held', sa.Boolean(), nullable=False),
    sa.Column('mail_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_notice_activity_id_activity')),
    sa.ForeignKeyConstraint(['mail_id'], ['mail.id'], name=op.f('fk_notice_mail_id_mail'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['membership.id'], name=op.f('fk_notice_member_id_membership')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_created_at'), ['created_at'], unique=False)
        batch_op.create_index('ix_notice_mail_due_at', ['mail_due_at', 'person_id'], unique=False, sqlite_where=sa.text('mail_due_at IS NOT NULL'), postgresql_where=sa.text('mail_due_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_notice_mail_id'), ['mail_id'], unique=False)
        batch_op.create_index('ix_notice_member_id_created_at', ['member_id', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_thread_id'), ['thread_id'], unique=False)
        batch_op.create_index('uq_notice_unread', ['member_id', 'what', 'about'], unique=True, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))


def downgrade() -> None:
    op.drop_table('notice')
    op.drop_table('subscription')
    op.drop_table('mail_preference')
    op.drop_table('mail')
