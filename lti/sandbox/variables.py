"""What stands for `$Context.id` and its like in custom parameters; what is not known stays as it is.

Source: https://www.imsglobal.org/spec/lti/v1p3, Appendix B.
"""

import re
from collections.abc import Mapping

from lti.sandbox.courses import Activity, Course
from lti.sandbox.groups import groups_of
from lti.sandbox.modes import Mode
from lti.sandbox.people import Person

_GENERAL = {
    "Context.id",
    "Context.title",
    "Context.label",
    "Context.id.history",
    "CourseSection.title",
    "CourseSection.label",
    "CourseSection.sourcedId",
    "ResourceLink.id",
    "ResourceLink.title",
    "ResourceLink.description",
    "User.id",
    "User.username",
    "Person.name.full",
    "Person.name.given",
    "Person.name.family",
    "Person.email.primary",
    "Person.sourcedId",
    "Person.address.timezone",
    "Membership.role",
}
_DATES = {
    f"ResourceLink.{what}.{when}" for what in ("available", "submission") for when in ("startDateTime", "endDateTime")
}
_KNOWN = {
    "plain": _GENERAL | _DATES | {"ResourceLink.id.history"},
    "moodle": _GENERAL | {"Moodle.Person.userGroupIds"},
    "canvas": _GENERAL
    | _DATES
    | {
        "Canvas.course.id",
        "Canvas.user.id",
        "Canvas.user.loginId",
        "Canvas.assignment.id",
        "Canvas.assignment.title",
        "Canvas.api.domain",
        "Canvas.membership.roles",
        "com.instructure.User.sectionNames",
    },
}


def supported_variables(mode: Mode) -> list[str]:
    """Return the names that this LMS knows."""
    return sorted(_KNOWN[mode.name])


def substitute(
    custom: Mapping[str, str], *, mode: Mode, person: Person, course: Course | None, activity: Activity | None
) -> dict[str, str]:
    """Return the custom values with what the variables among them stand for; in Moodle, with doubled keys."""
    values = _person_values(person, course) | _course_values(course) | _link_values(activity)
    known = {f"${name}": text for name, text in values.items() if name in _KNOWN[mode.name]}
    replaced = {key: known.get(text, text) for key, text in custom.items()}
    return _doubled(replaced) if mode.launch.is_custom_doubled else replaced


def _doubled(custom: Mapping[str, str]) -> dict[str, str]:
    simple = {re.sub(r"[^a-z0-9_]", "_", key.lower()): text for key, text in custom.items()}
    return simple | dict(custom)


def _person_values(person: Person, course: Course | None) -> dict[str, str]:
    groups = groups_of(course, person) if course is not None else []
    return {
        "User.id": person.id,
        "User.username": person.id,
        "Canvas.user.id": person.id,
        "Canvas.user.loginId": person.id,
        "Person.name.full": person.name,
        "Person.name.given": person.given_name,
        "Person.name.family": person.family_name,
        "Person.email.primary": person.email,
        "Person.sourcedId": f"NSA-{person.id}",
        "Person.address.timezone": "Europe/Copenhagen",
        "Membership.role": ",".join(person.role.uris),
        "Canvas.membership.roles": person.role.title,
        "Moodle.Person.userGroupIds": ",".join(group.id for group in groups),
        "com.instructure.User.sectionNames": '["Everybody"]',
        "Canvas.api.domain": "northsea.example",
    }


def _course_values(course: Course | None) -> dict[str, str]:
    if course is None:
        return {}
    return {
        "Context.id": course.id,
        "Context.title": course.title,
        "Context.label": course.label,
        "Context.id.history": ",".join(course.history),
        "CourseSection.title": course.title,
        "CourseSection.label": course.label,
        "CourseSection.sourcedId": f"NSA-{course.label}",
        "Canvas.course.id": course.id,
    }


def _link_values(activity: Activity | None) -> dict[str, str]:
    if activity is None:
        return {}
    return dict(activity.dates) | {
        "ResourceLink.id": activity.id,
        "ResourceLink.title": activity.title,
        "ResourceLink.description": activity.description,
        "ResourceLink.id.history": ",".join(activity.history),
        "Canvas.assignment.id": activity.id,
        "Canvas.assignment.title": activity.title,
    }
