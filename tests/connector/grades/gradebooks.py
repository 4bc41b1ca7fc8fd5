"""A gradebook over HTTP that does what a test tells it to: Assignment and Grade Services with faults."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lti import claims
from tests.lti.server import Asked, Reply, serving

LOST = Reply(b"", length=10)
"""An answer that breaks off: the client does not learn what became of its request."""
ALL_SCOPES = [claims.SCOPE_LINE_ITEM, claims.SCOPE_RESULT_READONLY, claims.SCOPE_SCORE]

Fault = Callable[[Asked], Reply | None]


def no_fault(_asked: Asked) -> None:
    return None


@dataclass
class Gradebook:
    """Line items and scores; strict about times, as the specification asks for: what is not newer is refused."""

    url: str = ""
    before: Fault = no_fault
    """Asked before a request is done; a reply of its own keeps it from being done."""
    after: Fault = no_fault
    """Asked after it is done; a reply of its own takes the place of the right one."""
    asked: list[Asked] = field(default_factory=list)
    """Every request but those for tokens."""
    token_scopes: list[str] = field(default_factory=list)
    """What each token was asked for."""
    tokens: set[str] = field(default_factory=set)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By number, which is in the address."""
    scores: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """By line item and user, the one that counts."""
    history: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Each score that was stored, with its line item."""
    made: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def lineitems_url(self) -> str:
        return f"{self.url}/course/lineitems"

    def item_url(self, number: str) -> str:
        return f"{self.lineitems_url}/{number}?type_id=1"

    def asked_for(self, part: str, method: str | None = None) -> list[Asked]:
        """Return the requests to line items (``lineitems``), ``scores`` or ``results``."""
        return [each for each in self.asked if each.path.endswith(f"/{part}") and method in (None, each.method)]

    def points(self, user: str = "ana") -> float | None:
        """Return what the newest column holds for a learner."""
        return self.scores.get((str(self.made), user), {}).get("scoreGiven")

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            return self._token(asked)
        with self.lock:
            self.asked.append(asked)
        if asked.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Reply({"error": "Unauthorized"}, 401)
        reply = self.before(asked)
        if reply is not None:
            return reply
        with self.lock:
            reply = self.do(asked)
        return self.after(asked) or reply

    def do(self, asked: Asked) -> Reply:
        """Do a request."""
        route = re.fullmatch(r"/course/lineitems(?:/(\d+)(?:/(scores|results))?)?", asked.path)
        if route is None:
            return Reply({"error": "nothing here"}, 404)
        number, part = route.groups()
        if number is None:
            return self._container(asked)
        if number not in self.items:
            return Reply({"error": "no such line item"}, 404)
        if part == "scores":
            return self._score(number, asked.json)
        if part == "results":
            return self._results(number, asked)
        return self._item(number, asked)

    def add_item(self, **body: Any) -> str:
        """Add a line item, and return its number."""
        self.made += 1
        self.items[str(self.made)] = {"label": "Column", "scoreMaximum": 10, **body}
        return str(self.made)

    def _token(self, asked: Asked) -> Reply:
        form = dict(pair.split("=", 1) for pair in asked.body.decode().split("&"))
        with self.lock:
            self.token_scopes.append(form["scope"])
            token = f"token-{len(self.token_scopes)}"
            self.tokens.add(token)
        return Reply({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _container(self, asked: Asked) -> Reply:
        if asked.method == "POST":
            number = self.add_item(**asked.json)
            return Reply(self._shown(number), 201)
        wanted = {"resource_id": "resourceId", "tag": "tag"}
        found = [
            self._shown(number)
            for number, item in self.items.items()
            if all(item.get(name) == asked.query[key] for key, name in wanted.items() if key in asked.query)
        ]
        return Reply(found)

    def _item(self, number: str, asked: Asked) -> Reply:
        if asked.method == "DELETE":
            del self.items[number]
            return Reply(b"", 204)
        if asked.method == "PUT":
            self.items[number] = {name: value for name, value in asked.json.items() if name != "id"}
        return Reply(self._shown(number))

    def _shown(self, number: str) -> dict[str, Any]:
        return {"id": self.item_url(number), **self.items[number]}

    def _score(self, number: str, body: dict[str, Any]) -> Reply:
        stored = self.scores.get((number, body["userId"]))
        if stored is not None and _time(body) <= _time(stored):
            return Reply({"error": "not newer"}, 409)
        self.scores[number, body["userId"]] = body
        self.history.append((number, body))
        return Reply(b"", 200)

    def _results(self, number: str, asked: Asked) -> Reply:
        maximum = self.items[number]["scoreMaximum"]
        found = []
        for (item, user), body in self.scores.items():
            if item != number or asked.query.get("user_id", user) != user:
                continue
            result = {"id": f"{self.item_url(number)}#{user}", "userId": user, "resultMaximum": maximum}
            if body.get("scoreGiven") is not None:
                result["resultScore"] = body["scoreGiven"] / body["scoreMaximum"] * maximum
            if body.get("comment"):
                result["comment"] = body["comment"]
            found.append(result | {"timestamp": body["timestamp"]})
        return Reply(found)


def _time(body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body["timestamp"])


@contextmanager
def open_gradebook() -> Iterator[Gradebook]:
    """Serve a gradebook that has nothing in it yet."""
    gradebook = Gradebook()
    with serving(gradebook) as url:
        gradebook.url = url
        yield gradebook


def scores_of(asked: list[Asked]) -> list[dict[str, Any]]:
    """Return the scores that requests carried."""
    return [json.loads(each.body) for each in asked]


def once(*replies: Reply | None) -> Fault:
    """Return a fault that gives each reply once, and then lets all pass."""
    left = list(replies)
    return lambda _asked: left.pop(0) if left else None


def only(part: str, fault: Fault, method: str | None = None) -> Fault:
    """Return a fault that meets only requests whose path ends in `part`."""

    def meet(asked: Asked) -> Reply | None:
        fits = asked.path.endswith(f"/{part}") and method in (None, asked.method)
        return fault(asked) if fits else None

    return meet
