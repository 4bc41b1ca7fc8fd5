"""Groups made here: sets of groups get rows of their own, members can sign up, and activities say what groups mean."""

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0004_groups"
down_revision = "0003_content"
branch_labels = None
depends_on = None

_TIME = connector.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables. The sets of the LMS's come with the next reading of each roster, with the ids that they go by."""
    op.create_table(
        "group_set",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lms_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("joining", _words("joining", "placed", "open", "asked"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("may_start", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_group_set_course_id_course"),
        sa.ForeignKeyConstraint(["created_by_id"], ["membership.id"], name="fk_group_set_created_by_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_group_set"),
        sa.UniqueConstraint("course_id", "lms_id", name="uq_group_set_course_id_lms_id"),
    )
    with op.batch_alter_table("course_group") as batch:
        batch.alter_column("lms_id", existing_type=sa.String(), nullable=True)
        batch.drop_column("set_name")
        batch.add_column(sa.Column("set_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_course_group_set_id_group_set", "group_set", ["set_id"], ["id"])
        batch.create_index("ix_course_group_set_id", ["set_id"])
    op.create_table(
        "group_wish",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["course_group.id"], name="fk_group_wish_group_id_course_group"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_group_wish_member_id_membership"),
        sa.ForeignKeyConstraint(["set_id"], ["group_set.id"], name="fk_group_wish_set_id_group_set"),
        sa.PrimaryKeyConstraint("id", name="pk_group_wish"),
        sa.UniqueConstraint("set_id", "member_id", name="uq_group_wish_set_id_member_id"),
    )
    op.create_index("ix_group_wish_member_id", "group_wish", ["member_id"])
    op.create_index("ix_group_wish_group_id", "group_wish", ["group_id"])
    with op.batch_alter_table("activity") as batch:
        modes = _words("groupmode", "none", "separate", "visible")
        batch.add_column(sa.Column("group_mode", modes, nullable=False, server_default="none"))
        batch.add_column(sa.Column("group_set_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_activity_group_set_id_group_set", "group_set", ["group_set_id"], ["id"])


def downgrade() -> None:
    """Go back to groups of the LMS's alone; those made here stay as groups that it has no more."""
    with op.batch_alter_table("activity") as batch:
        batch.drop_constraint("fk_activity_group_set_id_group_set", type_="foreignkey")
        batch.drop_column("group_set_id")
        batch.drop_column("group_mode")
    op.drop_table("group_wish")
    with op.batch_alter_table("course_group") as batch:
        batch.add_column(sa.Column("set_name", sa.String(), nullable=True))
    op.execute("UPDATE course_group SET set_name = (SELECT name FROM group_set WHERE group_set.id = set_id)")
    op.execute(
        sa.text(
            "UPDATE course_group SET lms_id = 'made here: ' || CAST(id AS VARCHAR(36)), is_active = :never "
            "WHERE lms_id IS NULL"
        ).bindparams(sa.bindparam("never", value=False, type_=sa.Boolean()))
    )
    with op.batch_alter_table("course_group") as batch:
        batch.drop_constraint("fk_course_group_set_id_group_set", type_="foreignkey")
        batch.drop_index("ix_course_group_set_id")
        batch.drop_column("set_id")
        batch.alter_column("lms_id", existing_type=sa.String(), nullable=False)
    op.drop_table("group_set")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32)
