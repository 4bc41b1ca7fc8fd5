"""Comments on passages of a text under review."""

import sqlalchemy as sa
from alembic import op

revision = "0040_passages"
down_revision = "0039_expert_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and let a list of changes name a comment of it."""
    op.create_table(
        "peer_passage",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("is_dropped", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name="fk_peer_passage_review_id_review", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_peer_passage"),
    )
    op.create_index("ix_peer_passage_review_id", "peer_passage", ["review_id"])
    with op.batch_alter_table("peer_intention") as batch:
        batch.add_column(sa.Column("passage_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            "fk_peer_intention_passage_id_peer_passage", "peer_passage", ["passage_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    """Drop what was made."""
    with op.batch_alter_table("peer_intention") as batch:
        batch.drop_constraint("fk_peer_intention_passage_id_peer_passage", type_="foreignkey")
        batch.drop_column("passage_id")
    op.drop_table("peer_passage")
