"""The lists of questions: what waits for an answer, what was solved, and what somebody looks for."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from connector.expert_qa.models import Hour, Question
from connector.expert_qa.states import UNANSWERED, Facts, State, state_of
from connector.reactions.models import Reaction, Sign
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, PostState, Thread
from connector.threads.news import GONE, is_unread
from connector.threads.picking import Tagged, load_tagged, load_threads, turn_to

QUESTIONS_A_PAGE = 20


class Show(StrEnum):
    """Which questions somebody looks for."""

    WAITING = "waiting"
    """That need an answer; those that the reader was asked for first."""
    UNANSWERED = "unanswered"
    """That nobody has answered."""
    SOLVED = "solved"
    MINE = "mine"
    """That they asked or wrote in."""
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the lists follow from, of one question; an activity may have hundreds."""

    id: uuid.UUID
    state: State
    answers: int
    votes: int
    """How many have the same question."""
    new_count: int
    is_own: bool
    has_written: bool
    is_for_me: bool
    """Whether the reader was asked to answer it."""
    created_at: datetime
    last_at: datetime
    """When the newest post was written that the reader may see."""
    solved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """A question in a list."""

    thread: Thread
    entry: Entry
    tags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionList:
    """One page of questions."""

    rows: Sequence[Row]
    count: int
    page: int
    pages: int
    counts: Mapping[Show, int]
    """How many there are of each, in the whole activity."""
    tags: Sequence[tuple[str, int]]
    """The tags in use, with the number of questions; the most used first."""
    new_count: int


_PASSES: Mapping[Show, Callable[[Entry], bool]] = {
    Show.WAITING: lambda entry: entry.state in {*UNANSWERED, State.ANSWERED},
    Show.UNANSWERED: lambda entry: entry.state in UNANSWERED and entry.answers == 0,
    Show.SOLVED: lambda entry: entry.state in {State.SOLVED, State.ENDORSED},
    Show.MINE: lambda entry: entry.is_own or entry.has_written,
    Show.ALL: lambda entry: True,  # noqa: ARG005 -- asked like the others
}


def list_questions(
    session: Session,
    sight: Sight,
    *,
    page: int = 1,
    show: Show = Show.WAITING,
    tag: str | None = None,
    for_me: Collection[uuid.UUID] = (),
) -> QuestionList:
    """Return a page of the questions that are looked for; three queries, however many there are.

    Args:
        for_me: The ids of the threads that the reader was asked to answer.
    """
    entries = list_entries(session, sight, for_me=for_me)
    tagged = load_tagged(session, sight.activity, entries)
    found = tagged.among([entry for entry in entries if _PASSES[show](entry)], tag)
    found.sort(key=lambda entry: _order(show, entry))
    turned = turn_to(found, page, most=QUESTIONS_A_PAGE)
    return QuestionList(
        rows=_rows(session, turned.entries, tagged),
        count=len(found),
        page=turned.number,
        pages=turned.pages,
        counts={each: sum(map(passes, entries)) for each, passes in _PASSES.items()},
        tags=tagged.uses,
        new_count=sum(entry.new_count for entry in entries),
    )


def list_entries(
    session: Session, sight: Sight, *, for_me: Collection[uuid.UUID] = (), hour_id: uuid.UUID | None = None
) -> list[Entry]:
    """Return what is known of every question that the member sees; one query.

    Args:
        for_me: The ids of the threads that the reader was asked to answer.
        hour_id: Of an hour: only what was asked for it.
    """
    found = _entries(sight) if hour_id is None else _entries(sight).where(Question.hour_id == hour_id)
    return [_entry(sight, row, for_me) for row in session.execute(found)]


def load_rows(session: Session, entries: Sequence[Entry]) -> Sequence[Row]:
    """Return entries with their threads, in the same order; one query."""
    return _rows(session, entries, Tagged({}))


def _order(show: Show, entry: Entry) -> Any:
    if show is Show.SOLVED:
        return (-(entry.solved_at or entry.last_at).timestamp(), entry.id)
    if show in {Show.WAITING, Show.UNANSWERED}:
        # Whoever waits longest comes first, but for what the reader was asked; what is answered is less pressing.
        return (not entry.is_for_me, entry.answers > 0, entry.is_own, -entry.votes, entry.created_at, entry.id)
    return (entry.new_count == 0, -entry.last_at.timestamp(), entry.id)


def _entries(sight: Sight) -> Select[Any]:
    tally = _tally(sight).subquery()
    votes = (
        select(func.count())
        .where(Reaction.post_id == Post.id, Reaction.sign == Sign.ME_TOO)
        .correlate(Post)
        .scalar_subquery()
    )
    return (
        select(
            Thread.id,
            Thread.closed_at,
            Thread.closes_at,
            Thread.author_id,
            Thread.created_at,
            Thread.accepted_id,
            Post.state,
            votes.label("votes"),
            Question.resolved_at,
            Question.info_asked_at,
            Hour.ends_at,
            *tally.c[1:],
        )
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .outerjoin(Question, Question.thread_id == Thread.id)
        .outerjoin(Hour, Hour.id == Question.hour_id)
        .outerjoin(tally, tally.c.thread_id == Thread.id)
        .where(sight.threads())
    )


def _tally(sight: Sight) -> Select[Any]:
    """Return what was written in each thread that the member may see, in figures."""
    is_answer = and_(Post.depth == 1, Post.state == PostState.VISIBLE, Post.iri.like("%/replies/%"))
    is_endorsed = select(Reaction.id).where(Reaction.post_id == Post.id, Reaction.sign == Sign.ENDORSED).exists()
    one = func.coalesce
    return (
        select(
            Post.thread_id,
            one(func.sum(case((is_answer, 1), else_=0)), 0).label("answers"),
            one(func.sum(case((and_(is_answer, is_endorsed), 1), else_=0)), 0).label("endorsed"),
            one(func.sum(case((and_(is_answer, Post.id == Thread.accepted_id), 1), else_=0)), 0).label("accepted"),
            one(func.sum(case((is_unread(sight.member), 1), else_=0)), 0).label("new"),
            one(func.sum(case((Post.author_id == sight.member.id, 1), else_=0)), 0).label("own"),
            func.max(Post.created_at).label("last_at"),
        )
        .join(Post.thread)
        .where(sight.posts_within())
        .group_by(Post.thread_id)
    )


def _entry(sight: Sight, row: Any, for_me: Collection[uuid.UUID]) -> Entry:
    facts = Facts(
        is_held=row.state is PostState.HELD,
        is_gone=row.state in GONE,
        is_closed=row.closed_at is not None or (row.closes_at is not None and row.closes_at <= sight.now),
        answers=row.answers or 0,
        endorsed=row.endorsed or 0,
        has_accepted=bool(row.accepted),
        is_resolved=row.resolved_at is not None and row.accepted_id is None,
        is_info_wanted=row.info_asked_at is not None,
        is_for_hour=row.ends_at is not None and sight.now < row.ends_at,
    )
    return Entry(
        id=row.id,
        state=state_of(facts),
        answers=facts.answers,
        votes=row.votes,
        new_count=row.new or 0,
        is_own=row.author_id == sight.member.id,
        has_written=bool(row.own),
        is_for_me=row.id in for_me,
        created_at=row.created_at,
        last_at=row.last_at or row.created_at,
        solved_at=row.resolved_at,
    )


def _rows(session: Session, entries: Sequence[Entry], tagged: Tagged) -> Sequence[Row]:
    found = load_threads(session, entries)
    return [Row(found[entry.id], entry, tagged.of(entry.id)) for entry in entries if entry.id in found]
