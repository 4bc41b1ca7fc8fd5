"""What is told of examples to practise on, and of good work that is shown."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import tincan

from connector.activities.models import Activity
from connector.activities.statements import origin
from connector.courses.models import Membership
from connector.peer_review.judgements import judged
from connector.peer_review.models.examples import Example, Practice
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.setup import Anonymity, Criterion
from connector.peer_review.statements import acting
from xapi.statement import activity, result, statement
from xapi.vocabulary import Extension
from xapi.vocabulary.activity_types import ASSIGNMENT, COLLECTION, RESOURCE, SUBMISSION
from xapi.vocabulary.events import RESOURCE_PROMOTED, REVIEW_CALIBRATED
from xapi.vocabulary.extensions import CRITERIA, EXPERT_DEVIATION, MODE


def calibrated(
    place: Activity,
    member: Membership,
    example: Example,
    practice: Practice,
    *,
    criteria: Sequence[Criterion],
    anonymity: Anonymity,
) -> tincan.Statement:
    """Return the statement that somebody practised on an example."""
    extensions: dict[Extension, Any] = {
        MODE: "calibration",
        EXPERT_DEVIATION: round(practice.deviation / 100, 4),
        CRITERIA: [judged(place, each, practice.levels[str(each.id)]) for each in criteria],
    }
    return statement(
        id_=uuid.uuid5(practice.id, REVIEW_CALIBRATED.key),
        event=REVIEW_CALIBRATED,
        object_=activity(example.iri, SUBMISSION),
        timestamp=practice.at,
        result=result(score={"scaled": round(practice.score / 100, 4)}, success=practice.has_passed),
        extensions={**origin(member), **extensions},
        parent=activity(place.iri, ASSIGNMENT),
        **acting(member, place, anonymity),
    )


def promoted(exemplar: Exemplar, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that a trainer made good work stand out; neither whose it is nor which submission."""
    by, place = exemplar.asked_by, exemplar.activity
    return statement(
        id_=uuid.uuid5(by.person.veil, f"{RESOURCE_PROMOTED.key} {exemplar.id}"),
        event=RESOURCE_PROMOTED,
        object_=activity(f"{place.iri}/exemplars/{exemplar.id}", RESOURCE),
        timestamp=at,
        extensions=origin(by),
        parent=activity(f"{place.iri}/exemplars", COLLECTION),
        **acting(by, place, anonymity),
    )
