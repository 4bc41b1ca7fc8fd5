"""How questions are asked in an activity, the rows that are kept of them, and what who asked is told."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.db import stored
from connector.expert_qa.models import Desk, Question
from connector.notifications.services import notify
from connector.threads.models import Thread
from connector.web.errors import NotFoundError

MOST_STARTERS = 6


def get_desk(session: Session, activity: Activity) -> Desk:
    """Return how questions are asked: what was set, or else the defaults, which are not stored."""
    return session.get(Desk, activity.id) or Desk(activity_id=activity.id, nudge_days=3, starters="")


def set_desk(
    session: Session,
    activity: Activity,
    by: Membership,
    *,
    assessed_until: datetime | None,
    nudge_days: int,
    starters: str,
) -> Desk:
    """Say how questions are asked.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not by.is_staff:
        raise NotFoundError
    desk = get_desk(session, activity)
    desk.assessed_until, desk.nudge_days, desk.starters = assessed_until, nudge_days, starters
    session.add(desk)
    session.flush()
    return desk


def starters_of(desk: Desk) -> list[str]:
    """Return the questions that the trainer proposes to begin with."""
    return [line.strip() for line in desk.starters.splitlines() if line.strip()][:MOST_STARTERS]


def get_question(session: Session, thread: Thread) -> Question:
    """Return what is known of a question; a row that is not stored where nothing is."""
    return session.get(Question, thread.id) or _blank(thread)


def keep_question(session: Session, thread: Thread) -> Question:
    """Return the stored row of a question."""
    return stored(session, select(Question).where(Question.thread_id == thread.id), lambda: _blank(thread))


def tell_asker(session: Session, thread: Thread, what: str, *, by: uuid.UUID | None, now: datetime) -> None:
    """Tell who asked a question what became of it.

    Args:
        by: The id of who did it; None where time did.
    """
    asker, activity = [thread.author_id], thread.activity
    notify(session, asker, what, about=thread.id, activity=activity, by=by, thread_id=thread.id, now=now)


def _blank(thread: Thread) -> Question:
    return Question(thread_id=thread.id, info_wanted="", is_assessed=False, unlike_reason="")
