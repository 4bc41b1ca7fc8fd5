"""Pages, and what they cost. Source: xAPI 1.0.3, Data, 2.5."""

import time
from itertools import pairwise

import pytest

from tests.xapi.store.lrs import ANNA, ASKED, BO, COURSE, QUESTION, Lrs, new_id, reference, statement, voiding
from xapi.store import Credential, StoreConfig, create_app
from xapi.store.app import close_app
from xapi.store.query import ListQuery, read_query, select


@pytest.mark.parametrize("ascending", ["true", "false"])
@pytest.mark.parametrize("limit", ["1", "2", "3", "7", "8", "100"])
def test_a_walk_returns_each_statement_once_in_order(lrs, limit, ascending):
    ids = [lrs.store(statement())[0] for _ in range(7)]
    assert lrs.walk(limit=limit, ascending=ascending) == (ids if ascending == "true" else ids[::-1])


def test_a_walk_keeps_its_filters(lrs):
    ids = [lrs.store(statement(actor=actor))[0] for actor in (ANNA, BO) * 4]
    assert lrs.walk(limit="1", agent=ANNA, verb=ASKED, since="2001-01-01T00:00:00Z", format="ids") == ids[-2::-2]


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_a_walk_is_not_disturbed_by_what_arrives_or_is_voided_meanwhile(lrs, ascending):
    ids = [lrs.store(statement())[0] for _ in range(6)]
    expected = ids if ascending == "true" else ids[::-1]
    page = lrs.get(limit="2", ascending=ascending).json
    walked = [one["id"] for one in page["statements"]]
    lrs.store(statement(), voiding(expected[3]), statement())
    while page["more"]:
        page = lrs.call("GET", page["more"]).json
        walked += [one["id"] for one in page["statements"]]
    assert walked == expected[:3] + expected[4:]


def test_more_works_after_a_restart(tmp_path):
    config = StoreConfig(credentials=[Credential("kring", "säkert: hemligt")], database=tmp_path / "lrs.db")
    app = create_app(config)
    ids = Lrs(app).store(statement(), statement(), statement())
    more = Lrs(app).get(limit="2").json["more"]
    close_app(app)
    app = create_app(config)
    page = Lrs(app).call("GET", more).json
    close_app(app)
    assert ([one["id"] for one in page["statements"]], page["more"]) == (ids[:1], "")


def test_what_was_stored_before_the_clock_was_set_back_is_still_found_and_stays_before_what_comes(tmp_path):
    config = StoreConfig(credentials=[Credential("kring", "säkert: hemligt")], database=tmp_path / "lrs.db")
    app = create_app(config)
    old = Lrs(app).store(statement())
    with app.extensions["xapi.store"].database.write() as connection:
        connection.execute("UPDATE statement SET stored = stored + 86400000000")
        connection.execute("UPDATE mention SET stored = stored + 86400000000")
    close_app(app)
    app = create_app(config)
    lrs = Lrs(app)
    assert lrs.ids() == old
    new = lrs.store(statement())
    assert lrs.ids() == lrs.ids(agent=ANNA) == [*new, *old]
    close_app(app)


def query(**parameters) -> ListQuery:
    found = read_query(parameters, version="1.0.3", latest=2**60, default_page=100, max_page=1000)
    assert isinstance(found, ListQuery)
    return found


AGENT = '{"mbox": "mailto:anna@example.org"}'


@pytest.mark.parametrize(
    "parameters",
    [
        {"agent": AGENT},
        {"agent": AGENT, "related_agents": "true"},
        {"verb": ASKED},
        {"activity": COURSE},
        {"activity": COURSE, "related_activities": "true"},
        {"registration": new_id()},
    ],
)
@pytest.mark.parametrize("ascending", ["true", "false"])
def test_every_filter_goes_along_an_index_and_sorts_nothing(lrs, parameters, ascending):
    plan = explain(lrs, query(**parameters, ascending=ascending))
    assert plan == [
        "SEARCH mention USING PRIMARY KEY (kind=? AND value=? AND stored>? AND stored<?)",
        "SEARCH statement USING INTEGER PRIMARY KEY (rowid=?)",
    ]


def test_further_filters_are_looked_up_one_by_one(lrs):
    plan = explain(lrs, query(agent=AGENT, verb=ASKED))
    assert plan[0].startswith("SEARCH mention USING PRIMARY KEY")
    assert plan[-1] == "SEARCH other USING PRIMARY KEY (kind=? AND value=? AND stored=?)"
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan)


def test_no_filter_goes_along_the_table(lrs):
    assert explain(lrs, query()) == ["SEARCH statement USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]


def explain(lrs: Lrs, asked: ListQuery) -> list[str]:
    command, values = select(asked)
    with lrs.app.extensions["xapi.store"].database.read() as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {command}", values)]


def test_a_page_deep_in_the_store_costs_no_more_than_the_first(lrs):
    for _ in range(20):
        lrs.store(*(statement(object={"id": f"{QUESTION}/{number}"}) for number in range(100)))
    steps = []
    page = {"more": "/xAPI/statements?limit=50"}
    storage = lrs.app.extensions["xapi.store"]
    with storage.database.read() as connection:
        counted = 0

        def count() -> None:
            nonlocal counted
            counted += 1

        connection.set_progress_handler(count, 1)
    while page["more"]:
        counted = 0
        page = lrs.call("GET", page["more"]).json
        steps.append(counted)
    assert len(steps) == 40
    assert max(steps) - min(steps) < 50  # instructions of SQLite's machine, of some five hundred


def test_a_chain_of_references_is_found_in_reasonable_time(lrs):
    ids = [new_id() for _ in range(200)]
    chain = [statement(id=one, object=reference(target)) for one, target in pairwise(ids)]
    start = time.monotonic()
    lrs.store(*chain)
    lrs.store(statement(id=ids[-1], object={"id": COURSE}))
    assert len(lrs.ids(activity=COURSE, limit="0")) == 200
    assert time.monotonic() - start < 30
