"""Tells record stores that somebody works on what they will hand in: once a day, however often they type."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.content.text import count_words, is_blank
from connector.courses.models import Membership
from connector.delivery.models import Message
from connector.delivery.services import record
from connector.peer_review import rules, statements
from connector.peer_review.works.units import find_work

PLACE = "hand-in"
"""What the names of such drafts begin with."""


def note_draft(session: Session, member: Membership, place: str, fields: Mapping[str, str], *, now: datetime) -> None:
    """Tell of a draft that was kept, if it is one of work and the first of its day, by UTC.

    Args:
        place: The draft's, such as `hand-in` and the activity's id.
    """
    activity = _activity(session, member, place)
    body = fields.get("body", "")
    if activity is None or is_blank(body) or member.is_staff or not member.can_write:
        return
    id_ = statements.drafted_id(activity, member, now)
    if session.scalar(select(Message.id).where(Message.id == id_).limit(1)) is not None:
        return
    work = find_work(session, activity, member)
    iri = work.iri if work else f"{activity.iri}/submissions/{statements.submission_id(activity, member)}"
    anonymity = rules.get_rules(session, activity).anonymity
    told = statements.drafted(activity, member, iri, anonymity, now, words=count_words(body))
    record(session, told, by=member, now=now)


def _activity(session: Session, member: Membership, place: str) -> Activity | None:
    """Return the peer review of the member's course that a draft is for; None where it is for something else."""
    first, _space, rest = place.partition(" ")
    try:
        id_ = uuid.UUID(rest.partition(" ")[0])
    except ValueError:
        return None
    found = session.get(Activity, id_) if first == PLACE else None
    is_here = found is not None and found.kind is Kind.PEER_REVIEW and found.course_id == member.course_id
    return found if is_here else None
