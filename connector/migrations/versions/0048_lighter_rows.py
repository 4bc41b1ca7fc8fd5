"""Reviews, notices and the outbox: fewer keys to look up and fewer indexes to keep for each of thousands of rows."""

import sqlalchemy as sa
from alembic import op

revision = "0048_lighter_rows"
down_revision = "0047_late_work"
branch_labels = None
depends_on = None

_OF_REVIEWER, _OF_GROUP = "uq_review_reviewer_id_submission_id_round", "uq_review_group_id_submission_id_round"
_KEYS = (
    ("review", "reviewer_id", "membership"),
    ("notice", "member_id", "membership"),
    ("message", "course_id", "course"),
    ("delivery", "endpoint_id", "endpoint"),
)


def upgrade() -> None:
    """Drop keys to what is never deleted; a review is unique by its work, which says the activity."""
    for table, column, other in _KEYS:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_{column}_{other}", type_="foreignkey")
    op.drop_index("ix_review_reviewer_id", "review")
    op.drop_index("ix_review_group_id", "review")
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint("uq_review_activity_id_reviewer_id_submission_id_round", type_="unique")
        batch.drop_constraint("uq_review_activity_id_group_id_submission_id_round", type_="unique")
        batch.create_unique_constraint(_OF_REVIEWER, ["reviewer_id", "submission_id", "round"])
        batch.create_index("ix_review_activity_id", ["activity_id"])
    there = sa.text("group_id IS NOT NULL")
    columns = ["group_id", "submission_id", "round"]
    op.create_index(_OF_GROUP, "review", columns, unique=True, sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    """Take them up again."""
    op.drop_index(_OF_GROUP, "review")
    op.drop_index("ix_review_activity_id", "review")
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint(_OF_REVIEWER, type_="unique")
        for who in ("group_id", "reviewer_id"):
            name = f"uq_review_activity_id_{who}_submission_id_round"
            batch.create_unique_constraint(name, ["activity_id", who, "submission_id", "round"])
    op.create_index("ix_review_group_id", "review", ["group_id"])
    op.create_index("ix_review_reviewer_id", "review", ["reviewer_id"])
    for table, column, other in reversed(_KEYS):
        with op.batch_alter_table(table) as batch:
            batch.create_foreign_key(f"fk_{table}_{column}_{other}", other, [column], ["id"])
