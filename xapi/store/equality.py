"""Whether a statement that comes again is the one that is stored."""

import re
from typing import Any

from xapi.formats import parse_timestamp
from xapi.store.mentions import lower_domain
from xapi.store.parts import Json, rebuild
from xapi.store.strictjson import serialize
from xapi.store.times import microseconds

_SET_BY_LRS = frozenset({"id", "stored", "authority", "version"})
_BEYOND_HUNDREDTHS = re.compile(r"(?<=[.,][0-9]{2})[0-9]+(?=S)")


def is_same(received: Json, stored: Json) -> bool:
    """Return whether `received` may be taken for `stored`, whose id it has.

    Left out of the comparison: what the store sets, the display of verbs, the definition of activities, the order of
    a group's members, how a time or a number is written, digits of a duration beyond hundredths of a second, the case
    of a mailbox's domain and of a UUID. All else counts, an omitted `objectType` included.

    Source: xAPI 1.0.3, Data, 2.3.1 (Statement Comparison Requirements) and 4.6.
    """
    # The store gives a statement without a timestamp one: its sender cannot know which.
    ignored = _SET_BY_LRS if "timestamp" in received else _SET_BY_LRS | {"timestamp"}
    return _comparable(received, ignored) == _comparable(stored, ignored)


def _comparable(statement: Json, ignored: frozenset[str]) -> str:
    kept = {name: value for name, value in statement.items() if name not in ignored}
    return serialize(_plain(_part(kept)))


def _part(statement: Json) -> Json:
    """Return a statement or SubStatement with everything written in one way."""
    result = rebuild(statement, agent=_agent, verb=lambda verb: {"id": verb["id"]}, activity=_activity)
    if "timestamp" in result:
        moment = parse_timestamp(result["timestamp"])
        result["timestamp"] = result["timestamp"] if moment is None else microseconds(moment)
    if "duration" in result.get("result", {}):
        duration = _BEYOND_HUNDREDTHS.sub("", result["result"]["duration"])
        result["result"] = {**result["result"], "duration": duration}
    context = result.get("context", {})
    if "registration" in context:
        context["registration"] = context["registration"].lower()
    if "statement" in context:
        context["statement"] = _reference(context["statement"])
    match result["object"].get("objectType"):
        case "StatementRef":
            result["object"] = _reference(result["object"])
        case "SubStatement":
            result["object"] = _part(result["object"])
    return result


def _reference(reference: Json) -> Json:
    return {**reference, "id": reference["id"].lower()}


def _activity(activity: Json) -> Json:
    return {name: value for name, value in activity.items() if name != "definition"}


def _agent(agent: Json) -> Json:
    result = dict(agent)
    if "mbox" in result:
        result["mbox"] = lower_domain(result["mbox"])
    if "member" in result:
        members = [_agent(member) for member in result["member"]]
        result["member"] = sorted(members, key=lambda member: serialize(_plain(member)))
    return result


def _plain(value: Any) -> Any:
    """Return `value` with its objects' properties in order, and 1.0 as 1; true stays apart from both."""
    if isinstance(value, dict):
        return {name: _plain(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
