"""How far the reviewers of a peer review agree, criterion by criterion."""

import math
import uuid
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.peer_review.aggregation.reliability import Agreement, Rating, agreement
from connector.peer_review.models.examples import COUNTS_FOR_AUTHOR
from connector.peer_review.models.reviews import Answer, Review, ReviewState
from connector.peer_review.models.setup import Criterion
from connector.peer_review.rubrics import find_rubric


def agreements(session: Session, activity: Activity) -> list[tuple[Criterion, Agreement]]:
    """Return how far reviewers agree on each criterion of the newest version."""
    rubric = find_rubric(session, activity)
    if rubric is None:
        return []
    scored = {each.id: each for each in rubric.criteria if each.is_scored}
    answers = session.execute(
        select(Answer.criterion_id, Answer.level, Review.submission_id)
        .join(Review, Review.id == Answer.review_id)
        .join(Review.reviewer)
        .where(
            Answer.criterion_id.in_(list(scored)),
            Review.state == ReviewState.SUBMITTED,
            Review.is_own.is_(False),
            Review.excluded_at.is_(None),
            COUNTS_FOR_AUTHOR,
            Review.round == 1,
            Review.is_expert.is_(False),
            Membership.role == Role.LEARNER,
        )
    )
    ratings: defaultdict[uuid.UUID, list[Rating]] = defaultdict(list)
    for criterion_id, level, submission_id in answers:
        if level is not None:
            ratings[criterion_id].append(Rating(submission_id, level))
    return [(each, agreement(ratings[id_], levels=len(each.levels))) for id_, each in scored.items() if ratings[id_]]


def is_number(value: float) -> bool:
    """Return whether a figure says anything: where there is too little, it is not a number."""
    return math.isfinite(value)
