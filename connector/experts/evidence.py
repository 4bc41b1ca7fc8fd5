"""What shows that members know something: answers that they gave under their name, for everybody in the course to read.

What is hidden is no evidence: posts under an alias, held, taken back or removed, in threads of a group or with those who
lead the course, in activities that are switched off, and answers that show only after one's own. So no count can tell who
wrote what nobody is to know of, and whoever reads one can look it up.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from connector.activities.models import Activity
from connector.activities.services import is_published
from connector.reactions.models import SIGNED, Reaction
from connector.search.models import SearchDocument
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadKind
from connector.threads.tagged import tags_of

MOST_ANSWERS = 2000
"""How many answers are looked at, from the newest on: what is older says little of who knows it now."""

_opening = aliased(Post)
_asked, _told = aliased(SearchDocument), aliased(SearchDocument)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that counts."""

    id: uuid.UUID
    author_id: uuid.UUID
    at: datetime
    waited: timedelta
    """How long its question was there before it."""
    tags: frozenset[str]
    """Its question's."""
    is_accepted: bool
    thanks: int
    """How many people said that it is right, or gave thanks for it."""
    terms: str
    """The stems of the question's words and of its own, as search has them."""


def list_answers(
    session: Session, course_id: uuid.UUID, *, now: datetime, with_terms: bool = False
) -> Sequence[Answer]:
    """Return the answers of a course that count, the newest first; three queries.

    Args:
        with_terms: Whether the stems are wanted too.
    """
    found = session.execute(_select(course_id, now, with_terms=with_terms)).all()
    tags = tags_of(session, {row.thread_id for row in found})
    thanks = _thanks(session, [row.id for row in found])
    return [
        Answer(
            id=row.id,
            author_id=row.author_id,
            at=row.created_at,
            waited=max(row.created_at - row.asked_at, timedelta()),
            tags=frozenset(tags.get(row.thread_id, ())),
            is_accepted=row.accepted_id == row.id,
            thanks=thanks.get(row.id, 0),
            terms=f"{row.asked or ''} {row.told or ''}" if with_terms else "",
        )
        for row in found
    ]


def _select(course_id: uuid.UUID, now: datetime, *, with_terms: bool) -> Select[Any]:
    asked_at = Thread.created_at.label("asked_at")
    columns: list[Any] = [Post.id, Post.author_id, Post.created_at, Post.thread_id, Thread.accepted_id, asked_at]
    if with_terms:
        columns += [_asked.terms.label("asked"), _told.terms.label("told")]
    # Who asked anonymously and answers under their name counts like anybody: leaving them out would tell who asked.
    is_others = or_(Post.author_id != Thread.author_id, _opening.alias.is_not(None))
    has_come = or_(Thread.opens_at.is_(None), Thread.opens_at <= now)
    query = (
        select(*columns)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Activity, Activity.id == Thread.activity_id)
        .join(_opening, and_(_opening.thread_id == Thread.id, _opening.number == OPENING))
        .where(
            Activity.course_id == course_id,
            is_published(),
            Thread.kind == ThreadKind.QUESTION,
            Thread.is_private.is_(False),
            Thread.group_id.is_(None),
            Thread.merged_into_id.is_(None),
            Thread.forgotten_at.is_(None),
            Thread.shows_after_posts == 0,
            has_come,
            _opening.state == PostState.VISIBLE,
            Post.depth == 1,
            Post.alias.is_(None),
            Post.state == PostState.VISIBLE,
            is_others,
        )
        .order_by(Post.created_at.desc(), Post.id)
        .limit(MOST_ANSWERS)
    )
    if with_terms:
        query = query.outerjoin(_asked, _asked.id == _opening.id).outerjoin(_told, _told.id == Post.id)
    return query


def _thanks(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Return how many signed signs answers got; one query however many they are."""
    if not ids:
        return {}
    rows = session.execute(
        select(Reaction.post_id, func.count().label("thanks"))
        .where(Reaction.post_id.in_(ids), Reaction.sign.in_(SIGNED))
        .group_by(Reaction.post_id)
    )
    return {each.post_id: each.thanks for each in rows}
