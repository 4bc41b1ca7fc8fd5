"""Facts read back from stores, and what trainers want of them."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0014_reports"
down_revision = "0013_peer_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "report_forgotten",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_report_forgotten"),
    )
    op.create_table(
        "report_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_report_feed_course_id_course"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name="fk_report_feed_endpoint_id_endpoint", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_feed"),
        sa.UniqueConstraint("endpoint_id", "course_id", name="uq_report_feed_endpoint_id_course_id"),
    )
    op.create_index("ix_report_feed_course_id", "report_feed", ["course_id"])

    op.create_table(
        "report_goal",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("figure", sa.String(length=64), nullable=False),
        sa.Column(
            "direction", sa.Enum("at_least", "at_most", name="direction", native_enum=False, length=32), nullable=False
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_report_goal_course_id_course"),
        sa.ForeignKeyConstraint(["created_by_id"], ["membership.id"], name="fk_report_goal_created_by_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_report_goal"),
    )
    op.create_index("ix_report_goal_course_id", "report_goal", ["course_id"])

    op.create_table(
        "report_source",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("cursor", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("due_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("swept_at", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", connector.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name="fk_report_source_endpoint_id_endpoint", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name="pk_report_source"),
    )
    op.create_table(
        "report_void",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name="fk_report_void_endpoint_id_endpoint", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "statement_id", name="pk_report_void"),
    )
    op.create_table(
        "report_weekly_reader",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_report_weekly_reader_member_id_membership"),
        sa.PrimaryKeyConstraint("member_id", name="pk_report_weekly_reader"),
    )
    op.create_table(
        "fact",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=True),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("target", sa.String(length=64), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("words", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("tags", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["report_feed.id"], name="fk_fact_feed_id_report_feed", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed_id", "id", name="pk_fact"),
    )
    op.create_index("ix_fact_actor", "fact", ["actor"])
    op.create_index("ix_fact_at", "fact", ["feed_id", "at"])
    op.create_index("ix_fact_counted", "fact", ["feed_id", "event", "day", "actor", "activity_id"])
    op.create_index("ix_fact_object", "fact", ["feed_id", "object"])
    op.create_index("ix_fact_target", "fact", ["target"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_fact_target", "fact")
    op.drop_index("ix_fact_object", "fact")
    op.drop_index("ix_fact_counted", "fact")
    op.drop_index("ix_fact_at", "fact")
    op.drop_index("ix_fact_actor", "fact")

    op.drop_table("fact")
    op.drop_table("report_weekly_reader")
    op.drop_table("report_void")
    op.drop_table("report_source")
    op.drop_index("ix_report_goal_course_id", "report_goal")

    op.drop_table("report_goal")
    op.drop_index("ix_report_feed_course_id", "report_feed")

    op.drop_table("report_feed")
    op.drop_table("report_forgotten")
