"""The criteria of a peer review: made, changed, and kept as they were for whoever began with them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.peer_review.aggregation.confidence import Step
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Criterion, CriterionKind, Rubric
from connector.peer_review.rules import check_staff
from connector.peer_review.starters import default_criteria


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionForm:
    """A criterion as a trainer writes it."""

    kind: CriterionKind
    title: str
    about: str = ""
    levels: Sequence[tuple[str, float]] = ()
    """Label and points, from the lowest."""
    weight: float = 1.0
    needs_comment: bool = False

    def shape(self) -> tuple[Any, ...]:
        """Return what two criteria that are the same have in common."""
        levels = tuple((label, float(points)) for label, points in self.levels)
        return (self.kind, self.title, self.about, levels, float(self.weight), self.needs_comment)


def find_rubric(session: Session, activity: Activity) -> Rubric | None:
    """Return the newest version of the criteria; None where nobody has written any."""
    found = select(Rubric).where(Rubric.activity_id == activity.id).order_by(Rubric.version.desc()).limit(1)
    return session.scalar(found)


def need_rubric(session: Session, activity: Activity, *, now: datetime) -> Rubric:
    """Return the newest version; where the trainer has written none, the default ones are stored.

    The caller holds the rules.
    """
    return find_rubric(session, activity) or _add(session, activity, 1, forms_of(default_criteria()), now=now)


def set_rubric(
    session: Session, activity: Activity, by: Membership, forms: Sequence[CriterionForm], *, now: datetime
) -> Rubric:
    """Change the criteria: what somebody has begun to review by stays as it is, and the change is a new version.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    check_staff(by)
    current = find_rubric(session, activity)
    if current is None:
        return _add(session, activity, 1, forms, now=now)
    if [form.shape() for form in as_forms(current)] == [form.shape() for form in forms]:
        return current
    if session.scalar(select(exists().where(Review.rubric_id == current.id))):
        return _add(session, activity, current.version + 1, forms, now=now)
    current.criteria.clear()
    session.flush()
    current.criteria.extend(_criterion(form, place) for place, form in enumerate(forms))
    session.flush()
    return current


def count_versions(session: Session, activity: Activity) -> int:
    """Return how many versions of the criteria there are."""
    return session.scalar(select(func.count()).where(Rubric.activity_id == activity.id)) or 0


def as_forms(rubric: Rubric) -> list[CriterionForm]:
    """Return criteria as a trainer wrote them."""
    return [
        CriterionForm(
            kind=each.kind,
            title=each.title,
            about=each.about,
            levels=[(str(level["label"]), float(level["points"])) for level in each.levels],
            weight=each.weight,
            needs_comment=each.needs_comment,
        )
        for each in rubric.criteria
    ]


def steps_of(rubric: Rubric | None) -> list[Step]:
    """Return the scales of the criteria that make the score, each with its widest gap between two levels."""
    scored = [each for each in rubric.criteria if each.is_scored] if rubric else []
    weights = sum(each.weight for each in scored)
    found = []
    for each in scored:
        places = sorted(100 * each.share(level) for level in range(len(each.levels)))
        gap = max((after - before for before, after in pairwise(places)), default=0.0)
        found.append(Step(each.weight / weights, gap))
    return found


def forms_of(starter: Sequence[dict[str, Any]]) -> list[CriterionForm]:
    """Return a starter's criteria as forms."""
    return [CriterionForm(**each) for each in starter]


def _add(
    session: Session, activity: Activity, version: int, forms: Sequence[CriterionForm], *, now: datetime
) -> Rubric:
    rubric = Rubric(id=uuid.uuid4(), activity_id=activity.id, version=version, created_at=now)
    rubric.criteria = [_criterion(form, place) for place, form in enumerate(forms)]
    session.add(rubric)
    session.flush()
    return rubric


def _criterion(form: CriterionForm, place: int) -> Criterion:
    return Criterion(
        id=uuid.uuid4(),
        position=place,
        kind=form.kind,
        title=form.title,
        about=form.about,
        levels=[{"label": label, "points": points} for label, points in form.levels],
        weight=form.weight,
        needs_comment=form.needs_comment,
    )
