"""What is kept of somebody who was asked, and what is forgotten when they are."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.routing.models import Case, Request
from connector.threads.models import OPENING, Post, Thread
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return the questions that somebody was asked to answer, and what they said to that."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    rows = session.execute(
        select(Request, Thread.iri)
        .join(Thread, Thread.id == Request.thread_id)
        .where(Request.member_id.in_(mine))
        .order_by(Request.asked_at)
    )
    records = [
        {
            "question": iri,
            "state": request.state.value,
            "why": [why["code"] for why in request.why],
            "refusal": request.refusal.value if request.refusal else None,
            "asked_at": request.asked_at.isoformat(),
            "at": request.at.isoformat(),
        }
        for request, iri in rows
    ]
    notes = session.execute(
        select(Request.note, Request.asked_at, Thread.iri)
        .join(Thread, Thread.id == Request.thread_id)
        .where(Request.noted_by_id.in_(mine))
        .order_by(Request.asked_at)
    )
    written = [{"question": iri, "note": note, "at": at.isoformat()} for note, at, iri in notes]
    return [
        Holding(label=_("Questions that you were asked to answer"), name="requests", records=records),
        Holding(label=_("What you said to whom you passed questions on"), name="notes", records=written, is_own=True),
    ]


def forget(session: Session, person: Person) -> None:
    """Forget whom the questions went to; questions that were theirs to see to are given to somebody else within minutes."""
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    session.execute(delete(Request).where(Request.member_id.in_(mine)))
    session.execute(update(Request).where(Request.noted_by_id.in_(mine)).values(note="", noted_by_id=None))
    # Looked at as soon as the worker comes by, which finds them a new owner.
    session.execute(
        update(Case).where(Case.owner_id.in_(mine), Case.resolved_at.is_(None)).values(due_at=Case.begun_at)
    )


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Forget what people said to each other about questions whose texts are deleted."""
    threads = select(Post.thread_id).where(Post.id.in_(post_ids), Post.number == OPENING)
    session.execute(update(Request).where(Request.thread_id.in_(threads)).values(note="", noted_by_id=None))


HOLDER = Holder(list_holdings=list_of, forget=forget)
