"""What documents mean, as the model says that an operator may choose."""

import sqlalchemy as sa
from alembic import op

revision = "0045_search_vectors"
down_revision = "0044_pace_and_notes"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OUTDATED = sa.text("model = ''")


def upgrade() -> None:
    """Make the table; it stays empty where no model is chosen."""
    op.create_table(
        "search_vector",
        sa.Column("number", _KEY, nullable=False),
        sa.Column("document_number", _KEY, nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_number"],
            ["search_document.number"],
            name=op.f("fk_search_vector_document_number_search_document"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_search_vector_course_id_course"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_vector")),
        sa.UniqueConstraint("document_number", name=op.f("uq_search_vector_document_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_vector_course_id", "search_vector", ["course_id", "number"])
    op.create_index(
        "ix_search_vector_outdated",
        "search_vector",
        ["document_number"],
        sqlite_where=_OUTDATED,
        postgresql_where=_OUTDATED,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("search_vector")
