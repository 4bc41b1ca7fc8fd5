"""Posts that have much of their words in common."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0024_alikes"
down_revision = "0023_peer_examples"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "post_print",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_print_post_id_post", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name="pk_post_print"),
    )
    op.create_table(
        "post_fingerprint",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_fingerprint_post_id_post", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_post_fingerprint_course_id_course"),
        sa.PrimaryKeyConstraint("post_id", "hash", name="pk_post_fingerprint"),
    )
    op.create_index("ix_post_fingerprint_found", "post_fingerprint", ["course_id", "hash"])
    op.create_table(
        "post_alike",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("found_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_alike_post_id_post", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["post.id"], name="fk_post_alike_other_id_post", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_post_alike"),
        sa.UniqueConstraint("post_id", "other_id", name="uq_post_alike_post_id_other_id"),
    )
    op.create_index("ix_post_alike_other_id", "post_alike", ["other_id"])
    op.create_index("ix_post_alike_waiting", "post_alike", ["settled_at", "found_at"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("post_alike")
    op.drop_table("post_fingerprint")
    op.drop_table("post_print")
