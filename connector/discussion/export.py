"""A discussion as a file: every post that whoever asks may read, under the names that they may see."""

import csv
import io
import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.courses.models import Group, Membership
from connector.threads.access import Sight
from connector.threads.bylines import byline
from connector.threads.models import Post, Thread
from connector.threads.tagged import tags_of

COLUMNS = (
    "thread",
    "kind",
    "tags",
    "group",
    "number",
    "answers",
    "author",
    "role",
    "written_at",
    "edited_at",
    "state",
    "accepted",
    "words",
    "text",
)
_CHUNK = 500
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(session: Session, sight: Sight, among: Collection[uuid.UUID] | None = None) -> Iterator[str]:
    """Yield the lines of a table of posts, thread by thread; in UTF-8 with a mark, which spreadsheets ask for.

    Args:
        among: The threads to take; None for all.

    Source: https://owasp.org/www-community/attacks/CSV_Injection for the quote before what looks like a formula.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    yield "\ufeff"
    writer.writeheader()
    for record in _records(session, sight, among):
        writer.writerow({**record, "tags": ", ".join(record["tags"])} | _safe(record))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def as_json(session: Session, sight: Sight, among: Collection[uuid.UUID] | None = None) -> Iterator[str]:
    """Yield a JSON document: the discussion with its posts, in the order of the table.

    Args:
        among: The threads to take; None for all.
    """
    head = {"title": sight.activity.title, "course": sight.activity.course.title, "at": sight.now.isoformat()}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "posts": ['
    separator = "\n"
    for record in _records(session, sight, among):
        yield separator + json.dumps(record, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _records(session: Session, sight: Sight, among: Collection[uuid.UUID] | None) -> Iterator[dict[str, Any]]:
    """Yield the posts as values, the oldest thread first; read in parts, so that a discussion may be of any size."""
    last: tuple[Any, ...] | None = None
    while posts := _chunk(session, sight, last, among):
        tags = tags_of(session, {post.thread_id for post in posts})
        groups = _group_names(session, posts)
        numbers = _numbers(session, posts)
        for post in posts:
            by = byline(post, sight.member)
            yield {
                "thread": post.thread.title,
                "kind": post.thread.kind.value,
                "tags": tags.get(post.thread_id, []),
                "group": groups.get(post.thread.group_id),
                "number": post.number,
                "answers": numbers.get(post.parent_id),
                "author": by.name,
                "role": by.role,
                "written_at": post.created_at.isoformat(),
                "edited_at": post.edited_at.isoformat() if post.edited_at else None,
                "state": post.state.value,
                "accepted": post.thread.accepted_id == post.id,
                "words": post.word_count,
                "text": post.body,
            }
        newest = posts[-1]
        last = (newest.thread.created_at, newest.thread_id, newest.number)
        session.expunge_all()


def _chunk(
    session: Session, sight: Sight, last: tuple[Any, ...] | None, among: Collection[uuid.UUID] | None
) -> Sequence[Post]:
    query = (
        select(Post)
        .join(Post.thread)
        .where(sight.readable())
        .order_by(Thread.created_at, Thread.id, Post.number)
        .limit(_CHUNK)
        .options(contains_eager(Post.thread), joinedload(Post.author).joinedload(Membership.person))
    )
    if among is not None:
        query = query.where(Thread.id.in_(among))
    if last is not None:
        began_at, thread_id, number = last
        query = query.where(
            (Thread.created_at > began_at)
            | ((Thread.created_at == began_at) & (Thread.id > thread_id))
            | ((Thread.id == thread_id) & (Post.number > number))
        )
    return session.scalars(query).all()


def _group_names(session: Session, posts: Sequence[Post]) -> dict[Any, str]:
    ids = {post.thread.group_id for post in posts} - {None}
    return dict(iter(session.execute(select(Group.id, Group.name).where(Group.id.in_(ids))))) if ids else {}


def _numbers(session: Session, posts: Sequence[Post]) -> dict[Any, int]:
    """Return the numbers of what the posts answer, by id."""
    known = {post.id: post.number for post in posts}
    missing = {post.parent_id for post in posts} - {None, *known}
    if missing:
        known.update(iter(session.execute(select(Post.id, Post.number).where(Post.id.in_(missing)))))
    return known


def _safe(record: dict[str, Any]) -> dict[str, str]:
    """Return the cells that somebody typed, so that no spreadsheet computes them."""
    typed = {
        **{name: record[name] for name in ("thread", "group", "author", "text")},
        "tags": ", ".join(record["tags"]),
    }
    return {
        name: f"'{value}" if str(value or "").startswith(_FORMULA) else (value or "") for name, value in typed.items()
    }
