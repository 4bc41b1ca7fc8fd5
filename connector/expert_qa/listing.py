"""The lists of questions: what waits for an answer, what was solved, and what somebody looks for."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, false, func, or_, select
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


class Entry(NamedTuple):
    """What the lists follow from, of one question; an activity may have thousands."""

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
    solved: Sequence[Row] = ()
    """Those that were solved last, where they were asked for."""


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
    solved: int = 0,
) -> QuestionList:
    """Return a page of the questions that are looked for; three queries, however many there are.

    Args:
        for_me: The ids of the threads that the reader was asked to answer.
        solved: How many of those that were solved last are listed besides.
    """
    entries = list_entries(session, sight, for_me=for_me)
    tagged = load_tagged(session, sight.activity, entries)
    found = tagged.among(_sorted(show, entries), tag)
    turned = turn_to(found, page, most=QUESTIONS_A_PAGE)
    latest = _sorted(Show.SOLVED, entries)[:solved] if solved else []
    threads = load_threads(session, [*turned.entries, *latest])
    return QuestionList(
        rows=_rows(threads, turned.entries, tagged),
        solved=_rows(threads, latest, tagged),
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
    return [_entry(row, for_me) for row in session.execute(found)]


def load_rows(session: Session, entries: Sequence[Entry]) -> Sequence[Row]:
    """Return entries with their threads, in the same order; one query."""
    return _rows(load_threads(session, entries), entries, Tagged({}))


def _sorted(show: Show, entries: Sequence[Entry]) -> list[Entry]:
    """Return those that are looked for, in their order."""
    return sorted(filter(_PASSES[show], entries), key=lambda entry: _order(show, entry))


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
    # What can be said in a word is: of thousands of rows, times and ids take longer to read than to find.
    return (
        select(
            Thread.id,
            (Thread.author_id == sight.member.id).label("is_own"),
            or_(Thread.closed_at.is_not(None), func.coalesce(Thread.closes_at <= sight.now, false())).label(
                "is_closed"
            ),
            Thread.created_at,
            Post.state,
            votes.label("votes"),
            Question.resolved_at,
            Thread.accepted_id.is_not(None).label("has_accepted"),
            Question.info_asked_at.is_not(None).label("is_info_wanted"),
            func.coalesce(Hour.ends_at > sight.now, false()).label("is_for_hour"),
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


def _entry(row: Any, for_me: Collection[uuid.UUID]) -> Entry:
    # By place and not by name, which takes longer than all the rest where there are thousands.
    id_, is_own, is_closed, created_at, state, votes, resolved_at, has_accepted, is_info_wanted, is_for_hour, *tally = (
        row
    )
    answers, endorsed, accepted, new, own, last_at = tally
    return Entry(
        id=id_,
        state=_state(
            state,
            is_closed=bool(is_closed),
            is_answered=bool(answers),
            is_endorsed=bool(endorsed),
            has_accepted=bool(accepted),
            is_resolved=resolved_at is not None and not has_accepted,
            is_info_wanted=bool(is_info_wanted),
            is_for_hour=bool(is_for_hour),
        ),
        answers=answers or 0,
        votes=votes,
        new_count=new or 0,
        is_own=bool(is_own),
        has_written=bool(own),
        is_for_me=id_ in for_me,
        created_at=created_at,
        last_at=last_at or created_at,
        solved_at=resolved_at,
    )


@cache
def _state(state: PostState, *, is_answered: bool, is_endorsed: bool, **facts: bool) -> State:
    """Return the state of a question; found once for each of the few combinations that there are.

    Args:
        state: Of its opening post.
        facts: As `Facts` has them.
    """
    is_held, is_gone = state is PostState.HELD, state in GONE
    answers, endorsed = int(is_answered), int(is_endorsed)
    return state_of(Facts(is_held=is_held, is_gone=is_gone, answers=answers, endorsed=endorsed, **facts))


def _rows(threads: Mapping[uuid.UUID, Thread], entries: Sequence[Entry], tagged: Tagged) -> Sequence[Row]:
    return [Row(threads[entry.id], entry, tagged.of(entry.id)) for entry in entries if entry.id in threads]
