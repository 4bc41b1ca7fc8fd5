"""Examples with a key, practice on them, and hidden spot-checks."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0023_peer_examples"
down_revision = "0022_report_indices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    time = connector.db.UTCDateTime(timezone=True)
    op.create_table(
        "peer_example",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column("use", sa.Enum("practice", "hidden", name="use", native_enum=False, length=32), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", time, nullable=False),
        sa.Column("retired_at", time, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_example_activity_id_activity"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["peer_submission.id"], name="fk_peer_example_submission_id_peer_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_peer_example"),
    )
    op.create_index("ix_peer_example_activity_id", "peer_example", ["activity_id"])
    op.create_table(
        "peer_practice",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("example_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("deviation", sa.Double(), nullable=False),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_practice_activity_id_activity"),
        sa.ForeignKeyConstraint(["example_id"], ["peer_example.id"], name="fk_peer_practice_example_id_peer_example"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_practice_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_practice"),
        sa.UniqueConstraint(
            "example_id", "member_id", "attempt", name="uq_peer_practice_example_id_member_id_attempt"
        ),
    )
    op.create_index("ix_peer_practice_activity_id", "peer_practice", ["activity_id"])
    op.create_index("ix_peer_practice_member_id", "peer_practice", ["member_id"])
    op.create_table(
        "peer_checking",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_checking_activity_id_activity"),
        sa.PrimaryKeyConstraint("activity_id", name="pk_peer_checking"),
    )
    op.create_table(
        "peer_check",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_peer_check_review_id_review", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_check_activity_id_activity"),
        sa.PrimaryKeyConstraint("review_id", name="pk_peer_check"),
    )
    op.create_index("ix_peer_check_activity_id", "peer_check", ["activity_id"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("peer_check", "peer_checking", "peer_practice", "peer_example"):
        op.drop_table(name)
