import json

import pytest
from sqlalchemy import select

from connector.activities.models import CourseCopy
from lti import claims
from tests.conformance.launches import compact, stranger
from tests.lms import KID
from tests.lti.platform import platform_key

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _registered(registered):
    pass


def notice(platform, *, key=None, **changes):
    issued = int(platform.clock().timestamp())
    said = {
        "iss": platform.url,
        "aud": platform.client_id,
        "azp": platform.client_id,
        "iat": issued,
        "exp": issued + 60,
        "nonce": "n",
        claims.VERSION: claims.LTI_VERSION,
        claims.DEPLOYMENT_ID: "deployment-1",
        claims.NOTICE: {"id": "notice-1", "timestamp": "2026-03-02T09:00:00Z", "type": claims.CONTEXT_COPY_NOTICE},
        claims.CONTEXT: {"id": "course-2", "title": "Spring"},
        claims.ORIGIN_CONTEXTS: ["course-1"],
        **changes,
    }
    header = {"alg": "RS256", "typ": "JWT", "kid": KID}
    return compact(json.dumps(header).encode(), json.dumps(said).encode(), key or platform_key())


def send(client, *tokens):
    return client.post("/lti/notice", json={"notices": [{"jwt": token} for token in tokens]})


def copies(session):
    return [(row.context_id, row.origin_context_ids) for row in session.scalars(select(CourseCopy))]


def test_a_copy_is_remembered_before_anybody_opens_it(platform, client, session):
    assert send(client, notice(platform)).status_code == 204
    assert copies(session) == [("course-2", ["course-1"])]


def test_the_same_notice_again_changes_nothing(platform, client, session):
    send(client, notice(platform), notice(platform))
    assert copies(session) == [("course-2", ["course-1"])]


def test_one_that_is_false_does_not_spoil_the_others(platform, client, session):
    forged = notice(platform, key=stranger(), **{claims.CONTEXT: {"id": "course-3"}})
    unknown = notice(platform, iss="https://elsewhere.example")
    assert send(client, forged, unknown, "nonsense", notice(platform)).status_code == 204
    assert copies(session) == [("course-2", ["course-1"])]


def test_other_notices_are_heard(platform, client, session):
    hello = notice(platform, **{claims.NOTICE: {"id": "1", "type": claims.HELLO_WORLD_NOTICE}})
    assert send(client, hello).status_code == 204
    assert copies(session) == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"notices": 1}', b"\xff"])
def test_what_is_no_message(body, client):
    assert client.post("/lti/notice", data=body).status_code == 400


def test_the_trainer_of_the_copy_is_asked(platform, client, session):
    platform.launch(client, "teacher")  # "Week 1" in course-1
    send(client, notice(platform))

    def in_copy(draft):
        draft.claims[claims.CONTEXT] = {"id": "course-2", "title": "Spring"}
        draft.claims[claims.RESOURCE_LINK] = {"id": "link-2", "title": "Week 1"}
        return draft.token()

    opened = client.get(platform.launch(client, "teacher", make=in_copy).location)
    assert opened.location.endswith("/setup")
