"""The courses: sections of plain pages and of activities that open the tool."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from lti.sandbox.people import PEOPLE, Person

COURSE_SECTION: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
"""What kind of context a course is: LTI core, Appendix A.1."""


@dataclass(frozen=True)
class Page:
    """A text of the LMS's own; the words stand in `templates/lessons/<id>.html`."""

    id: str
    title: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A resource link: a place in a course that opens the tool."""

    id: str
    """The resource link's id, which never changes."""
    title: str
    description: str
    target: Literal["iframe", "window"] = "iframe"
    custom: Mapping[str, str] = field(default_factory=dict)
    score_maximum: float | None = None
    """What its own column in the gradebook counts to; None means that it has no column until the tool makes one."""
    tool_id: int | None = None
    """The tool that it opens; None means whichever tool the ready-made activities open."""
    url: str = ""
    """What it opens there; empty means the tool's own target."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """By the name of a substitution variable, such as `ResourceLink.submission.endDateTime`, the time as the tool gave it."""
    history: tuple[str, ...] = ()
    """The links that it was copied from, newest first."""


@dataclass(frozen=True)
class Section:
    """A heading in a course with the things below it."""

    title: str
    items: tuple[Page | Activity, ...]


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course, which LTI calls a context."""

    id: str
    label: str
    title: str
    summary: str
    colour: Literal["sea", "heather"]
    member_ids: tuple[str, ...]
    sections: tuple[Section, ...]
    suspended_ids: tuple[str, ...] = ()
    """Members who may not enter for the time being."""
    history: tuple[str, ...] = ()
    """The courses that it was copied from, newest first."""

    @property
    def members(self) -> tuple[Person, ...]:
        """Everybody who is enrolled."""
        return tuple(PEOPLE[person_id] for person_id in self.member_ids)

    @property
    def active_members(self) -> tuple[Person, ...]:
        """Those who are not suspended."""
        return tuple(person for person in self.members if person.id not in self.suspended_ids)

    @property
    def learners(self) -> tuple[Person, ...]:
        """Those who have a row in the gradebook."""
        return tuple(person for person in self.members if person.role.is_graded)

    @property
    def items(self) -> tuple[Page | Activity, ...]:
        """All pages and activities in their order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The things that open the tool."""
        return tuple(item for item in self.items if isinstance(item, Activity))

    def is_open_to(self, person: Person) -> bool:
        """Whether this person may enter."""
        is_member = person.id in self.member_ids and person.id not in self.suspended_ids
        return person.is_administrator or is_member

    def is_taught_by(self, person: Person) -> bool:
        """Whether this person may change the course."""
        return self.is_open_to(person) and person.role.edits


_ONBOARDING = Course(
    id="onboarding",
    label="ONB-1",
    title="Onboarding",
    summary="Your first four weeks: who we are, how we work, and the people you will do it with.",
    colour="sea",
    member_ids=tuple(person.id for person in PEOPLE.values() if not person.is_administrator),
    sections=(
        Section(
            "Welcome aboard",
            (
                Page("welcome", "Welcome", 3),
                Activity(
                    id="share-how-you-work",
                    title="Share how you work",
                    description="Tell the group how you like to work: when you are at your best, what helps you "
                    "concentrate, and how you want to hear bad news. Then answer at least two colleagues.",
                    custom={"activity": "discussion"},
                    score_maximum=10,
                ),
            ),
        ),
        Section(
            "Working together",
            (
                Page("asking-well", "Asking a question that gets answered", 6),
                Activity(
                    id="ask-a-colleague",
                    title="Ask a colleague",
                    description="What do you still want to know about your new workplace? Ask it here; someone who "
                    "has been around for longer will answer. Opens in a window of its own.",
                    target="window",
                    custom={"activity": "discussion"},
                ),
            ),
        ),
    ),
)

_FEEDBACK = Course(
    id="feedback",
    label="FIP-2",
    title="Feedback in practice",
    summary="Give feedback that people can use, and take it without getting defensive. Three weeks, one case each.",
    colour="heather",
    member_ids=("pieter", "freja", "asa", "daan", "willemijn", "anais", "maximiliaan"),
    sections=(
        Section(
            "What makes feedback work",
            (
                Page("feedback-basics", "Three sentences that help", 5),
                Activity(
                    id="feedback-circle",
                    title="Feedback circle",
                    description="Post the hardest piece of feedback that you have had to give, without names. "
                    "Help two others to say theirs better.",
                    custom={"activity": "discussion"},
                    score_maximum=100,
                ),
            ),
        ),
    ),
)

COURSES: Mapping[str, Course] = MappingProxyType({course.id: course for course in (_ONBOARDING, _FEEDBACK)})
"""The ready-made courses, by id."""
