"""Random histories, told both to the store and to a model that is too simple to be wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.store.lrs import NAME, PASSWORD, VOIDED, Lrs, reference, statement
from xapi.store import Credential, StoreConfig, create_app
from xapi.store.app import close_app

IDS = [f"00000000-0000-4000-8000-00000000000{digit}" for digit in range(7)]
AGENTS = [{"mbox": f"mailto:{name}@example.org"} for name in ("anna", "bo", "carl")]
VERBS = [VOIDED, "https://example.org/asked", "https://example.org/answered"]
ACTIVITIES = ["https://example.org/a", "https://example.org/b"]
REGISTRATIONS = ["00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"]

Json = dict[str, Any]


@st.composite
def statements(draw: st.DrawFn) -> Json:
    thing = draw(st.one_of(
        st.sampled_from(ACTIVITIES).map(lambda iri: {"id": iri}), st.sampled_from(IDS).map(reference), st.sampled_from(AGENTS)
    ))  # fmt: skip
    verbs = VERBS if thing.get("objectType") == "StatementRef" else VERBS[1:]
    context: Json = {}
    if draw(st.booleans()):
        context["registration"] = draw(st.sampled_from(REGISTRATIONS))
    if draw(st.booleans()):
        context["contextActivities"] = {"parent": [{"id": draw(st.sampled_from(ACTIVITIES))}]}
    if draw(st.booleans()):
        context["instructor"] = draw(st.sampled_from(AGENTS))
    if "mbox" in thing:
        thing = {"objectType": "Agent", **thing}
    return statement(
        id=draw(st.sampled_from(IDS)),
        actor=draw(st.sampled_from(AGENTS)),
        verb={"id": draw(st.sampled_from(verbs))},
        object=thing,
        context=context,
    )


FILTERS = st.fixed_dictionaries(
    {"ascending": st.sampled_from(["true", "false"]), "limit": st.sampled_from(["1", "2", "5"])},
    optional={
        "agent": st.sampled_from(AGENTS),
        "verb": st.sampled_from(VERBS),
        "activity": st.sampled_from(ACTIVITIES),
        "registration": st.sampled_from(REGISTRATIONS),
        "related_agents": st.just("true"),
        "related_activities": st.just("true"),
    },
)


class Model:
    def __init__(self) -> None:
        self.stored: dict[str, Json] = {}

    def post(self, batch: list[Json]) -> int:
        ids = [one["id"] for one in batch]
        if len(set(ids)) < len(ids):
            return 400
        if any(self.stored.get(one["id"], one) != one for one in batch):
            return 409
        self.stored |= {one["id"]: one for one in batch}
        return 200

    def is_voided(self, one: Json) -> bool:
        return one["verb"]["id"] != VOIDED and any(
            other["verb"]["id"] == VOIDED and other["object"]["id"] == one["id"] for other in self.stored.values()
        )

    def chain(self, one: Json) -> list[Json]:
        """A statement and what it refers to, directly or not."""
        found = [one]
        while found[-1]["object"].get("objectType") == "StatementRef":
            target = self.stored.get(found[-1]["object"]["id"])
            if target is None or target in found:
                break
            found.append(target)
        return found

    def find(self, filters: Json) -> list[str]:
        found = [
            one["id"]
            for one in self.stored.values()
            if not self.is_voided(one)
            and all(any(met(name, filters, link) for link in self.chain(one)) for name in filters)
        ]
        return found if filters["ascending"] == "true" else found[::-1]


def met(name: str, filters: Json, one: Json) -> bool:
    value, context, thing = filters[name], one.get("context", {}), one["object"]
    match name:
        case "agent":
            related = [context.get("instructor")] if "related_agents" in filters else []
            return any(
                agent is not None and agent.get("mbox") == value["mbox"] for agent in (one["actor"], thing, *related)
            )
        case "verb":
            return one["verb"]["id"] == value
        case "activity":
            related = context.get("contextActivities", {}).get("parent", []) if "related_activities" in filters else []
            return value in [activity["id"] for activity in (*([thing] if "id" in thing else []), *related)]
        case "registration":
            return context.get("registration") == value
    return True


@contextmanager
def a_store() -> Iterator[Lrs]:
    app = create_app(StoreConfig(credentials=[Credential(NAME, PASSWORD)]))
    try:
        yield Lrs(app)
    finally:
        close_app(app)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(statements(), min_size=1, max_size=3), FILTERS), min_size=1, max_size=10))
def test_the_store_answers_as_the_model_does(history):
    model = Model()
    with a_store() as lrs:
        for batch, filters in history:
            assert lrs.post(batch).status_code == model.post(batch)
            assert lrs.walk(**filters) == model.find(filters)
        for statement_id in IDS:
            one = model.stored.get(statement_id)
            voided = one is not None and model.is_voided(one)
            assert lrs.get(statementId=statement_id).status_code == (404 if one is None or voided else 200)
            assert lrs.get(voidedStatementId=statement_id).status_code == (200 if voided else 404)


@settings(max_examples=40, deadline=None)
@given(
    before=st.integers(0, 12),
    limit=st.integers(1, 5),
    meanwhile=st.lists(st.integers(0, 3), max_size=12),
    ascending=st.sampled_from(["true", "false"]),
)
def test_a_walk_returns_what_was_there_when_it_began(before, limit, meanwhile, ascending):
    with a_store() as lrs:
        ids = [lrs.store(statement())[0] for _ in range(before)]
        page = lrs.get(limit=str(limit), ascending=ascending).json
        walked = [one["id"] for one in page["statements"]]
        while page["more"]:
            lrs.store(*(statement() for _ in range(meanwhile.pop() if meanwhile else 0)))
            page = lrs.call("GET", page["more"]).json
            walked += [one["id"] for one in page["statements"]]
    assert walked == (ids if ascending == "true" else ids[::-1])
