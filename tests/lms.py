"""An LMS of the test's own: publishes a real key set over HTTP, and signs what a test tells it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conformance.launches import Draft, Person, good_launch
from tests.lti.platform import jwk_of, platform_key

Answer = tuple[int, bytes] | Callable[[dict[str, str]], tuple[int, bytes]]

KID = "platform-key-1"


@dataclass
class LMS:
    """A platform with one registration of the tool."""

    url: str
    tool_url: str
    clock: Callable[[], datetime]
    client_id: str = "client-1"
    documents: dict[str, Answer] = field(default_factory=dict)
    """What each path answers: status and body, or a function of the query that makes them."""

    @property
    def registration(self) -> dict[str, str]:
        """What the tool stores of this platform."""
        return {
            "issuer": self.url,
            "client_id": self.client_id,
            "authorization_url": f"{self.url}/auth",
            "token_url": f"{self.url}/token",
            "jwks_url": f"{self.url}/jwks",
        }

    def login(self, client: FlaskClient, **changes: str) -> TestResponse:
        """Begin a login as a platform does."""
        asked = {
            "iss": self.url,
            "login_hint": "user-1",
            "target_link_uri": f"{self.tool_url}/lti/launch",
            "client_id": self.client_id,
            "lti_message_hint": "hint-1",
            **changes,
        }
        return client.post("/lti/login", data={name: value for name, value in asked.items() if value})

    def launch(
        self,
        client: FlaskClient,
        person: Person = "student",
        *,
        make: Callable[[Draft], str] = Draft.token,
        login: TestResponse | None = None,
        **form: Any,
    ) -> TestResponse:
        """Go through login and launch; `make` turns the good launch into the token that is sent."""
        state, nonce = sent(login or self.login(client))
        token = make(self.draft(person, nonce))
        return client.post("/lti/launch", data={"id_token": token, "state": state, **form})

    def draft(self, person: Person, nonce: str) -> Draft:
        """Return a good launch, to be changed."""
        return good_launch(
            person,
            key=platform_key(),
            kid=KID,
            issuer=self.url,
            client_id=self.client_id,
            nonce=nonce,
            target_link_uri=f"{self.tool_url}/lti/launch",
            now=self.clock(),
        )


def sent(login: TestResponse) -> tuple[str, str]:
    """Return the state and nonce of an authentication request."""
    query = parse_qs(urlsplit(login.headers["Location"]).query)
    return query["state"][0], query["nonce"][0]


@contextmanager
def serve(tool_url: str, clock: Callable[[], datetime]) -> Iterator[LMS]:
    """Run the LMS's web server."""
    documents: dict[str, Answer] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            answer = documents.get(address.path, (404, b""))
            status, body = answer(dict(parse_qsl(address.query))) if callable(answer) else answer
            self.send_response(status)
            self.send_header(
                "Content-Type", "text/html; charset=utf-8" if body.startswith(b"<") else "application/json"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    documents["/jwks"] = (200, json.dumps({"keys": [jwk_of(platform_key(), KID)]}).encode())
    try:
        yield LMS(f"http://127.0.0.1:{server.server_port}", tool_url, clock, documents=documents)
    finally:
        server.shutdown()
        server.server_close()
