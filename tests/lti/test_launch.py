import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti import claims
from lti.errors import KeySetError, LaunchError, LtiError
from lti.keys import PlatformKeys
from lti.launch import Launch
from lti.messages import Context, DeepLinkingSettings, GradeEndpoint, Platform, ResourceLink
from lti.roles import Role, Roles
from lti.values import is_storable
from tests.conformance.edits import deep_linking
from tests.conformance.launches import compact
from tests.lti.platform import (
    NONCE,
    NOW,
    REGISTRATION,
    TARGET,
    MemoryStore,
    Website,
    good,
    good_with,
    platform_key,
    validate,
)


def refusal_of(token: str, **changes: Any) -> LaunchError:
    with pytest.raises(LaunchError) as refusal:
        validate(token, **changes)
    return refusal.value


def test_all_that_a_launch_says():
    draft = good("teacher")
    assert validate(draft.token()) == Launch(
        message_type=claims.RESOURCE_LINK_REQUEST,
        issuer=REGISTRATION.issuer,
        client_id=REGISTRATION.client_id,
        deployment_id="deployment-1",
        subject="user-teacher",
        roles=Roles(course_role=Role.TRAINER, raw=(claims.ROLE_INSTRUCTOR,)),
        target_link_uri=TARGET,
        resource_link=ResourceLink(id="link-1", title="Week 1", description="Say hello."),
        context=Context(
            id="course-1", label="WRIT101", title="Academic Writing", types=(claims.CONTEXT_COURSE_SECTION,)
        ),
        name="Tina Teacher",
        given_name="Tina",
        family_name="Teacher",
        email="tina@example.org",
        locale="da-DK",
        custom={"task": "7"},
        return_url="https://platform.example/return",
        document_target="iframe",
        platform=Platform(guid="platform-1", product_family_code="example", name="Example LMS", version=None),
        memberships_url="https://platform.example/members",
        ags=GradeEndpoint(
            lineitems="https://platform.example/lineitems",
            lineitem="https://platform.example/lineitems/1",
            scopes=frozenset({claims.SCOPE_SCORE}),
        ),
        for_user_id=None,
        deep_linking=None,
        claims=draft.claims,
    )


def test_the_least_a_launch_may_say():
    draft = good()
    required = {
        *("iss", "aud", "iat", "exp", "nonce", "sub", claims.MESSAGE_TYPE, claims.VERSION, claims.DEPLOYMENT_ID),
        *(claims.TARGET_LINK_URI, claims.RESOURCE_LINK, claims.ROLES),
    }
    draft.claims = {name: value for name, value in draft.claims.items() if name in required}
    launch = validate(draft.token())
    assert (launch.context, launch.name, launch.ags, launch.memberships_url, launch.locale) == (None,) * 5
    assert (launch.custom, launch.platform.product_family_code) == ({}, None)


def test_deep_linking_settings():
    draft = good("teacher")
    deep_linking(draft, accept_lineitem=False, title="Pick one", data={"opaque": [1]})
    assert validate(draft.token()).deep_linking == DeepLinkingSettings(
        return_url="https://platform.example/deep-links",
        accept_types=("ltiResourceLink",),
        accept_presentation_document_targets=("iframe",),
        accept_multiple=True,
        accept_lineitem=False,
        auto_create=False,
        title="Pick one",
        text=None,
        data={"opaque": [1]},
    )


def test_deep_linking_without_a_target_leads_to_the_tool():
    draft = good("teacher")
    deep_linking(draft)
    del draft.claims[claims.TARGET_LINK_URI]
    assert validate(draft.token()).target_link_uri == "https://tool.example"


def test_sandbox_on_this_machine_may_take_deep_links_over_plain_http():
    draft = good("teacher")
    deep_linking(draft, deep_link_return_url="http://localhost:8001/deep-links")
    settings = validate(draft.token()).deep_linking
    assert settings is not None
    assert settings.return_url == "http://localhost:8001/deep-links"


class TestAnonymous:
    REGISTRATION = replace(REGISTRATION, allow_anonymous=True)

    def test_refused_by_default(self):
        assert refusal_of(good_with(changes={"sub": None}).token()).code == "sub"

    def test_let_in_where_the_registration_allows(self):
        draft = good_with(changes={"sub": None})
        assert validate(draft.token(), registration=self.REGISTRATION).subject is None
        del draft.claims["sub"]
        assert validate(draft.token(), registration=self.REGISTRATION).subject is None

    @pytest.mark.parametrize("sub", ["", 5, "x" * 256])
    def test_a_wrong_subject_is_not_anonymous(self, sub: object):
        assert refusal_of(good_with(changes={"sub": sub}).token(), registration=self.REGISTRATION).code == "sub"


class TestCustom:
    @pytest.mark.parametrize(
        "value", ["$Canvas.user.id", "$ResourceLink.id.history", "$com.instructure.User.sectionNames", None, [1], {}]
    )
    def test_absent(self, value: object):
        assert validate(good_with(changes={claims.CUSTOM: {"a": value}}).token()).custom == {}

    @pytest.mark.parametrize(
        ("value", "read"),
        [
            ("x", "x"),
            ("", ""),
            ("$5", "$5"),
            ("$5.00", "$5.00"),
            ("costs $A.b", "costs $A.b"),
            ("$", "$"),
            (12, "12"),
            (1.5, "1.5"),
            (True, "true"),
            (False, "false"),
        ],
    )
    def test_present(self, value: object, read: str):
        assert validate(good_with(changes={claims.CUSTOM: {"a": value}}).token()).custom == {"a": read}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.example", "https://", 1, None])
def test_addresses_that_are_not_of_the_web_are_absent(url: object):
    changes = {
        claims.LAUNCH_PRESENTATION: {"return_url": url},
        claims.NRPS_SERVICE: {"context_memberships_url": url},
        claims.AGS_ENDPOINT: {"lineitems": url, "lineitem": url},
    }
    launch = validate(good_with(changes=changes).token())
    assert (launch.return_url, launch.memberships_url, launch.ags) == (None, None, None)


def test_locale_of_the_person_where_the_platform_tells_none():
    launch = validate(good_with(changes={claims.LAUNCH_PRESENTATION: {}, "locale": "sv-SE"}).token())
    assert launch.locale == "sv-SE"


@pytest.mark.parametrize(
    ("target", "tool_url"),
    [
        ("https://tool.example/lti/launch", "https://tool.example"),
        ("https://TOOL.example:443/x?y#z", "https://tool.example/"),
        ("http://localhost:8000/", "http://localhost:8000/lti"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
    ],
)
def test_target_on_our_origin(target: str, tool_url: str):
    launch = validate(good_with(changes={claims.TARGET_LINK_URI: target}).token(), tool_url=tool_url)
    assert launch.target_link_uri == target


@pytest.mark.parametrize(
    "target",
    [
        "http://tool.example/",
        "https://tool.example:8443/",
        "https://tool.example:port/",
        "https://tool.example:99999/",
        "https://user@tool.example/",
        "https://tool.example.elsewhere.example/",
        "https://elsewhere.example\\@tool.example/",
        "https://tool.example\t/",
        "https://[::1/",
        "//tool.example/",
        "",
    ],
)
def test_target_elsewhere(target: str):
    assert refusal_of(good_with(changes={claims.TARGET_LINK_URI: target}).token()).code == "target_link_uri"


def test_target_is_never_let_in_by_a_tool_url_that_is_none():
    draft = good_with(changes={claims.TARGET_LINK_URI: "javascript:alert(1)"})
    assert refusal_of(draft.token(), tool_url="tool.example").code == "target_link_uri"


class TestClock:
    @pytest.mark.parametrize(
        ("times", "code"),
        [
            ({"exp": -59}, None),
            ({"exp": -60}, "claims_invalid"),
            ({"iat": 60}, None),
            ({"iat": 61}, "claims_invalid"),
            ({"iat": -3659}, None),
            ({"iat": -3660}, "claims_invalid"),
            ({"nbf": 60}, None),
            ({"nbf": 61}, "claims_invalid"),
        ],
    )
    def test_limits_to_the_second(self, times: dict[str, int], code: str | None):
        draft = good_with(changes={"exp": int(NOW.timestamp()) + 300})
        draft.claims.update({name: int(NOW.timestamp()) + after for name, after in times.items()})
        if code:
            assert refusal_of(draft.token()).code == code
        else:
            assert validate(draft.token())

    def test_refusal_tells_how_far_the_clocks_are_apart(self):
        assert str(refusal_of(good().token(), now=NOW - timedelta(minutes=5))) == "iat lies 300 seconds in the future"
        assert str(refusal_of(good().token(), now=NOW + timedelta(minutes=5))) == "exp was 240 seconds ago"


def test_empty_nonce_of_a_careless_caller_never_matches():
    assert refusal_of(good_with(changes={"nonce": ""}).token(), nonce="").code == "nonce_invalid"


def test_empty_token():
    assert refusal_of("").code == "token_malformed"


def test_keys_out_of_reach_are_no_fault_of_the_token():
    keys = PlatformKeys(Website(TimeoutError()), MemoryStore())
    with pytest.raises(KeySetError) as refusal:
        validate(good().token(), keys=keys)
    assert refusal.value.code == "key_set_unavailable"


def test_platform_is_not_asked_for_keys_before_the_token_looks_right():
    website = Website(b"")
    refusal_of("a.b.c", keys=PlatformKeys(website, MemoryStore()))
    assert website.visits == 0


def test_refusal_knows_the_way_back_once_the_signature_is_good():
    assert refusal_of(good_with(changes={claims.VERSION: "2"}).token()).return_url == "https://platform.example/return"
    assert refusal_of(good().token(), nonce="other").return_url is None


def test_refusal_tells_nothing_of_the_token_or_the_person():
    secret = "Stig-Studerende-secret"
    draft = good_with(
        changes={
            "name": secret,
            "email": secret,
            "sub": {"id": secret},
            claims.LAUNCH_PRESENTATION: {"return_url": f"https://platform.example/?sesskey={secret}"},
        }
    )
    assert secret not in str(refusal_of(draft.token()))


_text = st.text(st.characters(codec=None, exclude_categories=()))  # halves of surrogate pairs included
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_NAMES = [*good().claims, claims.FOR_USER, claims.DEEP_LINKING_SETTINGS, "azp", "nbf", "locale"]
_MEMBERS = [
    "id",
    "title",
    "type",
    "user_id",
    "deep_link_return_url",
    "accept_types",
    "lineitems",
    "scope",
    "return_url",
]
_values = _json | st.dictionaries(st.sampled_from(_MEMBERS), _json, max_size=4)
_types = st.sampled_from(
    [
        claims.RESOURCE_LINK_REQUEST,
        claims.DEEP_LINKING_REQUEST,
        claims.SUBMISSION_REVIEW_REQUEST,
        claims.DATA_PRIVACY_REQUEST,
    ]
)


def _texts(value: Any) -> Iterator[str]:
    """Yield every string in `value`, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple | frozenset):
        for each in value:
            yield from _texts(each)


@given(st.dictionaries(st.sampled_from(_NAMES), _values, max_size=4), _types)
def test_any_claims_are_read_or_refused(changes: dict[str, Any], message_type: str):
    draft = good_with(changes={claims.MESSAGE_TYPE: message_type, **changes})
    try:
        launch = validate(draft.token())
    except LtiError:
        return
    assert launch.subject == draft.claims["sub"]
    assert all(is_storable(text) for text in _texts(asdict(replace(launch, claims={}, deep_linking=None))))


@given(st.binary(max_size=300))
def test_any_payload_is_refused(payload: bytes):
    header = json.dumps(good().header).encode()
    assert refusal_of(compact(header, payload, platform_key())).code


@given(st.binary(max_size=300))
def test_any_header_is_refused(header: bytes):
    assert refusal_of(compact(header, json.dumps(good().claims).encode(), platform_key())).code


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5c", "cty", "zip"]), _json))
def test_any_header_member_is_read_or_refused(changes: dict[str, Any]):
    draft = good()
    draft.header.update(changes)
    with contextlib.suppress(LtiError):
        validate(draft.token())


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*){1,4}", fullmatch=True))
def test_any_text_is_no_token(token: str):
    assert refusal_of(token).code


@given(st.text(min_size=1).filter(lambda nonce: nonce != NONCE))
def test_only_the_nonce_of_the_login_passes(nonce: str):
    assert refusal_of(good().token(), nonce=nonce).code == "nonce_invalid"
