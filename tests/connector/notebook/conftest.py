import html
import re

import pytest
from sqlalchemy import update

from connector.activities.models import Placement
from tests import make
from tests.connector.threads import build
from tests.connector.threads.members import *  # noqa: F403 -- the fixtures of everybody who tests threads


@pytest.fixture
def activity(session, course):
    """One that learners were let in to, so that they find it in the course."""
    found = make.activity(session, course=course)
    session.execute(update(Placement).values(opened_at=make.NOW))
    return found


@pytest.fixture
def thread(session, activity, bo):
    return build.thread(session, activity=activity, author=bo, title="Filing", body="By date, *never* by name.")


class Desk:
    """Somebody in front of their notebook."""

    def __init__(self, visit):
        self.visit = visit
        self.path = f"/s/{visit.sid}/notebook"

    def get(self, path=""):
        return self.visit.client.get(self.path + path)

    def read(self, path=""):
        return text_of(self.get(path).text)

    def post(self, path="", **form):
        if not self.visit.token:
            self.visit.get()
        return self.visit.client.post(self.path + path, data={"csrf_token": self.visit.token, **form})

    def write(self, body="A thought.", **form):
        """Write a note, and return its address below the notebook."""
        answer = self.post(body=body, **form)
        assert answer.status_code == 303, text_of(answer.text)
        return answer.location.partition("/notebook")[2]


@pytest.fixture
def at(visiting, activity):
    return lambda member: Desk(visiting(member, activity))


def text_of(page):
    body = page.partition("<main")[2] or page
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
