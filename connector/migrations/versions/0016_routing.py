"""When organisations work, who knows what, and questions on their way."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0016_routing"
down_revision = "0015_notebook"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)
_STATES = ("asked", "claimed", "answered", "passed", "declined", "handed over", "expired")


def upgrade() -> None:
    """Make the tables."""
    _calendars()
    _experts()
    _questions()


def _calendars() -> None:
    op.create_table(
        "business_calendar",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_business_calendar_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_business_calendar"),
    )
    op.create_table(
        "business_holiday",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_business_holiday_tenant_id_tenant"),
        sa.PrimaryKeyConstraint("tenant_id", "day", name="pk_business_holiday"),
    )


def _experts() -> None:
    op.create_table(
        "expert",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Enum("expert", "mentor", name="standing", native_enum=False, length=32), nullable=True),
        sa.Column("weekly_capacity", sa.Integer(), nullable=True),
        sa.Column("away_until", _TIME, nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("introduced_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_expert_member_id_membership"),
        sa.PrimaryKeyConstraint("member_id", name="pk_expert"),
    )
    op.create_table(
        "expert_topic",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column(
            "claim",
            sa.Enum("declared", "confirmed", "declined", name="claim", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("declared_at", _TIME, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_expert_topic_member_id_membership"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["membership.id"], name="fk_expert_topic_decided_by_id_membership"),
        sa.PrimaryKeyConstraint("member_id", "tag", name="pk_expert_topic"),
    )


def _questions() -> None:
    op.create_table(
        "routing_rules",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("resolve_hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_routing_rules_activity_id_activity"),
        sa.PrimaryKeyConstraint("activity_id", name="pk_routing_rules"),
    )
    op.create_table(
        "question_case",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("wave", sa.SmallInteger(), nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("running_since", _TIME, nullable=True),
        sa.Column("spent", sa.Integer(), nullable=False),
        *(
            sa.Column(name, _TIME, nullable=True)
            for name in (
                "answered_at",
                "resolved_at",
                "escalated_at",
                "overdue_at",
                "nudged_at",
                "answer_due_at",
                "resolve_due_at",
                "due_at",
            )
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name="fk_question_case_thread_id_thread", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["membership.id"], name="fk_question_case_owner_id_membership"),
        sa.PrimaryKeyConstraint("thread_id", name="pk_question_case"),
    )
    op.create_index("ix_question_case_owner_id", "question_case", ["owner_id"])
    op.create_index("ix_question_case_due_at", "question_case", ["due_at"])
    op.create_table(
        "question_request",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("wave", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("is_peer", sa.Boolean(), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="state", native_enum=False, length=32), nullable=False),
        sa.Column(
            "refusal",
            sa.Enum("not my topic", "no time", "conflict", name="refusal", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("silent_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name="fk_question_request_thread_id_thread", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_question_request_member_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_question_request"),
        sa.UniqueConstraint("thread_id", "member_id", name="uq_question_request_thread_id_member_id"),
    )
    op.create_index("ix_question_request_of_member", "question_request", ["member_id", "state", "asked_at"])


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "question_request",
        "question_case",
        "routing_rules",
        "expert_topic",
        "expert",
        "business_holiday",
        "business_calendar",
    ):
        op.drop_table(name)
