"""Keys that follow from others are not looked up for each row any more, and what is null is in no index."""

import sqlalchemy as sa
from alembic import op

revision = "0037_keys_that_say_the_same"
down_revision = "0036_settled_facts"
branch_labels = None
depends_on = None

_SPARSE = ("thread_id", "mail_id")


def upgrade() -> None:
    """Drop the keys, and make the indexes of notices smaller."""
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint("fk_review_activity_id_activity", type_="foreignkey")
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("fk_notice_activity_id_activity", type_="foreignkey")
        batch.drop_constraint("fk_notice_person_id_person", type_="foreignkey")
    for column in _SPARSE:
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_notice_{column}", "notice")
        op.create_index(f"ix_notice_{column}", "notice", [column], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    """Look them up again."""
    for column in _SPARSE:
        op.drop_index(f"ix_notice_{column}", "notice")
        op.create_index(f"ix_notice_{column}", "notice", [column])
    with op.batch_alter_table("notice") as batch:
        batch.create_foreign_key("fk_notice_activity_id_activity", "activity", ["activity_id"], ["id"])
        batch.create_foreign_key("fk_notice_person_id_person", "person", ["person_id"], ["id"])
    with op.batch_alter_table("review") as batch:
        batch.create_foreign_key("fk_review_activity_id_activity", "activity", ["activity_id"], ["id"])
