"""A trainer at the picker, by way of forms alone, and the answer that the LMS gets."""

import html
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from connector.activities.models import Activity
from lti import claims
from tests.conformance.edits import deep_linking
from tests.lms import LMS

RETURN_URL = "https://platform.example/deep-links"
_FIELD = re.compile(r'<(?:input|textarea|button)\b[^>]*\bname="([^"]+)"[^>]*>(?:\n?([^<]*)</textarea>)?')
_VALUE = re.compile(r'\bvalue="([^"]*)"')


def asking(**settings: Any):
    """Return how to make the token of a deep linking request."""

    def make(draft):
        deep_linking(draft, **settings)
        draft.claims[claims.LAUNCH_PRESENTATION] = {"locale": "en"}
        return draft.token()

    return make


@dataclass
class Picker:
    """The page as it was last shown."""

    client: FlaskClient
    path: str
    page: TestResponse
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.read(self.page)

    def read(self, page: TestResponse) -> None:
        self.page = page
        self.fields = {}
        for found in re.finditer(_FIELD, page.text):
            tag, name = found[0], html.unescape(found[1])
            is_choice = 'type="checkbox"' in tag or 'type="radio"' in tag
            if tag.startswith("<button") or (is_choice and " checked" not in tag):
                continue
            value = found[2] if tag.startswith("<textarea") else (_VALUE.search(tag) or ["", ""])[1]
            self.fields[name] = html.unescape(value or "")

    def press(self, act: str = "finish", **typed: str) -> TestResponse:
        """Type into fields (`title`, or `title_1` for the second form) and press a button; follow to the next page."""
        for name, value in typed.items():
            stem, _, place = name.rpartition("_") if name[-1].isdigit() else (name, "", "0")
            self.fields[f"items-{place}-{stem}"] = value
        response = self.client.post(self.path, data={**self.fields, "act": act})
        if response.status_code == 303:
            response = self.client.get(response.location)
        self.read(response)
        return response

    def cancel(self) -> TestResponse:
        token = {"csrf_token": self.fields["csrf_token"]}
        return self.client.post(f"{self.path}/cancel", data=token, follow_redirects=True)


def open_picker(platform: LMS, client: FlaskClient, **settings: Any) -> Picker:
    """Launch as a teacher who wants to add something."""
    launched = platform.launch(client, "teacher", make=asking(**settings))
    assert launched.status_code == 303, launched.text
    return Picker(client, launched.location, client.get(launched.location))


def sent(page: TestResponse) -> dict[str, Any]:
    """Return the claims that a page posts to the LMS, after a look at the policy that must let it."""
    action = html.unescape(re.search(r'<form method="post" action="([^"]+)" data-send>', page.text)[1])
    origin = "/".join(action.split("/")[:3])
    policy = page.headers["Content-Security-Policy"]
    assert origin in re.search(r"form-action ([^;]+)", policy)[1].split()
    payload = re.search(r'name="JWT" value="([^"]+)"', page.text)[1].split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def items(page: TestResponse) -> list[dict[str, Any]]:
    return sent(page)[claims.DEEP_LINKING_CONTENT_ITEMS]


def activities(session: Session) -> Sequence[Activity]:
    """Return what is stored, in the order in which it was made."""
    return session.scalars(select(Activity).order_by(Activity.created_at)).all()
