"""What the statements of every activity share: who, in which course, and what kind of LMS."""

import uuid
from collections.abc import Sequence
from typing import Any, TypedDict

import tincan

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.ids import named_ids
from connector.web.i18n import nearest
from xapi.statement import activity, actor
from xapi.vocabulary import ActivityType, Extension
from xapi.vocabulary.activity_types import COURSE
from xapi.vocabulary.extensions import LTI, ROLE

OPEN = "open"
"""The anonymity of an activity in which nobody is hidden, in the words of the vocabulary's `ANONYMITY`."""


class Setting(TypedDict):
    """The part of a statement that is the same whatever a member does; goes into `statement(**setting(…), …)`."""

    actor: tincan.Agent
    grouping: list[tincan.Activity]
    registration: uuid.UUID
    platform: str
    language: str | None


def setting(member: Membership, place: Activity, type_: ActivityType, *, anonymity: str = OPEN) -> Setting:
    """Return who acts, and where.

    Where anybody is hidden from anybody, every statement that happens in the activity needs this: what the author of a
    submission did to it would otherwise tell who they are, and so whom the reviewer reviewed.

    Args:
        member: Who acts.
        place: The activity that it happens in.
        type_: What kind of thing the activity is, in the vocabulary's words.
        anonymity: The activity's: unless it is open, the actor is veiled.
    """
    course, is_open = member.course, anonymity == OPEN
    return Setting(
        actor=member_actor(member) if is_open else veiled_actor(member, place),
        grouping=[activity(course.iri, COURSE), activity(place.iri, type_)],
        registration=registration(member) if is_open else veiled_names(member.person.veil, place.id)[1],
        platform=course.deployment.platform.product,
        language=nearest(member.person.locale) if is_open else None,  # the only Dane in the course is no secret
    )


def target(other: Membership, *, anonymity: str = OPEN) -> tincan.Agent | None:
    """Return the person that an act was for; None where anybody is hidden from anybody."""
    return member_actor(other) if anonymity == OPEN else None


def member_actor(member: Membership) -> tincan.Agent:
    """Return a member as statements know them: by a pseudonym that is nobody's once it is forgotten."""
    tenant = member.course.deployment.platform.tenant
    return actor(f"{tenant.iri}/actors", str(member.person.pseudonym))


def veiled_actor(member: Membership, place: Activity) -> tincan.Agent:
    """Return a member as statements of one activity know them: the same all through it, and nobody anywhere else.

    No store gets anything else, however it is to know people. Only who has the person's secret can lift the veil.
    """
    tenant = member.course.deployment.platform.tenant
    name, _registration = veiled_names(member.person.veil, place.id)
    return actor(f"{tenant.iri}/actors", str(name))


def veiled_names(veil: uuid.UUID, place_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the account name and the registration that a person has in one activity, from their secret."""
    return uuid.uuid5(veil, f"actor {place_id}"), uuid.uuid5(veil, f"registration {place_id}")


def veiled_ids(veils: Sequence[str], place_id: uuid.UUID) -> tuple[list[str], list[str]]:
    """Return the same of many people: the digits of their names and of their registrations.

    Args:
        veils: The digits of their secrets.
    """
    return named_ids(veils, f"actor {place_id}"), named_ids(veils, f"registration {place_id}")


def registration(member: Membership) -> uuid.UUID:
    """Return the id of a person's time in a course, the same in all their statements there."""
    return registration_of(member.course_id, member.person.pseudonym)


def registration_of(course_id: uuid.UUID, pseudonym: uuid.UUID) -> uuid.UUID:
    """Return the same from a course and a person's pseudonym."""
    return uuid.uuid5(course_id, str(pseudonym))


def origin(member: Membership) -> dict[Extension, Any]:
    """Return the extensions that say where in the LMS a member acts, and as what."""
    course = member.course
    return {
        LTI: {"deployment_id": course.deployment.deployment_id, "context_id": course.context_id},
        ROLE: member.role.value,
    }
