"""What a statement can be found by: pairs of a kind and a value, written beside it when it is stored."""

from collections.abc import Iterator
from typing import Any

from xapi.store.parts import Json, as_list

VERB = "verb"
REGISTRATION = "registration"
ACTIVITY = "activity"
RELATED_ACTIVITY = "related_activity"
AGENT = "agent"
RELATED_AGENT = "related_agent"

Mention = tuple[str, str]


def lower_domain(mbox: str) -> str:
    """Return a `mailto:` IRI with its domain in lower case, which is how mailboxes are compared.

    Source: xAPI 1.0.3, Data, 2.3.1 ("the domain portion of an e-mail address is case insensitive").
    """
    local, at, domain = mbox.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def identifier(agent: Json) -> str | None:
    """Return the inverse functional identifier of an agent or group, None for an anonymous group.

    Source: xAPI 1.0.3, Communication, 2.1.3: agents and groups are equal when the same identifier has the same value.
    """
    if "mbox" in agent:
        return f"mbox {lower_domain(agent['mbox'])}"
    if "account" in agent:
        return f"account {agent['account']['homePage']} {agent['account']['name']}"
    for name in ("mbox_sha1sum", "openid"):
        if name in agent:
            return f"{name} {agent[name]}"
    return None


def mentions(statement: Json) -> set[Mention]:
    """Return all that the filters can find a statement by on its own account, without what it refers to.

    Source: xAPI 1.0.3, Communication, 2.1.3; the agents and groups of a 2.0 context count as related.
    """
    found: set[Mention] = {(VERB, statement["verb"]["id"])}
    registration = statement.get("context", {}).get("registration")
    if registration is not None:
        found.add((REGISTRATION, registration.lower()))
    thing = statement["object"]
    kind = thing.get("objectType", "Activity")
    if kind == "Activity":
        found.add((ACTIVITY, thing["id"]))
    agents = [statement["actor"], *([thing] if kind in {"Agent", "Group"} else [])]
    found.update((AGENT, name) for agent in agents for name in _identifiers(agent))
    found.update((RELATED_AGENT, name) for agent in _agents(statement) for name in _identifiers(agent))
    found.update((RELATED_ACTIVITY, activity) for activity in _activities(statement))
    return found


def _identifiers(agent: Json) -> Iterator[str]:
    for one in (agent, *agent.get("member", ())):
        name = identifier(one)
        if name is not None:
            yield name


def _agents(statement: Json) -> Iterator[Json]:
    thing, context = statement["object"], statement.get("context", {})
    yield statement["actor"]
    match thing.get("objectType"):
        case "Agent" | "Group":
            yield thing
        case "SubStatement":
            yield from _agents(thing)
    for place, name in ((statement, "authority"), (context, "instructor"), (context, "team")):
        if name in place:
            yield place[name]
    yield from (item["agent"] for item in context.get("contextAgents", ()))
    yield from (item["group"] for item in context.get("contextGroups", ()))


def _activities(statement: Json) -> Iterator[str]:
    thing: Any = statement["object"]
    match thing.get("objectType", "Activity"):
        case "Activity":
            yield thing["id"]
        case "SubStatement":
            yield from _activities(thing)
    for items in statement.get("context", {}).get("contextActivities", {}).values():
        yield from (activity["id"] for activity in as_list(items))
