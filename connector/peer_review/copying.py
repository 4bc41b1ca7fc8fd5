"""A copied peer review: its rules and criteria, without people, work or dates that are past in the new course."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.peer_review import rubrics
from connector.peer_review.examples.copies import copy_examples
from connector.peer_review.models.setup import Criterion, PeerReview, Rubric
from connector.peer_review.rules import SEEDS

_LEFT_BEHIND = frozenset(
    {
        "activity_id",
        "seed",
        "due_at",
        "reviews_due_at",
        "revision_due_at",
        "second_due_at",
        "released_at",
        "forgotten_at",
    }
)


def copy_settings(session: Session, origin: Activity, copy: Activity, now: datetime) -> None:
    """Give `copy` the rules and the newest criteria of `origin`; lots are drawn anew."""
    found = session.get(PeerReview, origin.id)
    if found is not None:
        names = [column.key for column in PeerReview.__table__.columns if column.key not in _LEFT_BEHIND]
        values = {name: getattr(found, name) for name in names}
        if copy.course_id != origin.course_id:
            values["group_set_id"] = None  # all groups of the other course hand in until somebody chooses
        session.add(PeerReview(activity_id=copy.id, seed=copy.id.int % SEEDS, **values))
    rubric = rubrics.find_rubric(session, origin)
    if rubric is not None:
        criteria = [
            Criterion(
                id=uuid.uuid4(),
                position=each.position,
                kind=each.kind,
                title=each.title,
                about=each.about,
                levels=list(each.levels),
                weight=each.weight,
                needs_comment=each.needs_comment,
            )
            for each in rubric.criteria
        ]
        session.add(Rubric(id=uuid.uuid4(), activity_id=copy.id, version=1, created_at=now, criteria=criteria))
    session.flush()
    copy_examples(session, origin, copy, now)
