"""The directory of a course: who knows what, and how that shows; in words, never as a percentage."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.activities.services import is_published, is_used
from connector.courses.models import STAFF, Membership, Person, Role
from connector.experts.evidence import Answer, list_answers
from connector.experts.known import Known, in_answers, known_topics, words_of
from connector.experts.models import Claim, Expert, Standing, Topic, TopicWord
from connector.experts.room import room_in_words
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadTag
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

MOST_SUGGESTED, MOST_TOLD = 12, 3
LEAST_PACED, MOST_DAYS = 3, 14
"""From how many answers on, and up to how many days, it is said how soon somebody usually answers."""
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A member in the directory."""

    member: Membership
    role: str | None
    """In words: trainer, mentor, expert; None for a learner who knows something."""
    standing: Standing | None
    topics: Sequence[Known]
    """What is confirmed first."""
    is_away: bool
    away_until: datetime | None
    evidence: str
    """How many questions they have answered, in words; empty for none."""
    pace: str
    """How soon they usually answer, in words; empty for fellow learners, who owe nothing, and where too little tells."""
    room: str
    """How many more questions they take this week, in words; of experts and mentors who are here, and said how many."""
    is_introduced: bool
    """Whether they have read what is expected of experts."""


@dataclass(frozen=True, slots=True)
class Nameable:
    """A member whom others can ask by name."""

    member: Membership
    role: str | None
    """As in `Entry`."""
    tags: Sequence[str]
    """Some of the topics that were confirmed."""


def list_experts(session: Session, reader: Membership, *, now: datetime) -> Sequence[Entry]:
    """Return who knows what in the reader's course: those who lead it first, then experts, then fellow learners.

    What is declared and not confirmed is for the member and for those who lead the course. The same number of queries for
    any course. Of a course in which nothing is open, members find themselves alone.
    """
    topics = _topics(session, reader)
    rows = session.execute(
        select(Membership, Expert)
        .join(Membership.person)
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .where(Membership.course_id == reader.course_id, Membership.is_active, Person.erased_at.is_(None))
        .where(Membership.role.not_in({Role.OBSERVER, Role.TEST_STUDENT}))
        .where(or_(Membership.id == reader.id, is_used(reader)))
        .where(
            or_(
                Membership.role.in_(STAFF | {Role.EXPERT}),
                Expert.standing.is_not(None),
                Membership.id.in_(list(topics)),
            )
        )
        .order_by(Person.name, Membership.id)
        .options(joinedload(Membership.person))
    ).all()
    answers = _by_author(list_answers(session, reader.course_id, now=now))
    words = words_of(session, reader)
    room = _room(session, rows, now)
    entries = [
        _entry(
            member,
            expert,
            known_topics(topics.get(member.id, ()), answers[member.id], words),
            answers[member.id],
            room=room.get(member.id, ""),
            now=now,
        )
        for member, expert in rows
    ]
    return sorted(entries, key=lambda each: _place(each.member, each.standing))


def list_nameable(session: Session, reader: Membership, *, now: datetime) -> Sequence[Nameable]:
    """Return whom a member can ask by name: experts, who leads the course and whoever has a confirmed topic, but not who is away.

    Experts come first, then fellow learners, then who leads the course; each by name. Two queries for any course.
    """
    confirmed = select(Topic.member_id).where(Topic.claim == Claim.CONFIRMED)
    is_known = or_(
        Membership.role.in_(STAFF | {Role.EXPERT}), Expert.standing.is_not(None), Membership.id.in_(confirmed)
    )
    rows = session.execute(
        select(Membership, Expert)
        .join(Membership.person)
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .where(Membership.course_id == reader.course_id, Membership.is_active, Person.erased_at.is_(None))
        .where(Membership.role.not_in({Role.OBSERVER, Role.TEST_STUDENT}), Membership.id != reader.id, is_known)
        .where(or_(Expert.away_until.is_(None), Expert.away_until <= now))
        .order_by(Person.name, Membership.id)
        .options(joinedload(Membership.person))
    ).all()
    tags: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    known = select(Topic.member_id, Topic.tag).where(
        Topic.member_id.in_([member.id for member, _expert in rows]), Topic.claim == Claim.CONFIRMED
    )
    for member_id, tag in session.execute(known.order_by(Topic.tag)):
        tags[member_id].append(tag)
    found = [
        Nameable(member, role_in_course(member, _standing(expert)), tags[member.id][:MOST_TOLD])
        for member, expert in rows
    ]
    return sorted(found, key=lambda each: (each.member.is_staff, each.role is None))


def suggest_topics(session: Session, member: Membership, *, known: Collection[str]) -> Sequence[str]:
    """Return topics that a member could know about: those that the course lists, then the tags that are used most, for everybody to see."""
    listed = session.scalars(
        select(TopicWord.tag)
        .where(
            TopicWord.course_id == member.course_id, TopicWord.word == TopicWord.tag, TopicWord.tag.not_in(list(known))
        )
        .order_by(TopicWord.tag)
        .limit(MOST_SUGGESTED)
    ).all()
    rows = session.execute(
        select(ThreadTag.tag)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .join(Activity, Activity.id == Thread.activity_id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(Activity.course_id == member.course_id, is_published())
        .where(Thread.is_private.is_(False), Thread.group_id.is_(None))
        .where(Post.state == PostState.VISIBLE, Thread.merged_into_id.is_(None), Thread.opens_at.is_(None))
        .where(ThreadTag.tag.not_in([*known, *listed]))
        .group_by(ThreadTag.tag)
        .order_by(func.count().desc(), ThreadTag.tag)
        .limit(MOST_SUGGESTED)
    )
    return [*listed, *(row.tag for row in rows)][:MOST_SUGGESTED]


def role_in_course(member: Membership, standing: Standing | None) -> str | None:
    """Return what somebody is among those who answer, in words; None for a fellow learner."""
    if member.is_staff:
        return _("Trainer") if member.role is Role.TRAINER else _("Assistant")
    if standing is Standing.MENTOR:
        return _("Mentor")
    return _("Expert") if standing is Standing.EXPERT or member.role is Role.EXPERT else None


def appointed(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return who of some members was made an expert of their course, or a mentor, with that in words; one query."""
    rows = session.execute(
        select(Membership, Expert.standing)
        .join(Expert, Expert.member_id == Membership.id)
        .where(Membership.id.in_(list(ids)), Membership.is_active, Expert.standing.is_not(None))
    )
    return {member.id: role_in_course(member, standing) or "" for member, standing in rows}


def _entry(
    member: Membership,
    expert: Expert | None,
    topics: Sequence[Known],
    answers: Sequence[Answer],
    *,
    room: str,
    now: datetime,
) -> Entry:
    standing = _standing(expert)
    role = role_in_course(member, standing)
    return Entry(
        member=member,
        role=role,
        standing=standing,
        topics=topics,
        is_away=_is_away(expert, now),
        away_until=expert.away_until if expert is not None else None,
        evidence=in_answers(len(answers)) if answers else "",
        pace=_pace([each.waited for each in answers]) if role is not None else "",
        room=room,
        is_introduced=expert is not None and expert.introduced_at is not None,
    )


def _room(session: Session, rows: Sequence[Row[Membership, Expert]], now: datetime) -> Mapping[uuid.UUID, str]:
    """Return how many more questions experts and mentors take who are here, in words; fellow learners owe nobody that."""
    called = [
        member.id
        for member, expert in rows
        if not member.is_staff and role_in_course(member, _standing(expert)) and not _is_away(expert, now)
    ]
    return room_in_words(session, called, now=now)


def _is_away(expert: Expert | None, now: datetime) -> bool:
    return expert is not None and expert.away_until is not None and expert.away_until > now


def _pace(waited: Sequence[timedelta]) -> str:
    """Return how soon half of somebody's answers came, in words; empty where there are few, or where it took weeks."""
    if len(waited) < LEAST_PACED:
        return ""
    hours = ceil(median(each / timedelta(hours=1) for each in waited)) or 1
    if hours < _DAY_HOURS:
        return ngettext("usually answers within %(num)s hour", "usually answers within %(num)s hours", hours)
    days = ceil(hours / _DAY_HOURS)
    if days > MOST_DAYS:
        return ""
    return ngettext("usually answers within %(num)s day", "usually answers within %(num)s days", days)


def _topics(session: Session, reader: Membership) -> Mapping[uuid.UUID, Sequence[Topic]]:
    """Return what members say to know, as far as the reader may know it."""
    found: defaultdict[uuid.UUID, list[Topic]] = defaultdict(list)
    query = (
        select(Topic)
        .join(Membership, Membership.id == Topic.member_id)
        .where(Membership.course_id == reader.course_id)
        .order_by(Topic.claim, Topic.tag)
        .options(joinedload(Topic.decided_by).joinedload(Membership.person))
    )
    if not reader.is_staff:
        query = query.where(Topic.claim == Claim.CONFIRMED)
    for topic in session.scalars(query):
        found[topic.member_id].append(topic)
    return found


def _by_author(answers: Sequence[Answer]) -> defaultdict[uuid.UUID, list[Answer]]:
    found: defaultdict[uuid.UUID, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.author_id].append(answer)
    return found


def _standing(expert: Expert | None) -> Standing | None:
    return expert.standing if expert is not None else None


def _place(member: Membership, standing: Standing | None) -> int:
    if member.is_staff:
        return 0
    return 1 if member.role is Role.EXPERT or standing is not None else 2
