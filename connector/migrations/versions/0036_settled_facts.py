"""Threads and questions know when they were first answered; reviews know their points by criterion.

Facts that are there already have no points by criterion until `kring reports pull --anew` has read the store again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036_settled_facts"
down_revision = "0035_guest_bounces"
branch_labels = None
depends_on = None

_TOLD = sa.text("target IS NOT NULL")
_ANSWERED = """
UPDATE fact SET answered_at = (
  SELECT answer.at FROM fact AS answer
  WHERE answer.feed_id = fact.feed_id AND answer.{place} = fact.object AND answer.event = '{event}'
    AND answer.at >= fact.at AND answer.actor <> fact.actor
  ORDER BY answer.at LIMIT 1)
WHERE event IN ({begun})"""
_ACCEPTED = """
UPDATE fact SET accepted_at = (
  SELECT min(answer.at) FROM fact AS answer
  WHERE answer.feed_id = fact.feed_id AND answer.parent = fact.object AND answer.event = 'answer.accepted')
WHERE event = 'question.asked'"""


def upgrade() -> None:
    """Add the columns, fill them from the facts that are there, and add the index of who helps whom."""
    op.add_column("fact", sa.Column("criteria", sa.JSON(), nullable=True))
    op.add_column("fact", sa.Column("answered_at", sa.BigInteger(), nullable=True))
    op.add_column("fact", sa.Column("accepted_at", sa.BigInteger(), nullable=True))
    op.execute(_ANSWERED.format(place="parent", event="post.replied", begun="'thread.created', 'resource.shared'"))
    op.execute(_ANSWERED.format(place="object", event="question.answered", begun="'question.asked'"))
    op.execute(_ACCEPTED)
    columns = ["feed_id", "event", "day", "actor", "target", "activity_id"]
    op.create_index("ix_fact_helped", "fact", columns, sqlite_where=_TOLD, postgresql_where=_TOLD)


def downgrade() -> None:
    """Remove the index and the columns."""
    op.drop_index("ix_fact_helped", "fact")
    with op.batch_alter_table("fact") as batch:
        for name in ("accepted_at", "answered_at", "criteria"):
            batch.drop_column(name)
