"""Questions that an entry of the knowledge pool answers."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0049_solved_questions"
down_revision = "0048_lighter_rows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and add the column."""
    op.create_table(
        "pool_solved_question",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("pointed_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_pool_solved_question_thread_id_thread"),
        sa.ForeignKeyConstraint(["entry_id"], ["pool_entry.id"], name="fk_pool_solved_question_entry_id_pool_entry"),
        sa.PrimaryKeyConstraint("thread_id", name="pk_pool_solved_question"),
    )
    op.create_index("ix_pool_solved_question_entry_id", "pool_solved_question", ["entry_id"])
    with op.batch_alter_table("pool_entry") as batch:
        batch.add_column(sa.Column("found_count", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("pool_entry") as batch:
        batch.drop_column("found_count")
    op.drop_table("pool_solved_question")
