import pytest
import requests

from tests.ports import free_port
from tests.xapi.asking import (
    BODIES,
    DATE,
    HTML,
    Answering,
    broken_gzip,
    client,
    cut_short,
    endless,
    endless_failure,
    error_of,
    garbage,
    reset,
    stalling,
    two_lengths,
)
from tests.xapi.servers import Stage, serving
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
