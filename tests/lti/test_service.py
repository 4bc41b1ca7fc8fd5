from datetime import timedelta
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti.access_tokens import DEFAULT_LIFE, AccessToken, assertion_claims
from lti.errors import (
    IncompleteListError,
    ServiceClosedError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from lti.service import Service
from tests.lti.asking import MEDIA, SCOPES, get
from tests.lti.platform import NOW, REGISTRATION
from tests.lti.recorded import recorded, reply
from tests.lti.server import Platform, Reply, Tokens, calling, platform, tool_key

SECOND = timedelta(seconds=1)


class TestTokens:
    def test_one_token_serves_a_thousand_scores(self, lms: Platform, service: Service):
        for number in range(1000):
            service.request(
                "POST", f"{lms.url}/scores", scopes=SCOPES, content_type="application/x", json={"userId": number}
            )
        assert (len(lms.asked), len(lms.token_requests)) == (1000, 1)

    def test_token_is_renewed_a_minute_before_its_end(self, lms: Platform, service: Service):
        get(service, lms)
        lms.clock.now += timedelta(seconds=3540) - SECOND
        get(service, lms)
        assert len(lms.token_requests) == 1
        lms.clock.now += SECOND
        get(service, lms)
        assert len(lms.token_requests) == 2

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            (3600, 3540),
            ("7200", 7140),
            (3600.0, 3540),
            (120, 60),
            (100, 50),
            (10, 5),
            (0, 0),
            (10**6, 86_340),
            (10**12, DEFAULT_LIFE.total_seconds()),
            (-1, DEFAULT_LIFE.total_seconds()),
            ("soon", DEFAULT_LIFE.total_seconds()),
            (None, DEFAULT_LIFE.total_seconds()),
            (True, DEFAULT_LIFE.total_seconds()),
        ],
    )
    def test_life_of_a_token(self, lms: Platform, said: Any, seconds: float):
        lms.token_reply = lambda body: Reply({**body, "expires_in": said})
        tokens = Tokens()
        with calling(lms, tokens=tokens) as service:
            get(service, lms)
        (token,) = tokens.kept.values()
        assert token.use_until == NOW + timedelta(seconds=seconds)

    def test_token_without_a_life_is_used_five_minutes(self, lms: Platform):
        lms.token_reply = lambda body: Reply({name: body[name] for name in ("access_token", "token_type")})
        tokens = Tokens()
        with calling(lms, tokens=tokens) as service:
            get(service, lms)
        assert next(iter(tokens.kept.values())).use_until == NOW + DEFAULT_LIFE

    def test_moodle_calls_its_token_a_page(self, lms: Platform, service: Service):
        moodle = recorded("50-token-ok")["response"]
        assert moodle["headers"]["Content-Type"].startswith("text/html")
        lms.token_reply = lambda body: Reply({**moodle["body"], **body}, headers=moodle["headers"])
        assert get(service, lms) == {"ok": True}

    def test_assertion_is_addressed_by_one_string(self):
        claims = assertion_claims(REGISTRATION, NOW)
        assert (claims["iss"], claims["sub"], claims["aud"]) == ("client-1", "client-1", REGISTRATION.token_url)
        assert (claims["iat"], claims["exp"]) == (NOW.timestamp() - 5, NOW.timestamp() + 300)
        assert claims["jti"] != assertion_claims(REGISTRATION, NOW)["jti"]

    def test_platform_with_an_audience_of_its_own(self):
        with platform(audience="https://api.example/auth", answer=lambda _: Reply([])) as lms:
            with calling(lms, token_audience="https://api.example/auth") as service:
                assert get(service, lms) == []
            with calling(lms) as service, pytest.raises(ServiceClosedError):
                get(service, lms)

    @pytest.mark.parametrize(
        "name", ["50-token-error-bad-signature", "50-token-error-unknown-kid", "50-token-error-iat-in-future-30s"]
    )
    def test_moodle_refuses_to_give_a_token(self, lms: Platform, service: Service, name: str):
        lms.token_reply = lambda _: reply(recorded(name), lms.url)
        with pytest.raises(ServiceClosedError) as refusal:
            get(service, lms)
        assert (refusal.value.code, refusal.value.status) == ("token_refused", 400)
        assert refusal.value.detail is not None
        assert "error" in refusal.value.detail

    @pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"access_token": 1}', '{"access_token": "a b"}', "\0"])
    def test_answer_without_a_token(self, lms: Platform, service: Service, body: str):
        lms.token_reply = lambda _: Reply(body)
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        assert (failure.value.code, lms.asked) == ("answer_malformed", [])

    def test_token_endpoint_that_is_down_is_asked_again_later(self, lms: Platform, service: Service):
        lms.token_reply = lambda _: Reply("<html>down</html>", 503, {"Retry-After": "30"})
        with pytest.raises(ServiceUnavailableError) as failure:
            get(service, lms)
        assert failure.value.retry_after == 30

    def test_token_url_must_be_secure(self, lms: Platform):
        with (
            calling(lms, token_url="http://lms.example/token") as service,
            pytest.raises(ServiceClosedError) as refusal,
        ):
            get(service, lms)
        assert refusal.value.code == "token_url"

    def test_secrets_are_not_shown(self):
        assert "secret" not in repr(AccessToken(value="secret", use_until=NOW))


class TestIsolation:
    def test_two_registrations_of_one_issuer_never_share_a_token(self):
        with platform(clients=("uni-a", "uni-b")) as lms:
            lms.answer = lambda asked: Reply({"client": lms.client_of(asked)})
            tokens = Tokens()
            with (
                calling(lms, client_id="uni-a", tokens=tokens) as a,
                calling(lms, client_id="uni-b", tokens=tokens) as b,
            ):
                seen = [get(each, lms)["client"] for each in (a, b, a, b)]
        assert seen == ["uni-a", "uni-b", "uni-a", "uni-b"]
        assert len(lms.token_requests) == 2

    @given(
        calls=st.lists(
            st.tuples(
                st.sampled_from(["uni-a", "uni-b", "uni-c"]),
                st.frozensets(st.sampled_from(["s1", "s2", "s3"]), min_size=1),
                st.integers(0, 4000),
                st.booleans(),
            ),
            max_size=12,
        )
    )
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_every_call_carries_its_own_registrations_token_of_its_own_scopes(self, calls: list[Any]):
        with platform(clients=("uni-a", "uni-b", "uni-c")) as lms, requests.Session() as http:
            lms.answer = lambda asked: Reply(
                [lms.client_of(asked), sorted(lms.granted[asked.headers["Authorization"][7:]][1])]
            )
            tokens = Tokens()
            for client_id, scopes, seconds, is_withdrawn in calls:
                service = Service(
                    lms.registration(client_id),
                    registration_key=client_id,
                    key=tool_key(),
                    tokens=tokens,
                    http=http,
                    clock=lms.clock,
                )
                answer = service.request("GET", f"{lms.url}/x", scopes=scopes)
                assert answer.json() == [client_id, sorted(scopes)]
                lms.clock.now += timedelta(seconds=seconds)
                if is_withdrawn:
                    lms.granted.clear()

    def test_token_goes_to_no_other_origin(self, lms: Platform, service: Service):
        with platform() as stranger:
            lms.answer = lambda _: Reply([], headers={"Link": f'<{stranger.url}/thing>; rel="next"'})
            pages = service.pages(f"{lms.url}/thing", scopes=SCOPES, accept=MEDIA)
            assert next(pages).json() == []
            with pytest.raises(IncompleteListError) as failure:
                next(pages)
            assert (failure.value.code, stranger.asked) == ("page_foreign", [])

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirections_are_not_followed(self, lms: Platform, service: Service, status: int):
        with platform() as stranger:
            lms.answer = lambda _: Reply(status=status, headers={"Location": f"{stranger.url}/thing"})
            with pytest.raises(ServiceRefusedError) as refusal:
                get(service, lms)
            assert (refusal.value.code, stranger.asked) == ("service_redirected", [])

    @pytest.mark.parametrize("url", ["http://lms.example/x", "ftp://lms.example/", "//x", "", "https://u@lms.example/"])
    def test_address_must_be_secure(self, service: Service, lms: Platform, url: str):
        with pytest.raises(ServiceRefusedError) as refusal:
            service.request("GET", url, scopes=SCOPES)
        assert (refusal.value.code, lms.token_requests) == ("service_url", [])

    def test_password_of_the_operators_home_is_not_sent(self, lms: Platform, service: Service, tmp_path, monkeypatch):
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login admin password secret\n")
        monkeypatch.setenv("NETRC", str(netrc))
        assert get(service, lms) == {"ok": True}


class TestUnauthorized:
    def test_withdrawn_token_is_replaced_once(self, lms: Platform, service: Service):
        get(service, lms)
        lms.granted.clear()
        assert get(service, lms) == {"ok": True}
        assert (len(lms.asked), len(lms.token_requests)) == (3, 2)

    def test_missing_right_is_told_after_the_second_attempt(self, lms: Platform, service: Service):
        lms.answer = lambda _: reply(recorded("65-score-error-expired-access-token"), lms.url)
        with pytest.raises(ServiceRefusedError) as refusal:
            get(service, lms)
        assert (refusal.value.code, refusal.value.status, len(lms.asked)) == ("service_unauthorized", 401, 2)

    def test_body_is_sent_again(self, lms: Platform, service: Service):
        get(service, lms)
        lms.granted.clear()
        service.request("POST", f"{lms.url}/x", scopes=SCOPES, content_type=MEDIA, json={"a": 1})
        assert [asked.json for asked in lms.asked[1:]] == [{"a": 1}, {"a": 1}]
