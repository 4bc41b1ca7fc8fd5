"""Criteria that a trainer marks, and what the marks come to."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.participation.models import Criterion, Mark, Remark
from connector.web.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionForm:
    """A criterion as a trainer writes it."""

    title: str
    levels: Sequence[tuple[str, float]]
    """Label and points, from the lowest."""


def list_criteria(session: Session, activity: Activity) -> Sequence[Criterion]:
    """Return the criteria of an activity, in order."""
    found = select(Criterion).where(Criterion.activity_id == activity.id).order_by(Criterion.position)
    return session.scalars(found).all()


def set_criteria(session: Session, activity: Activity, by: Membership, wanted: Sequence[CriterionForm]) -> None:
    """Replace the criteria; what stays the same word for word keeps its marks.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    known = {_shape(row.title, row.levels): row for row in list_criteria(session, activity)}
    kept = []
    for form in wanted:
        levels = [{"label": label, "points": points} for label, points in form.levels]
        row = known.pop(_shape(form.title, levels), None)
        kept.append(row or Criterion(id=uuid.uuid4(), activity_id=activity.id, title=form.title, levels=levels))
    for row in known.values():
        session.execute(delete(Mark).where(Mark.criterion_id == row.id))
        session.delete(row)
    # First out of each other's way: two rows may never have one position.
    for offset, row in enumerate(kept):
        row.position = 1000 + offset
        session.add(row)
    session.flush()
    for offset, row in enumerate(kept):
        row.position = offset
    session.flush()


def mark(
    session: Session,
    activity: Activity,
    member: Membership,
    *,
    by: Membership,
    levels: Mapping[uuid.UUID, int],
    remark: str,
    now: datetime,
) -> None:
    """Give a learner levels for criteria, and a remark that goes out with the grade.

    Args:
        levels: Into the criterion's levels, by its id; one that is left out is not marked.

    Raises:
        NotFoundError: The marker does not lead the course, or the learner is of another one.
    """
    _check_staff(by)
    if member.course_id != activity.course_id:
        raise NotFoundError
    for criterion in list_criteria(session, activity):
        session.execute(delete(Mark).where(Mark.criterion_id == criterion.id, Mark.member_id == member.id))
        level = levels.get(criterion.id)
        if level is None or not 0 <= level < len(criterion.levels):
            continue
        points = float(criterion.levels[level]["points"])
        session.add(
            Mark(
                criterion_id=criterion.id,
                member_id=member.id,
                level=level,
                points=points,
                marked_by_id=by.id,
                marked_at=now,
            )
        )
    row = session.get(Remark, (activity.id, member.id)) or Remark(activity_id=activity.id, member_id=member.id)
    row.text = remark
    session.add(row)
    session.flush()


def shares(session: Session, activity: Activity) -> dict[uuid.UUID, float]:
    """Return the share of the rubric's points of those for whom every criterion is marked."""
    criteria = list_criteria(session, activity)
    total = sum(each.maximum for each in criteria)
    if not total:
        return {}
    points: dict[uuid.UUID, list[float]] = {}
    ids = [each.id for each in criteria]
    for member_id, given in session.execute(select(Mark.member_id, Mark.points).where(Mark.criterion_id.in_(ids))):
        points.setdefault(member_id, []).append(given)
    return {member_id: min(sum(given) / total, 1.0) for member_id, given in points.items() if len(given) == len(ids)}


def list_marks(session: Session, activity: Activity, member: Membership) -> Mapping[uuid.UUID, int]:
    """Return the levels that a learner was given, by criterion."""
    found = (
        select(Mark.criterion_id, Mark.level)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Criterion.activity_id == activity.id, Mark.member_id == member.id)
    )
    return dict(iter(session.execute(found)))


def _shape(title: str, levels: Sequence[Mapping[str, object]]) -> tuple[object, ...]:
    return (title, *((level["label"], level["points"]) for level in levels))


def _check_staff(member: Membership) -> None:
    if not member.is_staff:
        raise NotFoundError
