"""Learning record stores as they were found: where the specification leaves room, or is not followed, they differ.

What each answers was measured on real ones. All but the embedded store keep a list, so that two copies are two.
"""

import base64
import contextlib
import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl

from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.connector.delivery.build import PASSWORD, USERNAME
from xapi import schema
from xapi.errors import InvalidStatementError
from xapi.store import Credential, StoreConfig, create_app

_SECRET = f"Basic {base64.b64encode(f'{USERNAME}:{PASSWORD}'.encode()).decode()}"
_PAGE = 100


@dataclass(frozen=True)
class Ask:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def resource(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(status: int, value: object, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


class Dialect:
    """A store in memory; by itself it answers as pelotech's xapi-lrs does: tolerantly."""

    invalid = HTTPStatus.BAD_REQUEST
    needs_version = True
    knows_about = True
    since_is_about = "stored"

    def __init__(self) -> None:
        self.stored: list[dict] = []
        self._lock = threading.Lock()

    def copies(self) -> Counter:
        """Return how often the store holds each id."""
        return Counter(one["id"] for one in self.stored)

    def close(self) -> None:
        """Give back what the store holds open."""

    def answer(self, ask: Ask) -> Reply:
        reply = self._refusal(ask)
        if reply is None and ask.resource == "about" and self.knows_about:
            reply = json_reply(200, {"version": ["1.0.3", "2.0.0"]})
        elif reply is None and ask.resource == "statements":
            reply = self._post(json.loads(ask.body)) if ask.method == "POST" else self._get(ask)
        return reply or json_reply(404, {"error": "not found"})

    def _refusal(self, ask: Ask) -> Reply | None:
        if ask.headers.get("Authorization") != _SECRET:
            return json_reply(401, {"error": "unauthorized"})
        if self.needs_version and ask.headers.get("X-Experience-API-Version") not in {"1.0.3", "2.0.0"}:
            return json_reply(400, {"error": "no version"})
        return None

    def _post(self, statements: list[dict]) -> Reply:
        ids = [one.get("id") for one in statements]
        if len(set(ids)) < len(ids):
            return json_reply(400, {"error": "an id twice"})
        try:
            for one in statements:
                schema.validate(one)
        except InvalidStatementError as error:
            return json_reply(self.invalid, {"error": str(error)})
        with self._lock:
            known = {one["id"]: one for one in self.stored if one["id"] in set(ids)}
            if any(one["id"] in known and _sent(known[one["id"]]) != one for one in statements):
                return json_reply(409, {"error": "conflict"})
            return self._add([one for one in statements if one["id"] not in known], ids)

    def _add(self, new: list[dict], ids: list[str]) -> Reply:
        """Store what is new of a batch that holds no conflict."""
        self._store(new)
        return json_reply(200, ids)

    def _store(self, statements: list[dict]) -> None:
        now = datetime.now(UTC).isoformat()
        self.stored += [{**one, "stored": now, "authority": {"mbox": "mailto:lrs@lrs.example"}} for one in statements]

    def _get(self, ask: Ask) -> Reply:
        query = dict(parse_qsl(ask.query))
        if "statementId" not in query:
            return self._page(query)
        found = [self._shown(one) for one in self.stored if one["id"] == query["statementId"]]
        return self._one(found)

    def _one(self, found: list[dict]) -> Reply:
        return json_reply(200, found[0]) if found else json_reply(404, {"error": "not found"})

    def _shown(self, statement: dict) -> dict:
        return statement

    def _page(self, query: dict[str, str]) -> Reply:
        found = [one for one in self.stored if self._is_between(one, query.get("since"), query.get("until"))]
        if query.get("ascending") != "true":
            found.reverse()
        start, limit = int(query.get("from", 0)), min(int(query.get("limit", 0)) or _PAGE, _PAGE)
        more = ""
        if len(found) > start + limit:
            kept = "".join(
                f"&{name}={query[name]}" for name in ("since", "until", "ascending", "limit") if name in query
            )
            more = f"/xAPI/statements?from={start + limit}{kept}".replace("+", "%2B")
        page = [self._shown(one) for one in found[start : start + limit]]
        return json_reply(200, {"statements": page, "more": more})

    def _is_between(self, statement: dict, since: str | None, until: str | None) -> bool:
        moment = datetime.fromisoformat(statement[self.since_is_about])
        after = since is None or moment > datetime.fromisoformat(since)
        return after and (until is None or moment <= datetime.fromisoformat(until))


class Tolerant(Dialect):
    """xapi-lrs 0.9.6: what it knows already and is equal it takes for stored."""


class Strict(Dialect):
    """ADL_LRS: any id that it knows, equal or not, is a conflict, and nothing of the batch is stored."""

    def _add(self, new: list[dict], ids: list[str]) -> Reply:
        if len(new) < len(ids):
            return json_reply(409, "A statement with this ID already exists")
        return super()._add(new, ids)

    def _shown(self, statement: dict) -> dict:
        """Write times in another way than they came."""
        return {
            **statement,
            "timestamp": datetime.fromisoformat(statement["timestamp"]).isoformat(),
            "version": "1.0.0",
        }


class Partial(Dialect):
    """Ralph 5.1.0: names new ids only, wraps a single statement, knows neither versions nor `about`."""

    invalid = HTTPStatus.UNPROCESSABLE_ENTITY
    needs_version = False
    knows_about = False
    since_is_about = "timestamp"

    def _add(self, new: list[dict], ids: list[str]) -> Reply:
        super()._add(new, ids)
        return json_reply(200, [one["id"] for one in new]) if new else Reply(204)

    def _one(self, found: list[dict]) -> Reply:
        return json_reply(200, {"statements": found})


class Embedded:
    """The store of ours, which follows the specification."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "store.sqlite"
        self.app = create_app(StoreConfig([Credential(USERNAME, PASSWORD)], self.file))

    def answer(self, ask: Ask) -> Reply:
        builder = EnvironBuilder(
            ask.path, method=ask.method, query_string=ask.query, headers=dict(ask.headers), data=ask.body
        )
        parts, status, headers = run_wsgi_app(self.app, builder.get_environ(), buffered=True)
        kept = {name: value for name, value in headers.items() if name != "Content-Length"}
        return Reply(int(status.split()[0]), b"".join(parts), kept)

    def copies(self) -> Counter:
        with contextlib.closing(sqlite3.connect(self.file)) as connection:
            return Counter(id_ for (id_,) in connection.execute("SELECT id FROM statement"))

    def close(self) -> None:
        self.app.extensions["xapi.store"].database.close()


NAMES = ("embedded", "tolerant", "strict", "partial")


def speaking(name: str, folder: Path) -> "Dialect | Embedded":
    """Return an empty store that answers as `name` does."""
    if name == "embedded":
        return Embedded(folder)
    return {"tolerant": Tolerant, "strict": Strict, "partial": Partial}[name]()


def _sent(stored: dict) -> dict:
    return {name: value for name, value in stored.items() if name not in {"stored", "authority"}}
