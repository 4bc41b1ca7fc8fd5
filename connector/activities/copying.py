"""Copied courses: where they come from, and what their trainers take over. What people wrote always stays behind."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from connector.activities.kinds import Copier, kinds
from connector.activities.models import Activity, CopyChoice, CourseCopy
from connector.courses.models import Course, Membership
from connector.db import stored
from connector.platforms.models import Deployment
from connector.web.errors import NotFoundError

log = structlog.get_logger(__name__)

_MOST_ORIGINS = 20
"""How far back a course's history is kept; Canvas tells up to a thousand."""


def note_copy(
    session: Session, deployment: Deployment, context_id: str, origins: Sequence[str], *, now: datetime
) -> None:
    """Keep which courses a course was made from; what was known already stays, behind what is told now.

    Args:
        origins: The LMS's ids of the courses, the nearest first.
    """
    told = [each for each in origins if each and each != context_id]
    if not told:
        return
    row = stored(
        session,
        _copies(deployment, context_id),
        lambda: CourseCopy(
            deployment=deployment, context_id=context_id, origin_context_ids=[], choice=None, created_at=now
        ),
    )
    known = list(dict.fromkeys([*told, *row.origin_context_ids]))[:_MOST_ORIGINS]
    if known != row.origin_context_ids:
        row.origin_context_ids = known


def list_origins(session: Session, course: Course) -> Sequence[str]:
    """Return the LMS's ids of the courses that a course was made from, the nearest first."""
    row = _find(session, course.deployment, course.context_id)
    return row.origin_context_ids if row else []


def note_origin(session: Session, activity: Activity, origin: Activity, *, now: datetime) -> None:
    """Keep what a new activity is a copy of. A duplicate in the same course is one at once; another course asks first."""
    activity.copied_from = origin
    if origin.course_id == activity.course.id:
        _take_over(activity, CopyChoice.SETTINGS, now=now)
        return
    activity.prompt = ""
    note_copy(session, activity.course.deployment, activity.course.context_id, [origin.course.context_id], now=now)
    row = _find(session, activity.course.deployment, activity.course.context_id)
    if row is not None and row.choice is not None:
        _take_over(activity, row.choice, now=now)


def choose(
    session: Session,
    activity: Activity,
    choice: CopyChoice,
    by: Membership,
    *,
    is_for_all: bool,
    copier: Copier | None = None,
    now: datetime,
) -> None:
    """Take over what the trainer chose; an activity that is in use stays as it is.

    Args:
        is_for_all: Whether the course's other copies take the same choice, also those that nobody has opened yet.
        copier: Copies what the kind of activity adds to the settings; None where it is of no matter.

    Raises:
        NotFoundError: The member does not lead the course, or the activity is no copy.
    """
    if not by.is_staff or activity.copied_from is None:
        raise NotFoundError
    chosen = [activity, *(_others(session, activity) if is_for_all else [])]
    for each in chosen:
        if each.copy_choice in {CopyChoice.SETTINGS, CopyChoice.EMPTY}:
            continue
        _take_over(each, choice, now=now)
        each.chosen_by_id = by.id
        if copier is not None:
            copy_more(session, each, copier, now=now)
        log.info("copy_chosen", activity=str(each.id), choice=choice.value, by=str(by.id))
    row = _find(session, by.course.deployment, by.course.context_id)
    if is_for_all and row is not None:
        row.choice = choice


def copy_more(session: Session, activity: Activity, copier: Copier, *, now: datetime) -> None:
    """Let an activity that took settings over take over what its kind adds to them, and one that begins empty begin as any
    new one does; it must be stored by now.
    """
    if activity.copied_from is None:
        return
    if activity.copy_choice is CopyChoice.SETTINGS:
        session.flush()
        copier(session, activity.copied_from, activity, now)
    elif activity.copy_choice is CopyChoice.EMPTY:
        session.flush()
        kinds()[activity.kind].begin(session, activity)


def count_waiting(session: Session, course: Course) -> int:
    """Return how many activities of a course wait for its trainer's choice."""
    query = select(func.count()).where(
        Activity.course_id == course.id, Activity.copied_from_id.is_not(None), Activity.copy_choice.is_(None)
    )
    return session.scalar(query) or 0


def _others(session: Session, activity: Activity) -> Sequence[Activity]:
    return session.scalars(
        select(Activity).where(
            Activity.course_id == activity.course_id,
            Activity.id != activity.id,
            Activity.copied_from_id.is_not(None),
            Activity.copy_choice.is_(None),
        )
    ).all()


def _take_over(activity: Activity, choice: CopyChoice, *, now: datetime) -> None:
    """Apply a choice: the title is the LMS's own in any case, the rest is the original's or nobody's."""
    origin = activity.copied_from
    if choice is CopyChoice.SETTINGS and origin is not None:
        activity.kind, activity.prompt = origin.kind, origin.prompt
        activity.opens_at, activity.closes_at = origin.opens_at, origin.closes_at
        activity.score_maximum = origin.score_maximum
        activity.group_mode = origin.group_mode
        # Another course has none of the sets: all its groups count until somebody chooses.
        activity.group_set_id = origin.group_set_id if origin.course_id == activity.course.id else None
    activity.copy_choice, activity.chosen_at = choice, now


def _find(session: Session, deployment: Deployment, context_id: str) -> CourseCopy | None:
    return session.scalar(_copies(deployment, context_id))


def _copies(deployment: Deployment, context_id: str) -> Select[CourseCopy]:
    return select(CourseCopy).where(CourseCopy.deployment_id == deployment.id, CourseCopy.context_id == context_id)
