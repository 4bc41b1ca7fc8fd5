"""How statements tell of what was judged by criteria: in points, of the most and the fewest that each can give."""

from typing import Any

from connector.activities.models import Activity
from connector.peer_review.models import Review
from connector.peer_review.setup_models import Criterion


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
