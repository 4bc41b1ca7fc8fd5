"""Wishes that private threads be opened to the course, for their authors to decide."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0020_proposals"
down_revision = "0019_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "publication_proposal",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("answered_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("copy_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_publication_proposal_thread_id_thread"),
        sa.ForeignKeyConstraint(["by_id"], ["membership.id"], name="fk_publication_proposal_by_id_membership"),
        sa.ForeignKeyConstraint(["copy_id"], ["thread.id"], name="fk_publication_proposal_copy_id_thread"),
        sa.PrimaryKeyConstraint("id", name="pk_publication_proposal"),
        sa.UniqueConstraint("thread_id", name="uq_publication_proposal_thread_id"),
    )
    op.create_index("ix_publication_proposal_by_id", "publication_proposal", ["by_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("publication_proposal")
