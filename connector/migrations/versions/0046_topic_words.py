"""Words for the topics of a course."""

import sqlalchemy as sa
from alembic import op

revision = "0046_topic_words"
down_revision = "0045_search_vectors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "expert_topic_word",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name="fk_expert_topic_word_course_id_course", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["membership.id"], name="fk_expert_topic_word_said_by_id_membership"),
        sa.PrimaryKeyConstraint("course_id", "tag", "word", name="pk_expert_topic_word"),
    )
    op.create_index("ix_expert_topic_word_said_by_id", "expert_topic_word", ["said_by_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("expert_topic_word")
