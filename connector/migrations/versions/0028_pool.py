"""The knowledge pool of a course."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0028_pool"
down_revision = "0027_second_round"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def _key(table: str, column: str, target: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}", ondelete=ondelete)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pool_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("alias", sa.Integer(), nullable=True),
        sa.Column("source_post_id", sa.Uuid(), nullable=True),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("review_at", _TIME, nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("outdated_at", _TIME, nullable=True),
        sa.Column("reminded_at", _TIME, nullable=True),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        _key("pool_entry", "course_id", "course"),
        _key("pool_entry", "activity_id", "activity"),
        _key("pool_entry", "owner_id", "membership"),
        _key("pool_entry", "author_id", "membership"),
        _key("pool_entry", "source_post_id", "post", ondelete="SET NULL"),
        _key("pool_entry", "thread_id", "thread"),
        _key("pool_entry", "copied_from_id", "pool_entry"),
        _key("pool_entry", "confirmed_by_id", "membership"),
        sa.PrimaryKeyConstraint("id", name="pk_pool_entry"),
        sa.UniqueConstraint("source_post_id", name="uq_pool_entry_source_post_id"),
        sa.UniqueConstraint("key", name="uq_pool_entry_key"),
    )
    op.create_index("ix_pool_entry_owner_id", "pool_entry", ["owner_id"])
    op.create_index("ix_pool_entry_course_id_changed_at", "pool_entry", ["course_id", "changed_at"])
    op.create_table(
        "pool_entry_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pool_entry_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("replaced_at", _TIME, nullable=False),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=False),
        _key("pool_entry_version", "pool_entry_id", "pool_entry"),
        _key("pool_entry_version", "replaced_by_id", "membership"),
        sa.PrimaryKeyConstraint("id", name="pk_pool_entry_version"),
        sa.UniqueConstraint("pool_entry_id", "version", name="uq_pool_entry_version_pool_entry_id_version"),
    )
    op.create_table(
        "pool_entry_tag",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        _key("pool_entry_tag", "entry_id", "pool_entry"),
        sa.PrimaryKeyConstraint("entry_id", "tag", name="pk_pool_entry_tag"),
    )
    op.create_table(
        "pool_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        _key("pool_proposal", "entry_id", "pool_entry"),
        _key("pool_proposal", "by_id", "membership"),
        sa.PrimaryKeyConstraint("id", name="pk_pool_proposal"),
    )
    op.create_index("ix_pool_proposal_entry_id", "pool_proposal", ["entry_id"])
    op.create_index("ix_pool_proposal_by_id", "pool_proposal", ["by_id"])
    op.create_table(
        "pool_mark",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        _key("pool_mark", "member_id", "membership"),
        _key("pool_mark", "entry_id", "pool_entry"),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name="pk_pool_mark"),
    )
    op.create_index("ix_pool_mark_entry_id", "pool_mark", ["entry_id"])


def downgrade() -> None:
    """Drop the tables; search finds their entries no more."""
    op.execute(sa.text("DELETE FROM search_document WHERE kind = 'pool'"))
    for table in ("pool_mark", "pool_proposal", "pool_entry_tag", "pool_entry_version", "pool_entry"):
        op.drop_table(table)
