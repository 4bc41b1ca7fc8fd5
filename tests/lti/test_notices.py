import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti import claims
from lti.errors import LtiError, NoticeError
from lti.notices import (
    MAX_NOTICES,
    NoticeEndpoint,
    addressee,
    read_notice_endpoint,
    read_notices,
    subscribe,
    validate_notice,
)
from tests.conformance.launches import Draft, stranger
from tests.lti.platform import KID, NOW, REGISTRATION, platform_key, platform_keys
from tests.lti.server import Reply, calling, platform

COPY = {
    claims.VERSION: "1.3.0",
    claims.NOTICE: {
        "id": "7a70e604-5b2e-4013-b628-4806228999f1",
        "timestamp": "2026-11-22T11:24:25Z",
        "type": claims.CONTEXT_COPY_NOTICE,
    },
    "iss": REGISTRATION.issuer,
    "aud": "client-1",
    "azp": "client-1",
    claims.DEPLOYMENT_ID: "106:8865aa05",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 3600,
    "nonce": "2d220edf",
    claims.CONTEXT: {"id": "new", "label": "zzz", "title": "zzz"},
    claims.ORIGIN_CONTEXTS: ["old"],
}


def token(changes: Mapping[str, Any] | None = None, *, key: Any = None) -> str:
    said = {name: value for name, value in {**COPY, **(changes or {})}.items() if value is not None}
    return Draft({"alg": "RS256", "kid": KID}, said, key or platform_key()).token()


def validate(notice: str) -> Any:
    return validate_notice(notice, registration=REGISTRATION, keys=platform_keys(), now=NOW)


def test_launch_tells_where_to_ask():
    claim = {
        "service_versions": ["1.0"],
        "platform_notification_service_url": "https://lms.example/api/lti/notice-handlers/106",
        "scope": [claims.SCOPE_NOTICE_HANDLERS],
        "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice"],
    }
    endpoint = read_notice_endpoint({claims.NOTIFICATION_SERVICE: claim})
    assert endpoint is not None
    assert claims.CONTEXT_COPY_NOTICE in endpoint.types
    assert read_notice_endpoint({}) is None
    insecure = {"platform_notification_service_url": "http://lms.example/x"}
    assert read_notice_endpoint({claims.NOTIFICATION_SERVICE: insecure}) is None


def test_subscribing():
    with platform(answer=lambda asked: Reply(asked.body)) as lms, calling(lms) as service:
        endpoint = NoticeEndpoint(url=f"{lms.url}/handlers", types=frozenset())
        subscribe(service, endpoint, notice_type=claims.CONTEXT_COPY_NOTICE, handler="https://tool.example/lti/notice")
    (asked,) = lms.asked
    assert (asked.method, asked.headers["Content-Type"]) == ("PUT", "application/json")
    assert asked.json == {"notice_type": "LtiContextCopyNotice", "handler": "https://tool.example/lti/notice"}
    assert lms.token_requests[0]["scope"] == claims.SCOPE_NOTICE_HANDLERS


def test_course_was_copied():
    (signed,) = read_notices(json.dumps({"notices": [{"jwt": token()}]}).encode())
    assert addressee(signed) == (REGISTRATION.issuer, "client-1")
    notice = validate(signed)
    assert (notice.id, notice.type) == ("7a70e604-5b2e-4013-b628-4806228999f1", "LtiContextCopyNotice")
    assert notice.context is not None
    assert (notice.context.id, notice.origin_context_ids) == ("new", ("old",))
    assert notice.happened_at == datetime(2026, 11, 22, 11, 24, 25, tzinfo=UTC)
    assert notice.deployment_id == "106:8865aa05"


def test_origin_may_be_untold():
    assert validate(token({claims.ORIGIN_CONTEXTS: None})).origin_context_ids == ()
    assert validate(token({claims.ORIGIN_CONTEXTS: "old"})).origin_context_ids == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "another"}, "aud_invalid"),
        ({"azp": "another"}, "azp_invalid"),
        ({"iss": "https://another.example"}, "iss_invalid"),
        ({"exp": int((NOW - timedelta(hours=1)).timestamp())}, "claims_invalid"),
        ({"iat": int((NOW - timedelta(hours=2)).timestamp())}, "claims_invalid"),
        ({claims.VERSION: "1.1"}, "version"),
        ({claims.DEPLOYMENT_ID: None}, "deployment_missing"),
        ({claims.NOTICE: None}, "notice_invalid"),
        ({claims.NOTICE: {"id": "x"}}, "notice_invalid"),
        ({claims.CONTEXT: {"id": ""}}, "context"),
    ],
    ids=["aud", "azp", "iss", "exp", "iat", "version", "deployment", "notice", "type", "context"],
)
def test_refusal(changes: dict[str, Any], code: str):
    with pytest.raises(NoticeError) as refusal:
        validate(token(changes))
    assert refusal.value.code == code


def test_strangers_are_not_believed():
    with pytest.raises(NoticeError) as refusal:
        validate(token(key=stranger()))
    assert refusal.value.code == "signature_invalid"


@pytest.mark.parametrize(
    ("audience", "expected"), [("a", "a"), (["a"], "a"), (["a", "b"], "a")], ids=["one", "list", "two"]
)
def test_addressee_without_azp(audience: Any, expected: str):
    assert addressee(token({"azp": None, "aud": audience})) == (REGISTRATION.issuer, expected)


@pytest.mark.parametrize("changes", [{"iss": None}, {"azp": None, "aud": None}, {"azp": None, "aud": []}], ids=str)
def test_addressee_is_missing(changes: dict[str, Any]):
    with pytest.raises(NoticeError):
        addressee(token(changes))


def test_too_many():
    with pytest.raises(NoticeError) as refusal:
        read_notices(json.dumps({"notices": [{"jwt": "x"}] * (MAX_NOTICES + 1)}).encode())
    assert refusal.value.code == "too_many_notices"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"notices": {}}', b"\xff"])
def test_message_that_is_none(body: bytes):
    with pytest.raises(NoticeError) as refusal:
        read_notices(body)
    assert refusal.value.code == "notices_malformed"


@given(st.text())
def test_any_text_is_refused(text: str):
    for read in (addressee, validate):
        with pytest.raises(LtiError):
            read(text)
