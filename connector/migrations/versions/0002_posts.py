"""Threads consist of posts: opening posts and replies become rows of one table, and read marks name them."""

import uuid

import sqlalchemy as sa
from alembic import op

import connector.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 500
_TIME = connector.db.UTCDateTime(timezone=True)
_TEXT = ("body", "body_html", "renderer", "snippet", "word_count")


def upgrade() -> None:
    """Make the tables, and move what was written into them."""
    _create()
    _widen_thread()
    _move()
    _replace_read_marks()
    op.drop_table("reply")
    _narrow_thread()


def downgrade() -> None:
    """Go back to the older tables, which are empty then: posts as they are now have no place in them."""
    with op.batch_alter_table("thread") as batch:
        for name in ("fk_thread_accepted", "fk_thread_merged_into_id_thread", "fk_thread_group_id_course_group"):
            batch.drop_constraint(name, type_="foreignkey")
    for name in ("thread_tag", "post_version", "read_mark", "thread_visit", "post", "thread", "thread_rules"):
        op.drop_table(name)
    op.create_table(
        "thread",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("last_activity_at", _TIME, nullable=False),
        sa.Column("post_count", sa.Integer(), nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_written(),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_thread_activity_id_activity"),
        sa.ForeignKeyConstraint(["author_id"], ["membership.id"], name="fk_thread_author_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
        sa.UniqueConstraint("author_id", "key", name="uq_thread_author_id_key"),
    )
    op.create_index("ix_thread_recent", "thread", ["activity_id", "last_activity_at"])
    op.create_table(
        "reply",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_written(),
        sa.ForeignKeyConstraint(["author_id"], ["membership.id"], name="fk_reply_author_id_membership"),
        sa.ForeignKeyConstraint(["parent_id"], ["reply.id"], name="fk_reply_parent_id_reply"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_reply_thread_id_thread"),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
        sa.UniqueConstraint("author_id", "key", name="uq_reply_author_id_key"),
        sa.UniqueConstraint("thread_id", "number", name="uq_reply_thread_id_number"),
    )
    for name, more in (("read_mark", ["number"]), ("thread_visit", [])):
        op.create_table(
            name,
            sa.Column("member_id", sa.Uuid(), nullable=False),
            sa.Column("thread_id", sa.Uuid(), nullable=False),
            *(sa.Column(each, sa.Integer(), autoincrement=False, nullable=False) for each in more),
            *([] if more else [sa.Column("day", sa.Date(), nullable=False)]),
            sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name=f"fk_{name}_member_id_membership"),
            sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=f"fk_{name}_thread_id_thread"),
            sa.PrimaryKeyConstraint("member_id", "thread_id", *more, name=f"pk_{name}"),
        )


def _written() -> list[sa.Column[object]]:
    return [
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
    ]


def _create() -> None:
    op.create_table(
        "thread_rules",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("learners_start", sa.Boolean(), nullable=False),
        sa.Column("allows_anonymous", sa.Boolean(), nullable=False),
        sa.Column("allows_private", sa.Boolean(), nullable=False),
        sa.Column("moderation", _words("moderation", "none", "first", "all"), nullable=False),
        sa.Column("hold_after_reports", sa.Integer(), nullable=False),
        sa.Column("close_after_days", sa.Integer(), nullable=True),
        sa.Column("posts_a_day", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_thread_rules_activity_id_activity"),
        sa.PrimaryKeyConstraint("activity_id", name="pk_thread_rules"),
    )
    op.create_table(
        "post",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("iri", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.Integer(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("state", _words("poststate", "visible", "held", "removed", "withdrawn"), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("edited_at", _TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_written(),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_post_activity_id_activity"),
        sa.ForeignKeyConstraint(["author_id"], ["membership.id"], name="fk_post_author_id_membership"),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name="fk_post_parent_id_post"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_post_thread_id_thread"),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("author_id", "key", name="uq_post_author_id_key"),
        sa.UniqueConstraint("thread_id", "number", name="uq_post_thread_id_number"),
    )
    op.create_index("ix_post_activity_author", "post", ["activity_id", "author_id"])
    op.create_index("ix_post_activity_thread", "post", ["activity_id", "thread_id", "state"])
    op.create_table(
        "post_version",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("replaced_at", _TIME, nullable=False),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_version_post_id_post"),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["membership.id"], name="fk_post_version_replaced_by_id_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_post_version"),
        sa.UniqueConstraint("post_id", "version", name="uq_post_version_post_id_version"),
    )
    op.create_table(
        "thread_tag",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_thread_tag_thread_id_thread"),
        sa.PrimaryKeyConstraint("thread_id", "tag", name="pk_thread_tag"),
    )


def _widen_thread() -> None:
    with op.batch_alter_table("thread") as batch:
        batch.add_column(sa.Column("iri", sa.String(), nullable=False, server_default=""))
        kinds = _words("threadkind", "discussion", "question", "share")
        batch.add_column(sa.Column("kind", kinds, nullable=False, server_default="discussion"))
        batch.add_column(sa.Column("group_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("is_private", sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in ("opens_at", "due_at", "closes_at", "shows_from", "pinned_at", "featured_at"):
            batch.add_column(sa.Column(name, _TIME, nullable=True))
        batch.add_column(sa.Column("shows_after_posts", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("accepted_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))


def _narrow_thread() -> None:
    with op.batch_alter_table("thread") as batch:
        for name in ("iri", "kind", "is_private", "shows_after_posts"):
            batch.alter_column(name, server_default=None)
        batch.drop_constraint("uq_thread_author_id_key", type_="unique")
        for name in ("key", *_TEXT):
            batch.drop_column(name)
        batch.create_index("ix_thread_author_id", ["author_id"])
        batch.create_index("ix_thread_group_id", ["group_id"])
        batch.create_foreign_key("fk_thread_merged_into_id_thread", "thread", ["merged_into_id"], ["id"])
        batch.create_foreign_key("fk_thread_accepted", "post", ["accepted_id"], ["id"])
        batch.create_foreign_key("fk_thread_group_id_course_group", "course_group", ["group_id"], ["id"])


def _move() -> None:
    connection = op.get_bind()
    old = sa.MetaData()
    thread = sa.Table("thread", old, *_columns("id", "activity_id", "author_id", "key"), *_rest())
    thread.append_column(sa.Column("iri", sa.String()))
    reply = sa.Table("reply", old, *_columns("id", "thread_id", "parent_id", "author_id", "key"), *_rest())
    reply.append_column(sa.Column("number", sa.Integer()))
    reply.append_column(sa.Column("depth", sa.Integer()))
    activity = sa.Table("activity", old, *_columns("id"), sa.Column("iri", sa.String()))
    names = ("id", "activity_id", "thread_id", "parent_id", "author_id", "key")
    more = ("iri", "state", "number", "depth", "version")
    post = sa.Table("post", old, *_columns(*names), *_rest(), *(sa.Column(name) for name in more))
    # An opening post takes its thread's id, so that links and statements about it stay right.
    openings = sa.select(thread, activity.c.iri.label("place")).join(activity, activity.c.id == thread.c.activity_id)
    for row in connection.execute(openings).mappings().all():
        iri = f"{row['place']}/threads/{row['id']}"
        connection.execute(thread.update().where(thread.c.id == row["id"]).values(iri=iri))
        connection.execute(post.insert(), _post(row, iri, row["activity_id"], row["id"], None, number=1, depth=0))
    replies = sa.select(reply, thread.c.activity_id, thread.c.iri.label("place")).join(
        thread, thread.c.id == reply.c.thread_id
    )
    moved = [
        _post(
            row,
            f"{row['place']}/replies/{row['id']}",
            row["activity_id"],
            row["thread_id"],
            row["parent_id"] or row["thread_id"],
            number=row["number"],
            depth=row["depth"],
        )
        for row in connection.execute(replies.order_by(reply.c.thread_id, reply.c.number)).mappings()
    ]
    for start in range(0, len(moved), _BATCH):
        connection.execute(post.insert(), moved[start : start + _BATCH])


def _post(
    row: sa.RowMapping,
    iri: str,
    activity_id: uuid.UUID,
    thread_id: uuid.UUID,
    parent_id: uuid.UUID | None,
    *,
    number: int,
    depth: int,
) -> dict[str, object]:
    same = {name: row[name] for name in ("id", "author_id", "key", "created_at", *_TEXT)}
    place = {"iri": iri, "activity_id": activity_id, "thread_id": thread_id, "parent_id": parent_id}
    return {**same, **place, "number": number, "depth": depth, "state": "visible", "version": 1}


def _replace_read_marks() -> None:
    op.execute(
        "CREATE TABLE moved_mark AS SELECT read_mark.member_id, post.id AS post_id FROM read_mark "
        "JOIN post ON post.thread_id = read_mark.thread_id AND post.number = read_mark.number"
    )
    op.drop_table("read_mark")
    op.create_table(
        "read_mark",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_read_mark_member_id_membership"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_read_mark_post_id_post"),
        sa.PrimaryKeyConstraint("member_id", "post_id", name="pk_read_mark"),
    )
    op.create_index("ix_read_mark_post_id", "read_mark", ["post_id"])
    op.execute("INSERT INTO read_mark (member_id, post_id) SELECT member_id, post_id FROM moved_mark")
    op.execute("DROP TABLE moved_mark")


def _columns(*names: str) -> list[sa.Column[uuid.UUID]]:
    return [sa.Column(name, sa.Uuid()) for name in names]


def _rest() -> list[sa.Column[object]]:
    return [sa.Column("created_at", _TIME), *(sa.Column(name) for name in _TEXT)]


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32)
