"""Puts a page of statements into facts: each once, whatever the store shows twice; what was taken back, not at all."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.delivery.models import Endpoint, Message
from connector.reports.models import Fact, Feed, ForgottenActor, VoidedStatement, milliseconds
from connector.reports.people import Directory, digest_of
from connector.reports.places import Atlas
from connector.reports.reading import Reading, read, read_voided
from connector.reports.settling import SETTLED, settle, touched_by

_CHUNK = 400
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_FACTS, _VOIDS = cast("Table", Fact.__table__), cast("Table", VoidedStatement.__table__)


def store_page(
    session: Session, endpoint: Endpoint, statements: Sequence[Mapping[str, Any]], directory: Directory, atlas: Atlas
) -> int:
    """Store the facts of a page, in the caller's transaction; return how many tell of a course of ours.

    The caller holds the store's row, so that nobody is forgotten meanwhile.
    """
    taken_back = {id_ for each in statements if (id_ := read_voided(each)) is not None}
    if taken_back:
        _store_voids(session, endpoint, taken_back)
    readings = {reading.id: reading for each in statements if (reading := read(each)) is not None}
    gone = _gone(session, endpoint, list(readings))
    kept = [reading for id_, reading in readings.items() if id_ not in gone]
    atlas.learn(session, kept)
    placed = [(reading, place) for reading in kept if (place := atlas.place_of(reading)) is not None]
    directory.learn(session, {agent for reading, _ in placed for agent in (reading.actor, reading.target) if agent})
    rows = [_row(reading, directory) | place._asdict() for reading, place in placed]
    forgotten = _forgotten(session, {row["actor"] for row in rows} | {row["target"] for row in rows} - {None})
    rows = [
        row | ({"target": None} if row["target"] in forgotten else {}) for row in rows if row["actor"] not in forgotten
    ]
    if rows:
        _upsert(session, rows)
        settle(session, ((row["feed_id"], row["event"], row["object"], row["parent"]) for row in rows))
    return len(rows)


def _row(reading: Reading, directory: Directory) -> dict[str, Any]:
    target = None if reading.target is None else directory.known[reading.target]
    return {
        "id": reading.id,
        "stored": milliseconds(reading.stored),
        "at": milliseconds(reading.timestamp),
        "day": reading.timestamp.astimezone(UTC).toordinal(),
        "actor": directory.known[reading.actor],
        "target": target,
        "event": reading.event,
        "verb": reading.verb,
        "object": reading.object,
        "object_type": reading.object_type,
        "parent": reading.parent,
        **reading.values,
    }


def _gone(session: Session, endpoint: Endpoint, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return which statements were taken back, in the store or by us where the store has yet to hear of it."""
    found: set[uuid.UUID] = set()
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        there = (VoidedStatement.endpoint_id == endpoint.id, VoidedStatement.statement_id.in_(chunk))
        found |= set(session.scalars(select(VoidedStatement.statement_id).where(*there)))
        ours = select(Message.voids_id).where(Message.voids_id.is_not(None), Message.voids_id.in_(chunk))
        found |= {id_ for id_ in session.scalars(ours) if id_ is not None}
    return found


def _forgotten(session: Session, keys: set[Any]) -> set[str]:
    digests = {digest_of(key): key for key in keys}
    listed, found = list(digests), set()
    for start in range(0, len(listed), _CHUNK):
        chosen = ForgottenActor.digest.in_(listed[start : start + _CHUNK])
        found |= {digests[digest] for digest in session.scalars(select(ForgottenActor.digest).where(chosen))}
    return found


def _store_voids(session: Session, endpoint: Endpoint, ids: set[uuid.UUID]) -> None:
    rows = [{"endpoint_id": endpoint.id, "statement_id": id_} for id_ in sorted(ids)]
    session.execute(_insert(session)(_VOIDS).on_conflict_do_nothing(), rows)
    feeds = select(Feed.id).where(Feed.endpoint_id == endpoint.id)
    for start in range(0, len(rows), _CHUNK):
        chunk = [row["statement_id"] for row in rows[start : start + _CHUNK]]
        mine = (Fact.feed_id.in_(feeds), Fact.id.in_(chunk))
        touched = touched_by(session, *mine)
        session.execute(delete(Fact).where(*mine).execution_options(synchronize_session=False))
        settle(session, touched)


def _upsert(session: Session, rows: list[dict[str, Any]]) -> None:
    insert = _insert(session)(_FACTS)
    keys = {"feed_id", "id", *SETTLED}
    changed = {column.name: insert.excluded[column.name] for column in _FACTS.columns if column.name not in keys}
    session.execute(insert.on_conflict_do_update(index_elements=["feed_id", "id"], set_=changed), rows)


def _insert(session: Session) -> Any:
    return _INSERTS[session.get_bind().dialect.name]
