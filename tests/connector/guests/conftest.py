import re
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from connector.activities.models import Placement
from connector.courses.models import Membership, Person
from connector.guests.models import Invitation
from connector.guests.standing import State, state_of
from connector.guests.tidying import tidy
from connector.moderation.services import approve
from connector.threads.models import Post, ThreadKind
from tests import make
from tests.connector.notifications.conftest import chalkboard, mail_settings, mailbox, smtp  # noqa: F401 -- fixtures
from tests.connector.threads import build
from tests.connector.threads.members import *  # noqa: F403 -- fixtures

ADDRESS = "jane.roe@authority.example"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """A browser of somebody outside, with what mails led it to."""

    client: Any = field(repr=False)
    path: str = ""
    token: str = ""

    def get(self, path: str = "", **more: Any) -> Any:
        """Open a page below the link."""
        answer = self.client.get(self.path + path, buffered=True, **more)
        if found := _TOKEN.search(answer.get_data(as_text=True)):
            self.token = found[1]
        return answer

    def post(self, path: str, **form: Any) -> Any:
        """Send a form below the link."""
        form = {"csrf_token": self.token, "idempotency_key": str(uuid.uuid4()), **form}
        return self.client.post(self.path + path, data=form, buffered=True)

    def read(self, path: str = "") -> str:
        """Return what a page says, wherever it leads."""
        answer = self.client.get(self.path + path, buffered=True, follow_redirects=True)
        if found := _TOKEN.search(answer.text):
            self.token = found[1]
        return answer.text


@dataclass
class Office:
    """A course with a trainer who invites people, their mailbox, and the clock of all of it."""

    app: Any
    session: Any
    clock: Any
    mailbox: Any
    smtp: Any
    desk: Any

    @property
    def base(self) -> str:
        """Where the trainer's page of guests is."""
        return f"/s/{self.desk.sid}/activities/{self.desk.activity.id}/guests"

    def get(self, path: str = "", **more: Any) -> Any:
        """Open the trainer's page of guests."""
        answer = self.desk.client.get(self.base + path, **more)
        if found := _TOKEN.search(answer.text):
            self.desk.token = found[1]
        return answer

    def post(self, path: str = "", **form: Any) -> Any:
        """Send one of its forms."""
        if not self.desk.token:
            self.get()
        return self.desk.client.post(self.base + path, data={"csrf_token": self.desk.token, **form})

    def invite(self, thread: Any = None, **form: Any) -> Invitation:
        """Invite somebody, and let the mail go."""
        typed = {"name": "Jane Roe", "address": ADDRESS, "note": "You wrote the rules.", "locale": "en", "days": "14"}
        typed |= {"thread": str(thread.id)} if thread else {}
        answer = self.post(**{**typed, **form})
        assert answer.status_code == 303, answer.text
        self.mailbox.run()
        return self.newest()

    def find(self, query: Any) -> list[Any]:
        """Return rows as they are stored now, without keeping anybody from writing."""
        with self.app.extensions["kring"].database.session(writes=False) as session:
            return list(session.scalars(query))

    def newest(self) -> Invitation:
        """Return the last invitation, with its mail."""
        query = select(Invitation).options(joinedload(Invitation.mail), joinedload(Invitation.member))
        return self.find(query.order_by(Invitation.created_at.desc(), Invitation.id).limit(1))[0]

    def state(self) -> State:
        """Return how the last invitation stands."""
        return state_of(self.newest(), now=self.clock())

    def posts(self) -> list[Post]:
        """Return what guests wrote, the oldest first."""
        by_guests = select(Post).join(Post.author).join(Membership.person).where(Person.is_guest)
        return self.find(by_guests.order_by(Post.number).options(joinedload(Post.author)))

    def approve(self, post: Post, by: Membership) -> None:
        """Let a trainer approve a post."""
        approve(self.session, self.session.get_one(Post, post.id), by, now=self.clock())
        self.session.commit()

    def tidy(self) -> None:
        """Do what housekeeping does now, and let the mail go."""
        tidy(self.session, now=self.clock())
        self.session.commit()
        self.mailbox.run()

    def mails(self) -> list[Any]:
        """Return what the guest's mailbox got."""
        return self.smtp.messages_for(ADDRESS)

    def link(self) -> str:
        """Return the path that the newest mail with a link leads to."""
        texts = [each.get_body(("plain",)).get_content() for each in self.mails()]
        return [found for text in texts for found in re.findall(r"http://localhost(/guest/\S+)", text)][-1]

    def code(self) -> str:
        """Return the newest code."""
        self.mailbox.run()
        return re.findall(r"^(\d{6})\r?$", self.mails()[-1].get_body(("plain",)).get_content(), re.MULTILINE)[-1]

    def browser(self, path: str | None = None) -> Browser:
        """Return a browser that was nowhere yet, in front of the link."""
        return Browser(self.app.test_client(), path or self.link())

    def guest(self, *, agrees: bool = True, is_recorded: bool = True) -> Browser:
        """Return a browser that a code has confirmed."""
        found = self.browser()
        found.get()
        assert found.post("/code").status_code == 303
        found.get()
        assert found.post("/confirm", code=self.code()).status_code == 303
        found.get()
        if agrees:
            form = {"is_recorded": "1"} if is_recorded else {}
            assert found.post("/agree", **form).status_code == 303
            found.read()
        return found


@pytest.fixture
def activity(session, course):
    """One that learners were let in to, with the names in its course that guests must never see."""
    found = make.activity(session, course=course)
    session.execute(update(Placement).values(opened_at=make.NOW))
    return found


@pytest.fixture
def question(session, activity, ana):
    return build.thread(
        session,
        activity=activity,
        author=ana,
        kind=ThreadKind.QUESTION,
        title="Which form does Bo Dam need?",
        body="I asked @Bo Dam and he said: ask Tine Bech. Yours, Ana Holm",
    )


@pytest.fixture
def office(app, session, clock, mailbox, smtp, visiting, activity, trainer, bo, question):  # noqa: F811
    return Office(app, session, clock, mailbox, smtp, visiting(trainer, activity))
