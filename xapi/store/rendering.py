"""The three ways in which a statement can be returned."""

import json
from collections.abc import Callable
from typing import Literal

from werkzeug.datastructures import LanguageAccept

from xapi.store import strictjson
from xapi.store.definitions import ACTIVITY, VERB, Key
from xapi.store.parts import Json, rebuild

Format = Literal["ids", "exact", "canonical"]

_IDENTIFIERS = ("objectType", "mbox", "mbox_sha1sum", "openid", "account")
# The lists of a definition whose items hold a description. Source: xAPI 1.0.3, Data, 2.4.4.1 (Interaction Components).
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def render(body: str, how: Format, *, known: Callable[[Key], Json], languages: LanguageAccept) -> str:
    """Return the JSON of a statement in one of the formats.

    Args:
        body: The statement as it is stored.
        how: `exact` returns the very same text.
        known: Returns the canonical definition of an activity, or display of a verb; empty where there is none.
        languages: Of the reader, for `canonical`.

    Source: xAPI 1.0.3, Communication, 2.1.3 (format; Language Filtering Requirements for Canonical Format Statements).
    """
    if how == "exact":
        return body
    statement = json.loads(body)
    if how == "ids":
        short = rebuild(
            statement,
            agent=_identified,
            verb=lambda verb: {"id": verb["id"]},
            activity=lambda activity: {"id": activity["id"]},
        )
        return strictjson.serialize(short)

    def verb(verb: Json) -> Json:
        display = {**verb.get("display", {}), **known((VERB, verb["id"]))}
        return {**verb, "display": one_language(display, languages)} if display else verb

    def activity(activity: Json) -> Json:
        definition = {**activity.get("definition", {}), **known((ACTIVITY, activity["id"]))}
        return {**activity, "definition": _in_one_language(definition, languages)} if definition else activity

    return strictjson.serialize(rebuild(statement, agent=lambda agent: agent, verb=verb, activity=activity))


def one_language(texts: Json, languages: LanguageAccept) -> Json:
    """Return the entry of a language map that suits a reader best; the first one where none does."""
    if not texts:
        return texts
    tag = languages.best_match(list(texts)) or next(iter(texts))
    return {tag: texts[tag]}


def _in_one_language(definition: Json, languages: LanguageAccept) -> Json:
    result = dict(definition)
    for name in ("name", "description"):
        if name in result:
            result[name] = one_language(result[name], languages)
    for name in _COMPONENTS:
        if name in result:
            result[name] = [
                {**item, "description": one_language(item["description"], languages)} if "description" in item else item
                for item in result[name]
            ]
    return result


def _identified(agent: Json) -> Json:
    """Return the least that identifies an agent or group; of an anonymous group, the least for each member."""
    result = {name: agent[name] for name in _IDENTIFIERS if name in agent}
    if "member" in agent and result.keys() <= {"objectType"}:
        result["member"] = [_identified(member) for member in agent["member"]]
    return result
