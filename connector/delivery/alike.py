"""Statements of many acts that differ in ids alone, such as all reviews of one distribution: built once, told many times.

Building, checking and rendering a statement takes some hundred microseconds, which thousands of acts at the press of one
button cannot each afford. So one of them is made like any other statement; where its ids stood, the others' are put.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import tincan
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.bulk import insert_many
from connector.courses.models import Membership, Person
from connector.delivery.errors import DeliveryError
from connector.delivery.models import ActorMode, Delivery, Kind, Message, State
from connector.delivery.rendering import Identity, Rendering, render
from connector.delivery.services import LISTENING, renderings
from connector.ids import hyphened


class Actor(NamedTuple):
    """A member, with what statements may make of them."""

    person_id: uuid.UUID
    is_recorded: bool
    pseudonym: uuid.UUID
    veil: uuid.UUID
    subject: str
    email: str | None
    locale: str | None


class Act(NamedTuple):
    """One of many acts."""

    statement_id: str
    """The 32 digits of it."""
    actor: Actor
    values: tuple[str, ...]
    """What stands in its statement alone, in the same order in all acts: ids and IRIs of ours, never what people wrote."""
    kind: str | None = None
    """Acts of different kinds differ in more than that: the language of the actor, for one."""


def record_alike(
    session: Session,
    list_acts: Callable[[Mapping[uuid.UUID, Actor]], Sequence[Act]],
    build: Callable[[int], tincan.Statement],
    *,
    course_id: uuid.UUID,
    now: datetime,
) -> None:
    """Store the statements of acts for every endpoint that is to hear of them, as `record` does of one.

    Nobody may be a test student, and nobody a target.

    Args:
        list_acts: Returns the acts, given the members of the course by their id; asked only where somebody listens.
        build: Returns the statement of an act, by its number.

    Raises:
        InvalidStatementError: A statement breaks the specification.
        DeliveryError: A value of an act does not stand in its statement.
    """
    session.flush()
    listening = _listening(session, course_id)
    if not listening:
        return
    acts = list_acts(_actors(session, course_id))
    told = [number for number, act in enumerate(acts) if act.actor.is_recorded]
    if not told:
        return
    built = cache(build)  # a few of each kind, some of them more than once
    for rendering, endpoint_ids in renderings(listening, built(told[0])).items():
        ids = [acts[number].statement_id for number in told]
        insert_many(
            session,
            Message,
            {"rendering": rendering.name, "kind": Kind.STATEMENT, "course_id": course_id, "created_at": now},
            {
                "id": ids,
                "person_id": [acts[number].actor.person_id for number in told],
                "body": _bodies(acts, told, built, rendering, listening[0].issuer),
            },
            count=len(told),
        )
        for endpoint_id in endpoint_ids:
            way = {"rendering": rendering.name, "state": State.NEW, "attempts": 0, "due_at": now}
            insert_many(session, Delivery, {"endpoint_id": endpoint_id, **way}, {"message_id": ids}, count=len(told))


def _bodies(
    acts: Sequence[Act],
    told: Sequence[int],
    build: Callable[[int], tincan.Statement],
    rendering: Rendering,
    issuer: str,
) -> Iterable[bytes]:
    """Return the bytes of statements in one rendering; they are put together as they are stored."""
    is_veiled = build(told[0]).actor.account.name != str(acts[told[0]].actor.pseudonym)
    if rendering.mode is not ActorMode.PSEUDONYMOUS and not is_veiled:
        people = [(number, acts[number].actor) for number in told]
        return [
            render(build(number), rendering, actor=Identity(issuer, each.subject, each.email), target=None)
            for number, each in people
        ]
    patterns = {}
    for kind, number in {acts[number].kind: number for number in reversed(told)}.items():  # the first of each
        body = render(build(number), rendering, actor=None, target=None).decode()
        patterns[kind] = _pattern(body, _values(acts[number]))

    def fill(number: int) -> bytes:
        act = acts[number]
        pattern, places = patterns[act.kind]
        values = _values(act)
        return (pattern % tuple([values[place] for place in places])).encode()

    return map(fill, told)


def _values(act: Act) -> tuple[str, ...]:
    return hyphened(act.statement_id), *act.values


def _pattern(body: str, values: Sequence[str]) -> tuple[str, list[int]]:
    """Return a statement with places for its values, and which value stands at each of them."""
    known = {value: number for number, value in enumerate(values)}
    if len(known) != len(values) or not all(f'"{value}"' in body for value in values):
        raise DeliveryError(f"some of {values} do not stand in their statement by themselves")
    # In quotes, since one IRI begins like another.
    parts = re.split("(" + "|".join(re.escape(f'"{value}"') for value in values) + ")", body)
    pattern = '"%s"'.join(part.replace("%", "%%") for part in parts[0::2])
    return pattern, [known[part[1:-1]] for part in parts[1::2]]


def _listening(session: Session, course_id: uuid.UUID) -> Sequence[Any]:
    """Return the endpoints that hear of anybody in a course."""
    anybody = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.course_id == course_id, Person.is_recorded)
    )
    query = {"course_id": course_id, "person_id": session.scalar(anybody.limit(1)), "target": None}
    return session.connection().execute(LISTENING, query).all()


def _actors(session: Session, course_id: uuid.UUID) -> dict[uuid.UUID, Actor]:
    query = (
        select(
            Membership.id,
            Person.id,
            Person.is_recorded,
            Person.pseudonym,
            Person.veil,
            Person.subject,
            Person.email,
            Person.locale,
        )
        .join(Membership.person)
        .where(Membership.course_id == course_id)
    )
    return {row[0]: Actor(*row[1:]) for row in session.execute(query)}
