"""How many people members address within a day, and what is said to whom a question is passed on to."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0044_pace_and_notes"
down_revision = "0043_lent_examples"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and add the columns."""
    op.create_table(
        "mention_pace",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("since", connector.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_mention_pace_member_id_membership"),
        sa.PrimaryKeyConstraint("member_id", name="pk_mention_pace"),
    )
    with op.batch_alter_table("question_request") as batch:
        batch.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("noted_by_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_question_request_noted_by_id_membership", "membership", ["noted_by_id"], ["id"])
        batch.create_index("ix_question_request_noted_by_id", ["noted_by_id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("question_request") as batch:
        batch.drop_index("ix_question_request_noted_by_id")
        batch.drop_constraint("fk_question_request_noted_by_id_membership", type_="foreignkey")
        batch.drop_column("noted_by_id")
        batch.drop_column("note")
    op.drop_table("mention_pace")
