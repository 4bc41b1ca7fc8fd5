"""Who drafts a review that somebody else sends, when they handed it over, and what it said then."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0050_drafted_reviews"
down_revision = "0049_solved_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "peer_review_draft",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("drafter_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ready_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name="fk_peer_review_draft_review_id_review", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_review_draft_activity_id_activity"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["peer_submission.id"], name="fk_peer_review_draft_submission_id_peer_submission",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["drafter_id"], ["membership.id"], name="fk_peer_review_draft_drafter_id_membership"),
        sa.PrimaryKeyConstraint("review_id", name="pk_peer_review_draft"),
    )
    for column in ("activity_id", "submission_id", "drafter_id"):
        op.create_index(f"ix_peer_review_draft_{column}", "peer_review_draft", [column])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("peer_review_draft")
