"""What questions hold of people beside what they wrote: whom they asked back, and why a question is another one."""

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.expert_qa.models import Hour, Question
from connector.threads.models import OPENING, Post, Thread
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored beside threads and replies, which are listed with those of discussions."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    questions = session.scalars(
        select(Question)
        .join(Question.thread)
        .where(or_(Thread.author_id.in_(mine), Question.info_asked_by_id.in_(mine)))
        .options(joinedload(Question.thread))
        .order_by(Question.thread_id)
    )
    hosted = session.scalars(select(Hour).where(Hour.host_id.in_(mine)).order_by(Hour.begins_at))
    return [
        Holding(label=_("Questions"), name="questions", records=[_record(each) for each in questions]),
        Holding(
            label=_("Hours in which questions are answered"),
            name="question_hours",
            records=[{"title": each.title, "begins_at": each.begins_at.isoformat()} for each in hosted],
        ),
    ]


def forget(session: Session, person: Person) -> None:
    """Let go of what somebody asked back and of their reasons; what was asked and answered stays as a former member's."""
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    asked = select(Thread.id).where(Thread.author_id.in_(mine))
    session.execute(update(Question).where(Question.info_asked_by_id.in_(mine)).values(info_wanted=""))
    session.execute(
        update(Question).where(or_(Question.named_id.in_(mine), Question.thread_id.in_(asked))).values(named_id=None)
    )
    session.execute(update(Question).where(Question.thread_id.in_(asked)).values(unlike_reason=""))


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Delete what was said about questions whose time is over."""
    gone = select(Post.thread_id).where(Post.id.in_(post_ids), Post.number == OPENING)
    session.execute(
        update(Question)
        .where(Question.thread_id.in_(gone))
        .values(info_wanted="", unlike_reason="", alike_id=None, alike_chance=None)
    )


def _record(question: Question) -> dict[str, str | bool | None]:
    return {
        "thread": str(question.thread_id),
        "missing": question.info_wanted,
        "other_than": question.unlike_reason,
        "about_assessed_work": question.is_assessed,
        "asked_by_name": question.named_id is not None,
        "solved_at": question.resolved_at.isoformat() if question.resolved_at else None,
    }
