"""What members say of themselves, and what those who lead the course make of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership, Role
from connector.db import stored
from connector.experts.models import Claim, Expert, Standing, Topic
from connector.experts.wording import settle_words
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

MOST_TOPICS = 12
"""How many topics one member may name: who knows everything is no help to find who knows this."""
MOST_A_WEEK = 20


def expert_of(session: Session, member: Membership) -> Expert:
    """Return how a member can be asked: what is stored, or else a row that is not."""
    found = session.get(Expert, member.id)
    return found or Expert(member_id=member.id)


def list_topics(session: Session, member: Membership) -> Sequence[Topic]:
    """Return what a member says to know, in the order of the alphabet."""
    return session.scalars(select(Topic).where(Topic.member_id == member.id).order_by(Topic.tag)).all()


def declare(session: Session, member: Membership, tags: Sequence[str], *, now: datetime) -> None:
    """Say that one knows something; what was said before, confirmed or declined, stays as it is.

    Args:
        tags: In lower case.

    Raises:
        NotFoundError: The member only looks on.
        ConflictError: These are too many.
    """
    _check_answers(member)
    known = {topic.tag for topic in list_topics(session, member)}
    added = [tag for tag in dict.fromkeys(tags) if tag not in known]
    if len(known) + len(added) > MOST_TOPICS:
        raise ConflictError(_("At most %(most)s topics: choose those that you know best.", most=MOST_TOPICS))
    session.add_all(Topic(member_id=member.id, tag=tag, claim=Claim.DECLARED, declared_at=now) for tag in added)
    session.flush()


def withdraw(session: Session, member: Membership, tag: str) -> None:
    """Say no longer that one knows something, nor what else it is called."""
    if (topic := session.get(Topic, (member.id, tag))) is not None:
        settle_words(session, topic, is_confirmed=False)
    session.execute(delete(Topic).where(Topic.member_id == member.id, Topic.tag == tag))


def get_topic(session: Session, by: Membership, member_id: uuid.UUID, tag: str) -> Topic:
    """Return what a member of the course says to know, for somebody who leads it.

    Raises:
        NotFoundError: `by` does not lead the course, or nobody here has said that.
    """
    topic = session.scalar(
        select(Topic)
        .join(Membership, Membership.id == Topic.member_id)
        .where(Topic.member_id == member_id, Topic.tag == tag)
        .where(Membership.course_id == by.course_id, Membership.is_active)
    )
    if topic is None or not by.is_staff:
        raise NotFoundError
    return topic


def decide(session: Session, topic: Topic, by: Membership, *, is_confirmed: bool, now: datetime) -> None:
    """Confirm that a member knows something, with the words that they have for it, or say that it is not so.

    Args:
        topic: As `get_topic` found it.
    """
    topic.claim = Claim.CONFIRMED if is_confirmed else Claim.DECLINED
    topic.decided_by_id, topic.decided_at = by.id, now
    settle_words(session, topic, is_confirmed=is_confirmed)
    session.flush()


def get_helper(session: Session, by: Membership, member_id: uuid.UUID) -> Membership:
    """Return a member who can be made an expert, for somebody who leads the course.

    Raises:
        NotFoundError: `by` does not lead the course, or the member is not in it, leads it too or answers nothing.
    """
    member = session.scalar(
        select(Membership)
        .where(Membership.id == member_id, Membership.course_id == by.course_id, Membership.is_active)
        .options(joinedload(Membership.person))
    )
    if member is None or not by.is_staff or member.is_staff:
        raise NotFoundError
    _check_answers(member)
    return member


def appoint(session: Session, member: Membership, standing: Standing | None) -> None:
    """Make a member an expert or a mentor of the course, or neither any more.

    Args:
        member: As `get_helper` found them.
    """
    row = _row(session, member)
    row.standing = standing
    session.flush()


def change_availability(
    session: Session,
    member: Membership,
    *,
    weekly_capacity: int | None,
    away_until: datetime | None,
    quiet: tuple[int, int] | None,
) -> None:
    """Say when one can be asked.

    Args:
        weekly_capacity: At most so many questions a week; None for any number.
        away_until: Aware.
        quiet: From and until, in minutes after midnight by the organisation's clock.

    Raises:
        NotFoundError: The member only looks on.
    """
    _check_answers(member)
    row = _row(session, member)
    row.weekly_capacity, row.away_until = weekly_capacity, away_until
    row.quiet_from, row.quiet_until = quiet or (None, None)
    session.flush()


def introduce(session: Session, member: Membership, *, now: datetime) -> None:
    """Note that a member has read what is expected of experts.

    Raises:
        NotFoundError: The member only looks on.
    """
    _check_answers(member)
    row = _row(session, member)
    row.introduced_at = row.introduced_at or now
    session.flush()


def _row(session: Session, member: Membership) -> Expert:
    find = select(Expert).where(Expert.member_id == member.id)
    return stored(session, find, lambda: Expert(member_id=member.id))


def _check_answers(member: Membership) -> None:
    if not member.can_write or member.role is Role.TEST_STUDENT:
        raise NotFoundError
