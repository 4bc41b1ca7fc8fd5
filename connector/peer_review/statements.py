"""What peer reviews tell learning record stores. Where anybody is hidden from anybody, every actor is veiled."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import tincan

from connector.activities.models import Activity
from connector.activities.statements import Setting, origin, setting, target
from connector.courses.models import Membership, Role
from connector.ids import named_ids
from connector.peer_review.judgements import judgements_of
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.models.setup import Anonymity
from xapi.statement import activity, render_timestamp, result, statement
from xapi.vocabulary import Event, Extension
from xapi.vocabulary.activity_types import ASSIGNMENT, REVIEW, SUBMISSION
from xapi.vocabulary.events import (
    ASSIGNMENT_OPENED,
    GRADE_RELEASED,
    REVIEW_APPEALED,
    REVIEW_ASSIGNED,
    REVIEW_DISCUSSED,
    REVIEW_RATED,
    REVIEW_STARTED,
    REVIEW_SUBMITTED,
    SUBMISSION_ACCEPTED,
    SUBMISSION_DENIED,
    SUBMISSION_DRAFTED,
    SUBMISSION_REVISED,
    SUBMISSION_SUBMITTED,
    SUBMISSION_WITHDRAWN,
)
from xapi.vocabulary.extensions import (
    ANONYMITY,
    ATTEMPT,
    CRITERIA,
    DUE,
    QUALITY_RATING,
    REVIEW_ID,
    ROLE,
    WORD_COUNT,
)

MOST_USEFUL = 3


def opened(place: Activity, member: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that a member opened a peer review for the first time."""
    return statement(
        # Not of ids that people know each other by: whoever reads the store would try them all.
        id_=uuid.uuid5(member.person.veil, f"{ASSIGNMENT_OPENED.key} {place.id}"),
        event=ASSIGNMENT_OPENED,
        object_=activity(place.iri, ASSIGNMENT),
        timestamp=at,
        extensions=origin(member),
        **acting(member, place, anonymity),
    )


def submission_id(place: Activity, author: Membership) -> uuid.UUID:
    """Return the id of an author's work, also before it is handed in; made of a secret, so that nobody else can tell."""
    return uuid.uuid5(author.person.veil, f"submission {place.id}")


def drafted_id(place: Activity, author: Membership, at: datetime) -> uuid.UUID:
    """Return the id of the one statement of a day, by UTC, that an author kept a draft."""
    return uuid.uuid5(author.person.veil, f"{SUBMISSION_DRAFTED.key} {place.id} {at.date()}")


def drafted(
    place: Activity, author: Membership, iri: str, anonymity: Anonymity, at: datetime, *, words: int
) -> tincan.Statement:
    """Return the statement that an author kept a draft.

    Args:
        iri: Of the work.
    """
    return statement(
        id_=drafted_id(place, author, at),
        event=SUBMISSION_DRAFTED,
        object_=activity(iri, SUBMISSION),
        timestamp=at,
        result=result(completion=False),
        extensions={**origin(author), WORD_COUNT: words},
        parent=activity(place.iri, ASSIGNMENT),
        **acting(author, place, anonymity),
    )


def discussed(review: Review, by: Membership, anonymity: Anonymity, at: datetime, *, words: int) -> tincan.Statement:
    """Return the statement that an author, or a reviewer, wrote to the other one about a review; the words stay here."""
    extensions: dict[Extension, Any] = {ANONYMITY: anonymity.value, WORD_COUNT: words}
    return _of_review(REVIEW_DISCUSSED, review, by, anonymity, at, extensions=extensions)


def handed_in(work: Submission, by: Membership, anonymity: Anonymity) -> tincan.Statement:
    """Return the statement that an author handed work in, for the first time or again."""
    return _of_work(
        SUBMISSION_SUBMITTED,
        work,
        by,
        anonymity,
        work.handed_in_at,
        extensions={ATTEMPT: work.version, WORD_COUNT: work.word_count},
        outcome=result(completion=True),
    )


def revised(work: Submission, by: Membership, anonymity: Anonymity) -> tincan.Statement:
    """Return the statement that an author handed in again what reviewers had written about."""
    return _of_work(
        SUBMISSION_REVISED,
        work,
        by,
        anonymity,
        work.handed_in_at,
        extensions={ATTEMPT: work.version, WORD_COUNT: work.word_count},
    )


def withdrawn(work: Submission, by: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that an author took work back."""
    return _of_work(SUBMISSION_WITHDRAWN, work, by, anonymity, at)


def accepted_late(work: Submission, by: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that a trainer let late work count."""
    return _of_work(SUBMISSION_ACCEPTED, work, by, anonymity, at)


def denied_late(work: Submission, by: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that a trainer did not."""
    return _of_work(SUBMISSION_DENIED, work, by, anonymity, at)


def grade_released(
    work: Submission, author: Membership, anonymity: Anonymity, share: float, at: datetime
) -> tincan.Statement:
    """Return the statement that an author was shown a grade.

    Args:
        share: From 0 to 1.
    """
    return _of_work(GRADE_RELEASED, work, author, anonymity, at, outcome=result(score={"scaled": round(share, 4)}))


def assigned(
    review: Review, anonymity: Anonymity, due_at: datetime | None, *, by: Membership | None = None
) -> tincan.Statement:
    """Return the statement that a reviewer was given work.

    Args:
        by: Who asked for it, where a group reviews together; where nobody did, it is told of who stands for the group.
        due_at: Of colleagues; who is told of as an expert is never late.
    """
    extensions: dict[Extension, Any] = {ANONYMITY: anonymity.value}
    by = by or review.reviewer
    if due_at is not None and not _is_judge(review, by, anonymity):
        extensions[DUE] = render_timestamp(due_at)
    return _of_review(REVIEW_ASSIGNED, review, by, anonymity, review.given_at, extensions=extensions)


def assigned_ids(review_ids: Iterable[str], at: datetime) -> list[str]:
    """Return the ids of the statements that reviews were given at a time; digits in, digits out."""
    return named_ids(review_ids, f"{REVIEW_ASSIGNED.key} {at.isoformat()}")


def started(review: Review, by: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that a reviewer, or one of a group, began."""
    return _of_review(REVIEW_STARTED, review, by, anonymity, at, extensions={ANONYMITY: anonymity.value})


def submitted(review: Review, by: Membership, anonymity: Anonymity, at: datetime, *, words: int) -> tincan.Statement:
    """Return the statement that a reviewer, or one of a group, handed a review in, or changed it."""
    work, place = review.submission, review.activity
    duration = at - review.started_at if review.started_at else timedelta(0)
    score = None if review.score is None else {"scaled": round(review.score / 100, 4)}
    extensions: dict[Extension, Any] = {
        REVIEW_ID: review.iri,
        ANONYMITY: anonymity.value,
        CRITERIA: judgements_of(review),
        WORD_COUNT: words,
    }
    return statement(
        id_=uuid.uuid5(review.id, f"{REVIEW_SUBMITTED.key} {at.isoformat()}"),
        event=REVIEW_SUBMITTED,
        object_=activity(work.iri, SUBMISSION),
        timestamp=at,
        result=result(duration=duration, score=score),
        extensions={**_origin(review, by, anonymity), **extensions},
        target=None if work.group_id else _target(work.author, anonymity),  # a group is no agent of ours
        parent=activity(place.iri, ASSIGNMENT),
        **acting(by, place, anonymity),
    )


def rated(review: Review, by: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that an author said how useful a review was."""
    usefulness = review.usefulness or 1
    scaled = (usefulness - 1) / (MOST_USEFUL - 1)
    return _of_review(
        REVIEW_RATED,
        review,
        by,
        anonymity,
        at,
        extensions={
            ANONYMITY: anonymity.value,
            QUALITY_RATING: {"raw": usefulness, "min": 1, "max": MOST_USEFUL},
        },
        outcome=result(score={"scaled": scaled}),
        target_=None if review.group_id else _target(review.reviewer, anonymity),
    )


def appealed(review: Review, by: Membership, anonymity: Anonymity, at: datetime) -> tincan.Statement:
    """Return the statement that an author asked a trainer to look at a review; the words stay here."""
    return _of_review(REVIEW_APPEALED, review, by, anonymity, at)


def _of_work(
    event: Event,
    work: Submission,
    by: Membership,
    anonymity: Anonymity,
    at: datetime,
    *,
    extensions: dict[Extension, Any] | None = None,
    outcome: tincan.Result | None = None,
) -> tincan.Statement:
    return statement(
        # Which of a group it was must not be found by trying the ids of all of them.
        id_=uuid.uuid5(by.person.veil, f"{event.key} {work.id} {work.version} {at.isoformat()}"),
        event=event,
        object_=activity(work.iri, SUBMISSION),
        timestamp=at,
        result=outcome,
        extensions={**origin(by), **(extensions or {})},
        parent=activity(work.activity.iri, ASSIGNMENT),
        **acting(by, work.activity, anonymity),
    )


def _of_review(
    event: Event,
    review: Review,
    by: Membership,
    anonymity: Anonymity,
    at: datetime,
    *,
    extensions: dict[Extension, Any] | None = None,
    outcome: tincan.Result | None = None,
    target_: tincan.Agent | None = None,
) -> tincan.Statement:
    # A review has one reviewer, and may have several authors, which must not be found by trying all of a group. It is given
    # once, whoever is told.
    is_one = (by.id == review.reviewer_id and review.group_id is None) or event is REVIEW_ASSIGNED
    return statement(
        id_=uuid.uuid5(review.id, f"{event.key} {at.isoformat()}")
        if is_one
        else uuid.uuid5(by.person.veil, f"{event.key} {review.id} {at.isoformat()}"),
        event=event,
        object_=activity(review.iri, REVIEW),
        timestamp=at,
        result=outcome,
        extensions={**_origin(review, by, anonymity), **(extensions or {})},
        target=target_,
        parent=activity(review.submission.iri, SUBMISSION),
        **acting(by, review.activity, anonymity),
    )


def _is_judge(review: Review, by: Membership, anonymity: Anonymity) -> bool:
    """Return whether somebody is told of as an expert who was asked. Where anybody is hidden, a learner is not: few are
    experts, so that it would tell who hides behind the name that all of their statements here go by.
    """
    return (
        review.is_expert
        and by.id == review.reviewer_id
        and (by.role is not Role.LEARNER or anonymity is Anonymity.NONE)
    )


def _origin(review: Review, by: Membership, anonymity: Anonymity) -> dict[Extension, Any]:
    """Return where somebody acts, and as what: a colleague who was asked as an expert reviews as one."""
    is_asked = by.role is Role.LEARNER and _is_judge(review, by, anonymity)
    return {**origin(by), **({ROLE: Role.EXPERT.value} if is_asked else {})}


def acting(member: Membership, place: Activity, anonymity: Anonymity) -> Setting:
    """Return who acts in a peer review, and where: the part that all its statements share."""
    return setting(member, place, ASSIGNMENT, anonymity=anonymity.value)


def _target(other: Membership, anonymity: Anonymity) -> tincan.Agent | None:
    return None if other.role is Role.TEST_STUDENT else target(other, anonymity=anonymity.value)
