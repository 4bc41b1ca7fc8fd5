"""Asks as everybody for everything, and judges the answers."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.routing import BuildError, Rule
from werkzeug.test import TestResponse

from connector.migrations import load_metadata
from tests.connector.access.routes import ROUTES, Route
from tests.connector.access.world import Thing, Visitor, World

VARIABLES = {
    "wish": "wish_id",
    "intention": "intention_id",
    "goal": "goal_id",
    "act": "act_id",
    "post": "post_id",
    "note": "note_id",
    "alike": "alike_id",
    "proposal": "proposal_id",
    "thread": "thread_id",
    "group": "group_id",
    "set": "set_id",
    "notice": "notice_id",
    "file": "attachment_id",
    "draft": "place",
    "link": "link_id",
    "activity": "activity_id",
    "prepared": "activity_id",
    "exercise": "activity_id",
    "work": "submission_id",
    "author": "learner_id",
    "review": "review_id",
    "received": "review_id",
    "desk": "activity_id",
    "question": "thread_id",
    "asked": "post_id",
    "hour": "hour_id",
    "asker": "learner_id",
    "example": "example_id",
    "platform": "platform_id",
    "tenant": "tenant_id",
    "deployment": "deployment_id",
    "invite": "invite_id",
    "guest": "invitation_id",
    "entry": "entry_id",
    "change": "proposal_id",
    "endpoint": "endpoint_id",
    "statement": "statement_id",
}
"""How addresses call things; people they call in two ways."""
PEOPLE = ("learner", "leader")
PLACES = ("activity", "exercise", "desk", "prepared")
VISIT = Thing("visit", "", None, course="")
METHODS = ("GET", "POST", "PUT", "DELETE")
REFUSALS = {401, 404}
BOOKKEEPING = {"launch_session"}
"""Tables that change when somebody merely comes."""
_IDS = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{16}")
_ANYTHING = {
    "title": "A title",
    "name": "A name",
    "body": "Some words",
    "reason": "A reason",
    "note": "A note",
    "address": "somebody@example.org",
    "complaint": "other",
    "days": "3",
    "act": "read",
    "version": "1",
    "is_recorded": "1",
    "recording": "on",
    "idempotency_key": "6d1f8f0e-7a4e-4d4c-9a49-5b0e0f6f5d11",
}
"""What every form gets: enough for most of them."""


@dataclass(frozen=True, slots=True)
class Try:
    """One way to use a route."""

    endpoint: str
    method: str
    route: Route
    thing: Thing
    values: Mapping[str, Any]
    way_number: int = 0

    def __str__(self) -> str:
        """Say it for the message of a test that fails."""
        return f"{self.method} {self.endpoint} {dict(self.route_values())} ({self.thing.kind} {self.thing.name})"

    def route_values(self) -> Iterator[tuple[str, Any]]:
        """Give what stands in the address besides ids."""
        return ((name, value) for name, value in self.values.items() if not isinstance(value, uuid.UUID))


def rules(world: World) -> list[Rule]:
    """Return every rule of the tool."""
    return sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def tries(world: World, method: str) -> Iterator[Try]:
    """Yield every use of every route by a method, with every thing that it can name."""
    done = set()
    for rule in rules(world):
        is_known = rule.endpoint in ROUTES  # of the others, a test of its own tells
        if method not in (rule.methods or ()) or (rule.endpoint, method) in done or not is_known:
            continue
        done.add((rule.endpoint, method))
        route = ROUTES[rule.endpoint]
        wanted = {name for each in rules(world) if each.endpoint == rule.endpoint for name in each.arguments} - {"sid"}
        for thing in _things(world, route.kind):
            for number, way in enumerate(route.ways):
                yield Try(rule.endpoint, method, route, thing, {**_values(world, thing, wanted), **way}, number)


def _things(world: World, kind: str) -> list[Thing]:
    if kind == "visit":
        return [VISIT]
    if kind == "person":
        return [*world.of("learner"), *world.of("leader")]
    return world.of(kind)


def _values(world: World, thing: Thing, wanted: set[str]) -> dict[str, Any]:
    """Return what names a thing, and the activity that it stands in."""
    known = dict(thing.more)
    if thing.kind in PEOPLE:
        known |= {"member_id": thing.value, "learner_id": thing.value}
    elif thing.kind != "visit":
        known[VARIABLES[thing.kind]] = thing.value
    if "activity_id" not in known and thing.course:
        known["activity_id"] = world.of("activity", thing.course)[0].value
    return {name: value for name, value in known.items() if name in wanted}


def nothing(attempt: Try, visitor: Visitor) -> Try:
    """Return the same with the ids of nothing; of their own course, somebody may know the activities."""
    is_home = visitor.is_here and visitor.course == attempt.thing.course and attempt.thing.kind not in PLACES
    kept = {"activity_id"} if is_home else set()
    values = {
        name: uuid.uuid4() if isinstance(value, uuid.UUID) and name not in kept else value
        for name, value in attempt.values.items()
    }
    if attempt.thing.kind == "draft":
        values["place"] = f"thread {uuid.uuid4()}"
    return replace(attempt, values=values)


def elsewhere(world: World, attempt: Try, visitor: Visitor) -> Try | None:
    """Return the same under the address of an activity that the visitor may see and that has nothing to do with it."""
    if "activity_id" not in attempt.values or attempt.thing.kind in PLACES or not visitor.is_here:
        return None
    place = world.of("activity", visitor.course)[-1].value
    return replace(attempt, values={**attempt.values, "activity_id": place})


def ask(world: World, visitor: Visitor, attempt: Try, method: str = "", **more: Any) -> TestResponse:
    """Send a request as somebody."""
    method = method or attempt.method
    adapter = world.app.url_map.bind("localhost")
    built = "GET" if method == "HEAD" else method
    values = {name: str(value) for name, value in attempt.values.items()}
    try:
        path = adapter.build(attempt.endpoint, {"sid": visitor.sid, **values}, method=built)
    except BuildError:
        path = adapter.build(attempt.endpoint, values, method=built)
    path = path.partition("?")[0]  # what no variable takes
    if built != "GET":
        more.setdefault("data", {"csrf_token": visitor.token, **_ANYTHING, **attempt.route.form})
    return visitor.client.open(path, method=method, buffered=True, **more)


def heard(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """Return what somebody can learn of an answer, without what is another in each answer alike."""
    headers = {name: _IDS.sub("#", value) for name, value in answer.headers if name not in {"Date", "Set-Cookie"}}
    return answer.status_code, _IDS.sub("#", answer.text), headers


def leaks(world: World, visitor: Visitor, answer: TestResponse) -> list[str]:
    """Return what an answer says that its reader may not read, in words for a person."""
    said = answer.get_data(as_text=True) if answer.mimetype.startswith(("text", "application/j")) else ""
    said += str(answer.headers)
    return [world.meanings[word] for word in _SECRETS.findall(said) if visitor.name not in world.words.get(word, ())]


_SECRETS = re.compile(r"zq(?:[bdfgklmnprtv][aeiou]){5}")


def contents(world: World) -> dict[str, int]:
    """Return a figure for each table that changes with what is in it; of visits alone it is kept when they were last used."""
    with world.database.session(writes=False) as session:
        return {
            table.name: hash(repr(session.execute(table.select().order_by(*table.primary_key.columns)).all()))
            for table in load_metadata().sorted_tables
            if table.name not in BOOKKEEPING
        }
