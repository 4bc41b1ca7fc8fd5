"""An LMS that registers tools: a Moodle 4.5.6 that says again what it said once, unless a test changes it."""

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.lti.server import Asked, Reply, serving

RECORDED = Path(__file__).parent / "moodle"
SITE = "https://localhost:18443"
CONFIGURATION = "/mod/lti/openid-configuration.php"
REGISTRATION = "/mod/lti/openid-registration.php"
CLIENT_ID = "HAtWeOWAFKHq8g9"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"

FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@cache
def recorded(name: str) -> str:
    """Return the body of a recorded answer."""
    body = json.loads((RECORDED / f"{name}.json").read_text())["response"]["body"]
    return body if isinstance(body, str) else json.dumps(body)


@dataclass
class Moodle:
    """What an LMS answers, by path, and what it was asked."""

    url: str = ""
    answers: dict[str, Reply | Callable[[Asked], Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        answer = self.answers.get(asked.path, Reply(status=404))
        return answer(asked) if callable(answer) else answer

    def document(self, **changes: Any) -> dict[str, Any]:
        """Return the configuration, changed; None takes a member away."""
        document = json.loads(recorded("02-openid-configuration").replace(SITE, self.url)) | changes
        return {name: value for name, value in document.items() if value is not None}

    def say(self, **changes: Any) -> None:
        """Let the configuration be another one from now on."""
        self.answers[CONFIGURATION] = Reply(self.document(**changes))

    def refuse(self, status: int, word: str) -> None:
        """Refuse registrations as Moodle does: with a bare word that is called HTML."""
        self.answers[REGISTRATION] = Reply(word, status, {"Content-Type": "text/html; charset=utf-8"})

    @property
    def registrations(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "POST"]


@contextmanager
def moodle() -> Iterator[Moodle]:
    lms = Moodle()
    with serving(lms) as url:
        lms.url = url
        lms.say()
        lms.answers[REGISTRATION] = Reply(recorded("03-registration").replace(SITE, url))
        yield lms


@dataclass
class Registering:
    """An LMS's administrator at the page that the LMS opened."""

    client: FlaskClient
    lms: Moodle
    invite: str = ""
    token: str = "header.claims.signature"

    @property
    def path(self) -> str:
        return f"/lti/register/{self.invite}" if self.invite else "/lti/register"

    def open(self, url: str | None = None) -> TestResponse:
        """Open the page as the LMS does."""
        query = {"openid_configuration": url or f"{self.lms.url}{CONFIGURATION}", "registration_token": self.token}
        return self.client.get(f"{self.path}?{urlencode(query)}")

    def connect(self, page: TestResponse | None = None, **changes: str) -> TestResponse:
        """Press the button."""
        fields = hidden_fields((page or self.open()).text)
        return self.client.post(self.path, data=fields | changes)


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.partition("<main")[2])
    return {name: html.unescape(value) for name, value in found}


def text_of(response: TestResponse) -> str:
    """The words of a page, without its markup."""
    body = response.text.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def code_of(response: TestResponse) -> str:
    """The code of a refusal."""
    found = re.search(r"Code</dt><dd><code>([a-z_]+)</code>", response.text)
    return found[1] if found else ""
