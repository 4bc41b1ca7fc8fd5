"""Giving a lot of work to reviewers at once: stored and told of in a few statements to the database."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import tincan
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.statements import registration_of, veiled_names
from connector.bulk import insert_many
from connector.courses.models import Membership, Person
from connector.delivery.alike import Act, record_alike
from connector.peer_review import statements
from connector.peer_review.models import Review, ReviewState
from connector.peer_review.setup_models import Anonymity, PeerReview
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
) -> dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID]:
    """Give pieces of work to learners until the end, tell of each, and return the reviews' ids; the caller holds the rules.

    Args:
        pairs: Ids of a membership and a submission.
        groups: Of those who stand for a group that reviews together, the group's id.
    """
    if not pairs:
        return {}
    ids = [uuid.uuid4() for _ in pairs]
    iris = [f"{activity.iri}/reviews/{id_}" for id_ in ids]
    insert_many(
        session,
        Review,
        {
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
        },
        {
            "id": ids,
            "iri": iris,
            "reviewer_id": [reviewer_id for reviewer_id, _work in pairs],
            "group_id": [(groups or {}).get(reviewer_id) for reviewer_id, _work in pairs],
            "submission_id": [work_id for _reviewer, work_id in pairs],
        },
    )

    def build(number: int) -> tincan.Statement:
        return statements.assigned(session.get_one(Review, ids[number]), found.anonymity, found.reviews_due_at)

    def list_acts() -> list[Act]:
        return _acts(session, activity, found, zip(pairs, ids, iris, strict=True), now)

    record_alike(session, list_acts, build, course_id=activity.course_id, now=now)
    return dict(zip(pairs, ids, strict=True))


def _acts(
    session: Session,
    activity: Activity,
    found: PeerReview,
    given: Iterable[tuple[tuple[uuid.UUID, uuid.UUID], uuid.UUID, str]],
    now: datetime,
) -> list[Act]:
    """Return what is told of each review: given are who reviews what, its id and its IRI."""
    people = _people(session, activity, is_open=found.anonymity is Anonymity.NONE)
    return [
        Act(
            statements.assigned_id(id_, now),
            person_id,
            (*names, iri, f"{activity.iri}/submissions/{work_id}"),
            kind,
        )
        for (reviewer_id, work_id), id_, iri in given
        for person_id, names, kind in [people[reviewer_id]]
    ]


def _people(
    session: Session, activity: Activity, *, is_open: bool
) -> dict[uuid.UUID, tuple[uuid.UUID, tuple[str, str], str | None]]:
    """Return of each membership the person, what their statements here know them by, and in which language."""
    found = {}
    for member_id, person_id, pseudonym, veil, locale in session.execute(
        select(Membership.id, Person.id, Person.pseudonym, Person.veil, Person.locale)
        .join(Membership.person)
        .where(Membership.course_id == activity.course_id)
    ):
        if is_open:
            name, registration, language = pseudonym, registration_of(activity.course_id, pseudonym), nearest(locale)
        else:
            name, registration = veiled_names(veil, activity.id)
            language = None
        found[member_id] = (person_id, (str(name), str(registration)), language)
    return found
