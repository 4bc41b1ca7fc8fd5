"""Which person of ours a statement means, and how facts call them: by pseudonym, however a store knows them."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from hashlib import sha1, sha256

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership, Person
from connector.delivery.models import ActorMode, Endpoint
from connector.platforms.models import Platform
from connector.reports.reading import Agent

_HASHED = "mbox_sha1sum"
_CHUNK = 400


def digest_of(key: str) -> str:
    """Return what remains of a random name that was forgotten."""
    return sha256(key.encode()).hexdigest()


def hashed_address(email: str) -> str:
    """Return an address as xAPI hashes it.

    Source: xAPI 1.0.3, Data, 2.4.2.3.
    """
    return sha1(f"mailto:{email}".encode(), usedforsecurity=False).hexdigest()


def names_of(session: Session, person: Person) -> frozenset[str]:
    """Return every name that facts may have for a person: as themselves, and behind the veil of each activity."""
    courses = select(Membership.course_id).where(Membership.person_id == person.id)
    activities = session.scalars(select(Activity.id).where(Activity.course_id.in_(courses)))
    veiled = {str(uuid.uuid5(person.veil, f"actor {activity_id}")) for activity_id in activities}
    return frozenset({str(person.pseudonym), *veiled})


@dataclass(slots=True)
class Directory:
    """Names of people as statements of one store have them; looked up once."""

    endpoint: Endpoint
    home_page: str
    """Of our pseudonyms."""
    known: dict[Agent, str] = field(default_factory=dict)
    addresses: dict[str, str] | None = None
    """Pseudonyms by hashed address, where the store knows people by it."""

    def learn(self, session: Session, agents: Iterable[Agent]) -> None:
        """Look up whoever is not known yet."""
        fresh = {agent for agent in agents if agent not in self.known}
        if not fresh:
            return
        accounts = {agent for agent in fresh if agent.home_page not in {self.home_page, _HASHED, ""}}
        found = _by_account(session, self.endpoint, accounts)
        if self.addresses is None and any(agent.home_page == _HASHED for agent in fresh):
            self.addresses = _by_address(session, self.endpoint)
        for agent in fresh:
            self.known[agent] = found.get(agent) or self._name(agent)

    def _name(self, agent: Agent) -> str:
        if agent.home_page == _HASHED:
            return (self.addresses or {}).get(agent.name, agent.digest)
        if agent.home_page == self.home_page and _is_uuid(agent.name):
            return agent.name.lower()
        return agent.digest


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _by_account(session: Session, endpoint: Endpoint, accounts: Collection[Agent]) -> dict[Agent, str]:
    """Return the pseudonyms of those whom a store knows as their LMS does: by issuer and subject."""
    found: dict[Agent, str] = {}
    listed = sorted(accounts)
    for start in range(0, len(listed), _CHUNK):
        rows = session.execute(
            select(Platform.issuer, Person.subject, Person.pseudonym)
            .join(Person.platform)
            .where(Platform.tenant_id == endpoint.tenant_id)
            .where(
                tuple_(Platform.issuer, Person.subject).in_([tuple(each) for each in listed[start : start + _CHUNK]])
            )
        )
        found |= {Agent(row.issuer, row.subject): str(row.pseudonym) for row in rows}
    return found


def _by_address(session: Session, endpoint: Endpoint) -> dict[str, str]:
    if endpoint.actor_mode is not ActorMode.EMAIL_HASH:
        return {}
    rows = session.execute(
        select(Person.email, Person.pseudonym)
        .join(Person.platform)
        .where(Platform.tenant_id == endpoint.tenant_id, Person.email.is_not(None))
    )
    return {hashed_address(row.email): str(row.pseudonym) for row in rows if row.email}
