"""Which courses a course may take something over from: those it was made from, which whoever takes it leads as well."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.copying import list_origins
from connector.courses.models import STAFF, Course, Membership


def list_origin_courses(session: Session, member: Membership) -> Sequence[Course]:
    """Return the courses of the same deployment that this one was made from, as far as the member leads them.

    Whoever may add links to a course can say what it was copied from: so only what they see there counts here.
    """
    contexts = list_origins(session, member.course)
    if not contexts or not member.is_staff:
        return ()
    is_led = select(Membership.course_id).where(
        Membership.person_id == member.person_id, Membership.role.in_(STAFF), Membership.is_active
    )
    return session.scalars(
        select(Course).where(
            Course.deployment_id == member.course.deployment_id,
            Course.context_id.in_(contexts),
            Course.id.in_(is_led),
            Course.id != member.course_id,
        )
    ).all()
