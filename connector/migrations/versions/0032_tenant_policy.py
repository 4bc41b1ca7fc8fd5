"""What organisations want of their courses."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0032_tenant_policy"
down_revision = "0031_exemplars"
branch_labels = None
depends_on = None

_RECORDING = sa.Enum("on", "pseudonymous", "off", name="recording", native_enum=False, length=32)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tenant_policy",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("recording", _RECORDING, nullable=False),
        sa.Column("moderation", sa.String(), nullable=False),
        sa.Column("allows_anonymous", sa.Boolean(), nullable=True),
        sa.Column("keep_days", sa.Integer(), nullable=True),
        sa.Column("may_record_fully", sa.Boolean(), nullable=False),
        sa.Column("may_hide_names", sa.Boolean(), nullable=False),
        sa.Column("most_keep_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_tenant_policy_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_policy"),
    )
    op.create_table(
        "tenant_policy_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_tenant_policy_change_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("id", name="pk_tenant_policy_change"),
    )
    op.create_index("ix_tenant_policy_change_tenant_id", "tenant_policy_change", ["tenant_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("tenant_policy_change")
    op.drop_table("tenant_policy")
