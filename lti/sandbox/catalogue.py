"""The courses as they are now: the ready-made ones, their copies, what was added to them, and who has left."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any, Literal

from lti.sandbox.courses import COURSES, Activity, Course, Page, Section
from lti.sandbox.people import Person, find_person
from lti.sandbox.store import Store

Standing = Literal["Active", "Suspended", "Removed"]
"""How somebody stands in a course."""

_ADDED = "Added activities"


class Catalogue:
    """The courses of one sandbox; each call reads what is there."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def courses(self) -> dict[str, Course]:
        """Return every course by id."""
        added = [_activity(body) | {"course": body["course"]} for body in self._store.all("activity").values()]
        standing = self._store.all("standing")
        copies = (_course(body) for body in self._store.all("course").values())
        return {course.id: _current(course, added, standing) for course in (*COURSES.values(), *copies)}

    def course(self, course_id: str) -> Course | None:
        """Return a course, or None."""
        return self.courses().get(course_id)

    def courses_of(self, person: Person) -> list[Course]:
        """Return the courses that `person` may enter."""
        return [course for course in self.courses().values() if course.is_open_to(person)]

    def activity(self, activity_id: str) -> tuple[Course, Activity] | None:
        """Return an activity with its course, or None where no link has that id."""
        return next(((course, found) for course, found in self._activities() if found.id == activity_id), None)

    def _activities(self) -> Iterator[tuple[Course, Activity]]:
        for course in self.courses().values():
            for activity in course.activities:
                yield course, activity

    def add(self, course: Course, activity: Activity) -> None:
        """Put an activity at the end of a course, with its column where it has one."""
        self._store.keep("activity", activity.id, {"course": course.id, **asdict(activity)})

    def set_standing(self, course: Course, person: Person, standing: Standing) -> None:
        """Suspend somebody in a course, take them out of it, or put them back."""
        self._store.keep("standing", f"{course.id}/{person.id}", standing)

    def former_members(self, course: Course) -> list[Person]:
        """Return who was taken out of the course and could be put back."""
        standing = self._store.all("standing")
        removed = [key.rpartition("/")[2] for key, how in standing.items() if how == "Removed" and _is_of(key, course)]
        return [person for person in map(find_person, removed) if person is not None]

    def copy(self, course: Course) -> Course:
        """Make a course with the same sections and members; courses and links have ids of their own.

        Returns:
            The copy; its activities stand in the same order as those of `course`.
        """
        number = sum(other.history[:1] == (course.id,) for other in self.courses().values()) + 1
        copied = replace(
            course,
            id=f"{course.id}-copy-{secrets.token_hex(3)}",
            label=f"{course.label}_{number}",
            title=f"{course.title} copy {number}",
            sections=tuple(Section(section.title, _copies(section.items)) for section in course.sections),
            history=(course.id, *course.history),
            suspended_ids=(),
        )
        self._store.keep("course", copied.id, asdict(copied))
        return copied


def copy_of(activity: Activity, *, title: str | None = None) -> Activity:
    """Return an activity that opens the same content from another resource link."""
    history = (activity.id, *activity.history)
    return replace(activity, id=new_link_id(), title=title or activity.title, history=history)


def new_link_id() -> str:
    """Return an id for a resource link."""
    return secrets.token_hex(8)


def _copies(items: tuple[Page | Activity, ...]) -> tuple[Page | Activity, ...]:
    return tuple(copy_of(item) if isinstance(item, Activity) else item for item in items)


def _current(course: Course, added: list[dict[str, Any]], standing: dict[str, Standing]) -> Course:
    mine = tuple(body["activity"] for body in added if body["course"] == course.id)
    sections = (*course.sections, Section(_ADDED, mine)) if mine else course.sections
    here = {key.rpartition("/")[2]: how for key, how in standing.items() if _is_of(key, course)}
    return replace(
        course,
        sections=sections,
        member_ids=tuple(name for name in course.member_ids if here.get(name) != "Removed"),
        suspended_ids=tuple(name for name, how in here.items() if how == "Suspended"),
    )


def _is_of(key: str, course: Course) -> bool:
    return key.rpartition("/")[0] == course.id


def _activity(body: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in body.items() if name not in ("course", "kind")}
    return {"activity": Activity(**fields | {"history": tuple(body["history"])})}


def _course(body: dict[str, Any]) -> Course:
    sections = tuple(
        Section(section["title"], tuple(_item(item) for item in section["items"])) for section in body["sections"]
    )
    lists = {name: tuple(body[name]) for name in ("member_ids", "history", "suspended_ids")}
    return Course(**body | lists | {"sections": sections})


def _item(body: dict[str, Any]) -> Page | Activity:
    return Page(**body) if "minutes" in body else _activity(body)["activity"]
