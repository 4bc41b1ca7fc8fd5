"""What reports hold of a person, and how that is forgotten."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.delivery.models import Endpoint
from connector.reports.models import Fact, ForgottenActor, Goal, Source, WeeklyReader, moment_of
from connector.reports.people import digest_of, hashed_address, names_of
from connector.reports.reading import Agent
from connector.reports.settling import settle, touched_by
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person: what learning record stores told us of them, and the goals that they set."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    facts = session.scalars(select(Fact).where(Fact.actor.in_(names_of(session, person))).order_by(Fact.at, Fact.id))
    goals = session.scalars(select(Goal).where(Goal.created_by_id.in_(mine)).order_by(Goal.created_at))
    return [
        Holding(
            label=_("What learning record stores told us of you"),
            name="facts",
            records=[
                {"statement": str(each.id), "at": moment_of(each.at).isoformat(), "event": each.event or each.verb}
                for each in facts
            ],
        ),
        Holding(
            label=_("Goals of courses that you set"),
            name="report_goals",
            records=[{"wish": each.wish, "due": each.due.isoformat()} for each in goals],
        ),
    ]


def forget(session: Session, person: Person) -> None:
    """Let a person vanish from facts, and see to it that no store brings them back."""
    endpoints = select(Endpoint.id).where(Endpoint.tenant_id == person.platform.tenant_id)
    # Whoever reads a store holds its row while a page is stored.
    session.execute(select(Source.endpoint_id).where(Source.endpoint_id.in_(endpoints)).with_for_update())
    random = names_of(session, person)
    known = {Agent(person.platform.issuer, person.subject).digest}
    if person.email:
        known.add(Agent("mbox_sha1sum", hashed_address(person.email)).digest)
    names = random | known
    touched = touched_by(session, Fact.actor.in_(names))
    session.execute(delete(Fact).where(Fact.actor.in_(names)))
    settle(session, touched)
    session.execute(update(Fact).where(Fact.target.in_(names)).values(target=None))
    digests = {digest_of(name) for name in random}
    stored = set(session.scalars(select(ForgottenActor.digest).where(ForgottenActor.digest.in_(digests))))
    session.add_all(ForgottenActor(digest=digest) for digest in sorted(digests - stored))
    mine = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(delete(WeeklyReader).where(WeeklyReader.member_id.in_(mine)))


HOLDER = Holder(list_holdings=list_of, forget=forget)
