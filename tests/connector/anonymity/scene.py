"""A small class in which one learner hides their name, does everything that one can do so, and does nothing else."""

import contextlib
import hmac
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from connector.activities.models import Activity
from connector.app import create_app
from connector.config import Settings
from connector.courses.models import Membership, Role
from connector.db import Database
from connector.delivery.models import ActorMode, Endpoint
from connector.launch.services import open_visit
from connector.moderation.models import Proposal
from connector.notifications.models import Cadence
from connector.notifications.preferences import stored_preference
from connector.participation import services as participation
from connector.participation.models import Grading, Late
from connector.threads.models import Moderation, Post, Rules
from connector.web.sessions import BROWSER_COOKIE
from tests import make
from tests.connector.content import documents
from tests.make import NOW

KEY = "0123456789abcdef0123456789abcdef"
NAME = "Veronika Nachtigall-Östergård"
FILE = "veronika-nachtigall-lebenslauf"
PEOPLE = {
    "vera": (Role.LEARNER, NAME),
    "bo": (Role.LEARNER, "Bo Dam"),
    "cai": (Role.LEARNER, "Cai Lund"),
    "dora": (Role.LEARNER, "Dora Falk"),
    "egon": (Role.LEARNER, "Egon Riis"),
    "tine": (Role.TRAINER, "Tine Bech"),
    "olav": (Role.OBSERVER, "Olav Ris"),
    "eva": (Role.EXPERT, "Eva Krog"),
}
OTHERS = ("bo", "tine", "olav", "eva")
"""Who looks: a peer, and each role that sees more than peers."""


@dataclass
class Actor:
    """Somebody with a browser."""

    member: Membership
    sid: str
    client: Any = field(repr=False)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page of the visit."""
        return self.client.get(f"/s/{self.sid}{path}", buffered=True, **more)

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form, and go where it leads, as a browser does."""
        token = hmac.new(KEY.encode(), f"csrf {self.sid}".encode(), "sha256").hexdigest()
        data = {"csrf_token": token, "idempotency_key": str(uuid.uuid4()), **form}
        answer: TestResponse = self.client.post(f"/s/{self.sid}{path}", data=data, buffered=True)
        if answer.status_code == 303:
            self.client.get(answer.location, buffered=True)
        return answer


@dataclass
class Scene:
    """The class, and a clock that every act moves."""

    app: Flask
    database: Database
    activity: Activity
    actors: dict[str, Actor] = field(default_factory=dict)
    time: datetime = NOW
    reviewed_id: uuid.UUID | None = None
    """The activity in which they review each other; None where there is none."""

    def act(self, who: str, path: str, **form: Any) -> TestResponse:
        """Let somebody send a form, a minute after what happened before."""
        self.time += timedelta(minutes=1)
        answer = self.actors[who].post(path.replace("$", f"/discussions/{self.activity.id}"), **form)
        if answer.status_code not in {200, 201, 303}:
            raise RuntimeError(f"{who} {path}: {answer.status_code} {answer.text[:3000]}")
        return answer

    def see(self, who: str, path: str, **more: Any) -> TestResponse:
        """Let somebody open a page."""
        return self.actors[who].get(path.replace("$", f"/discussions/{self.activity.id}"), **more)

    def posts(self) -> list[Post]:
        """Return all posts, in the order in which they came."""
        with self.database.session(writes=False) as session:
            found = select(Post).order_by(Post.created_at, Post.number)
            posts = list(session.scalars(found))
            for post in posts:
                _ = post.thread.title
            return posts

    def newest(self) -> Post:
        """Return the newest post."""
        return self.posts()[-1]


@contextlib.contextmanager
def make_scene(url: str, folder: Path) -> Iterator[Scene]:
    """Make the class in an empty, migrated database; nobody has written yet."""
    settings = Settings(
        public_url="http://localhost",
        database_url=url,
        secret_key=KEY,
        files_url=(folder / "files").as_uri(),
        allow_private_addresses=True,
        mail_from="kring@example.org",
    )
    scene: Scene
    app = create_app(settings, clock=lambda: scene.time)
    database = app.extensions["kring"].database
    with database.session(writes=True) as session:
        activity = make.activity(session)
        scene = Scene(app, database, activity)
        _fill(session, scene)
        session.commit()
    yield scene
    database.dispose()


def _fill(session: Session, scene: Scene) -> None:
    activity = scene.activity
    for mode in (ActorMode.PSEUDONYMOUS, ActorMode.INTEROPERABLE):
        session.add(
            Endpoint(
                tenant=activity.course.deployment.platform.tenant,
                name=mode.value,
                url=f"https://lrs.example/{mode.value}",
                username="kring",
                password=b"sealed",
                version="1.0.3",
                actor_mode=mode,
                created_at=NOW,
                due_at=NOW,
            )
        )
    session.add(
        Rules(
            activity_id=activity.id,
            learners_start=True,
            allows_anonymous=True,
            allows_private=True,
            moderation=Moderation.NONE,
            hold_after_reports=1,
        )
    )
    for name, (role, called) in PEOPLE.items():
        member = make.member(session, course=activity.course, role=role, name=called)
        member.person.email = f"{called.split()[0].lower()}.{name}@example.org"
        member.person.locale = "en"
        stored_preference(session, member.person_id).cadence = Cadence.INSTANT
        scene.actors[name] = Actor(member, _open(session, member, activity), scene.app.test_client())
        scene.actors[name].client.set_cookie(BROWSER_COOKIE, name, secure=True, domain="localhost")
    vera = scene.actors["vera"].member.person
    vera.email, vera.subject = "vnachtigall@example.org", "subject-4711-nachtigall"
    participation.set_participation(
        session,
        activity,
        scene.actors["tine"].member,
        threads=1,
        replies=1,
        posts=0,
        due_at=None,
        late=Late.COUNTS,
        grading=Grading.COUNT,
    )


def _open(session: Session, member: Membership, activity: Activity) -> str:
    return open_visit(
        session,
        member.course.deployment.platform,
        membership_id=member.id,
        activity_id=activity.id,
        browser_secret=PEOPLE_BROWSER[member.person.name or ""],
        locale="en",
        return_origin="",
        now=NOW,
    )


PEOPLE_BROWSER = {called: name for name, (_role, called) in PEOPLE.items()}


def picture() -> io.BytesIO:
    """Return a photograph that says who took it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B], exif[0x010E] = NAME, f"A picture by {NAME}"
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif, comment=NAME.encode())
    return io.BytesIO(out.getvalue())


def play(scene: Scene) -> None:
    """Let Vera do everything that one can do behind an alias, and the others what they do with it."""
    others = f"$/threads/{_thread(scene, 'bo', title='How do you file?', body='Tell me.')}"
    asked = _thread(
        scene, "vera", title="A question", body="Does @Bo Dam know?", kind="question", anonymous="1", tags="help"
    )
    opening = scene.newest()
    scene.act("bo", f"$/threads/{asked}/replies", body="Try by date.")
    answer = scene.newest()
    scene.act("vera", f"$/posts/{answer.id}/accept")
    scene.act("vera", f"$/threads/{asked}/replies", body="Thank you!", anonymous="1", parent=str(answer.id))
    scene.act("vera", f"$/posts/{opening.id}/edit", title="A question", body="Does @Bo Dam really know?", version="1")
    scene.act("vera", f"{others}/replies", body="Me too.", anonymous="1", file=(picture(), f"{FILE}.jpg"))
    shown = scene.newest()
    pdf = io.BytesIO(documents.pdf(NAME))
    scene.act("vera", f"{others}/replies", body="See this.", anonymous="1", file=(pdf, f"{FILE}.pdf"))
    held = scene.newest()
    sent = scene.act("vera", "/attachments", file=(picture(), f"{FILE}.jpg"), is_decorative="1")
    mark = f"[{FILE}.jpg](attachment:{re.findall('attachments/([0-9a-f-]{36})', sent.text)[0]})"
    scene.act("vera", f"{others}/replies", body=f"I take this back: {mark}", anonymous="1")
    scene.act("vera", f"$/posts/{scene.newest().id}/withdraw")
    scene.act("vera", "/notices/subscriptions", scope="thread", id=str(asked), level="mentions")
    scene.act("vera", f"/drafts/reply {answer.id}", body="Not said yet.")
    scene.act("bo", f"/activities/{scene.activity.id}/reactions/{shown.id}/thanks", reason="It helped.")
    scene.act("cai", f"/activities/{scene.activity.id}/reactions", on=f"helpful {shown.id}")
    scene.act("vera", f"$/moderation/posts/{_first(scene).id}/report", complaint="other", note="Look.")
    scene.act("tine", f"$/moderation/posts/{_first(scene).id}/approve")
    scene.act("cai", f"$/moderation/posts/{held.id}/report", complaint="other", note="Odd.")
    scene.act("tine", f"$/moderation/posts/{held.id}/approve")
    scene.act("tine", f"$/moderation/posts/{shown.id}/edit", body="Me too!", reason="A sign was missing.")
    scene.act("tine", f"$/moderation/posts/{shown.id}/split", title="Another matter", reason="It is another matter.")
    split = next(post for post in scene.posts() if post.id == shown.id).thread_id
    scene.act("vera", f"$/threads/{split}/replies", body="Here now.", anonymous="1")
    scene.act("tine", f"$/moderation/threads/{split}/merge", target=str(asked), reason="It belongs there.")
    private = _thread(scene, "vera", title="Between us", body="Nobody else?", anonymous="1", private="1")
    _open_to_the_course(scene, private)


def _open_to_the_course(scene: Scene, private: uuid.UUID) -> None:
    """Let a trainer ask for a private thread of Vera's, and let her agree without her name, which she writes by mistake."""
    opening = scene.newest()
    scene.act("tine", f"$/threads/{private}/replies", body="A good question.")
    scene.act("vera", f"$/threads/{private}/replies", body="Thanks.", anonymous="1")
    scene.act("tine", f"$/moderation/threads/{private}/propose", reason="Others wonder too.")
    with scene.database.session(writes=False) as session:
        wish = session.scalars(select(Proposal.id).where(Proposal.thread_id == private)).one()
    form = {"way": "anonymous", "title": "Between us", f"body-{opening.id}": f"Nobody else but me, {NAME.upper()}?"}
    page = scene.act("vera", f"$/proposals/{wish}", **form)
    seen = re.findall(r'name="seen" value="([^"]+)"', page.text)[0]
    scene.act("vera", f"$/proposals/{wish}/publish", seen=seen, **form)


def _thread(scene: Scene, who: str, **form: str) -> uuid.UUID:
    scene.act(who, "$/threads", **{"kind": "discussion", **form})
    return scene.newest().thread_id


def _first(scene: Scene) -> Post:
    return scene.posts()[0]


def text_of(answer: TestResponse) -> str:
    """Return what a page says, without what is another each time."""
    main = answer.text.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|[0-9a-f]{16,32}", " ", main))
