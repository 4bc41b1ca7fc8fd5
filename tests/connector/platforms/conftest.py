"""An LMS that wants to be registered, an invitation, and an operator who is signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.platforms import admins, invites
from connector.platforms.services import ensure_tenant
from tests.connector.platforms import registering
from tests.connector.platforms.registering import Moodle, Registering
from tests.make import NOW


@pytest.fixture
def moodle() -> Iterator[Moodle]:
    """A Moodle 4.5.6, as recorded."""
    with registering.moodle() as lms:
        yield lms


@pytest.fixture
def tenant(session, settings):
    found = ensure_tenant(session, settings, now=NOW)
    session.commit()
    return found


@pytest.fixture
def invite(session, tenant, clock) -> Callable[..., str]:
    """Return how to make an invitation; what the session holds is committed."""

    def create(**more: Any) -> str:
        token = invites.create_invite(session, tenant, now=clock(), **more)
        session.commit()
        return token

    return create


@pytest.fixture
def registering_page(client, moodle, invite) -> Registering:
    """An administrator of Moodle who was invited."""
    return Registering(client, moodle, invite())


@pytest.fixture
def stored(database):
    """Return how to read what is stored; in a session of its own, since the other one keeps writers out."""

    def read(query: Any) -> list[Any]:
        with database.session(writes=False) as session:
            return list(session.scalars(query))

    return read


@dataclass
class Operator:
    """A browser that may be signed in to the administrators' pages."""

    client: FlaskClient
    token: str = field(default="", repr=False)

    def get(self, path: str = "/admin") -> TestResponse:
        response = self.client.get(path)
        if found := registering.FORM_TOKEN.search(response.text):
            self.token = found[1]
        return response

    def post(self, path: str, **form: Any) -> TestResponse:
        if not self.token:
            self.get()
        return self.client.post(path, data={"csrf_token": self.token, **form})


@pytest.fixture
def admin_link(session, clock) -> Callable[[], str]:
    """Return how an operator gets a link."""

    def create() -> str:
        path = admins.create_admin_link(session, now=clock())
        session.commit()
        return path

    return create


@pytest.fixture
def operator(app: Flask, admin_link: Callable[[], str], tenant: object) -> Operator:
    """An operator who is signed in."""
    client = app.test_client()
    client.post(admin_link(), base_url="https://localhost")
    cookie = client.get_cookie("__Host-kring-admin")
    assert cookie is not None
    client.set_cookie("__Host-kring-admin", cookie.value)  # the test's client is without TLS
    return Operator(client)
