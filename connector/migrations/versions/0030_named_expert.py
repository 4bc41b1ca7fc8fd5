"""Whom somebody asks for by name."""

import sqlalchemy as sa
from alembic import op

revision = "0030_named_expert"
down_revision = "0029_course_settings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("question") as batch:
        batch.add_column(sa.Column("named_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_question_named_id_membership", "membership", ["named_id"], ["id"])


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("question") as batch:
        batch.drop_constraint("fk_question_named_id_membership", type_="foreignkey")
        batch.drop_column("named_id")
