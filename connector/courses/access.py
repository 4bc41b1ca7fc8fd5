"""Who is here, and what they may do."""

import uuid

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Course, Membership, Role
from connector.platforms.models import Deployment, Platform
from connector.web.errors import NotFoundError, SessionEndedError
from connector.web.sessions import current_launch

# Every request asks this: to build it takes longer than to answer it.
_CURRENT_MEMBER = (
    select(Membership)
    .where(Membership.id == bindparam("membership_id"), Membership.is_active)
    .options(
        joinedload(Membership.person),
        joinedload(Membership.course)
        .joinedload(Course.deployment)
        .joinedload(Deployment.platform)
        .joinedload(Platform.tenant),
    )
)


def current_member(session: Session) -> Membership:
    """Return the membership that this launch session acts as, with person, course, platform and tenant loaded.

    Raises:
        SessionEndedError: There is no session, or the person has left the course.
    """
    member = session.scalar(_CURRENT_MEMBER, {"membership_id": current_launch().membership_id})
    if member is None:
        raise SessionEndedError
    return member


def get_learner(session: Session, course: Course, learner_id: uuid.UUID) -> Membership:
    """Return a learner of `course`, also one who has left it.

    Raises:
        NotFoundError: There is nobody of this id in the course, or they are no learner.
    """
    learner = session.scalar(
        select(Membership)
        .where(
            Membership.id == learner_id,
            Membership.course_id == course.id,
            Membership.role.in_({Role.LEARNER, Role.TEST_STUDENT}),
        )
        .options(joinedload(Membership.person))
    )
    if learner is None:
        raise NotFoundError
    return learner
