"""How statements tell of what was judged by criteria: in points, of the most and the fewest that each can give."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Course
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Criterion, Rubric


def judgements_of(review: Review) -> list[dict[str, Any]] | None:
    """Return the points of each criterion; the same criterion has one IRI in all reviews by one version."""
    if review.rubric is None:
        return None
    levels = {answer.criterion_id: answer.level for answer in review.answers}
    found = []
    for criterion in review.rubric.criteria:
        level = levels.get(criterion.id)
        if level is None or not criterion.is_scored:
            continue
        found.append(judged(review.activity, criterion, level))
    return found or None


def judged(place: Activity, criterion: Criterion, level: int) -> dict[str, Any]:
    """Return one judgement.

    Args:
        level: The place of the level that was chosen, from 0.
    """
    points = [float(each["points"]) for each in criterion.levels]
    iri = f"{place.iri}/criteria/{criterion.id}"
    return {"id": iri, "raw": points[level], "min": min(points), "max": max(points)}


def titles_of(session: Session, course: Course, iris: Collection[str]) -> Mapping[str, str]:
    """Return what criteria of a course are called that statements name by their IRIs; others are left out."""
    ids = []
    for iri in iris:
        try:
            ids.append(uuid.UUID(iri.rpartition("/")[2]))
        except ValueError:
            continue  # another tool's
    rows = session.execute(
        select(Activity.iri, Criterion.id, Criterion.title)
        .join(Rubric, Rubric.id == Criterion.rubric_id)
        .join(Activity, Activity.id == Rubric.activity_id)
        .where(Activity.course_id == course.id, Criterion.id.in_(ids))
    )
    found = {f"{row.iri}/criteria/{row.id}": row.title for row in rows}
    return {iri: found[iri] for iri in iris if iri in found}
