"""Roles, as platforms spell them, made into the few that matter in a course.

Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3.7 and Appendix A.2.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lti import claims


class Role(StrEnum):
    """What a person is in one course."""

    LEARNER = "learner"
    TRAINER = "trainer"
    ASSISTANT = "assistant"
    OBSERVER = "observer"
    """Sees a course without taking part: a mentor, a parent, an auditor."""
    TEST_STUDENT = "test_student"
    """Nobody real: kept out of figures, statements and grades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What a message says about a person's roles."""

    course_role: Role | None
    """None if the person has no role in the course: such a person may do nothing there."""
    is_institution_admin: bool = False
    """Gives no right in a course; an application may let such people manage its own settings."""
    is_system_admin: bool = False
    is_test_user: bool = False
    raw: tuple[str, ...] = ()


# The strongest first. An observer stands before a learner, since Canvas calls its observers Mentor and Learner at once.
_PRECEDENCE: Final = (Role.TRAINER, Role.ASSISTANT, Role.OBSERVER, Role.LEARNER)

_PRINCIPAL_ROLES: Final = {
    "Instructor": Role.TRAINER,
    "ContentDeveloper": Role.TRAINER,  # Canvas's designers
    "Administrator": Role.TRAINER,  # of the course, unlike the institution's
    "Manager": Role.OBSERVER,  # a superior of learners rather than somebody who teaches
    "Mentor": Role.OBSERVER,
    "Learner": Role.LEARNER,
    "Member": Role.LEARNER,
}
_SUB_ROLES: Final = {
    ("Instructor", "Grader"): Role.ASSISTANT,
    ("Manager", "CourseCoordinator"): Role.TRAINER,
    ("Administrator", "Support"): Role.OBSERVER,
    ("Administrator", "ExternalSupport"): Role.OBSERVER,
}
_ASSISTANT = "TeachingAssistant"

_ADMINISTRATOR = "Administrator"
_SYSTEM_ADMINISTRATORS: Final = frozenset({_ADMINISTRATOR, "SysAdmin", "AccountAdmin"})


def parse_roles(values: Iterable[str]) -> Roles:
    """Return what `values` come to, whatever they are: roles that nobody knows give no right.

    Roles of the institution and of the system never give a right in a course, and a test user never has another role.
    """
    raw = tuple(values)
    is_test_user = claims.ROLE_TEST_USER in raw
    found = set(_course_roles(raw))
    course_role = next((role for role in _PRECEDENCE if role in found), None)
    return Roles(
        course_role=Role.TEST_STUDENT if is_test_user else course_role,
        is_institution_admin=_has(raw, claims.INSTITUTION_PERSON, {_ADMINISTRATOR})
        or _has(raw, claims.PERSON, {_ADMINISTRATOR}),
        is_system_admin=_has(raw, claims.SYSTEM_PERSON, _SYSTEM_ADMINISTRATORS),
        is_test_user=is_test_user,
        raw=raw,
    )


def _course_roles(values: Iterable[str]) -> Iterator[Role]:
    """Yield the course roles; where a principal role comes with sub-roles, they speak for it.

    Canvas sends its teaching assistants both as Instructor and as the sub-role, so the plain Instructor must not count.
    """
    pairs = [pair for value in values if (pair := _principal_and_sub_role(value))]
    narrowed = {principal for principal, sub_role in pairs if sub_role}
    for principal, sub_role in pairs:
        if not sub_role and principal not in narrowed:
            yield _PRINCIPAL_ROLES[principal]
        elif sub_role.startswith(_ASSISTANT):
            yield Role.ASSISTANT
        elif sub_role:
            yield _SUB_ROLES.get((principal, sub_role), _PRINCIPAL_ROLES[principal])


def _principal_and_sub_role(value: str) -> tuple[str, str] | None:
    """Split a role in a course into its principal role and its sub-role ("" if it has none); None for any other.

    The principal role decides: `membership/Learner#Instructor` is a learner.
    """
    stem, hash_sign, name = value.partition("#")
    if not hash_sign:
        stem, name = claims.MEMBERSHIP, value  # a short name is a role in the course
    if stem == claims.MEMBERSHIP:
        principal, sub_role = ("Instructor", name) if name == _ASSISTANT else (name, "")
    else:
        principal, sub_role = stem.removeprefix(claims.MEMBERSHIP + "/"), name
    return (principal, sub_role) if principal in _PRINCIPAL_ROLES else None


def _has(values: Iterable[str], stem: str, names: Iterable[str]) -> bool:
    return not {f"{stem}#{name}" for name in names}.isdisjoint(values)
