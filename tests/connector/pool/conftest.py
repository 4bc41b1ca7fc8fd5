import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import update

from connector.activities.models import Placement
from connector.courses.models import Role
from connector.pool import services
from connector.threads.models import ThreadKind
from tests import make
from tests.connector.threads import build
from tests.connector.threads.members import *  # noqa: F403 -- fixtures

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Desk:
    """Somebody in front of the pool."""

    visit: Any
    token: str = field(default="", repr=False)

    @property
    def base(self) -> str:
        """Where the pool is."""
        return f"/s/{self.visit.sid}/pool"

    def get(self, path: str = "", **more: Any) -> Any:
        """Open a page."""
        answer = self.visit.client.get(self.base + path, **more)
        if found := _TOKEN.search(answer.get_data().decode(errors="replace")):
            self.token = found[1]
        return answer

    def post(self, path: str, **form: Any) -> Any:
        """Send a form."""
        if not self.token:
            self.visit.get()
        return self.visit.client.post(self.base + path, data={"csrf_token": self.token or self.visit.token, **form})


@pytest.fixture
def activity(session, course):
    found = make.activity(session, course=course)
    session.execute(update(Placement).values(opened_at=make.NOW))
    return found


@pytest.fixture
def expert(session, course):
    return make.member(session, course=course, role=Role.EXPERT, name="Eva Krog")


@pytest.fixture
def question(session, activity, ana):
    return build.thread(
        session,
        activity=activity,
        author=ana,
        kind=ThreadKind.QUESTION,
        title="Which form?",
        body="Tell me.",
        tags=("forms",),
    )


@pytest.fixture
def answer(session, question, bo):
    return build.reply(session, question, author=bo, body="Form **12b**, says the @trainers office.")


@pytest.fixture
def entry(session, answer, expert):
    return services.promote(session, answer, expert, now=make.NOW)


@pytest.fixture
def at(visiting, activity):
    return lambda member: Desk(visiting(member, activity))
