"""What is done for questions now and then, whoever looks: reminders, what was kept back, and hours that ended."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.expert_qa import hours, services
from connector.expert_qa.desk import tell_asker
from connector.expert_qa.models import Desk, Question
from connector.threads.models import OPENING, Post, PostState, Thread

NUDGE_DAYS = 3
_AT_ONCE = 200


def tidy(session: Session, *, now: datetime) -> None:
    """Do what is due. Any number of workers may: what one has done, the others find done."""
    nudge_askers(session, now=now)
    show_assessed(session, now=now)
    hours.pass_on_ended(session, now=now)


def nudge_askers(session: Session, *, now: datetime) -> int:
    """Remind those who asked, and got an answer days ago, to say whether it helped; return how many.

    Once for each time that somebody answered: who says nothing is not asked again and again.
    """
    days = func.coalesce(Desk.nudge_days, NUDGE_DAYS)
    due = (
        select(Question, days)
        .join(Question.thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .join(Activity, Activity.id == Thread.activity_id)
        .outerjoin(Desk, Desk.activity_id == Thread.activity_id)
        .where(
            days > 0,
            Activity.switched_off_at.is_(None),
            Question.last_answer_at <= now - timedelta(days=1),
            Question.resolved_at.is_(None),
            Question.info_asked_at.is_(None),
            or_(Question.nudged_at.is_(None), Question.nudged_at < Question.last_answer_at),
            Thread.accepted_id.is_(None),
            Thread.closed_at.is_(None),
            Thread.merged_into_id.is_(None),
            Thread.forgotten_at.is_(None),
            Post.state == PostState.VISIBLE,
        )
        .order_by(Question.last_answer_at)
        .limit(_AT_ONCE)
        .with_for_update(of=Question, skip_locked=True)
    )
    count = 0
    for question, wait in session.execute(due).all():
        if question.last_answer_at is None or question.last_answer_at > now - timedelta(days=wait):
            continue
        question.nudged_at = now
        thread = question.thread
        tell_asker(session, thread, services.NUDGED, by=None, now=now)
        count += 1
    session.flush()
    return count


def show_assessed(session: Session, *, now: datetime) -> int:
    """Let everybody read questions about assessed work whose time has come, as their authors were told; return how many."""
    due = (
        select(Question)
        .join(Question.thread)
        .join(Activity, Activity.id == Thread.activity_id)
        .join(Desk, Desk.activity_id == Activity.id)
        .where(Question.is_assessed, Thread.is_private, Desk.assessed_until <= now, Thread.forgotten_at.is_(None))
        .options(joinedload(Question.thread).joinedload(Thread.activity))
        .limit(_AT_ONCE)
        .with_for_update(of=Question, skip_locked=True)
    )
    found = session.scalars(due).all()
    for question in found:
        services.open_up(session, question.thread, question, by=None, now=now)
    return len(found)
