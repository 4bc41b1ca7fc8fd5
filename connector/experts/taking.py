"""What a course takes over from those it was made from: words for topics, and people who are here too, each confirmed again.

No people come along with the words, and nobody is made anything here without somebody who leads both courses having clicked.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from connector.courses.models import STAFF, Course, Membership, Person, Role
from connector.experts import services
from connector.experts.models import Claim, Expert, Standing, Topic, TopicWord
from connector.experts.wording import name_topic
from connector.web.errors import ConflictError, NotFoundError

_ANSWERING = frozenset({Role.LEARNER, Role.EXPERT}) | STAFF


@dataclass(frozen=True, slots=True)
class Offered:
    """A topic of another course, with what else it is called there."""

    tag: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A member who was confirmed in another course, and is here as well."""

    member: Membership
    """Theirs here."""
    topics: Sequence[str]
    """What was confirmed there, and was not decided on here."""
    standing: Standing | None
    """What they were made there, where they are nothing of that kind here."""


def is_offered(session: Session, by: Membership, courses: Collection[Course]) -> bool:
    """Return whether other courses have anything for this one."""
    return bool(courses) and bool(list_offered(session, by, courses) or list_met(session, by, courses))


def list_offered(session: Session, by: Membership, courses: Collection[Course]) -> Sequence[Offered]:
    """Return the topics of other courses that this one lacks, or of which it lacks words; three queries.

    Args:
        courses: That `by` leads too: see `activities.origins`.
    """
    ids = [each.id for each in courses]
    found: defaultdict[str, set[str]] = defaultdict(set)
    words = select(TopicWord.tag, TopicWord.word).where(TopicWord.said_by_id.is_(None))
    for tag, word in session.execute(words.where(TopicWord.course_id.in_(ids))):
        found[tag].add(word)
    known = (
        select(Topic.tag)
        .join(Membership, Membership.id == Topic.member_id)
        .where(Membership.course_id.in_(ids), Topic.claim == Claim.CONFIRMED)
        .distinct()
    )
    for tag in session.scalars(known):
        found[tag].add(tag)
    here = {(tag, word) for tag, word in session.execute(words.where(TopicWord.course_id == by.course_id))}
    meant = {word for _tag, word in here}
    return [
        Offered(tag, sorted(each - {tag}))
        for tag, each in sorted(found.items())
        if (tag not in meant) or any((tag, word) not in here for word in each - meant)
    ]


def take_topics(session: Session, by: Membership, courses: Collection[Course], tags: Collection[str]) -> None:
    """List topics of other courses here, with their words; what means something else here stays as it is.

    Raises:
        NotFoundError: `by` does not lead the course.
    """
    for each in list_offered(session, by, courses):
        if each.tag not in tags:
            continue
        try:
            name_topic(session, by, each.tag, each.words)
        except ConflictError:  # the course has its own words already
            continue


def list_met(session: Session, by: Membership, courses: Collection[Course]) -> Sequence[Met]:
    """Return whom others confirmed in other courses and who are here too, by name; three queries."""
    there = aliased(Membership)
    rows = session.execute(
        select(Membership, there.id, Expert.standing)
        .join(Membership.person)
        .join(there, there.person_id == Membership.person_id)
        .outerjoin(Expert, Expert.member_id == there.id)
        .where(Membership.course_id == by.course_id, Membership.is_active, Membership.role.in_(_ANSWERING))
        .where(there.course_id.in_([each.id for each in courses]), there.is_active, Person.erased_at.is_(None))
        .order_by(Person.name, Membership.id)
        .options(joinedload(Membership.person))
    ).all()
    topics = _topics(session, [id_ for member, elsewhere, _standing in rows for id_ in (member.id, elsewhere)])
    standings = _standings(session, [member.id for member, _elsewhere, _standing in rows])
    met: dict[uuid.UUID, Met] = {}
    for member, elsewhere, standing in rows:
        before = met.get(member.id)
        decided = {tag for tag, claim in topics[member.id].items() if claim is not Claim.DECLARED}
        confirmed = {tag for tag, claim in topics[elsewhere].items() if claim is Claim.CONFIRMED} - decided
        is_learner = member.role is Role.LEARNER and standings.get(member.id) is None
        met[member.id] = Met(
            member=member,
            topics=sorted(confirmed.union(before.topics if before else ())),
            standing=((before.standing if before else None) or standing) if is_learner else None,
        )
    return [each for each in met.values() if each.topics or each.standing]


def confirm_again(
    session: Session, by: Membership, courses: Collection[Course], member_id: uuid.UUID, *, now: datetime
) -> None:
    """Confirm here what somebody was confirmed for in another course, as somebody who leads both.

    Raises:
        NotFoundError: There is no such member, or nothing to confirm.
    """
    met = next((each for each in list_met(session, by, courses) if each.member.id == member_id), None)
    if met is None or not by.is_staff or not by.can_write:
        raise NotFoundError
    known = {each.tag for each in services.list_topics(session, met.member)}
    room = max(services.MOST_TOPICS - len(known), 0)
    new = [tag for tag in met.topics if tag not in known][:room]
    services.declare(session, met.member, new, now=now)
    for tag in {*new, *(known & set(met.topics))}:
        services.decide(session, session.get_one(Topic, (met.member.id, tag)), by, is_confirmed=True, now=now)
    if met.standing is not None:
        services.appoint(session, met.member, met.standing)


def _topics(session: Session, ids: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, dict[str, Claim]]:
    found: defaultdict[uuid.UUID, dict[str, Claim]] = defaultdict(dict)
    rows = session.execute(select(Topic.member_id, Topic.tag, Topic.claim).where(Topic.member_id.in_(ids)))
    for member_id, tag, claim in rows:
        found[member_id][tag] = claim
    return found


def _standings(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Standing | None]:
    rows = session.execute(select(Expert.member_id, Expert.standing).where(Expert.member_id.in_(ids)))
    return {row.member_id: row.standing for row in rows}
