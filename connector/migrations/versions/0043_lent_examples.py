"""Good examples that stand in the knowledge pool too, with their authors' consent."""

import sqlalchemy as sa
from alembic import op

revision = "0043_lent_examples"
down_revision = "0042_group_reviewers"
branch_labels = None
depends_on = None

_FK = "fk_peer_exemplar_entry_id_pool_entry"
_UNIQUE = "uq_peer_exemplar_entry_id"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("pool_entry") as batch:
        batch.add_column(sa.Column("is_lent", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("peer_exemplar_consent") as batch:
        batch.add_column(sa.Column("for_pool", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("peer_exemplar") as batch:
        batch.add_column(sa.Column("asks_pool", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("entry_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(_FK, "pool_entry", ["entry_id"], ["id"], ondelete="SET NULL")
        batch.create_unique_constraint(_UNIQUE, ["entry_id"])
    for table, column in (("pool_entry", "is_lent"), ("peer_exemplar_consent", "for_pool"), ("peer_exemplar", "asks_pool")):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("peer_exemplar") as batch:
        batch.drop_constraint(_UNIQUE, type_="unique")
        batch.drop_constraint(_FK, type_="foreignkey")
        batch.drop_column("entry_id")
        batch.drop_column("asks_pool")
    with op.batch_alter_table("peer_exemplar_consent") as batch:
        batch.drop_column("for_pool")
    with op.batch_alter_table("pool_entry") as batch:
        batch.drop_column("is_lent")
