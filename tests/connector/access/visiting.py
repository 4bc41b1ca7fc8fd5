"""Opens the world, and lets everybody in who has a way in."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from connector.app import create_app
from connector.config import Settings
from connector.launch.services import open_visit
from connector.platforms.admins import create_admin_link, sign_in
from connector.web.sessions import BROWSER_COOKIE
from tests.connector.access.building import Builder
from tests.connector.access.world import BROWSER, HOME, KEY, LATER, OUTSIDE, WHO, Visitor, World
from tests.make import NOW

OPERATORS_COOKIE = "__Host-kring-admin"


@contextlib.contextmanager
def make_world(url: str, folder: Path) -> Iterator[World]:
    """Make the world in an empty, migrated database."""
    settings = Settings(
        public_url="http://localhost",
        database_url=url,
        secret_key=KEY,
        files_url=(folder / "files").as_uri(),
        allow_private_addresses=True,
    )
    app = create_app(settings, clock=lambda: LATER)
    database = app.extensions["kring"].database
    with database.session(writes=True) as session, app.test_request_context("/"):
        builder = Builder(app, session)
        builder.build()
        visitors = _let_in(app, session, builder)
        session.commit()
    yield World(app, database, folder / "kring.sqlite", visitors, builder.things, builder.words, builder.meanings)
    database.dispose()


def _let_in(app: Flask, session: Session, builder: Builder) -> dict[str, Visitor]:
    activities = {each.name: each.value for each in builder.things if each.kind == "activity"}
    found: dict[str, Visitor] = {}
    for name, (course, role) in WHO.items():
        member = builder.members[name]
        sid = open_visit(
            session,
            member.course.deployment.platform,
            membership_id=member.id,
            activity_id=activities["forum" if course == HOME else f"forum of {course}"],
            browser_secret=BROWSER,
            locale="en",
            return_origin="",
            now=LATER,
        )
        client = app.test_client()
        client.set_cookie(BROWSER_COOKIE, BROWSER, secure=True, domain="localhost")
        found[name] = Visitor(name, course, role, is_here=name not in OUTSIDE, sid=sid, client=client)
    # Somebody who has the trainer's address, and not the trainer's browser; and somebody who has nothing.
    found["thief"] = replace(found["tine"], name="thief", is_here=False, client=app.test_client())
    found["nobody"] = Visitor("nobody", "", is_here=False, sid="A" * 32, client=app.test_client())
    operator = app.test_client()
    token = create_admin_link(session, now=NOW).rpartition("/")[2]
    operator.set_cookie(OPERATORS_COOKIE, str(sign_in(session, token, now=NOW)), secure=True, domain="localhost")
    found["operator"] = Visitor("operator", "", is_here=False, is_operator=True, sid="A" * 32, client=operator)
    return found
