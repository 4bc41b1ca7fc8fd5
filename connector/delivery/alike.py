"""Statements of many acts that differ in ids alone, such as all reviews of one distribution: built once, told many times.

Building, checking and rendering a statement takes some hundred microseconds, which thousands of acts at the press of one
button cannot each afford. So one of them is made like any other statement; where its ids stood, the others' are put.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import tincan
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.bulk import insert_many
from connector.courses.models import Membership, Person
from connector.delivery.errors import DeliveryError
from connector.delivery.models import ActorMode, Delivery, Kind, Message, State
from connector.delivery.rendering import Identity, Rendering, render
from connector.delivery.services import LISTENING, renderings


@dataclass(frozen=True, slots=True)
class Act:
    """One of many acts."""

    statement_id: uuid.UUID
    person_id: uuid.UUID
    """Whose act it is."""
    values: tuple[str, ...]
    """What stands in its statement alone, in the same order in all acts: ids and IRIs of ours, never what people wrote."""
    kind: str | None = None
    """Acts of different kinds differ in more than that: the language of the actor, for one."""


def record_alike(
    session: Session,
    list_acts: Callable[[], Sequence[Act]],
    build: Callable[[int], tincan.Statement],
    *,
    course_id: uuid.UUID,
    now: datetime,
) -> None:
    """Store the statements of acts for every endpoint that is to hear of them, as `record` does of one.

    Nobody may be a test student, and nobody a target.

    Args:
        list_acts: Returns acts of members of one course; asked only where somebody listens.
        build: Returns the statement of an act, by its number.

    Raises:
        InvalidStatementError: A statement breaks the specification.
        DeliveryError: A value of an act does not stand in its statement.
    """
    session.flush()
    listening = _listening(session, course_id)
    if not listening:
        return
    acts, people = list_acts(), _people(session, course_id)
    told = [number for number, act in enumerate(acts) if people[act.person_id].is_recorded]
    if not told:
        return
    for rendering, endpoint_ids in renderings(listening, build(told[0])).items():
        bodies = _Bodies(acts, build, people, rendering, listening[0].issuer)
        ids = [acts[number].statement_id for number in told]
        insert_many(
            session,
            Message,
            {"rendering": rendering.name, "kind": Kind.STATEMENT, "course_id": course_id, "created_at": now},
            {
                "id": ids,
                "person_id": [acts[number].person_id for number in told],
                "body": [bodies.of(number) for number in told],
            },
        )
        for endpoint_id in endpoint_ids:
            way = {"rendering": rendering.name, "state": State.NEW, "attempts": 0, "due_at": now}
            insert_many(session, Delivery, {"endpoint_id": endpoint_id, **way}, {"message_id": ids})


class _Bodies:
    """The bytes of statements in one rendering."""

    def __init__(
        self,
        acts: Sequence[Act],
        build: Callable[[int], tincan.Statement],
        people: Mapping[uuid.UUID, Any],
        rendering: Rendering,
        issuer: str,
    ) -> None:
        self._acts, self._build, self._people = acts, build, people
        self._rendering, self._issuer = rendering, issuer
        self._patterns: dict[str | None, tuple[list[str], list[int]]] = {}
        self._names_people = rendering.mode is not ActorMode.PSEUDONYMOUS and not self._is_veiled()

    def of(self, number: int) -> bytes:
        """Return an act's."""
        act = self._acts[number]
        if self._names_people:
            person = self._people[act.person_id]
            identity = Identity(self._issuer, person.subject, person.email)
            return render(self._build(number), self._rendering, actor=identity, target=None)
        values = (str(act.statement_id), *act.values)
        if act.kind not in self._patterns:
            body = render(self._build(number), self._rendering, actor=None, target=None).decode()
            self._patterns[act.kind] = _pattern(body, values)
        pieces, places = self._patterns[act.kind]
        parts = [pieces[0]]
        for piece, place in zip(pieces[1:], places, strict=True):
            parts += (values[place], piece)
        return "".join(parts).encode()

    def _is_veiled(self) -> bool:
        account = self._build(0).actor.account
        return bool(account.name != str(self._people[self._acts[0].person_id].pseudonym))


def _pattern(body: str, values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return what stands between the values of a statement, and which value stands where."""
    known = {value: number for number, value in enumerate(values)}
    if len(known) != len(values) or not all(f'"{value}"' in body for value in values):
        raise DeliveryError(f"some of {values} do not stand in their statement by themselves")
    # In quotes, since one IRI begins like another.
    parts = re.split("(" + "|".join(re.escape(f'"{value}"') for value in values) + ")", body)
    places = [known[part[1:-1]] for part in parts[1::2]]
    pieces = [f'"{part}"' for part in parts[0::2]]
    return [pieces[0][1:], *pieces[1:-1], pieces[-1][:-1]], places


def _listening(session: Session, course_id: uuid.UUID) -> Sequence[Any]:
    """Return the endpoints that hear of anybody in a course."""
    anybody = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.course_id == course_id, Person.is_recorded)
    )
    query = {"course_id": course_id, "person_id": session.scalar(anybody.limit(1)), "target": None}
    return session.connection().execute(LISTENING, query).all()


def _people(session: Session, course_id: uuid.UUID) -> dict[uuid.UUID, Any]:
    query = (
        select(Person.id, Person.is_recorded, Person.pseudonym, Person.subject, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.course_id == course_id)
    )
    return {row.id: row for row in session.execute(query)}
