"""What happens to somebody's part in peer reviews when they are erased: what they wrote for others stays, nameless."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.peer_review.exemplars.exemplars import take_back
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.examples import Practice
from connector.peer_review.models.exemplars import Consent, Exemplar
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.results import ReviewerResult
from connector.peer_review.models.reviews import Author, Intention, Review, ReviewState, Submission
from connector.peer_review.models.setup import Pairing, Reminder
from connector.peer_review.passages import field_of
from connector.web.i18n import gettext as _

Mine: TypeAlias = Select[Any]
"""Selects the ids of the memberships of the person who is asked about."""


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored beside work and reviews, which the kind tells of: how somebody reviews."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    return [
        Holding(label=_("Drafts of reviews that others send"), name="review_drafts", records=_drafts(session, mine)),
        Holding(
            label=_("Comments on passages of others' work"), name="review_passages", records=_passages(session, mine)
        ),
        Holding(
            label=_("Whether your work may be shown as a good example"),
            name="exemplar_consents",
            records=_consents(session, mine),
        ),
        Holding(label=_("What you meant to change"), name="intentions", records=_intentions(session, mine)),
        Holding(label=_("Texts kept for a group"), name="group_texts", records=_group_texts(session, mine)),
        Holding(label=_("How reviews compare with others'"), name="reviewing", records=_reviewing(session, mine)),
        Holding(label=_("Practice on examples"), name="review_practice", records=_practice(session, mine)),
        Holding(label=_("Reminders of peer reviews"), name="review_reminders", records=_reminders(session, mine)),
    ]


def _drafts(session: Session, mine: Mine) -> list[dict[str, Any]]:
    found = session.scalars(select(ReviewDraft).where(ReviewDraft.drafter_id.in_(mine)).order_by(ReviewDraft.asked_at))
    return [
        {
            "review": str(each.review_id),
            "asked_at": each.asked_at.isoformat(),
            "handed_over_at": each.ready_at.isoformat() if each.ready_at else None,
            "text": each.said,
        }
        for each in found
    ]


def _passages(session: Session, mine: Mine) -> list[dict[str, Any]]:
    notes = session.execute(
        select(Passage, Review)
        .join(Review, Review.id == Passage.review_id)
        .where(Review.reviewer_id.in_(mine))
        .order_by(Review.given_at, Passage.start)
    )
    return [
        {
            "review": str(review.id),
            "about": each.exact,
            "text": each.comment,
            "not_sent": review.typed.get(field_of(each)),
        }
        for each, review in notes
    ]


def _consents(session: Session, mine: Mine) -> list[dict[str, Any]]:
    consents = session.scalars(select(Consent).where(Consent.member_id.in_(mine)).order_by(Consent.at))
    return [
        {
            "example": str(each.exemplar_id),
            "at": each.at.isoformat(),
            "agrees": each.agrees,
            "shows_name": each.shows_name,
            "for_the_knowledge_pool": each.for_pool,
        }
        for each in consents
    ]


def _intentions(session: Session, mine: Mine) -> list[dict[str, Any]]:
    intentions = session.scalars(select(Intention).where(Intention.member_id.in_(mine)).order_by(Intention.at))
    return [
        {
            "at": each.at.isoformat(),
            "text": each.body,
            "outcome": each.outcome,
            "done_at": each.done_at.isoformat() if each.done_at else None,
        }
        for each in intentions
    ]


def _group_texts(session: Session, mine: Mine) -> list[dict[str, Any]]:
    texts = session.scalars(select(SharedText).where(SharedText.by_id.in_(mine)).order_by(SharedText.at))
    return [{"at": each.at.isoformat(), "text": each.body, "link": each.link} for each in texts]


def _reviewing(session: Session, mine: Mine) -> list[dict[str, Any]]:
    rows = session.scalars(select(ReviewerResult).where(ReviewerResult.member_id.in_(mine)))
    return [{"activity": str(row.activity_id), "computed_at": row.computed_at.isoformat(), **row.state} for row in rows]


def _practice(session: Session, mine: Mine) -> list[dict[str, Any]]:
    tries = session.scalars(select(Practice).where(Practice.member_id.in_(mine)).order_by(Practice.at))
    return [
        {
            "activity": str(row.activity_id),
            "example": str(row.example_id),
            "at": row.at.isoformat(),
            "attempt": row.attempt,
            "levels": row.levels,
            "score": row.score,
            "above_the_trainer": row.deviation,
            "passed": row.has_passed,
        }
        for row in tries
    ]


def _reminders(session: Session, mine: Mine) -> list[dict[str, Any]]:
    reminders = session.scalars(select(Reminder).where(Reminder.member_id.in_(mine)).order_by(Reminder.at))
    return [
        {"activity": str(row.activity_id), "what": row.what, "at": row.at.isoformat(), "due": row.due_at.isoformat()}
        for row in reminders
    ]


def forget(session: Session, person: Person) -> None:
    """Let go of what was not sent, of what was given to them, and of what is computed of them.

    Work that they handed in and reviews that they sent stay as a former member's: grades of others rest on them.
    """
    mine = select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
    reviews = select(Review.id).where(Review.reviewer_id.in_(mine), Review.group_id.is_(None)).scalar_subquery()
    session.execute(delete(Passage).where(Passage.review_id.in_(reviews), Passage.comment == ""))
    # What a group reviews together goes on without them.
    theirs = update(Review).where(Review.reviewer_id.in_(mine), Review.group_id.is_(None))
    session.execute(theirs.values(typed={}, typed_at=None))
    session.execute(theirs.where(Review.state == ReviewState.OPEN).values(state=ReviewState.GONE))
    works = Submission.authors.any(Author.member_id.in_(mine))
    for exemplar in session.scalars(select(Exemplar).where(Exemplar.submission.has(works))).all():
        take_back(session, exemplar)
    session.execute(delete(Consent).where(Consent.member_id.in_(mine)))
    session.execute(delete(Practice).where(Practice.member_id.in_(mine)))
    begun = select(ReviewDraft.review_id).where(ReviewDraft.drafter_id.in_(mine), ReviewDraft.ready_at.is_(None))
    session.execute(update(Review).where(Review.id.in_(begun)).values(typed={}, typed_at=None))
    session.execute(delete(ReviewDraft).where(ReviewDraft.drafter_id.in_(mine)))
    session.execute(delete(Intention).where(Intention.member_id.in_(mine)))
    session.execute(delete(ReviewerResult).where(ReviewerResult.member_id.in_(mine)))
    session.execute(delete(Reminder).where(Reminder.member_id.in_(mine)))
    session.execute(delete(Pairing).where(Pairing.reviewer_id.in_(mine) | Pairing.author_id.in_(mine)))
