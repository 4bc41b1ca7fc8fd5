"""What a copied activity asks for: the same as the one that it was copied from."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.participation.models import Criterion, Participation, WithPoints


def copy_participation(session: Session, origin: Activity, copy: Activity) -> None:
    """Let `copy` ask for what `origin` asks for, criteria included; extensions and marks stay behind."""
    wished = session.get(WithPoints, origin.id)
    if wished is not None:
        session.add(WithPoints(activity_id=copy.id, set_at=wished.set_at))
    rule = session.get(Participation, origin.id)
    if rule is None:
        return
    session.add(
        Participation(
            activity_id=copy.id,
            threads=rule.threads,
            replies=rule.replies,
            posts=rule.posts,
            due_at=rule.due_at,
            late=rule.late,
            grading=rule.grading,
        )
    )
    criteria = select(Criterion).where(Criterion.activity_id == origin.id).order_by(Criterion.position)
    session.add_all(
        Criterion(
            id=uuid.uuid4(), activity_id=copy.id, position=each.position, title=each.title, levels=list(each.levels)
        )
        for each in session.scalars(criteria)
    )
    session.flush()
