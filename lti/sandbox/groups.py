"""The groups of a course: study circles that its learners are dealt to, one after another."""

from dataclasses import dataclass
from typing import Final

from lti.sandbox.courses import Course
from lti.sandbox.people import LEARNER, PEOPLE, Person

GROUP_SET: Final = "Study circles"
_NAMES: Final = ("Circle Anholt", "Circle Borkum", "Circle Fanø")
_LEARNERS = (person.id for person in PEOPLE.values() if person.role is LEARNER)
_DEALT = {person_id: at % len(_NAMES) for at, person_id in enumerate(_LEARNERS)}


@dataclass(frozen=True)
class Group:
    """A study circle."""

    id: str
    name: str
    members: tuple[Person, ...]


def groups_in(course: Course) -> list[Group]:
    """Return the groups of a course, with their members."""
    circles = [
        tuple(person for person in course.active_members if _DEALT.get(person.id) == at) for at in range(len(_NAMES))
    ]
    return [Group(f"{course.id}-circle-{at + 1}", name, circles[at]) for at, name in enumerate(_NAMES)]


def groups_of(course: Course, person: Person) -> list[Group]:
    """Return the groups that somebody is in."""
    return [group for group in groups_in(course) if person in group.members]


def group_set_id(course: Course) -> str:
    """Return the id of the course's one set of groups."""
    return f"{course.id}-circles"
