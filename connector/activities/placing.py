"""How a resource link finds its activity: by its own id first, by the uuid that it carries only where that is no help.

Links are copied and duplicated with all that is in them, so the uuid says what a link was made from. Its own id is new
then, and so is the activity behind it: what people wrote never goes from one course, or one link, to another.
"""

import uuid
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from connector.activities import copying
from connector.activities.kinds import Copier
from connector.activities.links import Link
from connector.activities.models import Activity, Placement
from connector.activities.services import new_activity
from connector.courses.models import STAFF, Course, Membership


def place_link(
    session: Session, by: Membership, link: Link, *, public_url: str, copier: Copier | None = None, now: datetime
) -> Placement | None:
    """Return the placement of a link and with it the activity that it opens, which is always one of the course's.

    A link that is seen for the first time gets an activity. None: the link is the course's, and names no activity.

    Args:
        by: Who opens it, in the course that it is in.
    """
    course = by.course
    named = _find_named(session, course, link)
    if link.is_course and named is None:
        return None
    qualifier = str(link.activity_id) if link.is_course else ""
    found = _find_placement(session, course, link.id, qualifier)
    if found is None:
        found = _place(session, by, link, qualifier, named, public_url=public_url, now=now)
        if copier is not None and found.activity.created_at == now:
            copying.copy_more(session, found.activity, copier, now=now)
    elif link.title and not link.is_course:
        found.activity.title = link.title
    return found


def note_learner(placement: Placement, *, now: datetime) -> None:
    """Keep that a learner came by this link."""
    placement.opened_at = placement.opened_at or now


def _place(
    session: Session,
    by: Membership,
    link: Link,
    qualifier: str,
    named: Activity | None,
    *,
    public_url: str,
    now: datetime,
) -> Placement:
    """Store a new placement, with a new activity where none waits for it; of two requests at once, the later joins."""
    course = by.course
    if not qualifier and _is_taken(session, course, link.id):
        qualifier = course.context_id
    # Two copies of a link may come at once for the one activity that both name: the second waits here, then sees it placed.
    if named is not None:
        session.execute(select(Activity.id).where(Activity.id == named.id).with_for_update())
    activity = _waiting_activity(session, course, link, named)
    if activity is None:
        origin = named or _find_origin(session, by, link)
        activity = _new_activity(course, link, origin, public_url=public_url, now=now)
        if origin is not None:
            copying.note_origin(session, activity, origin, now=now)
    placement = Placement(
        deployment_id=course.deployment_id,
        resource_link_id=link.id,
        qualifier=qualifier,
        activity=activity,
        lineitems_url=None,
        lineitem_url=None,
        scopes=[],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(placement)
    except IntegrityError:
        winner = _find_placement(session, course, link.id, qualifier)
        if winner is None:
            raise
        return winner
    return placement


def _find_named(session: Session, course: Course, link: Link) -> Activity | None:
    """Return the activity that a link names, where it is of the same deployment; any other is as good as none."""
    if link.activity_id is None:
        return None
    return session.scalar(
        select(Activity)
        .join(Activity.course)
        .where(Activity.id == link.activity_id, Course.deployment_id == course.deployment_id)
        .options(joinedload(Activity.course))
    )


def _find_placement(session: Session, course: Course, link_id: str, qualifier: str) -> Placement | None:
    return session.scalar(
        _placements(course, link_id).where(
            Activity.course_id == course.id, Placement.qualifier.in_({qualifier, qualifier or course.context_id})
        )
    )


def _is_taken(session: Session, course: Course, link_id: str) -> bool:
    """Whether another course of this deployment has a link of this id, which the specification rules out."""
    taken = _placements(course, link_id).where(Placement.qualifier == "", Activity.course_id != course.id)
    return session.scalar(taken) is not None


def _placements(course: Course, link_id: str) -> Select[Placement]:
    return (
        select(Placement)
        .join(Placement.activity)
        .where(Placement.deployment_id == course.deployment_id, Placement.resource_link_id == link_id)
        .options(joinedload(Placement.activity))
        .limit(1)
    )


def _waiting_activity(session: Session, course: Course, link: Link, named: Activity | None) -> Activity | None:
    """Return the activity of this course that a new link is for: the one that it names, or a copy of that one.

    An activity that has a link of its own is not for another one: two links, two activities.
    """
    if named is None:
        return None
    candidates = session.scalars(
        select(Activity)
        .where(Activity.course_id == course.id, (Activity.id == named.id) | (Activity.copied_from_id == named.id))
        .order_by(Activity.id != named.id, Activity.created_at, Activity.id)
    ).all()
    if link.is_course:
        return candidates[0] if candidates else None
    own_ids = {"", course.context_id}
    placed = set(
        session.scalars(
            select(Placement.activity_id).where(
                Placement.activity_id.in_([each.id for each in candidates]), Placement.qualifier.in_(own_ids)
            )
        )
    )
    return next((each for each in candidates if each.id not in placed), None)


def _find_origin(session: Session, by: Membership, link: Link) -> Activity | None:
    """Return what a link without a name was copied from: by its own history, else by its title in the course's origin.

    Whoever may add links can also type a history. So it counts for people who lead the course that it names: what they see
    of it there, they may see here.
    """
    course = by.course
    is_led = select(Membership.course_id).where(Membership.person_id == by.person_id, Membership.role.in_(STAFF))
    known = (
        select(Activity)
        .join(Activity.course)
        .where(Course.deployment_id == course.deployment_id, Course.id.in_(is_led), Course.id != course.id)
        .limit(2)
    )
    for link_id in link.history:
        placed = select(Placement.activity_id).where(Placement.resource_link_id == link_id, Placement.qualifier == "")
        found = session.scalars(known.where(Activity.id.in_(placed))).all()
        if found:
            return found[0]
    for context_id in copying.list_origins(session, course) if link.title else ():
        found = session.scalars(known.where(Course.context_id == context_id, Activity.title == link.title)).all()
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _new_activity(course: Course, link: Link, origin: Activity | None, *, public_url: str, now: datetime) -> Activity:
    """Return a discussion for a link: the prompt is what the LMS has as its description, until the trainer changes it."""
    title, description = (None, None) if link.is_course else (link.title, link.description)
    return new_activity(
        course,
        uuid.uuid4(),
        title=title or (origin.title if origin else course.title),
        prompt=description or "",
        public_url=public_url,
        now=now,
    )
