"""A real HTTP server in a thread that plays a platform, and what a tool needs to call it."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from lti.access_tokens import AccessToken
from lti.keys import ToolKey, generate_key, public_key_set
from lti.registration import Registration
from lti.service import Service
from tests.lti.platform import NOW


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer; text goes out in UTF-8, headers too."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    length: int | None = None
    """What to say of the length; None says the truth."""

    def as_bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)).encode()


Answering = Callable[[Asked], Reply]


@contextmanager
def serving(answer: Answering) -> Iterator[str]:
    """Serve on a free port, and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 65_536

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            reply = answer(Asked(self.command, self.path, self.headers, self.rfile.read(length)))
            body = reply.as_bytes()
            self.send_response(reply.status, reply.reason)
            for name, value in reply.headers.items():
                self.send_header(name, value.encode().decode("latin-1"))
            if reply.status != 204:
                self.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            self.close_connection = self.close_connection or reply.length is not None

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 -- the names are the library's

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Tokens:
    """Keeps access tokens as a database would."""

    kept: dict[tuple[str, frozenset[str]], AccessToken] = field(default_factory=dict)

    def load(self, registration: str, scopes: frozenset[str]) -> AccessToken | None:
        return self.kept.get((registration, scopes))

    def save(self, registration: str, scopes: frozenset[str], token: AccessToken) -> None:
        self.kept[registration, scopes] = token

    def drop(self, registration: str, scopes: frozenset[str], token: AccessToken) -> None:
        if self.kept.get((registration, scopes)) == token:
            del self.kept[registration, scopes]


@cache
def tool_key() -> ToolKey:
    return generate_key(NOW - timedelta(days=30))


@cache
def tool_key_set() -> KeySet:
    return KeySet.import_key_set(json.loads(json.dumps(public_key_set([tool_key()], NOW))))


@dataclass
class Platform:
    """A platform: its token endpoint is strict, everything else is what `routes` and `answer` say."""

    url: str = ""
    clock: Clock = field(default_factory=Clock)
    clients: tuple[str, ...] = ("client-1",)
    audience: str | None = None
    token_reply: Callable[[dict[str, Any]], Reply] = Reply
    """Makes the token endpoint's answer of what it should say."""
    answer: Answering = lambda asked: Reply({"error": f"nothing at {asked.target}"}, 404)
    asked: list[Asked] = field(default_factory=list)
    token_requests: list[dict[str, str]] = field(default_factory=list)
    granted: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Client and scopes of each token that is valid."""

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            return self._give_token(asked)
        self.asked.append(asked)
        scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.granted:
            return Reply({"status": 401, "reason": "Unauthorized"}, 401)
        return self.answer(asked)

    def client_of(self, asked: Asked) -> str:
        return self.granted[asked.headers["Authorization"].partition(" ")[2]][0]

    def _give_token(self, asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        self.token_requests.append(form)
        claims = jwt.decode(form["client_assertion"], tool_key_set(), algorithms=["RS256"]).claims
        now = self.clock.now.timestamp()
        is_good = (
            asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
            and form["grant_type"] == "client_credentials"
            and form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            and claims["iss"] == claims["sub"]
            and claims["sub"] in self.clients
            and claims["aud"] == (self.audience or f"{self.url}/token")
            and claims["iat"] < now < claims["exp"] <= now + 300
            and claims["jti"]
        )
        if not is_good:
            return Reply({"error": "invalid_client"}, 400)
        value = f"{claims['sub']}-token-{len(self.token_requests)}"
        self.granted[value] = (claims["sub"], frozenset(form["scope"].split()))
        return self.token_reply(
            {"access_token": value, "token_type": "Bearer", "expires_in": 3600, "scope": form["scope"]}
        )

    def registration(self, client_id: str = "client-1", **changes: Any) -> Registration:
        return Registration(
            **{
                "issuer": self.url,
                "client_id": client_id,
                "authorization_url": f"{self.url}/authorize",
                "token_url": f"{self.url}/token",
                "jwks_url": f"{self.url}/jwks",
                **changes,
            }
        )


@contextmanager
def platform(**settings: Any) -> Iterator[Platform]:
    played = Platform(**settings)
    with serving(played) as url:
        played.url = url
        yield played


@contextmanager
def calling(
    played: Platform, *, client_id: str = "client-1", tokens: Tokens | None = None, **registration: Any
) -> Iterator[Service]:
    """Yield the services of a platform, as our tool calls them."""
    with requests.Session() as http:
        yield Service(
            played.registration(client_id, **registration),
            registration_key=client_id,
            key=tool_key(),
            tokens=Tokens() if tokens is None else tokens,
            http=http,
            clock=played.clock,
        )
