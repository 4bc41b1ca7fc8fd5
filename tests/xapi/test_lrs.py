import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.ports import free_port
from tests.xapi.servers import Play, Server, Stage, serving
from xapi.errors import (
    LRSAmbiguousError,
    LRSConflictError,
    LRSError,
    LRSMisconfiguredError,
    LRSRefusedError,
    LRSRejectedError,
    LRSTooLargeError,
    LRSUnavailableError,
)
from xapi.lrs import Endpoint, LRSClient

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
STATEMENT = {"id": ID, "actor": {}, "verb": {}, "object": {}}
BODIES = [b'{"id":"1"}', b'{"id":"2"}']
HTML = b"<!DOCTYPE html><html><body>Welcome</body></html>"
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


class Answering:
    """A play that gives one whole answer, always the same."""

    def __init__(self, status: int, body: object = b"", **headers: str) -> None:
        self.status, self.headers = status, headers
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def __call__(self, stage: Stage) -> None:
        stage.answer(self.status, self.body, **self.headers)


@contextmanager
def client(play: Play, **endpoint: str) -> Iterator[tuple[LRSClient, Server]]:
    with serving(play) as server, requests.Session() as session:
        values = {"url": f"{server.url}/xAPI/", "username": "ann", "password": "secret"} | endpoint
        patience = 0.3 if play in (Stage.wait, stalling) else 10  # a busy machine is no silent server
        yield LRSClient(Endpoint(**values), session, timeout=(10, patience), max_bytes=200_000), server


def error_of(play: Play, ask=lambda lrs: lrs.send(BODIES)) -> LRSError:
    """Return the error that a request ends in."""
    with client(play) as (lrs, _), pytest.raises(LRSError) as caught:
        ask(lrs)
    return caught.value


# --- sending ----------------------------------------------------------------------------------------------------------
def test_a_batch_is_one_request_with_the_bytes_as_they_are():
    with client(Answering(200, ["1", "2"])) as (lrs, server):
        lrs.send(BODIES)
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/xAPI/statements", b'[{"id":"1"},{"id":"2"}]')
    assert (request.headers["Content-Type"], request.headers["X-Experience-API-Version"]) == (
        "application/json",
        "1.0.3",
    )


@pytest.mark.parametrize("play", [Answering(200, ["2"]), Answering(200, []), Answering(204)])
def test_a_batch_is_stored_whatever_ids_the_store_names(play):
    with client(play) as (lrs, server):
        lrs.send(BODIES)
    assert len(server.requests) == 1


def test_an_empty_batch_is_not_sent():
    with client(Answering(400)) as (lrs, server):
        lrs.send([])
    assert server.requests == []


def test_credentials_beyond_ascii_are_utf_8():
    with client(Answering(204), username="søren", password="pä:ss") as (lrs, server):
        lrs.send(BODIES)
    assert server.requests[0].headers["Authorization"] == "Basic c8O4cmVuOnDDpDpzcw=="


def test_credentials_are_not_shown():
    assert "secret" not in repr(Endpoint("https://lrs.example/xAPI", "ann", "secret"))


def test_the_version_and_the_missing_slash_are_the_endpoints():
    with serving(Answering(204)) as server, requests.Session() as session:
        LRSClient(Endpoint(f"{server.url}/xapi", "ann", "secret", "2.0.0"), session).send(BODIES)
    assert server.requests[0].path == "/xapi/statements"
    assert server.requests[0].headers["X-Experience-API-Version"] == "2.0.0"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, LRSRejectedError),
        (401, LRSRefusedError),
        (403, LRSRefusedError),
        (404, LRSMisconfiguredError),
        (405, LRSMisconfiguredError),
        (408, LRSUnavailableError),
        (409, LRSConflictError),
        (413, LRSTooLargeError),
        (415, LRSMisconfiguredError),
        (422, LRSRejectedError),
        (429, LRSUnavailableError),
        (500, LRSUnavailableError),
        (502, LRSUnavailableError),
        (503, LRSUnavailableError),
        (201, LRSMisconfiguredError),
        (301, LRSMisconfiguredError),
    ],
)
def test_a_status_is_an_error_by_what_to_do(status, kind):
    error = error_of(Answering(status, {"message": "deadlock\ndetected"}))
    assert (type(error), error.status, error.retry_after) == (kind, status, None)
    assert str(error) == f'the LRS answered {status}: {{"message": "deadlock\\ndetected"}}'


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120.0),
        ({"Retry_After": "Fri, 02 Jan 2026 03:05:35 GMT", "Date": DATE}, 90.0),
        ({"Retry_After": "Fri, 02 Jan 2026 03:00:00 GMT", "Date": DATE}, 0.0),
        ({"Retry_After": "Fri, 02 Jan 2026 03:05:35 -0000", "Date": DATE}, 90.0),
        ({"Retry_After": "soon", "Date": DATE}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "9" * 5000}, None),
        ({"Retry_After": "Fri, 99 Jan 2026 03:05:35 GMT"}, None),
    ],
)
def test_a_store_may_say_when_to_come_back(status, headers, seconds):
    assert error_of(Answering(status, b"", **headers)).retry_after == seconds


def test_a_date_to_come_back_counts_from_now_without_the_servers_clock():
    assert error_of(Answering(503, b"", Retry_After="Fri, 02 Jan 2026 03:05:35 GMT")).retry_after == 0.0


def test_a_redirect_is_not_followed_but_named():
    with serving(Answering(204)) as other:
        error = error_of(Answering(302, b"", Location=f"{other.url}/xAPI/statements"))
    assert (type(error), other.requests) == (LRSMisconfiguredError, [])
    assert str(error) == f"the LRS answered 302: {other.url}/xAPI/statements"


@pytest.mark.parametrize(
    ("play", "said"),
    [
        (Answering(200, HTML, content_type="text/html"), "the address answers HTML"),
        (Answering(200, HTML), "the address answers HTML"),
        (Answering(400, HTML), "the LRS answered 400"),
        (Answering(200, b"OK"), "the address answers 'OK'"),
        (Answering(200, {"ok": True}), "the address answers '{\"ok\": true}'"),
        (Answering(200, b""), "the address answers 'nothing'"),
        (Answering(200, b"\xff\xfe\x00"), "the address answers"),
    ],
)
def test_what_no_store_would_answer_is_a_wrong_address(play, said):
    error = error_of(play)
    assert type(error) is LRSMisconfiguredError
    assert str(error).startswith(said)


def test_a_page_of_html_does_not_fill_the_log():
    assert str(error_of(Answering(500, HTML))) == "the LRS answered 500"


def endless(stage: Stage) -> None:
    stage.answer(200, b"", Transfer_Encoding="chunked", Content_Length="")
    while True:
        stage.wfile.write(b"10000\r\n" + b"[" * 0x10000 + b"\r\n")


def endless_failure(stage: Stage) -> None:
    stage.answer(503, b"", Transfer_Encoding="chunked", Content_Length="")
    while True:
        stage.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def cut_short(stage: Stage) -> None:
    stage.answer(200, b'["1', Content_Length="1000")
    stage.hang_up()


def broken_gzip(stage: Stage) -> None:
    stage.answer(200, b'["1"]', Content_Encoding="gzip")


def stalling(stage: Stage) -> None:
    stage.answer(200, b'["1', Content_Length="1000")
    stage.wait()


def two_lengths(stage: Stage) -> None:
    stage.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n[1]")
    stage.hang_up()


def reset(stage: Stage) -> None:
    stage.hang_up(reset=True)


def garbage(stage: Stage) -> None:
    stage.wfile.write(b"\x16\x03\x01 not HTTP\r\n\r\n")
    stage.hang_up()


def test_an_answer_without_end_is_left_alone():
    assert str(error_of(endless)) == "the answer has more than 200000 bytes"


def test_a_failure_without_end_is_a_failure():
    assert type(error_of(endless_failure)) is LRSUnavailableError


@pytest.mark.parametrize(
    "play",
    [
        cut_short,
        stalling,
        garbage,
        two_lengths,
        broken_gzip,
        Answering(200, b'["1", '),
        Answering(200, b"[" * 100_000),
        Stage.wait,
        Stage.hang_up,
        reset,
    ],
    ids=[
        "cut short",
        "stalling",
        "garbage",
        "two lengths",
        "broken gzip",
        "truncated",
        "too deep",
        "silence",
        "nothing",
        "reset",
    ],
)
def test_a_batch_without_a_whole_answer_may_have_been_stored(play):
    assert type(error_of(play)) is LRSAmbiguousError


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://lrs.invalid/xAPI", LRSUnavailableError),
        ("lrs.example/xAPI", LRSMisconfiguredError),
        ("ftp://lrs.example/xAPI", LRSMisconfiguredError),
        ("http://", LRSMisconfiguredError),
        ("http://[::1/xAPI", LRSMisconfiguredError),
        ("http://lrs..example/xAPI", LRSMisconfiguredError),
        ("", LRSMisconfiguredError),
    ],
)
def test_an_address_without_a_server(url, kind):
    assert (type(failure(url)), failure(url).status) == (kind, None)


def test_a_store_that_is_not_running_is_unavailable():
    error = failure(f"http://127.0.0.1:{free_port()}/xAPI")
    assert (type(error), error.status) == (LRSUnavailableError, None)


def test_a_server_without_tls_is_a_wrong_address():
    with serving(Answering(204)) as server:
        assert type(failure(server.url.replace("http:", "https:"))) is LRSMisconfiguredError


def failure(url: str) -> LRSError:
    """Return the error that sending to an address ends in."""
    with requests.Session() as session:
        session.trust_env = False
        lrs = LRSClient(Endpoint(url, "ann", "secret"), session)
        with pytest.raises(LRSError) as caught:
            lrs.send(BODIES)
    return caught.value


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
