"""Groups that review together."""

import sqlalchemy as sa
from alembic import op

revision = "0042_group_reviewers"
down_revision = "0041_shown_at"
branch_labels = None
depends_on = None

_UNIT = sa.Enum("person", "group", name="unit", native_enum=False, length=32)
_UNIQUE = "uq_review_activity_id_group_id_submission_id_round"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("peer_review") as batch:
        batch.add_column(sa.Column("reviewed_by", _UNIT, nullable=False, server_default="person"))
    with op.batch_alter_table("review") as batch:
        batch.add_column(sa.Column("group_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("beside", sa.JSON(), nullable=False, server_default="[]"))
        batch.create_foreign_key("fk_review_group_id_course_group", "course_group", ["group_id"], ["id"])
        batch.create_unique_constraint(_UNIQUE, ["activity_id", "group_id", "submission_id", "round"])
        batch.create_index("ix_review_group_id", ["group_id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("review") as batch:
        batch.drop_index("ix_review_group_id")
        batch.drop_constraint(_UNIQUE, type_="unique")
        batch.drop_constraint("fk_review_group_id_course_group", type_="foreignkey")
        batch.drop_column("beside")
        batch.drop_column("group_id")
    with op.batch_alter_table("peer_review") as batch:
        batch.drop_column("reviewed_by")
