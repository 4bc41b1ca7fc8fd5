"""Giving a lot of work to reviewers at once: stored and told of in a few statements to the database."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import tincan
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.statements import registration_of, veiled_ids
from connector.bulk import insert_many
from connector.delivery.alike import Act, Actor, record_alike
from connector.ids import hyphened, random_ids
from connector.peer_review import statements
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Anonymity, PeerReview
from connector.web.i18n import nearest


def give_many(
    session: Session,
    activity: Activity,
    found: PeerReview,
    pairs: Sequence[tuple[uuid.UUID, uuid.UUID]],
    *,
    why: str,
    groups: Mapping[uuid.UUID, uuid.UUID] | None = None,
    now: datetime,
) -> Sequence[str]:
    """Give pieces of work to learners until the end, tell of each, and return the digits of the reviews' ids, in the order of
    the pairs; the caller holds the rules.

    Args:
        pairs: Ids of a membership and a submission.
        groups: Of those who stand for a group that reviews together, the group's id.
    """
    ids = random_ids(len(pairs))
    iris = [f"{activity.iri}/reviews/{hyphened(id_)}" for id_ in ids]
    same = {
        "activity_id": activity.id,
        "state": ReviewState.OPEN,
        "is_own": False,
        "is_expert": False,
        "round": 1,
        "given_at": now,
        "why": why,
        "typed": {},
        "beside": [],
        "summary": "",
        "is_late": False,
    }
    each: dict[str, Iterable[object]] = {
        "id": ids,
        "iri": iris,
        "reviewer_id": [reviewer_id for reviewer_id, _work in pairs],
        "submission_id": [work_id for _reviewer, work_id in pairs],
    }
    if groups:
        each["group_id"] = [groups.get(reviewer_id) for reviewer_id, _work in pairs]
    insert_many(session, Review, same, each, count=len(pairs))

    def build(number: int) -> tincan.Statement:
        review = session.get_one(Review, uuid.UUID(ids[number]))
        return statements.assigned(review, found.anonymity, found.reviews_due_at)

    def list_acts(members: Mapping[uuid.UUID, Actor]) -> list[Act]:
        marks = _marks(activity, members, is_open=found.anonymity is Anonymity.NONE)
        return _acts(activity, marks, zip(pairs, statements.assigned_ids(ids, now), iris, strict=True))

    if pairs:
        record_alike(session, list_acts, build, course_id=activity.course_id, now=now)
    return ids


_Mark: TypeAlias = tuple[Actor, str, str, str | None]
"""Who somebody is; the name and the registration that their statements here have; the language of these."""


def _acts(
    activity: Activity,
    marks: Mapping[uuid.UUID, _Mark],
    given: Iterable[tuple[tuple[uuid.UUID, uuid.UUID], str, str]],
) -> list[Act]:
    """Return what is told of each review: given are who reviews what, the id of the statement and the review's IRI."""
    acts = []
    for (reviewer_id, work_id), statement_id, iri in given:
        actor, name, registration, language = marks[reviewer_id]
        acts.append(
            Act(statement_id, actor, (name, registration, iri, f"{activity.iri}/submissions/{work_id}"), language)
        )
    return acts


def _marks(activity: Activity, members: Mapping[uuid.UUID, Actor], *, is_open: bool) -> dict[uuid.UUID, _Mark]:
    """Return what statements here know each member by."""
    if not is_open:
        veils = [each.veil.hex for each in members.values()]
        names, registrations = (map(hyphened, ids) for ids in veiled_ids(veils, activity.id))
        rows = zip(members.items(), names, registrations, strict=True)
        return {id_: (each, name, registration, None) for (id_, each), name, registration in rows}
    course_id = activity.course_id
    return {
        id_: (each, str(each.pseudonym), str(registration_of(course_id, each.pseudonym)), nearest(each.locale))
        for id_, each in members.items()
    }
