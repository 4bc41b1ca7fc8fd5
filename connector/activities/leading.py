"""The door to what only those who lead a course may do with an activity."""

import uuid

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.services import get_activity
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.web.errors import NotFoundError


def lead_activity(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    """Return who asks, and the activity.

    Raises:
        NotFoundError: There is none that they may see, or they do not lead the course.
    """
    member = current_member(session)
    activity = get_activity(session, member, activity_id)
    if not member.is_staff:
        raise NotFoundError
    return member, activity
