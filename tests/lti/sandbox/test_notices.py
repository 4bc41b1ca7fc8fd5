"""Platform notifications, as Canvas sends them: ordering, hearing of copied courses, and ending it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from joserfc.jwk import KeySet
from joserfc.jwt import decode

from lti import claims

pytestmark = pytest.mark.parametrize("mode", ["canvas"])

URL = "http://127.0.0.1:8001"
START = "/start/share-how-you-work"


@pytest.fixture
def handler():
    """A place that takes notices: its address, and what came."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/lti/notice", came
        server.shutdown()
        thread.join()


def subscribe(client, headers, kind, url):
    return client.put("/notices/1", json={"notice_type": kind, "handler": url}, headers=headers)


def opened(client, notice):
    keys = KeySet.import_key_set(client.get("/jwks").get_json())
    return decode(notice["notices"][0]["jwt"], keys, algorithms=["RS256"]).claims


def test_the_launch_tells_where_notices_are_ordered(sign_in, launched, mode):
    sign_in("freja")
    assert launched(START)[claims.NOTIFICATION_SERVICE] == {
        "service_versions": ["1.0"],
        "platform_notification_service_url": f"{URL}/notices/1",
        "scope": [claims.SCOPE_NOTICE_HANDLERS],
        "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice"],
    }


def test_a_tool_hears_of_a_copied_course(client, sign_in, authorize, handler, mode):
    url, came = handler
    headers = authorize(claims.SCOPE_NOTICE_HANDLERS)
    answer = subscribe(client, headers, claims.CONTEXT_COPY_NOTICE, url)
    assert (answer.status_code, answer.get_json()) == (200, {"notice_type": claims.CONTEXT_COPY_NOTICE, "handler": url})
    assert client.get("/notices/1", headers=headers).get_json() == {
        "client_id": "kring-sandbox",
        "deployment_id": "1",
        "notice_handlers": [{"notice_type": claims.CONTEXT_COPY_NOTICE, "handler": url}],
    }
    copy_url = sign_in("ingrid").post("/courses/onboarding/copy").location
    (notice,) = came
    body = opened(client, notice)
    assert (body["iss"], body["aud"], body[claims.DEPLOYMENT_ID]) == (URL, "kring-sandbox", "1")
    assert body[claims.NOTICE]["type"] == claims.CONTEXT_COPY_NOTICE
    assert (body[claims.CONTEXT]["id"], body[claims.ORIGIN_CONTEXTS]) == (copy_url.rpartition("/")[2], ["onboarding"])


def test_hello_world_comes_at_once(client, authorize, handler, mode):
    url, came = handler
    subscribe(client, authorize(claims.SCOPE_NOTICE_HANDLERS), claims.HELLO_WORLD_NOTICE, url)
    assert opened(client, came[0])[claims.NOTICE]["type"] == claims.HELLO_WORLD_NOTICE


def test_an_empty_address_ends_it_and_a_deaf_one_harms_nothing(client, sign_in, authorize, handler, mode):
    url, came = handler
    headers = authorize(claims.SCOPE_NOTICE_HANDLERS)
    for address in (url, ""):
        subscribe(client, headers, claims.CONTEXT_COPY_NOTICE, address)
    sign_in("ingrid").post("/courses/onboarding/copy")
    assert came == []
    subscribe(client, headers, claims.CONTEXT_COPY_NOTICE, "http://127.0.0.1:1/notice")
    assert client.post("/courses/onboarding/copy").status_code == 302


@pytest.mark.parametrize(
    "body", [{"notice_type": "Other", "handler": "https://x.example"}, {"notice_type": claims.CONTEXT_COPY_NOTICE}, []]
)
def test_a_wrong_order_is_a_bad_request(client, authorize, body, mode):
    assert client.put("/notices/1", json=body, headers=authorize(claims.SCOPE_NOTICE_HANDLERS)).status_code == 400


def test_notices_need_a_token_of_the_tool(client, authorize, mode):
    assert client.get("/notices/1").status_code == 401
    assert client.get("/notices/1", headers=authorize(claims.SCOPE_SCORE)).status_code == 403
    assert client.get("/notices/2", headers=authorize(claims.SCOPE_NOTICE_HANDLERS)).status_code == 403
