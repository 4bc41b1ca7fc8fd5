"""What groups tell learning record stores: who came into which one, and who left it. Names stay here.

Only groups made here tell. Of the LMS's own nobody knows when somebody came into one; the LMS can tell of that itself.
"""

import uuid
from datetime import datetime

import tincan

from connector.activities.statements import member_actor, origin, registration
from connector.courses.models import Group, Membership
from connector.web.i18n import nearest
from xapi.statement import activity, statement
from xapi.vocabulary import Event
from xapi.vocabulary.activity_types import COURSE, GROUP
from xapi.vocabulary.events import GROUP_JOINED, GROUP_LEFT


def joined(group: Group, member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that `member` is in `group` from now on, whoever brought it about."""
    return _tell(GROUP_JOINED, group, member, at)


def left(group: Group, member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that `member` is no longer in `group`."""
    return _tell(GROUP_LEFT, group, member, at)


def _tell(event: Event, group: Group, member: Membership, at: datetime) -> tincan.Statement:
    course = member.course
    return statement(
        id_=uuid.uuid5(group.id, f"{event.key} {member.id} {at.isoformat()}"),
        event=event,
        actor=member_actor(member),
        object_=activity(f"{course.iri}/groups/{group.id}", GROUP),
        timestamp=at,
        extensions=origin(member),
        grouping=activity(course.iri, COURSE),
        registration=registration(member),
        platform=course.deployment.platform.product,
        language=nearest(member.person.locale),
    )
