import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.xapi.asking import HTML, ID, STATEMENT, Answering, client, cut_short, endless, error_of, reset
from tests.xapi.servers import Play, Stage
from xapi.errors import (
    LRSMisconfiguredError,
    LRSRefusedError,
    LRSUnavailableError,
)


# --- asking -----------------------------------------------------------------------------------------------------------
def test_a_statement_is_asked_for_by_its_id():
    with client(Answering(200, STATEMENT)) as (lrs, server):
        assert lrs.get(ID) == STATEMENT
    assert server.requests[0].path == f"/xAPI/statements?statementId={ID}"


@pytest.mark.parametrize(
    ("play", "found"),
    [
        (Answering(200, {"statements": [STATEMENT]}), STATEMENT),
        (Answering(200, {"statements": [{"id": "other"}, STATEMENT]}), STATEMENT),
        (Answering(200, STATEMENT | {"id": ID.upper()}), STATEMENT | {"id": ID.upper()}),
        (Answering(200, {"statements": []}), None),
        (Answering(200, {"statements": [{"id": "other"}, None]}), None),
        (Answering(404, b"no such statement"), None),
    ],
)
def test_a_store_finds_a_statement_in_its_own_way(play, found):
    with client(play) as (lrs, _):
        assert lrs.get(ID) == found


ASKING = {
    "get": lambda lrs: lrs.get(ID),
    "statements": lambda lrs: list(lrs.statements()),
    "about": lambda lrs: lrs.about(),
}


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
@pytest.mark.parametrize(
    ("play", "kind"),
    [
        (Answering(200, HTML), LRSMisconfiguredError),
        (Answering(200, []), LRSMisconfiguredError),
        (Answering(200, b""), LRSMisconfiguredError),
        (Answering(204), LRSMisconfiguredError),
        (Answering(302, b"", Location="/elsewhere"), LRSMisconfiguredError),
        (Answering(401, b""), LRSRefusedError),
        (Answering(500, b""), LRSUnavailableError),
        (Answering(200, b'{"statements": ['), LRSUnavailableError),
        (endless, LRSMisconfiguredError),
        (cut_short, LRSUnavailableError),
        (Stage.wait, LRSUnavailableError),
        (reset, LRSUnavailableError),
    ],
    ids=[
        "HTML",
        "list",
        "nothing",
        "204",
        "302",
        "401",
        "500",
        "truncated",
        "endless",
        "cut short",
        "silence",
        "reset",
    ],
)
def test_a_question_without_an_answer_is_an_error(ask, play, kind):
    assert type(error_of(play, ask)) is kind


def test_a_wrapper_without_a_list_is_no_answer():
    assert type(error_of(Answering(200, {"statements": STATEMENT}), ASKING["get"])) is LRSMisconfiguredError


def test_a_store_says_what_it_is():
    with client(Answering(200, {"version": ["1.0.3", "2.0.0"]})) as (lrs, server):
        assert lrs.about() == {"version": ["1.0.3", "2.0.0"]}
    assert server.requests[0].path == "/xAPI/about"


def test_a_store_may_say_nothing_of_itself():
    with client(Answering(404, HTML)) as (lrs, _):
        assert lrs.about() is None


# --- pages ------------------------------------------------------------------------------------------------------------
def paging(more_of: dict[str, object]) -> Play:
    """Answer each query with its own text as the only statement, and the page that follows it."""

    def play(stage: Stage) -> None:
        query = urlsplit(stage.path).query
        stage.answer(200, json.dumps({"statements": [{"id": query}], "more": more_of.get(query, "")}).encode())

    return play


def pages(more_of: dict[str, object], **limits: int) -> list[str]:
    with client(paging(more_of)) as (lrs, _):
        return [one["id"] for one in lrs.statements(**limits)]


@pytest.mark.parametrize("more", ["/xAPI/statements?p=2", "?p=2", "statements?p=2"])
def test_the_next_page_follows(more):
    assert pages({"": more, "p=2": "/elsewhere?p=3"}) == ["", "p=2", "p=3"]


@pytest.mark.parametrize("last", ["", None])
def test_the_last_page_has_no_next(last):
    assert pages({"": last}) == [""]


def test_the_next_page_may_be_a_whole_address():
    def play(stage: Stage) -> None:
        more = f"{stage.server.url}/xAPI/statements?p=2" if stage.path == "/xAPI/statements" else ""
        stage.answer(200, json.dumps({"statements": [{"id": stage.path}], "more": more}).encode())

    with client(play) as (lrs, server):
        assert [one["id"] for one in lrs.statements()] == ["/xAPI/statements", "/xAPI/statements?p=2"]
    assert server.requests[1].headers["Authorization"] == "Basic YW5uOnNlY3JldA=="


def test_an_empty_page_in_between_is_no_end():
    def play(stage: Stage) -> None:
        page = int(stage.path[-1]) if "?" in stage.path else 0
        found = [] if page == 1 else [{"id": page}]
        stage.answer(200, json.dumps({"statements": found, "more": f"?p={page + 1}" if page < 2 else ""}).encode())

    with client(play) as (lrs, _):
        assert [one["id"] for one in lrs.statements()] == [0, 2]


@pytest.mark.parametrize("more_of", [{"": "?p=2", "p=2": "?p=3", "p=3": "?p=2"}, {"": "?p=2", "p=2": "?p=2"}])
def test_pages_in_a_circle_come_to_an_end(more_of):
    with pytest.raises(LRSMisconfiguredError, match="lead back"):
        pages(more_of)


def test_the_number_of_pages_is_limited():
    more_of: dict[str, object] = {"" if page == 1 else f"p={page}": f"?p={page + 1}" for page in range(1, 9)}
    assert pages(more_of, max_pages=3) == ["", "p=2", "p=3"]


@pytest.mark.parametrize(
    "more",
    [
        "http://other.example/xAPI/statements?p=2",
        "//other.example/",
        "https://127.0.0.1/",
        "http://127.0.0.1:1/",
        "file:///x",
    ],
)
def test_the_next_page_on_another_host_is_not_asked_for(more):
    with pytest.raises(LRSMisconfiguredError, match="on another host"):
        pages({"": more})


@pytest.mark.parametrize("more", ["http://[::1/", 7, ["?p=2"]])
def test_a_next_page_that_is_no_address_is_an_error(more):
    with pytest.raises(LRSMisconfiguredError):
        pages({"": more})


@pytest.mark.parametrize("body", [{"statements": {}}, {"statements": ["x"]}, {"more": ""}])
def test_a_page_without_statements_is_an_error(body):
    assert type(error_of(Answering(200, body), ASKING["statements"])) is LRSMisconfiguredError


def test_filters_are_written_as_the_specification_says():
    with client(Answering(200, {"statements": []})) as (lrs, server):
        filters = {
            "agent": {"mbox": "mailto:søren@example.org"},
            "since": datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC),
            "ascending": True,
            "related_agents": False,
            "limit": 50,
            "verb": None,
        }
        assert list(lrs.statements(**filters)) == []
    assert parse_qs(urlsplit(server.requests[0].path).query) == {
        "agent": ['{"mbox":"mailto:s\\u00f8ren@example.org"}'],
        "since": ["2026-01-02T03:04:05.678Z"],
        "ascending": ["true"],
        "related_agents": ["false"],
        "limit": ["50"],
    }
