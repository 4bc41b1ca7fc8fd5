"""The objects that a statement is made of, as marshmallow schemas: actors, verbs, activities, results, contexts.

Source: https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md (1.0.3); IEEE 9274.1.1-2023 (2.0).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from xapi import fields, formats
from xapi.fields import Extensions, LanguageMap, Many, Object, One, Text, iri, uuid, word

_SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_COMPONENTS = MappingProxyType(
    {
        "choice": {"choices"},
        "sequencing": {"choices"},
        "likert": {"scale"},
        "matching": {"source", "target"},
        "performance": {"steps"},
        "true-false": set(),
        "fill-in": set(),
        "long-fill-in": set(),
        "numeric": set(),
        "other": set(),
    }
)
"""The lists of components that each type of interaction takes.

Source: xAPI 1.0.3, Data, 2.4.4.1, "Interaction Components".
"""


class Account(Object):
    """A user account. Source: xAPI 1.0.3, Data, 2.4.2.4."""

    home_page = iri(required=True, data_key="homePage")
    name = Text(required=True)


class Identified(Object):
    """What an agent and a group share. Source: xAPI 1.0.3, Data, 2.4.2.3."""

    name = Text()
    mbox = Text(formats.is_mailbox, "a mailto IRI with one address")
    mbox_sha1sum = Text(formats.is_sha1, "a hex-encoded SHA-1")
    openid = Text(formats.is_uri, "a URI")
    account = One(Account())

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """An agent and a group have one identifier; a group may have members instead."""
        found = [name for name in _IDENTIFIERS if name in data]
        if len(found) > 1:
            raise ValidationError(f"must have one identifier, not {' and '.join(found)}")
        if not found and "member" not in data:
            raise ValidationError(f"must have one of {', '.join(_IDENTIFIERS)}")
        if not found and not data["member"]:
            raise ValidationError("must not be empty", "member")


class Agent(Identified):
    """A person or system. Source: xAPI 1.0.3, Data, 2.4.2.1."""

    object_type = word("Agent", data_key="objectType")


class Group(Identified):
    """Agents together. Source: xAPI 1.0.3, Data, 2.4.2.2."""

    object_type = word("Group", required=True, data_key="objectType")
    member = Many(One({"Agent": Agent()}))


class AuthorityGroup(Object):
    """An application and its user. Source: xAPI 1.0.3, Data, 2.4.9."""

    object_type = word("Group", required=True, data_key="objectType")
    name = Text()
    member = Many(One({"Agent": Agent()}), required=True)

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """OAuth's pair has two members, and the application is known by its account."""
        if len(data["member"]) != 2:  # noqa: PLR2004 -- an application and a user
            raise ValidationError("must have two members", "member")
        if not any("account" in member for member in data["member"]):
            raise ValidationError("must hold the application, known by its account", "member")


class Verb(Object):
    """Source: xAPI 1.0.3, Data, 2.4.3."""

    id = iri(required=True)
    display = LanguageMap()


class Component(Object):
    """A choice, step or the like. Source: xAPI 1.0.3, Data, 2.4.4.1."""

    id = Text(required=True)
    description = LanguageMap()


class Definition(Object):
    """What an activity is. Source: xAPI 1.0.3, Data, 2.4.4.1."""

    name = LanguageMap()
    description = LanguageMap()
    type = iri()
    more_info = iri(data_key="moreInfo")
    extensions = Extensions()
    interaction_type = word(*_COMPONENTS, data_key="interactionType")
    correct_responses_pattern = Many(Text(), data_key="correctResponsesPattern")
    choices = Many(One(Component()))
    scale = Many(One(Component()))
    source = Many(One(Component()))
    target = Many(One(Component()))
    steps = Many(One(Component()))

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """An interaction says its type, and has the lists of that type, each with distinct ids."""
        lists = {name for name in ("choices", "scale", "source", "target", "steps") if name in data}
        if "interaction_type" not in data:
            if lists or "correct_responses_pattern" in data:
                raise ValidationError("is missing", "interactionType")
            return
        for name in sorted(lists - _COMPONENTS[data["interaction_type"]]):
            raise ValidationError(f"does not belong to an interaction of type {data['interaction_type']}", name)
        for name in sorted(lists):
            ids = [component["id"] for component in data[name]]
            if len(set(ids)) < len(ids):
                raise ValidationError("must have distinct ids", name)


class Activity(Object):
    """Source: xAPI 1.0.3, Data, 2.4.4.1."""

    object_type = word("Activity", data_key="objectType")
    id = iri(required=True)
    definition = One(Definition())


class StatementRef(Object):
    """Source: xAPI 1.0.3, Data, 2.4.4.3."""

    object_type = word("StatementRef", required=True, data_key="objectType")
    id = uuid(required=True)


class Score(Object):
    """Source: xAPI 1.0.3, Data, 2.4.5.1."""

    scaled = fields.Number()
    raw = fields.Number()
    min = fields.Number()
    max = fields.Number()

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """A score lies within its bounds."""
        low, high, raw = data.get("min"), data.get("max"), data.get("raw")
        if not -1 <= data.get("scaled", 0) <= 1:
            raise ValidationError("must lie between -1 and 1", "scaled")
        if low is not None and high is not None and low >= high:
            raise ValidationError("must be less than max", "min")
        if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
            raise ValidationError("must lie between min and max", "raw")


class Result(Object):
    """Source: xAPI 1.0.3, Data, 2.4.5."""

    score = One(Score())
    success = fields.Boolean()
    completion = fields.Boolean()
    response = Text()
    duration = Text(formats.is_duration, "an ISO 8601 duration")
    extensions = Extensions()


class ContextActivities(Object):
    """Source: xAPI 1.0.3, Data, 2.4.6.2."""

    parent = Many(One(Activity()), lone=True)
    grouping = Many(One(Activity()), lone=True)
    category = Many(One(Activity()), lone=True)
    other = Many(One(Activity()), lone=True)


class Context(Object):
    """Source: xAPI 1.0.3, Data, 2.4.6."""

    registration = uuid()
    instructor = One({"Agent": Agent(), "Group": Group()})
    team = One(Group())
    context_activities = One(ContextActivities(), data_key="contextActivities")
    revision = Text()
    platform = Text()
    language = Text(formats.is_language_tag, "a language tag")
    statement = One(StatementRef())
    extensions = Extensions()


class ContextAgent(Object):
    """Source: IEEE 9274.1.1, 4.2.2.5."""

    object_type = word("contextAgent", required=True, data_key="objectType")
    agent = One(Agent(), required=True)
    relevant_types = Many(iri(), filled=True, data_key="relevantTypes")


class ContextGroup(Object):
    """Source: IEEE 9274.1.1, 4.2.2.5."""

    object_type = word("contextGroup", required=True, data_key="objectType")
    group = One(Group(), required=True)
    relevant_types = Many(iri(), filled=True, data_key="relevantTypes")


class Context2(Context):
    """Source: IEEE 9274.1.1, 4.2.2.5."""

    context_agents = Many(One(ContextAgent()), data_key="contextAgents")
    context_groups = Many(One(ContextGroup()), data_key="contextGroups")


class Attachment(Object):
    """Source: xAPI 1.0.3, Data, 2.4.11."""

    usage_type = iri(required=True, data_key="usageType")
    display = LanguageMap(required=True)
    description = LanguageMap()
    content_type = Text(formats.is_media_type, "a media type", required=True, data_key="contentType")
    length = fields.Length(required=True)
    sha2 = Text(formats.is_sha2, "a hex-encoded SHA-2", required=True)
    file_url = iri(data_key="fileUrl")

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """A signature travels as octets. Source: xAPI 1.0.3, Data, 2.6."""
        if data["usage_type"] == _SIGNATURE and data["content_type"] != "application/octet-stream":
            raise ValidationError("must be application/octet-stream for a signature", "contentType")
