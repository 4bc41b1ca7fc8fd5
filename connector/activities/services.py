"""Activities: the one door to them, and how a resource link finds its own."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity, Kind, Placement
from connector.courses.models import Course, Membership
from connector.web.errors import NotFoundError


def get_activity(session: Session, member: Membership, activity_id: uuid.UUID, kind: Kind | None = None) -> Activity:
    """Return an activity of the member's own course.

    Args:
        kind: What it must be; None takes any.

    Raises:
        NotFoundError: It does not exist, is of another kind, or belongs to another course.
    """
    activity = session.get(Activity, activity_id)
    if activity is None or activity.course_id != member.course_id or kind not in {None, activity.kind}:
        raise NotFoundError
    return activity


def place_link(
    session: Session,
    course: Course,
    resource_link_id: str,
    *,
    title: str | None,
    prompt: str | None,
    public_url: str,
    now: datetime,
) -> Placement:
    """Return the placement of a resource link, and with it the activity that it opens; a link seen for the first time gets a discussion.

    The prompt is what the LMS has as the link's description when it first opens; afterwards it is the trainer's here.
    """
    placement = session.scalar(
        select(Placement)
        .where(Placement.deployment_id == course.deployment_id, Placement.resource_link_id == resource_link_id)
        .options(joinedload(Placement.activity))
    )
    if placement is not None:
        if title and placement.activity.title != title:
            placement.activity.title = title
        return placement
    id_ = uuid.uuid4()
    activity = Activity(
        id=id_,
        course=course,
        kind=Kind.DISCUSSION,
        title=title or course.title,
        prompt=prompt or "",
        iri=f"{public_url}/activities/{id_}",
        created_at=now,
    )
    session.add(activity)
    placement = Placement(
        deployment_id=course.deployment_id,
        resource_link_id=resource_link_id,
        activity=activity,
        scopes=[],
        created_at=now,
    )
    session.add(placement)
    session.flush()
    return placement
