"""Messages recorded from a Moodle 4.5.6, signed again by a key of ours: each must be believed and understood."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lti import claims
from lti.keys import PlatformKeys
from lti.launch import Launch, validate_launch
from lti.registration import Registration
from lti.roles import Role
from tests.conformance.launches import Draft
from tests.lti.platform import REGISTRATION, MemoryStore, Website, document, jwk_of, platform_key

RECORDED = Path(__file__).parent / "moodle"
MESSAGES = sorted(path.stem for path in RECORDED.glob("*.json") if path.stem != "jwks")


def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text())


def launch(name: str) -> Launch:
    """Return what we read out of the message in the second that Moodle sent it."""
    message = recorded(name)
    said = message["claims"]
    keys = PlatformKeys(Website(document(jwk_of(platform_key(), message["header"]["kid"]))), MemoryStore())
    registration = Registration(
        issuer="https://localhost:18443",
        client_id=said["aud"],
        authorization_url="https://localhost:18443/mod/lti/auth.php",
        token_url="https://localhost:18443/mod/lti/token.php",
        jwks_url=REGISTRATION.jwks_url,
    )
    return validate_launch(
        Draft(message["header"], said, platform_key()).token(),
        registration=registration,
        nonce=said["nonce"],
        keys=keys,
        tool_url="https://127.0.0.1:18444",
        now=datetime.fromtimestamp(said["iat"], tz=UTC),
    )


def test_there_are_nineteen():
    assert len(MESSAGES) == 19


@pytest.mark.parametrize("name", MESSAGES)
def test_message_is_understood(name: str):
    said = recorded(name)["claims"]
    read = launch(name)
    assert (read.subject, read.deployment_id) == (said["sub"], said[claims.DEPLOYMENT_ID])
    assert (read.name, read.given_name, read.family_name, read.email) == tuple(
        said.get(part) for part in ("name", "given_name", "family_name", "email")
    )
    assert read.context is not None
    assert (read.context.id, read.context.title) == (said[claims.CONTEXT]["id"], said[claims.CONTEXT]["title"])
    assert read.context.types == ("CourseSection",)
    assert read.roles.course_role == (Role.LEARNER if name.startswith("student") else Role.TRAINER)
    assert (read.platform.product_family_code, read.locale) == ("moodle", "en")


def test_student():
    read = launch("student-user7-link1")
    assert read.name == "小明 王"
    assert read.resource_link is not None
    assert (read.resource_link.id, read.resource_link.title) == ("1", "Peer review: essay draft")
    assert read.target_link_uri == "https://127.0.0.1:18444/launch?task=essay"
    assert read.document_target == "iframe"
    assert read.memberships_url == "https://localhost:18443/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
    assert read.return_url is not None


def test_variables_that_moodle_does_not_know_are_absent():
    custom = launch("student-user9-link1").custom
    assert {"link_history", "submission_end", "unknown_var"}.isdisjoint(custom)
    assert (custom["task_id"], custom["eq"], custom["group_ids"]) == ("essay-1", "a=b", "2")
    assert custom["Mixed.Case-Key"] == "Some=Value; with specials"


def test_grades_go_to_the_line_item_of_the_placement():
    ags = launch("student-user9-link1").ags
    assert ags is not None
    assert ags.lineitem == "https://localhost:18443/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"
    assert claims.SCOPE_SCORE in ags.scopes


def test_a_second_line_item_hides_both():
    ags = launch("teacher-user3-link1-after-second-lineitem-was-bound").ags
    assert ags is not None
    assert (ags.lineitem, ags.lineitems) == (
        None,
        "https://localhost:18443/mod/lti/services.php/2/lineitems?type_id=1",
    )


def test_administrator_teaches_because_moodle_says_so():
    roles = launch("admin-user2-link1").roles
    assert (roles.course_role, roles.is_institution_admin, roles.is_system_admin) == (Role.TRAINER, True, True)


def test_default_privacy_of_a_manual_tool_tells_no_names_and_offers_no_services():
    read = launch("student-user5-link7-manual-tool-default-privacy-new-window")
    assert (read.subject, read.name, read.email, read.ags, read.memberships_url) == ("5", None, None, None, None)
    assert read.document_target == "window"


def test_deep_linking():
    read = launch("deep-linking-teacher-user3")
    assert read.message_type == claims.DEEP_LINKING_REQUEST
    assert read.resource_link is None
    assert read.deep_linking is not None
    assert read.deep_linking.accept_types == ("ltiResourceLink",)
    assert (read.deep_linking.accept_multiple, read.deep_linking.accept_lineitem) == (True, None)
    assert read.deep_linking.data is None


def test_submission_review_tells_whose():
    read = launch("submission-review-teacher-user3-link1")
    assert (read.message_type, read.for_user_id, read.subject) == (claims.SUBMISSION_REVIEW_REQUEST, "5", "3")


def test_key_set():
    keys = PlatformKeys(Website((RECORDED / "jwks.json").read_bytes()), MemoryStore())
    now = datetime(2026, 11, 22, tzinfo=UTC)
    key = keys.find(REGISTRATION.jwks_url, "457ebea0121e48fc4983", now=now)
    assert key.raw_value.key_size == 2048
