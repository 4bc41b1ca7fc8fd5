"""Visits: somebody inside a launch session, with a browser of their own."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.launch.services import open_visit
from tests.make import NOW

_SECRET = "the secret of this browser"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visit:
    """A member in an activity."""

    client: FlaskClient
    sid: str
    activity: Activity
    token: str = field(default="", repr=False)

    @property
    def path(self) -> str:
        """Where the activity begins."""
        return f"/s/{self.sid}/{self.activity.kind}s/{self.activity.id}"

    def get(self, path: str = "", **more: Any) -> TestResponse:
        """Get a page of the activity."""
        response = self.client.get(self.path + path, **more)
        if found := _TOKEN.search(response.text):
            self.token = found[1]
        return response

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form, with the token that the pages carry."""
        if not self.token:
            self.get()
        return self.client.post(self.path + path, data={"csrf_token": self.token, **form})


def visit(app: Flask, session: Session, member: Membership, activity: Activity) -> Visit:
    """Open a launch session for `member`, as a launch would, and commit."""
    sid = open_visit(
        session,
        member.course.deployment.platform,
        membership_id=member.id,
        activity_id=activity.id,
        browser_secret=_SECRET,
        locale="en",
        return_origin="",
        now=NOW,
    )
    session.commit()
    client = app.test_client()
    client.set_cookie("__Host-kring-browser", _SECRET, secure=True, domain="localhost")
    return Visit(client, sid, activity)


def text_of(response: TestResponse) -> str:
    """Return the words of a page, without its markup."""
    body = response.text.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
