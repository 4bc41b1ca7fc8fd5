"""Who is here, and what they may do."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Course, Membership
from connector.platforms.models import Deployment, Platform
from connector.web.errors import SessionEndedError
from connector.web.sessions import current_launch


def current_member(session: Session) -> Membership:
    """Return the membership that this launch session acts as, with person, course, platform and tenant loaded.

    Raises:
        SessionEndedError: There is no session, or the person has left the course.
    """
    member = session.scalar(
        select(Membership)
        .where(Membership.id == current_launch().membership_id, Membership.is_active)
        .options(
            joinedload(Membership.person),
            joinedload(Membership.course)
            .joinedload(Course.deployment)
            .joinedload(Deployment.platform)
            .joinedload(Platform.tenant),
        )
    )
    if member is None:
        raise SessionEndedError
    return member
