import socket
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti import exchange
from lti.errors import (
    IncompleteListError,
    ServiceConflictError,
    ServiceError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from lti.service import MAX_PAGES, Service
from tests.lti.asking import MEDIA, SCOPES, get
from tests.lti.recorded import recorded, reply
from tests.lti.server import Asked, Platform, Reply, calling, platform, serving
from tests.ports import free_port


class TestAnswers:
    def test_media_types_are_exact(self, lms: Platform, service: Service):
        service.request("PUT", f"{lms.url}/x", scopes=SCOPES, accept=MEDIA, content_type=MEDIA, json={"é": "“"})
        (asked,) = lms.asked
        assert (asked.headers["Content-Type"], asked.headers["Accept"]) == (MEDIA, MEDIA)
        assert (asked.json, asked.body.isascii()) == ({"é": "“"}, True)

    @pytest.mark.parametrize(
        ("status", "kind", "code"),
        [
            (400, ServiceRefusedError, "service_bad_request"),
            (403, ServiceRefusedError, "service_forbidden"),
            (404, ServiceRefusedError, "service_not_found"),
            (405, ServiceRefusedError, "service_refused"),
            (408, ServiceUnavailableError, "service_busy"),
            (409, ServiceConflictError, "service_conflict"),
            (410, ServiceRefusedError, "service_gone"),
            (412, ServiceRefusedError, "service_precondition"),
            (415, ServiceRefusedError, "service_refused"),
            (422, ServiceRefusedError, "service_unprocessable"),
            (425, ServiceUnavailableError, "service_busy"),
            (429, ServiceUnavailableError, "service_busy"),
            (499, ServiceRefusedError, "service_refused"),
            (500, ServiceUnavailableError, "service_failed"),
            (503, ServiceUnavailableError, "service_failed"),
            (999, ServiceUnavailableError, "service_failed"),
        ],
    )
    def test_status(self, lms: Platform, service: Service, status: int, kind: type[ServiceError], code: str):
        lms.answer = lambda _: Reply({"message": "no"}, status)
        with pytest.raises(ServiceError) as failure:
            get(service, lms)
        assert (type(failure.value), failure.value.code, failure.value.status) == (kind, code, status)

    @pytest.mark.parametrize("body", ["403 Forbidden (Rate Limit Exceeded)\n", '{"errors":"rate limit exceeded"}'])
    def test_canvas_asks_for_patience_in_its_own_way(self, lms: Platform, service: Service, body: str):
        lms.answer = lambda _: Reply(body, 403)
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        assert failure.value.code == "service_busy"

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, None),
            ({"Retry-After": "120"}, 120),
            ({"Retry-After": "999999999999"}, 86_400),
            ({"Retry-After": "soon"}, None),
            ({"Retry-After": "-1"}, None),
            ({"Retry-After": "²"}, None),
            ({"Retry-After": "Sun, 22 Nov 2026 12:02:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 120),
            ({"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 0),
            ({"Retry-After": "Sun, 22 Nov 9026 11:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 86_400),
        ],
    )
    def test_retry_after(self, headers: dict[str, str], seconds: float | None):
        answer = exchange.Answer(where="GET x", status=503, reason="", headers=headers, body=b"")
        with pytest.raises(ServiceUnavailableError) as failure:
            exchange.expect_success(answer)
        assert failure.value.retry_after == seconds

    def test_what_the_platform_said_is_for_the_trainer_and_not_for_the_log(self, lms: Platform, service: Service):
        lms.answer = lambda _: reply(recorded("60-score-error-teacher"), lms.url)
        with pytest.raises(ServiceRefusedError) as refusal:
            get(service, lms)
        assert '"userId": "3"' in (refusal.value.detail or "")
        assert str(refusal.value) == "GET 127.0.0.1: 400"

    @pytest.mark.parametrize(
        "answer",
        [
            Reply("<!DOCTYPE html><title>Maintenance</title>"),
            Reply("\n <html>", headers={"Content-Type": "application/json"}),
            Reply('{"cut": '),
            Reply(b"\xff\xfe"),
            Reply("[" * 100_000),
            Reply("NaN"),
            Reply(""),
        ],
    )
    def test_answer_that_is_none(self, lms: Platform, service: Service, answer: Reply):
        lms.answer = lambda _: answer
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        assert failure.value.code == "answer_malformed"

    def test_page_for_people_is_no_success_even_where_nobody_reads_it(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply("<html>Please log in</html>")
        with pytest.raises(ServiceUnavailableError):
            service.request("POST", f"{lms.url}/scores", scopes=SCOPES, content_type=MEDIA, json={})

    def test_empty_answer_is_a_success_where_nobody_reads_it(self, lms: Platform, service: Service):
        for answer in (Reply(""), Reply(status=204), Reply("[]", 201)):
            lms.answer = lambda _, answer=answer: answer
            service.request("POST", f"{lms.url}/scores", scopes=SCOPES, content_type=MEDIA, json={})

    def test_cut_answer(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply('{"a": 1}', length=1000)
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        assert failure.value.code == "service_unreachable"

    def test_huge_answer_is_not_read_to_its_end(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply(b" " * (exchange.MAX_ANSWER + 1_000_000))
        with pytest.raises(ServiceRefusedError) as refusal:
            get(service, lms)
        assert refusal.value.code == "answer_too_large"

    def test_platform_that_says_nothing(self, lms: Platform, service: Service, monkeypatch):
        get(service, lms)
        monkeypatch.setattr(exchange, "TIMEOUT", (1.0, 0.1))
        done = threading.Event()
        lms.answer = lambda _: Reply("" if done.wait(5) else "late")
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        done.set()
        assert failure.value.code == "service_timeout"

    def test_platform_that_never_ends(self, lms: Platform, service: Service, monkeypatch):
        get(service, lms)
        monkeypatch.setattr(exchange, "TOTAL_SECONDS", -1.0)
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        assert failure.value.code == "service_timeout"

    def test_platform_that_is_not_there(self, lms: Platform):
        with calling(lms) as service, pytest.raises(ServiceUnavailableError) as failure:
            service.request("GET", f"http://127.0.0.1:{free_port()}/", scopes=SCOPES)
        assert failure.value.code == "service_unreachable"

    @pytest.mark.parametrize("host", ["a" * 64 + ".localhost", "xn--.example", "[::1", "é..example"])
    def test_address_that_cannot_be(self, service: Service, host: str):
        with pytest.raises(ServiceError):
            service.request("GET", f"https://{host}/", scopes=SCOPES)

    def test_server_that_speaks_no_http(self, service: Service):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def babble() -> None:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(b"\x00\xff not http at all\r\n\r\n")

            thread = threading.Thread(target=babble)
            thread.start()
            with pytest.raises(ServiceUnavailableError):
                service.request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", scopes=SCOPES)
            thread.join()


class TestPages:
    def walk(self, service: Service, url: str) -> tuple[int, str | None]:
        pages = 0
        try:
            for _ in service.pages(url, scopes=SCOPES, accept=MEDIA):
                pages += 1
        except IncompleteListError as error:
            return pages, error.code
        return pages, None

    def test_pages_are_asked_for_one_at_a_time(self, lms: Platform, service: Service):
        lms.answer = lambda asked: Reply([], headers={"Link": f"<?page={int(asked.query['page']) + 1}>; rel=next"})
        pages = service.pages(f"{lms.url}/list?page=1", scopes=SCOPES, accept=MEDIA)
        next(pages)
        next(pages)
        assert [asked.target for asked in lms.asked] == ["/list?page=1", "/list?page=2"]

    def test_list_without_end_is_left(self, lms: Platform, service: Service):
        lms.answer = lambda asked: Reply([], headers={"Link": f"<?page={int(asked.query['page']) + 1}>; rel=next"})
        assert self.walk(service, f"{lms.url}/list?page=1") == (MAX_PAGES, "too_many_pages")
        assert len(lms.token_requests) == 1

    @given(
        links=st.lists(st.integers(0, 7) | st.sampled_from(["foreign", "none", "garbage"]), min_size=8, max_size=8),
        start=st.integers(0, 7),
    )
    @settings(max_examples=40, deadline=None)
    def test_every_walk_ends_and_stays_at_home(self, links: list[Any], start: int):
        with serving(lambda _: Reply([])) as stranger:
            targets = {"foreign": f"<{stranger}/>; rel=next", "none": "", "garbage": "<https://[::1>; rel=next, <"}

            def answer(asked: Asked) -> Reply:
                link = links[int(asked.path[1:])]
                return Reply([], headers={"Link": targets.get(link, f"</{link}>; rel=next")})

            with platform(answer=answer) as lms, calling(lms) as service:
                pages, code = self.walk(service, f"{lms.url}/{start}")
        assert len(lms.asked) == pages == len({asked.path for asked in lms.asked})
        last = links[int(lms.asked[-1].path[1:])]
        assert code == {"foreign": "page_foreign", "none": None, "garbage": "page_foreign"}.get(last, "page_loop")
