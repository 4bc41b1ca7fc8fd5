"""What the statements of every activity share: who, in which course, and what kind of LMS."""

import uuid
from typing import Any, TypedDict

import tincan

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.web.i18n import nearest
from xapi.statement import activity, actor
from xapi.vocabulary import ActivityType, Extension
from xapi.vocabulary.activity_types import COURSE
from xapi.vocabulary.extensions import LTI, ROLE


class Setting(TypedDict):
    """The part of a statement that is the same whatever a member does; goes into `statement(**setting(…), …)`."""

    actor: tincan.Agent
    grouping: list[tincan.Activity]
    registration: uuid.UUID
    platform: str
    language: str | None


def setting(member: Membership, place: Activity, type_: ActivityType) -> Setting:
    """Return who acts, and where.

    Args:
        member: Who acts.
        place: The activity that it happens in.
        type_: What kind of thing the activity is, in the vocabulary's words.
    """
    course = member.course
    return Setting(
        actor=member_actor(member),
        grouping=[activity(course.iri, COURSE), activity(place.iri, type_)],
        registration=registration(member),
        platform=course.deployment.platform.product,
        language=nearest(member.person.locale),
    )


def member_actor(member: Membership) -> tincan.Agent:
    """Return a member as statements know them: by a pseudonym that is nobody's once it is forgotten."""
    tenant = member.course.deployment.platform.tenant
    return actor(f"{tenant.iri}/actors", str(member.person.pseudonym))


def registration(member: Membership) -> uuid.UUID:
    """Return the id of a person's time in a course, the same in all their statements there."""
    return uuid.uuid5(member.course_id, str(member.person.pseudonym))


def origin(member: Membership) -> dict[Extension, Any]:
    """Return the extensions that say where in the LMS a member acts, and as what."""
    course = member.course
    return {
        LTI: {"deployment_id": course.deployment.deployment_id, "context_id": course.context_id},
        ROLE: member.role.value,
    }
