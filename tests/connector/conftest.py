"""Every statement that a test stores is checked, whatever else the test is about; and what many tests look with."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, Insert, event
from werkzeug.serving import make_server

from connector.db import Database
from connector.delivery.models import Kind, Message
from xapi import profile, schema

MADE_UP = "tests/connector/delivery/"
"""Tests of the way to a store, whose statements tell of nothing that Kring does."""


@pytest.fixture(autouse=True)
def stored_statements(request: pytest.FixtureRequest) -> Iterator[list[bytes]]:
    """Check what is inserted, also where it is rolled back or never committed, in every thread of this process."""
    bodies: list[bytes] = []

    def note(_connection: Connection, clause: object, many: list[Any], one: dict[str, Any], _options: object) -> None:
        if isinstance(clause, Insert) and clause.table is Message.__table__:
            rows = [*many, one, clause.compile().params]
            bodies.extend(row["body"] for row in rows if row.get("body") and row.get("kind") == Kind.STATEMENT)

    event.listen(Engine, "before_execute", note)
    yield bodies
    event.remove(Engine, "before_execute", note)
    if MADE_UP in request.node.path.as_posix():
        return
    for statement in map(json.loads, bodies):
        schema.validate(statement)
        profile.check(statement)


@pytest.fixture
def stored(database: Database) -> Callable[[Any], Sequence[Any]]:
    """Return how to read what is stored; in a session of its own, since the other one keeps writers out."""

    def read(query: Any) -> Sequence[Any]:
        with database.session(writes=False) as session:
            return session.scalars(query).all()

    return read


@pytest.fixture
def queries(app: Flask) -> list[str]:
    """Collects what the application asks its database."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(app.extensions["kring"].database.engine, "before_cursor_execute", note)
    return seen


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Where the application's pages are, for a browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
