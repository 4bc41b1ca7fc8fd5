"""A Moodle 4.5.6 that says again what it said once, when it is asked as it was asked then."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.lti.server import Asked, Platform, Reply

RECORDED = Path(__file__).parent / "moodle" / "services"
SITE = "https://localhost:18443"
MEMBERSHIPS = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
LINE_ITEMS = "/mod/lti/services.php/2/lineitems?type_id=1"
LINE_ITEM = "/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"


@cache
def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text())


class Moodle:
    """Answers what was recorded under `names`; a later one stands in for an earlier one of the same request."""

    def __init__(self, url: str, *names: str) -> None:
        self._url = url
        self._by_request = {
            _key(each["request"]["method"], each["request"]["url"]): each for each in map(recorded, names)
        }

    def __call__(self, asked: Asked) -> Reply:
        message = self._by_request.get(_key(asked.method, asked.target))
        if message is None:
            return Reply({"status": 404, "reason": f"not recorded: {asked.method} {asked.target}"}, 404)
        for name, value in message["request"]["headers"].items():
            if value != "*/*" and asked.headers.get(name) != value:
                return Reply({"status": 400, "reason": f"No handler found for {asked.headers.get(name)}"}, 400)
        return reply(message, self._url)


def reply(message: dict[str, Any], url: str) -> Reply:
    """Return a recorded answer as it went over the line, with our address for Moodle's."""
    answer = message["response"]
    body = answer["body"]
    said = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    headers = {name: value.replace(SITE, url) for name, value in answer["headers"].items()}
    return Reply(said.replace(SITE, url), answer["status"], headers, answer["reason"])


def play(platform: Platform, *names: str) -> None:
    platform.answer = Moodle(platform.url, *names)


def _key(method: str, url: str) -> tuple[str, str, frozenset[tuple[str, str]]]:
    parts = urlsplit(url)
    # Our roster asks for 1,000 a page, which gives the same as no limit in a course of seven.
    query = frozenset(pair for pair in parse_qsl(parts.query) if pair != ("limit", "1000"))
    return method, parts.path, query
