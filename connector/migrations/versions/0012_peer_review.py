"""Peer reviews: rules, criteria in versions, work, reviews, and results."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0012_peer_review"
down_revision = "0011_reactions"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "peer_distribution",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_distribution_activity_id_activity"),
        sa.ForeignKeyConstraint(["made_by_id"], ["membership.id"], name="fk_peer_distribution_made_by_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_distribution"),
    )
    op.create_index("ix_peer_distribution_activity_id", "peer_distribution", ["activity_id"])

    op.create_table(
        "peer_pairing",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("is_must", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_pairing_activity_id_activity"),
        sa.ForeignKeyConstraint(["author_id"], ["membership.id"], name="fk_peer_pairing_author_id_membership"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["membership.id"], name="fk_peer_pairing_reviewer_id_membership"),
        sa.PrimaryKeyConstraint("activity_id", "reviewer_id", "author_id", name="pk_peer_pairing"),
    )
    op.create_table(
        "peer_participant",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=True),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("reviews_due_at", _TIME, nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("told_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_participant_activity_id_activity"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_participant_member_id_membership"),
        sa.PrimaryKeyConstraint("activity_id", "member_id", name="pk_peer_participant"),
    )
    op.create_table(
        "peer_review",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column(
            "product",
            sa.Enum("text", "files", "link", "nothing", name="product", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reviews_each", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("reviews_due_at", _TIME, nullable=True),
        sa.Column("late", sa.Enum("accept", "refuse", name="late", native_enum=False, length=32), nullable=False),
        sa.Column("has_self_review", sa.Boolean(), nullable=False),
        sa.Column(
            "anonymity",
            sa.Enum("open", "single-blind", "double-blind", name="anonymity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "grouping",
            sa.Enum("any", "outside", "within", name="groupmode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("giving", sa.Enum("on-demand", "batch", name="giving", native_enum=False, length=32), nullable=False),
        sa.Column(
            "method",
            sa.Enum("mean", "median", "trimmed", "model", "automatic", name="method", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reviewing_maximum", sa.Double(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("released_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_review_activity_id_activity"),
        sa.PrimaryKeyConstraint("activity_id", name="pk_peer_review"),
    )
    op.create_table(
        "peer_reviewer_result",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("computed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_reviewer_result_activity_id_activity"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_peer_reviewer_result_member_id_membership"),
        sa.PrimaryKeyConstraint("activity_id", "member_id", name="pk_peer_reviewer_result"),
    )
    op.create_index("ix_peer_reviewer_result_member_id", "peer_reviewer_result", ["member_id"])

    op.create_table(
        "peer_rubric",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_rubric_activity_id_activity"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_rubric"),
        sa.UniqueConstraint("activity_id", "version", name="uq_peer_rubric_activity_id_version"),
    )
    op.create_table(
        "peer_submission",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column(
            "state", sa.Enum("handed-in", "withdrawn", name="workstate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("first_at", _TIME, nullable=False),
        sa.Column("handed_in_at", _TIME, nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_submission_activity_id_activity"),
        sa.ForeignKeyConstraint(["author_id"], ["membership.id"], name="fk_peer_submission_author_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_submission"),
        sa.UniqueConstraint("activity_id", "author_id", name="uq_peer_submission_activity_id_author_id"),
    )
    op.create_index("ix_peer_submission_author_id", "peer_submission", ["author_id"])

    op.create_table(
        "peer_criterion",
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("levels", "scale", "yes-no", "comment", name="criterionkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("needs_comment", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["rubric_id"], ["peer_rubric.id"], name="fk_peer_criterion_rubric_id_peer_rubric"),
        sa.PrimaryKeyConstraint("id", name="pk_peer_criterion"),
        sa.UniqueConstraint("rubric_id", "position", name="uq_peer_criterion_rubric_id_position"),
    )
    op.create_table(
        "peer_submission_version",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["peer_submission.id"],
            name="fk_peer_submission_version_submission_id_peer_submission",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "version", name="pk_peer_submission_version"),
    )
    op.create_table(
        "peer_work_result",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("mean", sa.Double(), nullable=True),
        sa.Column("modelled", sa.Double(), nullable=True),
        sa.Column(
            "method",
            sa.Enum("mean", "median", "trimmed", "model", "automatic", name="method", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("computed_at", _TIME, nullable=False),
        sa.Column("override", sa.Double(), nullable=True),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("overridden_by_id", sa.Uuid(), nullable=True),
        sa.Column("overridden_at", _TIME, nullable=True),
        sa.Column("told", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_peer_work_result_activity_id_activity"),
        sa.ForeignKeyConstraint(
            ["overridden_by_id"], ["membership.id"], name="fk_peer_work_result_overridden_by_id_membership"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["peer_submission.id"], name="fk_peer_work_result_submission_id_peer_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_peer_work_result"),
    )
    op.create_index("ix_peer_work_result_activity_id", "peer_work_result", ["activity_id"])

    op.create_table(
        "review",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=True),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "submitted", "gone", name="reviewstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("started_at", _TIME, nullable=True),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("typed_at", _TIME, nullable=True),
        sa.Column("submitted_at", _TIME, nullable=True),
        sa.Column("changed_at", _TIME, nullable=True),
        sa.Column("submission_version", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("excluded_at", _TIME, nullable=True),
        sa.Column("exclusion_reason", sa.String(), nullable=True),
        sa.Column("usefulness", sa.Integer(), nullable=True),
        sa.Column("rated_at", _TIME, nullable=True),
        sa.Column("flag", sa.String(), nullable=True),
        sa.Column("flagged_at", _TIME, nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_review_activity_id_activity"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["membership.id"], name="fk_review_reviewer_id_membership"),
        sa.ForeignKeyConstraint(["rubric_id"], ["peer_rubric.id"], name="fk_review_rubric_id_peer_rubric"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["peer_submission.id"], name="fk_review_submission_id_peer_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint(
            "activity_id", "reviewer_id", "submission_id", name="uq_review_activity_id_reviewer_id_submission_id"
        ),
    )
    op.create_index("ix_review_reviewer_id", "review", ["reviewer_id"])
    op.create_index("ix_review_submission_id", "review", ["submission_id", "state"])

    op.create_table(
        "peer_answer",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["peer_criterion.id"], name="fk_peer_answer_criterion_id_peer_criterion"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name="fk_peer_answer_review_id_review", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name="pk_peer_answer"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("peer_answer")
    op.drop_table("review")
    op.drop_table("peer_work_result")
    op.drop_table("peer_submission_version")
    op.drop_table("peer_criterion")
    op.drop_table("peer_submission")
    op.drop_table("peer_rubric")
    op.drop_table("peer_reviewer_result")
    op.drop_table("peer_review")
    op.drop_table("peer_participant")
    op.drop_table("peer_pairing")
    op.drop_table("peer_distribution")
