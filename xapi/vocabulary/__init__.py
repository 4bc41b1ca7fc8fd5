"""Every verb, activity type, extension and event that Kring's statements use: the tables that the profile is made from.

Terms that others have published are used as they are; only where none fits is one minted below `NAMESPACE`. That
namespace is the same in every installation, so that an analyst's query runs on the statements of any of them. Until
its redirect is registered, each installation serves the profile itself, at `<public url>/xapi/profile`.

`verbs`, `activity_types` and `extensions` hold the terms with their IRIs, `events` the sentences made of them. What is
released stays true of the statements already sent, so from the first release on:

- a published template, and the schema of a published extension, never change. An event that has to say something else
  gets another key, and the old row stays as long as anybody may hold its statements;
- new rows make a new version: `PROFILE_VERSION` and the patterns' IRIs count up, `VERSIONS` gains a line;
- words for people (definitions, displays, notes) may be mended at any time.

Source: xAPI Profiles 1.0, part two, 6.1, 8.0 and 9.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

NAMESPACE = "https://w3id.org/kring/"
PROFILE = f"{NAMESPACE}profile"
PROFILE_VERSION = f"{NAMESPACE}v1"
"""The version of the profile that statements name as their category."""
VERSIONS = MappingProxyType({PROFILE_VERSION: "2026-11-01T00:00:00Z"})
"""When each version was made, newest first."""

PUBLISHERS = MappingProxyType(
    {
        NAMESPACE: PROFILE,
        "http://activitystrea.ms/": "http://activitystrea.ms/schema/1.0.0",
        "http://adlnet.gov/expapi/": "https://w3id.org/xapi/adl",
        "http://id.tincanapi.com/": "https://registry.tincanapi.com/",
        "https://w3id.org/xapi/acrossx/": "https://w3id.org/xapi/acrossx",
        "https://w3id.org/xapi/lms/": "https://w3id.org/xapi/lms",
    }
)
"""Those who published the terms that we use, by what their IRIs begin with."""

Presence = Literal["included", "excluded", "recommended"]


@dataclass(frozen=True, kw_only=True)
class Term:
    """What statements are made of."""

    id: str
    """An IRI, exactly as its publisher writes it."""
    definition: str
    """What we mean by it: never more than its publisher allows."""

    @property
    def source(self) -> str:
        """Who published it: an IRI; `PROFILE` for our own."""
        return next(source for prefix, source in PUBLISHERS.items() if self.id.startswith(prefix))


@dataclass(frozen=True, kw_only=True)
class Verb(Term):
    """What an actor did."""

    display: Mapping[str, str] = field(hash=False)
    """The past tense, by language."""


@dataclass(frozen=True, kw_only=True)
class ActivityType(Term):
    """What kind of thing an activity is."""

    name: str
    broad_match: tuple[str, ...] = ()
    """Of a type of our own: the published ones that it is a kind of."""


@dataclass(frozen=True, kw_only=True)
class Extension(Term):
    """A value that xAPI itself has no place for."""

    name: str
    schema: Mapping[str, Any] = field(hash=False)
    """What a value looks like, in JSON Schema (draft 7)."""
    place: Literal["context", "result"] = "context"
    """The part of a statement whose extensions it belongs to."""

    @property
    def location(self) -> str:
        """Where a statement has it, as JSONPath."""
        return f"$.{self.place}.extensions['{self.id}']"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the statements of an event hold, besides what every statement does."""

    location: str
    """A JSONPath."""
    presence: Presence = "included"
    values: tuple[str | bool, ...] = ()
    """The only ones that may stand there; any where there are none."""
    note: str = ""
    """Where it needs a word of explanation."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One kind of statement that Kring sends."""

    key: str
    """Its name, such as `post.replied`: it travels in the extension `EVENT`, and names the template."""
    verb: Verb
    object_type: ActivityType
    parent_type: ActivityType | None = None
    """What the object stands in; None where it stands alone."""
    doc: str
    extensions: tuple[Extension, ...] = ()
    """Those that such a statement always has."""
    optional: tuple[Extension, ...] = ()
    """Those that it may have."""
    rules: tuple[Rule, ...] = ()
    also: tuple[tuple[ActivityType, ActivityType], ...] = ()
    """Other (object, parent) types that it happens to: who edits an opening post edits a topic, not a reply."""
    is_private: bool = False
    """Whether it is told only of people who agreed, and says nothing but that it happened, in which course."""

    @property
    def pairs(self) -> tuple[tuple[ActivityType, ActivityType | None], ...]:
        """The (object, parent) types that it happens to; each is a template of its own."""
        return ((self.object_type, self.parent_type), *self.also)
