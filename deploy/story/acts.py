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
class OnPost(Act):
    """Something that somebody does with a post, or with the thread that it is in."""

    to: str
    """What the story calls the post."""


@dataclass(frozen=True, kw_only=True)
class Opening(Act):
    """The first post of a thread."""

    key: str
    """What the story calls it."""
    title: str
    body: str
    tags: str = ""
    language: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Begin(Opening):
    """A new thread."""

    kind: str = "discussion"
    files: tuple[str, ...] = ()
    """Names in `files.py`; a picture's description goes with it."""
    is_private: bool = False


@dataclass(frozen=True, kw_only=True)
class Ask(Opening):
    """A question to experts."""


@dataclass(frozen=True, kw_only=True)
class AskBack(OnPost):
    """A question lacks something."""

    wanted: str


@dataclass(frozen=True, kw_only=True)
class Promote(OnPost):
    """A post goes into the knowledge pool."""


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
class Invite(OnPost):
    """Somebody from outside is asked to answer the question that the story calls `to`."""

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
class Limit(Act):
    """Somebody says how many questions a week they want at most."""

    most: int


@dataclass(frozen=True, kw_only=True)
class Point(OnPost):
    """Who leads the course says that the entry of the knowledge pool that comes nearest answers a question."""


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
class Claim(OnPost):
    """Somebody who was asked takes a question on."""


@dataclass(frozen=True, kw_only=True)
class Reply(OnPost):
    """A reply to the post that the story calls `to`."""

    body: str
    key: str = ""
    language: str = ""
    files: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class React(OnPost):
    """A button below a post: helpful, me-too, endorsed or saved."""

    sign: str = "helpful"


@dataclass(frozen=True, kw_only=True)
class Thank(OnPost):
    """Thanks with a reason."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Accept(OnPost):
    """The answer that solved it."""


@dataclass(frozen=True, kw_only=True)
class Edit(OnPost):
    """Another text for one's own post."""

    body: str


@dataclass(frozen=True, kw_only=True)
class Report(OnPost):
    """Something is wrong with a post."""

    complaint: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Moderate(OnPost):
    """What a trainer does about a post, or about the thread that it is in."""

    act: str
    of: str = "threads"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Shape(OnPost):
    """A thread's conditions."""

    due_in_days: int
    shows_after_posts: int


@dataclass(frozen=True, kw_only=True)
class Read(OnPost):
    """Somebody opens the thread of a post, and has read it."""


@dataclass(frozen=True, kw_only=True)
class Follow(OnPost):
    """Somebody wants to be told of everything in the thread of a post."""

    level: str = "everything"


@dataclass(frozen=True, kw_only=True)
class Draft(OnPost):
    """Somebody begins to answer a post, and does not finish."""

    body: str
