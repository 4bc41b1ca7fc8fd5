"""The places of a statement where agents, verbs and activities stand."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], Json]


def as_list(value: Any) -> list[Any]:
    """Return the list that a context activity stands for, which 1.0.x lets come without its brackets."""
    return value if isinstance(value, list) else [value]


def rebuild(statement: Json, *, agent: Change, verb: Change, activity: Change) -> Json:
    """Return a copy of a statement or SubStatement in which every agent or group, verb and activity is replaced."""
    result = dict(statement)
    for name in ("actor", "authority"):
        if name in result:
            result[name] = agent(result[name])
    result["verb"] = verb(result["verb"])
    result["object"] = _object(result["object"], agent=agent, verb=verb, activity=activity)
    if "context" in result:
        result["context"] = _context(result["context"], agent=agent, activity=activity)
    return result


def _object(thing: Json, *, agent: Change, verb: Change, activity: Change) -> Json:
    match thing.get("objectType", "Activity"):
        case "Activity":
            return activity(thing)
        case "SubStatement":
            return rebuild(thing, agent=agent, verb=verb, activity=activity)
        case "StatementRef":
            return thing
    return agent(thing)


def _context(context: Json, *, agent: Change, activity: Change) -> Json:
    result = dict(context)
    for name in ("instructor", "team"):
        if name in result:
            result[name] = agent(result[name])
    if "contextActivities" in result:
        result["contextActivities"] = {
            role: [activity(item) for item in as_list(items)] for role, items in result["contextActivities"].items()
        }
    for name, key in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in result:
            result[name] = [{**item, key: agent(item[key])} for item in result[name]]
    return result
