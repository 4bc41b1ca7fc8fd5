"""What is known of a question and of those who could answer it, from the database: the same few queries for any course."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from connector.activities.models import Activity
from connector.activities.services import is_published
from connector.calendars.arithmetic import Calendar
from connector.courses.models import Membership, Person, Role
from connector.experts.evidence import list_answers
from connector.experts.models import Claim, Expert, Topic
from connector.experts.wording import list_suggested, wording_of
from connector.notifications.models import Level, Scope
from connector.notifications.services import levels
from connector.routing.capacity import WEEK, capacity_of
from connector.routing.models import OPEN_STATES, Case, Refusal, Request
from connector.routing.ranking.choice import rank
from connector.routing.ranking.evidence import Candidate, PastAnswer, Question, Ranked
from connector.search.languages import UNKNOWN
from connector.search.models import SearchDocument
from connector.search.naming import Wording, named
from connector.threads.models import OPENING, Post, PostState, Thread
from connector.threads.recipients import readers_of
from connector.threads.tagged import tags_of

_QUIET = 0.25
"""How available somebody is in their quiet hours: asked only where there is nobody else who is nearly as good."""
_ACTIVE_DAYS = timedelta(days=90)
_MOST_POSTS = 2000

_opening = aliased(Post)

Topics: TypeAlias = Mapping[tuple[uuid.UUID, Claim], frozenset[str]]
"""What members know, by the membership and by whether somebody confirmed it."""
_NONE: frozenset[str] = frozenset()
_NO_TOPICS: Topics = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Asks:
    """How often somebody is asked."""

    open: int = 0
    lately: int = 0
    """In the last seven days."""
    last: datetime | None = None


def rank_candidates(session: Session, thread: Thread, calendar: Calendar, *, now: datetime) -> Sequence[Ranked]:
    """Return who may be asked to answer a question, the likeliest first: nobody who was asked, and nobody who leads the course."""
    wording = wording_of(session, thread.activity.course_id)
    answers, topics = _answers(session, thread, wording, now), topics_of(session, thread, wording)
    names = frozenset().union(*topics.values(), *(each.tags for each in answers))
    question = question_of(session, thread, names, wording)
    candidates = list_candidates(
        session, thread, calendar, now=now, about=question.tags | question.mentions, topics=topics
    )
    return rank(question, candidates, answers, now=now)


def _answers(session: Session, thread: Thread, wording: Wording, now: datetime) -> Sequence[PastAnswer]:
    return [
        PastAnswer(
            author_id=each.author_id,
            terms=each.terms.split(),
            tags=wording.names(each.tags),
            at=each.at,
            is_accepted=each.is_accepted,
            thanks=each.thanks,
        )
        for each in list_answers(session, thread.activity.course_id, now=now, with_terms=True)
    ]


def question_of(session: Session, thread: Thread, names: Collection[str], wording: Wording) -> Question:
    """Return what a question is about: its words, its tags, and which of some names its words mention.

    Args:
        wording: What the course calls topics: the question may have another word for one, in another language too.
    """
    found = session.execute(
        select(SearchDocument.terms, SearchDocument.language).where(SearchDocument.id == thread.opening.id)
    ).one_or_none()
    terms, language = found or ("", UNKNOWN)
    own = frozenset(tags_of(session, [thread.id]).get(thread.id, ()))
    words = terms.split()
    said = named([*names, *wording.meanings], words, language)
    tags = wording.names(own)
    return Question(
        terms=words,
        tags=tags,
        mentions=wording.names(said) - tags,
        called={name: word for word in sorted(own | said, reverse=True) for name in wording.names([word]) - own - said},
    )


def list_candidates(
    session: Session,
    thread: Thread,
    calendar: Calendar,
    *,
    now: datetime,
    about: Collection[str] = (),
    topics: Topics = _NO_TOPICS,
) -> Sequence[Candidate]:
    """Return everybody who may be asked a question, and what is known of them beside their answers.

    Args:
        about: The question's tags, and the topics that its words name.
        topics: By the names that these have.
    """
    readers = readers_of(session, thread.opening, now=now) - {thread.author_id}
    readers -= _excluded(session, thread)
    rows = session.execute(
        select(Membership.id, Membership.role, Membership.seen_at, Expert)
        .join(Membership.person)
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .where(Membership.course_id == thread.activity.course_id, Membership.is_active, Person.erased_at.is_(None))
        .where(Membership.role.in_({Role.LEARNER, Role.EXPERT}))
    ).all()
    rows = [row for row in rows if row.id in readers]
    if not rows:
        return []
    ids = [row.id for row in rows]
    muted = _muted(session, thread, ids)
    asks = _asks(session, thread, now)
    active = _active(session, thread, now)
    return [
        Candidate(
            id=row.id,
            is_expert=_is_expert(row.role, row.Expert)
            or not topics.get((row.id, Claim.CONFIRMED), _NONE).isdisjoint(about),
            topics=topics.get((row.id, Claim.CONFIRMED), _NONE),
            claims=topics.get((row.id, Claim.DECLARED), _NONE),
            availability=availability(row.role, row.Expert, asks.get(row.id, _Asks()).lately, calendar, now=now),
            open_requests=asks.get(row.id, _Asks()).open,
            asked_at=asks.get(row.id, _Asks()).last,
            active_at=[*active.get(row.id, ()), *([row.seen_at] if row.seen_at else [])],
        )
        for row in rows
        if row.id not in muted
    ]


def availability(role: Role, expert: Expert | None, asked_lately: int, calendar: Calendar, *, now: datetime) -> float:
    """Return how much somebody may be asked now: 0 where they are away or were asked often enough this week.

    Args:
        asked_lately: How many questions they were asked in the last seven days.
    """
    capacity = capacity_of(role, expert)
    if capacity is not None and asked_lately >= capacity:
        return 0.0
    if expert is None:
        return 1.0
    if expert.away_until is not None and expert.away_until > now:
        return 0.0
    return _QUIET if is_quiet(expert, calendar, now=now) else 1.0


def is_quiet(expert: Expert, calendar: Calendar, *, now: datetime) -> bool:
    """Return whether it is somebody's quiet hours, by the organisation's clock; over midnight where they end earlier."""
    start, end = expert.quiet_from, expert.quiet_until
    if start is None or end is None or start == end:
        return False
    local = now.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


def _is_expert(role: Role, expert: Expert | None) -> bool:
    return role is Role.EXPERT or (expert is not None and expert.standing is not None)


def _excluded(session: Session, thread: Thread) -> set[uuid.UUID]:
    """Return who was asked already, and who said that they should not answer this asker.

    Of askers who hide their name nothing is looked up, and nothing is kept: it would tell which questions are theirs.
    """
    asked = set(session.scalars(select(Request.member_id).where(Request.thread_id == thread.id)))
    if thread.opening.is_anonymous:
        return asked
    in_conflict = (
        select(Request.member_id)
        .join(Thread, Thread.id == Request.thread_id)
        .join(_opening, (_opening.thread_id == Thread.id) & (_opening.number == OPENING))
        .where(Request.refusal == Refusal.CONFLICT, Thread.author_id == thread.author_id, _opening.alias.is_(None))
    )
    return asked | set(session.scalars(in_conflict))


def _muted(session: Session, thread: Thread, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    scopes = [(Scope.ACTIVITY, thread.activity_id), (Scope.COURSE, thread.activity.course_id)]
    return {id_ for id_, level in levels(session, ids, scopes).items() if level is Level.MUTED}


def topics_of(session: Session, thread: Thread, wording: Wording) -> Topics:
    """Return what the members of a question's course know, or say to know; two queries.

    Another word for a topic that somebody suggests, and nobody who leads the course has taken up, is what they say to know.
    """
    found: defaultdict[tuple[uuid.UUID, Claim], set[str]] = defaultdict(set)
    rows = session.execute(
        select(Topic.member_id, Topic.claim, Topic.tag)
        .join(Membership, Membership.id == Topic.member_id)
        .where(Membership.course_id == thread.activity.course_id, Topic.claim != Claim.DECLINED)
    )
    for member_id, claim, tag in rows:
        found[member_id, claim].add(tag)
    for member_id, word in list_suggested(session, thread.activity.course_id):
        found[member_id, Claim.DECLARED].add(word)
    return {key: wording.names(tags) for key, tags in found.items()}


def _asks(session: Session, thread: Thread, now: datetime) -> Mapping[uuid.UUID, _Asks]:
    is_open = Request.state.in_(OPEN_STATES) & Case.resolved_at.is_(None)
    rows = session.execute(
        select(
            Request.member_id,
            func.sum(case((is_open, 1), else_=0)),
            func.sum(case((Request.asked_at > now - WEEK, 1), else_=0)),
            func.max(Request.asked_at),
        )
        .join(Case, Case.thread_id == Request.thread_id)
        .join(Membership, Membership.id == Request.member_id)
        .where(Membership.course_id == thread.activity.course_id)
        .group_by(Request.member_id)
    )
    return {member_id: _Asks(int(opened), int(lately), last) for member_id, opened, lately, last in rows}


def _active(session: Session, thread: Thread, now: datetime) -> Mapping[uuid.UUID, Sequence[datetime]]:
    """Return when people wrote under their names, for everybody to read."""
    found: defaultdict[uuid.UUID, list[datetime]] = defaultdict(list)
    rows = session.execute(
        select(Post.author_id, Post.created_at)
        .join(Post.thread)
        .join(Thread.activity)
        .where(Activity.course_id == thread.activity.course_id, is_published())
        .where(Post.alias.is_(None), Post.state == PostState.VISIBLE, Post.created_at > now - _ACTIVE_DAYS)
        .where(Thread.is_private.is_(False), or_(Thread.opens_at.is_(None), Thread.opens_at <= now))
        .order_by(Post.created_at.desc(), Post.id)
        .limit(_MOST_POSTS)
    )
    for author_id, at in rows:
        found[author_id].append(at)
    return found
