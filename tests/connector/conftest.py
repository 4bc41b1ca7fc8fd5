"""Every statement that a test stores is checked, whatever else the test is about."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Insert, event

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
