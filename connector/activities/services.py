"""Activities: the one door to them, and what a course has of them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from connector.activities.models import THREADED, Activity, CopyChoice, Kind, Placement
from connector.courses.models import Course, Membership, Role
from connector.web.errors import AppError, NotFoundError


class NotOpenError(AppError):
    """The activity waits for its trainer; a page of its own says so."""

    code = "not_open"

    def __init__(self, activity_id: uuid.UUID) -> None:
        """Take the activity's id."""
        super().__init__()
        self.activity_id = activity_id


def get_activity(session: Session, member: Membership, activity_id: uuid.UUID, kind: Kind | None = None) -> Activity:
    """Return an activity of the member's own course, as pages of the activity need it.

    Args:
        kind: What it must be; None takes any.

    Raises:
        NotFoundError: It does not exist, is of another kind, belongs to another course, or is being prepared.
        NotOpenError: It is switched off, or came with a copied course and its trainer has not taken it over.
    """
    activity = find_activity(session, member, activity_id)
    if kind not in {None, activity.kind} or (activity.prepared_at is not None and not member.is_staff):
        raise NotFoundError
    if not activity.is_open:
        raise NotOpenError(activity.id)
    return activity


def get_threaded(session: Session, member: Membership, activity_id: uuid.UUID) -> Activity:
    """Return an activity of the member's own course in which people write threads, whatever its kind.

    Raises:
        NotFoundError: It does not exist, has no threads, or belongs to another course.
        NotOpenError: It is switched off, or came with a copied course and its trainer has not taken it over.
    """
    activity = get_activity(session, member, activity_id)
    if activity.kind not in THREADED:
        raise NotFoundError
    return activity


def find_activity(session: Session, member: Membership, activity_id: uuid.UUID) -> Activity:
    """Return an activity of the member's own course, open or not.

    Raises:
        NotFoundError: It does not exist, or belongs to another course.
    """
    activity = session.get(Activity, activity_id)
    if activity is None or activity.course_id != member.course_id:
        raise NotFoundError
    return activity


def list_activities(session: Session, member: Membership) -> Sequence[Activity]:
    """Return the activities that a member finds in the course, the newest last.

    Who leads the course sees all that have a link or were made here. Experts see those of them that are open: questions
    come to them from wherever they are asked. Learners see those that one of them was let in to, since the LMS may still
    hide the others' links, and those that were published here.
    """
    placed = exists().where(Placement.activity_id == Activity.id)
    query = select(Activity).where(Activity.course_id == member.course_id).order_by(Activity.created_at, Activity.id)
    published = Activity.published_at.is_not(None)
    if member.is_staff:
        return list_used(session, member.course_id)
    is_linked = placed if member.role is Role.EXPERT else placed.where(Placement.opened_at.is_not(None))
    shown = session.scalars(query.where(or_(is_linked, published), Activity.prepared_at.is_(None)))
    return [activity for activity in shown if activity.is_open]


def is_there(member: Membership, activity: Activity) -> bool:
    """Return whether a member of its course may come to an activity: who leads the course also while it is prepared."""
    return activity.is_open and (member.is_staff or activity.prepared_at is None)


def is_published() -> ColumnElement[bool]:
    """Return the condition on `Activity` for those that people come to, whether or not they lead the course."""
    is_own = or_(Activity.copied_from_id.is_(None), Activity.copy_choice != CopyChoice.NOTHING)
    return and_(Activity.prepared_at.is_(None), Activity.switched_off_at.is_(None), is_own)


def is_used(member: Membership) -> ColumnElement[bool]:
    """Return the condition that anything is open in a member's course: as long as nothing is, what the whole course shares,
    such as its pool, is there for those alone who lead it.
    """
    return true() if member.is_staff else exists().where(Activity.course_id == member.course_id, is_published())


def list_used(session: Session, course_id: uuid.UUID) -> Sequence[Activity]:
    """Return the activities of a course that have a link or were made here, in any state, the newest last."""
    placed = exists().where(Placement.activity_id == Activity.id)
    made_here = or_(Activity.published_at.is_not(None), Activity.prepared_at.is_not(None))
    query = select(Activity).where(Activity.course_id == course_id, or_(placed, made_here))
    return session.scalars(query.order_by(Activity.created_at, Activity.id)).all()


def new_activity(
    course: Course,
    id_: uuid.UUID,
    *,
    kind: Kind = Kind.DISCUSSION,
    title: str,
    prompt: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    score_maximum: float | None = None,
    public_url: str,
    now: datetime,
) -> Activity:
    """Return a new activity, for the caller to add.

    Args:
        score_maximum: The points that it gives at most; None where it is not graded.
    """
    return Activity(
        id=id_,
        course=course,
        kind=kind,
        title=title,
        prompt=prompt,
        iri=f"{public_url}/activities/{id_}",
        opens_at=opens_at,
        closes_at=closes_at,
        score_maximum=score_maximum,
        created_at=now,
    )
