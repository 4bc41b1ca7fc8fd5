"""Every verb, activity type, extension and event that Kring's statements use: the tables that the profile is made from.

Terms that others have published are used as they are; only where none fits is one minted below `NAMESPACE`. That
namespace is the same in every installation, so that an analyst's query runs on the statements of any of them. Until
its redirect is registered, each installation serves the profile itself, at `<public url>/xapi/profile`.

`verbs`, `activity_types` and `extensions` hold the terms with their IRIs, `events` the sentences made of them. A new
feature adds rows, and changes none: what a published template says stays true of the statements already sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

NAMESPACE = "https://w3id.org/kring/"
PROFILE = f"{NAMESPACE}profile"
PROFILE_VERSION = f"{NAMESPACE}v1"
"""The version of the profile that statements name as their category."""

# Those who published the terms that we use.
ACROSSX = "https://w3id.org/xapi/acrossx"
ACTIVITY_STREAMS = "http://activitystrea.ms/schema/1.0.0"
ADL = "https://w3id.org/xapi/adl"
LMS = "https://w3id.org/xapi/lms"
TIN_CAN = "https://registry.tincanapi.com/"


@dataclass(frozen=True, kw_only=True)
class Verb:
    """What an actor did."""

    id: str
    display: Mapping[str, str] = field(hash=False)
    """The past tense, by language."""
    definition: str
    source: str
    """Who published it: an IRI; `PROFILE` for our own."""


@dataclass(frozen=True, kw_only=True)
class ActivityType:
    """What kind of thing an activity is."""

    id: str
    name: str
    definition: str
    source: str
    """Who published it: an IRI; `PROFILE` for our own."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A value that xAPI itself has no place for."""

    id: str
    name: str
    definition: str
    schema: Mapping[str, Any] = field(hash=False)
    """What a value looks like, in JSON Schema (draft 7)."""
    source: str = PROFILE
    """Who published it: an IRI; `PROFILE` for our own."""
    place: Literal["context", "result"] = "context"
    """The part of a statement whose extensions it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One kind of statement that Kring sends."""

    key: str
    """Its name, such as `post.replied`: it travels in the extension `EVENT`, and names the template."""
    verb: Verb
    object_type: ActivityType
    parent_type: ActivityType
    doc: str
    extensions: tuple[Extension, ...] = ()
    """Those that such a statement always has."""
    optional: tuple[Extension, ...] = ()
    """Those that it may have."""
    also: tuple[tuple[ActivityType, ActivityType], ...] = ()
    """Other (object, parent) types that it happens to: who edits an opening post edits a topic, not a reply."""
