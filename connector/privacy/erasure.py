"""Forgets a person: who they were, and, as far as stores let us, what was told of them.

The act of others stays theirs, and so do the person's posts: the course's talk would have holes without them, so their
author becomes a former member. Taking away the text that somebody wrote for others is another matter than this one;
what they wrote for nobody yet, and what was meant for them alone, goes: each folder that holds such things forgets them.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from typing import Any

from sqlalchemy import ColumnExpressionArgument, Row, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.holders import Holder
from connector.courses.models import Membership, Person
from connector.delivery.models import ActorMode, Delivery, Endpoint, Message, Reconciliation, State
from connector.delivery.rendering import strip_target
from connector.delivery.voiding import Told, void
from connector.platforms.models import Platform
from connector.privacy.errors import ErasureUnknownError, PersonUnknownError
from connector.privacy.models import Erasure, ErasureReceipt, ErasureVoid

_CHUNK = 500
_TELLING = 6
"""From this length on, a subject or a name in an error message can hardly be anything else."""
_LEFT_OUT = "left out: it named somebody who has been erased"


def erase_person(session: Session, person: Person, *, holders: Sequence[Holder], now: datetime) -> Erasure:
    """Make it impossible to tell who a person was, and take back what stores were told of them.

    The names, the address and the subject go, and with them the pseudonym, so that statements that a store keeps are
    nobody's; what still waits to be sent is dropped; what was delivered, or may have been, is voided; every store gets
    a receipt. Their posts stay, as a former member's. Whoever launches later under the same subject is somebody new, so
    the LMS has to forget them first. What the person did in the very moment of the erasure may come through: doing it
    again finds that, and harms nothing.

    Args:
        holders: Every folder that holds something of people, as `connector.holders` lists them.
    """
    tenant = person.platform.tenant
    # Workers change deliveries only while they hold the endpoint's row; acts go on, as they need no more than its key.
    session.execute(
        select(Endpoint.id).where(Endpoint.tenant_id == tenant.id).order_by(Endpoint.id).with_for_update(key_share=True)
    )
    session.refresh(person, with_for_update={"key_share": True})
    erasure = Erasure(id=uuid.uuid4(), tenant=tenant, erased_at=now)
    session.add(erasure)
    receipts: dict[uuid.UUID, ErasureReceipt] = defaultdict(ErasureReceipt)
    voids: list[Told] = []
    _forget_statements(session, person, receipts, voids)
    _forget_target(session, person, receipts, voids)
    void_ids = void(session, voids, tenant, now=now)
    for endpoint_id, receipt in receipts.items():
        receipt.id, receipt.erasure, receipt.endpoint_id = uuid.uuid4(), erasure, endpoint_id
        session.add(receipt)
    session.flush()
    for told, message_id in void_ids.items():
        session.add(ErasureVoid(receipt_id=receipts[told.endpoint_id].id, message_id=message_id))
    _forget_answers(session, person)
    for holder in holders:
        holder.forget(session, person)
    _forget_person(session, person, now)
    session.flush()
    return erasure


def erase_subject(
    session: Session, *, issuer: str, subject: str, holders: Sequence[Holder], now: datetime
) -> Sequence[Erasure]:
    """Erase everybody whom an issuer knows by a subject: one person, however often the LMS is registered.

    Raises:
        PersonUnknownError: There is nobody.
    """
    found = select(Person).join(Person.platform).where(Platform.issuer == issuer, Person.subject == subject)
    people = session.scalars(found.order_by(Person.created_at)).all()
    if not people:
        raise PersonUnknownError(f"{issuer} has told us of nobody by the subject {subject!r}")
    return [erase_person(session, person, holders=holders, now=now) for person in people]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the erasure has come at one store."""

    endpoint: Endpoint
    receipt: ErasureReceipt
    waiting: int
    """How many voiding statements are still to be delivered."""
    dead: int
    """How many the store refused for good."""

    @property
    def voided(self) -> int:
        """Return how many voiding statements the store accepted."""
        return self.receipt.delivered + self.receipt.uncertain - self.waiting - self.dead

    @property
    def is_finished(self) -> bool:
        """Return whether nothing more will happen by itself."""
        return self.waiting == 0


def list_standings(session: Session, erasure_id: uuid.UUID) -> Sequence[Standing]:
    """Return what was done at each store, and how far it has come.

    Raises:
        ErasureUnknownError: There was no such erasure.
    """
    if session.get(Erasure, erasure_id) is None:
        raise ErasureUnknownError(f"there was no erasure {erasure_id}")
    mine = select(ErasureReceipt).where(ErasureReceipt.erasure_id == erasure_id)
    receipts = session.scalars(mine.options(joinedload(ErasureReceipt.endpoint))).all()
    counts = {
        (endpoint_id, state): count
        for endpoint_id, state, count in session.execute(
            select(Delivery.endpoint_id, Delivery.state, func.count())
            .join(ErasureVoid, ErasureVoid.message_id == Delivery.message_id)
            .join(ErasureReceipt, ErasureReceipt.id == ErasureVoid.receipt_id)
            .where(ErasureReceipt.erasure_id == erasure_id, ErasureReceipt.endpoint_id == Delivery.endpoint_id)
            .group_by(Delivery.endpoint_id, Delivery.state)
        )
    }
    return [
        Standing(
            endpoint=receipt.endpoint,
            receipt=receipt,
            waiting=sum(counts.get((receipt.endpoint_id, state), 0) for state in (State.NEW, State.LEASED)),
            dead=counts.get((receipt.endpoint_id, State.DEAD), 0),
        )
        for receipt in sorted(receipts, key=lambda receipt: receipt.endpoint.name)
    ]


def list_erasures(session: Session) -> Sequence[Erasure]:
    """Return every erasure, the newest first."""
    return session.scalars(select(Erasure).order_by(Erasure.erased_at.desc(), Erasure.id)).all()


def _forget_statements(
    session: Session, person: Person, receipts: dict[uuid.UUID, ErasureReceipt], voids: list[Told]
) -> None:
    """Remove the person's messages and deliveries, and note what stores have, or may have, of them."""
    theirs = _in_courses_of(person, Message.person_id == person.id)
    waiting = (
        select(Delivery.id, Delivery.message_id, Delivery.endpoint_id, Delivery.state, Delivery.attempts)
        .add_columns(Delivery.due_at, Message.created_at, Message.course_id)
        .join(Delivery.message)
        .where(*theirs)
        .order_by(Delivery.id)
        .limit(_CHUNK)
    )
    while rows := session.execute(waiting).all():
        for row in rows:
            receipt = receipts[row.endpoint_id]
            is_delivered = row.state is State.DONE
            _count(receipt, delivered=is_delivered, dropped=not is_delivered)
            if is_delivered or _was_tried(row):
                _count(receipt, uncertain=not is_delivered)
                voids.append(Told(row.message_id, row.course_id, row.endpoint_id))
        session.execute(delete(Delivery).where(Delivery.id.in_([row.id for row in rows])))
    session.execute(delete(Message).where(*theirs))


def _was_tried(way: Row[Any]) -> bool:
    """Return whether a store may have what was not accepted by it.

    What an operator sent again counts its attempts anew, but has lost its place in the queue.
    """
    return bool(way.attempts > 0 or way.due_at != way.created_at)


def _forget_target(
    session: Session, person: Person, receipts: dict[uuid.UUID, ErasureReceipt], voids: list[Told]
) -> None:
    """Let no statement of others name the person: a pseudonym is nobody's now, whatever says more is left out."""
    named = _in_courses_of(person, Message.target_id == person.id)
    identifying = Message.rendering.not_like(f"%/{ActorMode.PSEUDONYMOUS}")
    telling = select(Message).where(*named, identifying).limit(_CHUNK)
    while messages := session.scalars(telling).all():
        for message in messages:
            _strip(session, message, receipts, voids)
        session.flush()
    session.execute(update(Message).where(*named).values(target_id=None))


def _strip(session: Session, message: Message, receipts: dict[uuid.UUID, ErasureReceipt], voids: list[Told]) -> None:
    """Store what remains of a message; where it tells of nothing then, what was not delivered of it is dropped.

    What was dropped and may have arrived nevertheless names the person there, so it is voided.
    """
    message.body, is_telling = strip_target(message.body)
    message.target_id = None
    ways = select(Delivery.id, Delivery.endpoint_id, Delivery.state, Delivery.attempts, Delivery.due_at)
    mine = (Delivery.message_id == message.id, Delivery.rendering == message.rendering)
    for way in session.execute(ways.add_columns(Message.created_at).join(Delivery.message).where(*mine)).all():
        is_delivered = way.state is State.DONE
        is_dropped = not is_delivered and not is_telling
        is_uncertain = is_dropped and _was_tried(way)
        _count(receipts[way.endpoint_id], named=is_delivered, dropped=is_dropped, uncertain=is_uncertain)
        if is_uncertain:
            voids.append(Told(message.id, message.course_id, way.endpoint_id))
        if is_dropped:
            session.execute(delete(Delivery).where(Delivery.id == way.id))


def _count(receipt: ErasureReceipt, **more: bool) -> None:
    for name, is_one in more.items():
        setattr(receipt, name, (getattr(receipt, name) or 0) + is_one)


def _in_courses_of(person: Person, mine: ColumnExpressionArgument[bool]) -> list[ColumnExpressionArgument[bool]]:
    """Return the conditions for messages of the person's courses: found by their index, there is none by person."""
    courses = select(Membership.course_id).where(Membership.person_id == person.id)
    return [Message.course_id.in_(courses), mine]


def _forget_answers(session: Session, person: Person) -> None:
    """Remove what stores said where it quotes the person."""
    words = list(_identifiers(person))
    endpoints = select(Endpoint.id).where(Endpoint.tenant_id == person.platform.tenant_id)
    places = [
        (Endpoint.last_error, Endpoint.id.in_(endpoints)),
        (Endpoint.paused_reason, Endpoint.id.in_(endpoints)),
        (Reconciliation.error, Reconciliation.endpoint_id.in_(endpoints)),
        # What was delivered has no error, and there may be millions.
        (Delivery.last_error, and_(Delivery.endpoint_id.in_(endpoints), Delivery.state != State.DONE)),
    ]
    for column, mine in places:
        quotes = or_(*(column.contains(word, autoescape=True) for word in words))
        session.execute(update(column.class_).where(mine, quotes).values({column.key: _LEFT_OUT}))


def _identifiers(person: Person) -> Iterator[str]:
    """Yield what a store's answer may quote of a person."""
    yield str(person.pseudonym)
    for word in filter(None, (person.subject, person.name)):
        yield from (word,) if len(word) >= _TELLING else (f'"{word}"', f"'{word}'")
    if person.email:
        yield person.email
        yield sha1(f"mailto:{person.email}".encode(), usedforsecurity=False).hexdigest()


def _forget_person(session: Session, person: Person, now: datetime) -> None:
    person.name = person.email = person.locale = None
    person.subject = f"erased {uuid.uuid4()}"
    person.pseudonym, person.veil = uuid.uuid4(), uuid.uuid4()
    person.is_recorded, person.erased_at = False, now
    # No page of the course opens for them again.
    session.execute(update(Membership).where(Membership.person_id == person.id).values(is_active=False))
