"""How many questions members can be asked: what they said, and what is left of it this week."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership, Role
from connector.experts.models import Expert
from connector.routing.models import Request

WEEK = timedelta(days=7)
PEER_CAPACITY = 5
"""How many questions a week a learner is asked at most who has said nothing about it."""


def capacity_of(role: Role, expert: Expert | None) -> int | None:
    """Return how many questions somebody is asked within seven days at most; None for as many as come."""
    if expert is not None and expert.weekly_capacity is not None:
        return expert.weekly_capacity
    return PEER_CAPACITY if role is Role.LEARNER and (expert is None or expert.standing is None) else None


def room_of(session: Session, ids: Collection[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, int]:
    """Return how many more questions members take this week; those who take as many as come are left out; one query.

    Args:
        ids: Of memberships.
    """
    asked = (
        select(func.count())
        .where(Request.member_id == Membership.id, Request.asked_at > now - WEEK)
        .correlate(Membership)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Membership.id, Membership.role, Expert, asked.label("asked"))
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .where(Membership.id.in_(list(ids)))
    )
    found = {row.id: (capacity_of(row.role, row.Expert), row.asked) for row in rows}
    return {id_: max(most - count, 0) for id_, (most, count) in found.items() if most is not None}
