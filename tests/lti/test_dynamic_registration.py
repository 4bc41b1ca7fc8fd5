import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from lti import claims
from lti.canvas import canvas_configuration
from lti.dynamic_registration import (
    Registered,
    as_registration,
    register,
    registration_request,
    update_registration,
)
from lti.errors import RegistrationError
from lti.platform_configuration import PlatformConfiguration, read_configuration
from lti.profiles import BRIGHTSPACE, CANVAS, MOODLE
from lti.tool import Tool
from tests.lti.recorded import SITE, recorded, reply
from tests.lti.server import Asked, Reply, serving

TOOL = Tool(
    name="Kring",
    description="Social learning in your course",
    add_label="Add a discussion",
    url="https://tool.example/",
    login_url="https://tool.example/lti/login",
    launch_url="https://tool.example/lti/launch",
    jwks_url="https://tool.example/lti/jwks",
    logo_url="https://tool.example/logo.png",
    policy_url="https://tool.example/privacy",
    contacts=("admin@tool.example",),
    id="kring",
)
PLACES = {
    "LtiResourceLinkRequest": ["course_navigation", "link_selection"],
    "LtiDeepLinkingRequest": ["assignment_selection", "link_selection", "editor_button"],
}


class Playing:
    """A platform that is registered with; `answers` by path, in turn."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, Reply] = {}
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.answers.get(asked.path, Reply("not found", 404))


@pytest.fixture
def lms() -> Iterator[Playing]:
    playing = Playing()
    with serving(playing) as url:
        playing.url = url
        yield playing


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def read(http: requests.Session, lms: Playing, **options: Any) -> PlatformConfiguration:
    given: dict[str, Any] = {"registration_token": "reg-token", "allow_loopback": True}
    return read_configuration(http, f"{lms.url}/mod/lti/openid-configuration.php", **{**given, **options})


def configured(lms: Playing, **changes: Any) -> None:
    """Let `lms` say what Moodle says, but for `changes`; a change to None leaves the member out."""
    document = reply(recorded("02-openid-configuration"), lms.url)
    said = {**json.loads(document.body), **changes}
    lms.answers["/mod/lti/openid-configuration.php"] = Reply({n: v for n, v in said.items() if v is not None})


def failing(call: Any, *arguments: Any, **options: Any) -> RegistrationError:
    with pytest.raises(RegistrationError) as failure:
        call(*arguments, **options)
    return failure.value


class TestConfiguration:
    def test_moodle(self, lms: Playing, http: requests.Session):
        configured(lms)
        platform = read(http, lms)
        assert (platform.issuer, platform.profile, platform.version) == (lms.url, MOODLE, "4.5.6 (Build: 20250811)")
        assert platform.token_endpoint == f"{lms.url}/mod/lti/token.php"
        assert platform.messages == {
            "LtiResourceLinkRequest": frozenset(),
            "LtiDeepLinkingRequest": frozenset({"ContentArea"}),
        }
        assert claims.SCOPE_SCORE in platform.scopes
        assert "Context.id.history" in platform.variables
        assert platform.document["response_types_supported"] == ["id_token"]
        (asked,) = lms.asked
        assert (asked.headers["Authorization"], asked.headers["Accept"]) == ("Bearer reg-token", "application/json")

    def test_no_token_no_header(self, lms: Playing, http: requests.Session):
        configured(lms)
        read(http, lms, registration_token=None)
        assert "Authorization" not in lms.asked[0].headers

    @pytest.mark.parametrize("url", ["http://lms.example/c", "ftp://lms.example/", "", "https://u:p@lms.example/"])
    def test_address_must_be_secure(self, http: requests.Session, url: str):
        assert failing(read_configuration, http, url, registration_token=None).code == "configuration_url"

    def test_loopback_only_where_the_caller_allows_it(self, lms: Playing, http: requests.Session):
        configured(lms)
        assert failing(read, http, lms, allow_loopback=False).code == "configuration_url"
        assert lms.asked == []

    @pytest.mark.parametrize(
        "name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
    )
    @pytest.mark.parametrize("value", [None, "", 1, "http://lms.example/x", "javascript:alert(1)"], ids=str)
    def test_endpoints_must_be_there_and_secure(self, lms: Playing, http: requests.Session, name: str, value: Any):
        configured(lms, **{name: value})
        assert failing(read, http, lms).code == f"{name}_invalid"

    def test_issuer_on_another_host_needs_an_administrator(self, lms: Playing, http: requests.Session):
        configured(lms, issuer="https://other.example")
        failure = failing(read, http, lms)
        assert failure.code == "issuer_elsewhere"
        assert "other.example" in str(failure)
        assert read(http, lms, confirmed_issuer="https://other.example").issuer == "https://other.example"

    @pytest.mark.parametrize("issuer", ["https://canvas.instructure.com", "https://blackboard.com"])
    def test_issuer_of_many_is_not_believed_from_anywhere(self, lms: Playing, http: requests.Session, issuer: str):
        configured(lms, issuer=issuer)
        assert failing(read, http, lms).code == "issuer_elsewhere"

    @pytest.mark.parametrize(
        ("url", "issuer", "is_known"),
        [
            ("https://uni.instructure.com/c", "https://canvas.instructure.com", True),
            ("https://sso.canvaslms.com/c", "https://canvas.instructure.com", True),
            ("https://sso.test.canvaslms.com/c", "https://canvas.test.instructure.com", True),
            ("https://developer.blackboard.com/c", "https://blackboard.com", True),
            ("https://evilinstructure.com/c", "https://canvas.instructure.com", False),
            ("https://instructure.com.evil.example/c", "https://canvas.instructure.com", False),
            ("https://uni.instructure.com/c", "https://blackboard.com", False),
        ],
    )
    def test_known_issuers_speak_from_their_own_hosts(self, url: str, issuer: str, is_known: bool):  # noqa: FBT001 -- a case
        from lti.platform_configuration import _check_issuer

        if is_known:
            _check_issuer(issuer, url, None)
        else:
            assert failing(_check_issuer, issuer, url, None).code == "issuer_elsewhere"

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (Reply("<html>", 200), "configuration_unavailable"),
            (Reply("{", 200), "configuration_malformed"),
            (Reply([], 200), "configuration_malformed"),
            (Reply({}, 404), "configuration_unavailable"),
            (Reply({}, 500), "configuration_unavailable"),
            (Reply(status=302, headers={"Location": "/x"}), "configuration_unavailable"),
            (Reply(b" " * 300_000), "configuration_unavailable"),
        ],
        ids=["page", "cut", "list", "404", "500", "302", "huge"],
    )
    def test_answer_that_is_none(self, lms: Playing, http: requests.Session, answer: Reply, code: str):
        lms.answers["/mod/lti/openid-configuration.php"] = answer
        assert failing(read, http, lms).code == code


class TestRequest:
    def test_moodle(self, lms: Playing, http: requests.Session):
        configured(lms)
        said = registration_request(TOOL, read(http, lms))
        assert set(said["scope"].split()) == {
            claims.SCOPE_LINE_ITEM,
            claims.SCOPE_LINE_ITEM_READONLY,
            claims.SCOPE_RESULT_READONLY,
            claims.SCOPE_SCORE,
            claims.SCOPE_MEMBERSHIP_READONLY,
        }
        tool = said[claims.TOOL_CONFIGURATION]
        assert (tool["domain"], tool["target_link_uri"]) == ("tool.example", "https://tool.example/lti/launch")
        assert tool["custom_parameters"] == {
            "context_history": "$Context.id.history",
            "group_ids": "$Moodle.Person.userGroupIds",
        }
        assert [message["type"] for message in tool["messages"]] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
        assert said["redirect_uris"] == ["https://tool.example/lti/launch"]
        assert "tos_uri" not in said
        taken = recorded("03-registration")["request"]["body"]
        required = {"application_type", "response_types", "grant_types", "token_endpoint_auth_method"}
        assert {name: said[name] for name in required} == {name: taken[name] for name in required}

    def test_domain_has_the_port(self, lms: Playing, http: requests.Session):
        configured(lms)
        tool = Tool(
            **{
                name: getattr(TOOL, name)
                for name in ("name", "description", "add_label", "url", "login_url", "jwks_url")
            },
            launch_url="http://localhost:8000/lti/launch",
        )
        assert registration_request(tool, read(http, lms))[claims.TOOL_CONFIGURATION]["domain"] == "localhost:8000"

    def canvas(
        self, lms: Playing, http: requests.Session, places: dict[str, list[str]] = PLACES
    ) -> PlatformConfiguration:
        messages = [{"type": type_, "placements": names} for type_, names in places.items()]
        configured(
            lms,
            authorization_server="https://uni.instructure.com",
            **{claims.PLATFORM_CONFIGURATION: {"product_family_code": "canvas", "messages_supported": messages}},
        )
        return read(http, lms)

    def test_canvas(self, lms: Playing, http: requests.Session):
        platform = self.canvas(lms, http)
        tool = registration_request(TOOL, platform)[claims.TOOL_CONFIGURATION]
        assert tool["https://canvas.instructure.com/lti/privacy_level"] == "public"
        navigation, selection = tool["messages"]
        assert navigation["placements"] == ["course_navigation"]
        assert navigation["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False
        assert selection["placements"] == ["assignment_selection", "link_selection", "editor_button"]
        assert all(isinstance(value, str) for value in tool["custom_parameters"].values())

    def test_canvas_hears_of_no_placement_that_it_does_not_know(self, lms: Playing, http: requests.Session):
        platform = self.canvas(lms, http, {"LtiDeepLinkingRequest": ["link_selection"]})
        (message,) = registration_request(TOOL, platform)[claims.TOOL_CONFIGURATION]["messages"]
        assert message["placements"] == ["link_selection"]
        platform = self.canvas(lms, http, {"LtiResourceLinkRequest": ["course_navigation"]})
        (message,) = registration_request(TOOL, platform)[claims.TOOL_CONFIGURATION]["messages"]
        assert message["placements"] == ["course_navigation"]

    def test_platform_that_tells_nothing_of_itself(self, lms: Playing, http: requests.Session):
        configured(lms, scopes_supported=None, **{claims.PLATFORM_CONFIGURATION: None})
        said = registration_request(TOOL, read(http, lms))
        assert said["scope"].split() == list(TOOL.scopes)
        assert len(said[claims.TOOL_CONFIGURATION]["messages"]) == 2
        assert not any("canvas" in name for name in said[claims.TOOL_CONFIGURATION])

    def test_submission_review_where_it_is_known(self, lms: Playing, http: requests.Session):
        types = ["LtiResourceLinkRequest", "LtiSubmissionReviewRequest", "LtiStartProctoring"]
        messages = [*({"type": type_} for type_ in types), {"type": 1}, None]
        configured(lms, **{claims.PLATFORM_CONFIGURATION: {"messages_supported": messages}})
        said = registration_request(TOOL, read(http, lms))
        assert [each["type"] for each in said[claims.TOOL_CONFIGURATION]["messages"]] == types[:2]


class TestRegistering:
    def register(self, http: requests.Session, lms: Playing, answer: Reply) -> Registered:
        configured(lms)
        platform = read(http, lms)
        lms.answers["/mod/lti/openid-registration.php"] = answer
        return register(http, platform, registration_request(TOOL, platform), registration_token="reg-token")

    def test_moodle(self, lms: Playing, http: requests.Session):
        registered = self.register(http, lms, reply(recorded("03-registration"), lms.url))
        assert (registered.client_id, registered.deployment_id) == ("HAtWeOWAFKHq8g9", "1")
        assert claims.SCOPE_SCORE in registered.scopes
        asked = lms.asked[-1]
        assert (asked.method, asked.headers["Authorization"]) == ("POST", "Bearer reg-token")
        assert (asked.headers["Content-Type"], asked.json["client_name"]) == ("application/json", "Kring")

    def test_moodle_again(self, lms: Playing, http: requests.Session):
        registered = self.register(http, lms, reply(recorded("07-registration-update"), lms.url))
        assert (registered.client_id, registered.deployment_id) == ("HAtWeOWAFKHq8g9", "1")

    @pytest.mark.parametrize("status", [200, 201])
    def test_canvas_tells_no_deployment(self, lms: Playing, http: requests.Session, status: int):
        answer = Reply({"client_id": 10000000000068, "scope": ["a", "b"]}, status)
        registered = self.register(http, lms, answer)
        assert (registered.client_id, registered.deployment_id) == ("10000000000068", None)
        assert registered.scopes == {"a", "b"}

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("04-registration-token-reused", "token_already_used"),
            ("08-registration-error-no-domain", "missing"),
        ],
    )
    def test_refusal_is_told_in_the_platforms_words(self, lms: Playing, http: requests.Session, name: str, said: str):
        failure = failing(self.register, http, lms, reply(recorded(name), lms.url))
        assert failure.code == "registration_refused"
        assert said in (failure.detail or "")

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (Reply("<html>"), "registration_unavailable"),
            (Reply({}, 503), "registration_unavailable"),
            (Reply({}, 422), "registration_refused"),
            (Reply("{"), "registration_malformed"),
            (Reply({}), "registration_malformed"),
            (Reply({"client_id": True}), "registration_malformed"),
            (Reply({"client_id": ""}), "registration_malformed"),
        ],
        ids=["page", "503", "422", "cut", "empty", "true", "blank"],
    )
    def test_answer_that_is_none(self, lms: Playing, http: requests.Session, answer: Reply, code: str):
        assert failing(self.register, http, lms, answer).code == code

    def test_registration_is_made_of_both_documents(self, lms: Playing, http: requests.Session):
        configured(lms, authorization_server="https://auth.example")
        platform = read(http, lms)
        lms.answers["/mod/lti/openid-registration.php"] = Reply({"client_id": "c"})
        made = as_registration(platform, register(http, platform, {}, registration_token=None))
        assert (made.issuer, made.client_id, made.token_audience) == (lms.url, "c", "https://auth.example")
        assert made.jwks_url == f"{lms.url}/mod/lti/certs.php"

    def test_brightspace_wants_its_own_audience(self, lms: Playing, http: requests.Session):
        configured(lms, **{claims.PLATFORM_CONFIGURATION: {"product_family_code": "desire2learn"}})
        registered = Registered(
            client_id="c", deployment_id=None, scopes=frozenset(), client_uri=None, access_token=None, document={}
        )
        assert as_registration(read(http, lms), registered).token_audience == BRIGHTSPACE.token_audience


class TestUpdating:
    def test_where_the_platform_told_how(self, lms: Playing, http: requests.Session):
        lms.answers["/clients/c"] = Reply({"client_id": "c", "scope": "a"})
        registered = Registered(
            client_id="c",
            deployment_id="d",
            scopes=frozenset(),
            client_uri=f"{lms.url}/clients/c",
            access_token="secret",
            document={},
        )
        updated = update_registration(http, registered, {"client_name": "Kring"})
        assert (updated.deployment_id, updated.scopes, updated.access_token) == ("d", {"a"}, "secret")
        (asked,) = lms.asked
        assert (asked.method, asked.json) == ("PUT", {"client_name": "Kring", "client_id": "c"})
        assert asked.headers["Authorization"] == "Bearer secret"
        assert "secret" not in repr(registered)

    def test_where_it_did_not(self, http: requests.Session):
        registered = Registered(
            client_id="c", deployment_id=None, scopes=frozenset(), client_uri=None, access_token=None, document={}
        )
        assert failing(update_registration, http, registered, {}).code == "registration_not_updatable"


class TestCanvasKey:
    def test_it_names_every_address(self):
        said = canvas_configuration(TOOL)
        assert (said["oidc_initiation_url"], said["public_jwk_url"]) == (TOOL.login_url, TOOL.jwks_url)
        assert said["custom_fields"] == dict(CANVAS.custom_parameters)
        (extension,) = said["extensions"]
        assert (extension["domain"], extension["privacy_level"]) == ("tool.example", "public")
        places = extension["settings"]["placements"]
        assert [(each["placement"], each["message_type"]) for each in places] == [
            ("course_navigation", "LtiResourceLinkRequest"),
            ("assignment_selection", "LtiDeepLinkingRequest"),
            ("link_selection", "LtiDeepLinkingRequest"),
            ("editor_button", "LtiDeepLinkingRequest"),
        ]
        assert {each["target_link_uri"] for each in places} == {TOOL.launch_url}

    def test_scopes_are_those_that_every_canvas_knows(self):
        assert claims.SCOPE_GROUP_READONLY not in canvas_configuration(TOOL)["scopes"]
        assert claims.SCOPE_SCORE in canvas_configuration(TOOL)["scopes"]


def test_recorded_documents_name_their_site():
    assert recorded("02-openid-configuration")["response"]["body"]["issuer"] == SITE
