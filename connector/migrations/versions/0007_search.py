"""What can be found, and each engine's index of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

import connector.db

revision = "0007_search"
down_revision = "0006_participation"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLAIN = sa.String().with_variant(sa.String(collation="C"), "postgresql")
# Documents keep their lexemes themselves; the index has only where each stands. No lexeme needs cutting any further.
_INDEX = """
    CREATE VIRTUAL TABLE search_index USING fts5(
        lexemes, content='search_document', content_rowid='number', detail=none, columnsize=0,
        tokenize="ascii tokenchars '+#'"
    )
"""
_ADD = "INSERT INTO search_index(rowid, lexemes) VALUES (new.number, new.lexemes);"
_DROP = "INSERT INTO search_index(search_index, rowid, lexemes) VALUES ('delete', old.number, old.lexemes);"
_TRIGGERS = (
    f"CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN {_ADD} END",
    f"CREATE TRIGGER search_document_dropped AFTER DELETE ON search_document BEGIN {_DROP} END",
    f"CREATE TRIGGER search_document_changed AFTER UPDATE OF lexemes ON search_document BEGIN {_DROP} {_ADD} END",
)


def upgrade() -> None:
    """Make the tables; on SQLite an index by FTS5 that triggers keep, on PostgreSQL one of the column."""
    op.create_table(
        "search_document",
        sa.Column("number", _KEY, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("at", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("lexemes", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_search_document_activity_id_activity"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_search_document_course_id_course"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_document")),
        sa.UniqueConstraint("id", name=op.f("uq_search_document_id")),
    )
    op.create_index("ix_search_document_activity_id", "search_document", ["activity_id"])
    op.create_index("ix_search_document_course_id", "search_document", ["course_id", "language"])
    op.create_table(
        "search_word",
        sa.Column("number", _KEY, nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tail", _PLAIN, nullable=False),
        sa.Column("stem", _PLAIN, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_word")),
    )
    op.create_index("ix_search_word_tail", "search_word", ["course_key", "language", "tail"])
    op.create_index(
        "ix_search_document_lexemes",
        "search_document",
        ["lexemes"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        sqlite_where=sa.false(),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in (_INDEX, *_TRIGGERS):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables; their triggers and indices go with them."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_word")
    op.drop_table("search_document")
