"""What people do in the story: who, when, and what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Copenhagen")
"""Where the story's clock hangs."""
_UNITS = {"m": "minutes", "h": "hours"}


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that somebody does."""

    by: str
    """Who: the sandbox LMS's id."""
    when: str
    """`6d 07:12`: six days ago at that time; `40m` or `3h`: so long ago."""

    def at(self, now: datetime) -> datetime:
        """Return when it was, aware."""
        first, _, clock = self.when.partition(" ")
        number, unit = int(first[:-1]), first[-1]
        if unit in _UNITS:
            return now - timedelta(**{_UNITS[unit]: number})
        hour, minute = clock.split(":")
        day = now.astimezone(ZONE) - timedelta(days=number)
        return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


@dataclass(frozen=True, kw_only=True)
class Begin(Act):
    """A new thread. `key` is what the story calls its opening post."""

    key: str
    title: str
    body: str
    kind: str = "discussion"
    tags: str = ""
    language: str = ""
    files: tuple[str, ...] = ()
    """Names in `files.py`; a picture's description goes with it."""
    is_hidden: bool = False
    is_private: bool = False


@dataclass(frozen=True, kw_only=True)
class Ask(Act):
    """A question to experts. `key` is what the story calls its opening post."""

    key: str
    title: str
    body: str
    tags: str = ""
    language: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class AskBack(Act):
    """A question lacks something."""

    to: str
    wanted: str


@dataclass(frozen=True, kw_only=True)
class Promote(Act):
    """A post goes into the knowledge pool."""

    to: str


@dataclass(frozen=True, kw_only=True)
class WriteEntry(Act):
    """Somebody writes for the knowledge pool."""

    title: str
    body: str
    tags: str = ""
    language: str = ""
    review_in_days: int
    """How many days later somebody should look at it again."""


@dataclass(frozen=True, kw_only=True)
class Invite(Act):
    """Somebody from outside is asked to answer the question that the story calls `to`."""

    to: str
    name: str
    address: str
    note: str


@dataclass(frozen=True, kw_only=True)
class AnswerFromOutside(Act):
    """Somebody whom `by` has invited from outside opens their link, agrees to take part, and answers."""

    address: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Know(Act):
    """Somebody says what they know about."""

    topics: str


@dataclass(frozen=True, kw_only=True)
class NameTopic(Act):
    """Who leads the course says what a topic is called as well."""

    topic: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Confirm(Act):
    """Who leads the course confirms that somebody knows something, or makes them an expert where no topic is named."""

    person: str
    topic: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim(Act):
    """Somebody who was asked takes a question on."""

    to: str


@dataclass(frozen=True, kw_only=True)
class Reply(Act):
    """A reply to the post that the story calls `to`."""

    to: str
    body: str
    key: str = ""
    language: str = ""
    files: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class React(Act):
    """A button below a post: helpful, me-too, endorsed or saved."""

    to: str
    sign: str = "helpful"


@dataclass(frozen=True, kw_only=True)
class Thank(Act):
    """Thanks with a reason."""

    to: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Accept(Act):
    """The answer that solved it."""

    to: str


@dataclass(frozen=True, kw_only=True)
class Edit(Act):
    """Another text for one's own post."""

    to: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Report(Act):
    """Something is wrong with a post."""

    to: str
    complaint: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Moderate(Act):
    """What a trainer does about a post, or about the thread that it is in."""

    to: str
    act: str
    of: str = "threads"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Shape(Act):
    """A thread's conditions."""

    to: str
    due_in_days: int
    shows_after_posts: int


@dataclass(frozen=True, kw_only=True)
class Read(Act):
    """Somebody opens the thread of a post, and has read it."""

    to: str


@dataclass(frozen=True, kw_only=True)
class Follow(Act):
    """Somebody wants to be told of everything in the thread of a post."""

    to: str
    level: str = "everything"


@dataclass(frozen=True, kw_only=True)
class Draft(Act):
    """Somebody begins to answer a post, and does not finish."""

    to: str
    body: str
