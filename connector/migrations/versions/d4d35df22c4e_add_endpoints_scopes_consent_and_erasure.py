"""Add endpoints' scopes, consent and erasure."""

import json
import uuid

import sqlalchemy as sa
from alembic import op

import connector.db

revision = 'd4d35df22c4e'
down_revision = '0001'
branch_labels = None
depends_on = None

PLAIN = '1.0.3/pseudonymous'
RECORDING = sa.Enum('on', 'pseudonymous', 'off', name='recording', native_enum=False, length=32)
ACTOR_MODE = sa.Enum('pseudonymous', 'interoperable', 'email-hash', name='actormode', native_enum=False, length=32)
TARGET = 'https://w3id.org/kring/ext/target'


def upgrade() -> None:
    op.create_table('erasure',
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('erased_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_erasure_tenant_id_tenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_tenant_id'), ['tenant_id'], unique=False)

    op.create_table('consent',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.Enum('learning-record', 'private-events', name='purpose', native_enum=False, length=32), nullable=False),
    sa.Column('is_given', sa.Boolean(), nullable=False),
    sa.Column('decided_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_person_id_purpose', ['person_id', 'purpose', 'decided_at'], unique=False)

    op.create_table('erasure_receipt',
    sa.Column('erasure_id', sa.Uuid(), nullable=False),
    sa.Column('endpoint_id', sa.Uuid(), nullable=False),
    sa.Column('delivered', sa.Integer(), nullable=False),
    sa.Column('dropped', sa.Integer(), nullable=False),
    sa.Column('uncertain', sa.Integer(), nullable=False),
    sa.Column('named', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['endpoint_id'], ['endpoint.id'], name=op.f('fk_erasure_receipt_endpoint_id_endpoint')),
    sa.ForeignKeyConstraint(['erasure_id'], ['erasure.id'], name=op.f('fk_erasure_receipt_erasure_id_erasure')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_receipt')),
    sa.UniqueConstraint('erasure_id', 'endpoint_id', name=op.f('uq_erasure_receipt_erasure_id_endpoint_id'))
    )
    op.create_table('reconciliation',
    sa.Column('endpoint_id', sa.Uuid(), nullable=False),
    sa.Column('since', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('until', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('began_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', connector.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('voided', sa.Integer(), nullable=False),
    sa.Column('missing', sa.Integer(), nullable=False),
    sa.Column('unknown', sa.Integer(), nullable=False),
    sa.Column('doubled', sa.Integer(), nullable=False),
    sa.Column('foreign', sa.Integer(), nullable=False),
    sa.Column('examples', sa.JSON(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['endpoint_id'], ['endpoint.id'], name=op.f('fk_reconciliation_endpoint_id_endpoint')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliation'))
    )
    with op.batch_alter_table('reconciliation', schema=None) as batch_op:
        batch_op.create_index('ix_reconciliation_endpoint_id_began_at', ['endpoint_id', 'began_at'], unique=False)

    op.create_table('erasure_void',
    sa.Column('receipt_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['receipt_id'], ['erasure_receipt.id'], name=op.f('fk_erasure_void_receipt_id_erasure_receipt')),
    sa.PrimaryKeyConstraint('receipt_id', 'message_id', name=op.f('pk_erasure_void'))
    )
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.add_column(sa.Column('recording', RECORDING, nullable=False, server_default='on'))
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.alter_column('recording', server_default=None)

    with op.batch_alter_table('endpoint', schema=None) as batch_op:
        batch_op.add_column(sa.Column('actor_mode', ACTOR_MODE, nullable=False, server_default='pseudonymous'))
        batch_op.add_column(sa.Column('platform_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('course_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('include_events', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('exclude_events', sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_endpoint_platform_id_platform'), 'platform', ['platform_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_endpoint_course_id_course'), 'course', ['course_id'], ['id'])
    with op.batch_alter_table('endpoint', schema=None) as batch_op:
        batch_op.alter_column('actor_mode', server_default=None)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('veil', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('is_recorded', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('erased_at', connector.db.UTCDateTime(timezone=True), nullable=True))
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.execute('UPDATE person SET veil = ' + ('lower(hex(randomblob(16)))' if is_sqlite else 'gen_random_uuid()'))
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('veil', existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column('is_recorded', server_default=None)

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_delivery_message_id_message'), type_='foreignkey')
        batch_op.add_column(sa.Column('rendering', sa.String(length=32), nullable=False, server_default=PLAIN))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rendering', sa.String(length=32), nullable=False, server_default=PLAIN))
        batch_op.add_column(sa.Column('person_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('target_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('voids_id', sa.Uuid(), nullable=True))
        batch_op.drop_constraint(batch_op.f('pk_message'), type_='primary')
        batch_op.create_primary_key(batch_op.f('pk_message'), ['id', 'rendering'])
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('rendering', server_default=None)
        batch_op.create_index('ix_message_voids_id', ['voids_id'], unique=False, sqlite_where=sa.text('voids_id IS NOT NULL'), postgresql_where=sa.text('voids_id IS NOT NULL'))
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.alter_column('rendering', server_default=None)
        batch_op.create_foreign_key(batch_op.f('fk_delivery_message_id_message'), 'message', ['message_id', 'rendering'], ['id', 'rendering'])
    note_people()



def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('erased_at')
        batch_op.drop_column('is_recorded')
        batch_op.drop_column('veil')

    op.execute("DELETE FROM erasure_void")
    op.execute(f"DELETE FROM delivery WHERE rendering != '{PLAIN}' OR message_id IN (SELECT id FROM message WHERE kind = 'void')")
    op.execute(f"DELETE FROM message WHERE rendering != '{PLAIN}' OR kind = 'void'")
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_delivery_message_id_message'), type_='foreignkey')
        batch_op.drop_column('rendering')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_voids_id', sqlite_where=sa.text('voids_id IS NOT NULL'), postgresql_where=sa.text('voids_id IS NOT NULL'))
        batch_op.drop_column('voids_id')
        batch_op.drop_column('target_id')
        batch_op.drop_column('person_id')
        batch_op.drop_constraint(batch_op.f('pk_message'), type_='primary')
        batch_op.create_primary_key(batch_op.f('pk_message'), ['id'])
        batch_op.drop_column('rendering')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_delivery_message_id_message'), 'message', ['message_id'], ['id'])

    with op.batch_alter_table('endpoint', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_endpoint_course_id_course'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_endpoint_platform_id_platform'), type_='foreignkey')
        batch_op.drop_column('exclude_events')
        batch_op.drop_column('include_events')
        batch_op.drop_column('course_id')
        batch_op.drop_column('platform_id')
        batch_op.drop_column('actor_mode')

    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.drop_column('recording')

    op.drop_table('erasure_void')
    with op.batch_alter_table('reconciliation', schema=None) as batch_op:
        batch_op.drop_index('ix_reconciliation_endpoint_id_began_at')

    op.drop_table('reconciliation')
    op.drop_table('erasure_receipt')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_person_id_purpose')

    op.drop_table('consent')
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_erasure_tenant_id'))

    op.drop_table('erasure')


def note_people() -> None:
    """Say of every message whose act it tells of, and whom it names: the columns are new, the pseudonyms are there."""
    person = sa.table('person', sa.column('id', sa.Uuid()), sa.column('pseudonym', sa.Uuid()))
    message = sa.table(
        'message',
        sa.column('id', sa.Uuid()),
        sa.column('body', sa.LargeBinary()),
        sa.column('person_id', sa.Uuid()),
        sa.column('target_id', sa.Uuid()),
    )
    connection = op.get_bind()
    people = {str(row.pseudonym): row.id for row in connection.execute(sa.select(person))}
    last = uuid.UUID(int=0)
    while rows := connection.execute(
        sa.select(message.c.id, message.c.body).where(message.c.id > last).order_by(message.c.id).limit(1000)
    ).all():
        for id_, body in rows:
            told = json.loads(body)
            target = told.get('context', {}).get('extensions', {}).get(TARGET, {})
            names = [agent.get('account', {}).get('name') for agent in (told.get('actor', {}), target)]
            connection.execute(
                sa.update(message)
                .where(message.c.id == id_)
                .values(person_id=people.get(names[0]), target_id=people.get(names[1]))
            )
        last = rows[-1].id
