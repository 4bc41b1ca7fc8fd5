"""What authors and reviewers write to each other about a review."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0013_peer_messages"
down_revision = "0012_peer_review"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "peer_message",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_by_author", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name="fk_peer_message_review_id_review", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_message_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_message"),
        sa.UniqueConstraint("key", name="uq_peer_message_key"),
    )
    op.create_index("ix_peer_message_review_id", "peer_message", ["review_id"])
    op.create_index("ix_peer_message_member_id", "peer_message", ["member_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("peer_message")
