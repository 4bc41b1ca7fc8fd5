"""What people write for themselves, and what became of copies of it."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0015_notebook"
down_revision = "0014_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "note",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("quotation", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_note_member_id_membership"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_note_activity_id_activity"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_note_post_id_post", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
        sa.UniqueConstraint("member_id", "key", name="uq_note_member_id_key"),
    )
    op.create_index("ix_note_activity_id", "note", ["activity_id"])
    op.create_index("ix_note_post_id", "note", ["post_id"])
    op.create_index("ix_note_newest", "note", ["member_id", "created_at"])
    op.create_table(
        "note_receipt",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("shared_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name="fk_note_receipt_note_id_note", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name="fk_note_receipt_thread_id_thread", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_note_receipt"),
        sa.UniqueConstraint("note_id", "thread_id", name="uq_note_receipt_note_id_thread_id"),
    )
    op.create_index("ix_note_receipt_thread_id", "note_receipt", ["thread_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("note_receipt")
    op.drop_table("note")
