"""A peer review as a file, for who leads it: everything that results were made of."""

import csv
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.peer_review import passages, rules
from connector.peer_review.bylines import review_title, work_title
from connector.peer_review.matching.checking import is_on
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.examples import Check, Example, Practice
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.results import Distribution, ReviewerResult, WorkResult
from connector.peer_review.models.reviews import Author, Review, Submission, SubmissionVersion
from connector.peer_review.models.setup import Participant, Rubric
from connector.peer_review.reviews.conversing import list_messages

COLUMNS = (
    "author", "authors", "work", "work_state", "handed_in_at", "work_late", "reviewer", "state", "why", "round", "given_at", "started_at",
    "submitted_at", "late", "own", "rubric_version", "criterion", "level", "points", "passage", "comment", "summary", "score",
    "spot_check", "excluded", "usefulness", "flag", "result", "low", "high", "mean", "model", "method", "override", "override_reason",
)  # fmt: skip
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(session: Session, activity: Activity) -> Iterator[str]:
    """Yield the lines of a table: one for each answer of each review, and each comment on a passage; in UTF-8 with a mark, which spreadsheets ask for.

    Source: https://owasp.org/www-community/attacks/CSV_Injection for the quote before what looks like a formula.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="")
    yield "\ufeff"
    writer.writeheader()
    results, checks = _results(session, activity), _checks(session, activity)
    reviews = _reviews(session, activity)
    said = passages.list_sent(session, [each.id for each in reviews])
    for review in reviews:
        base = {
            **_of_review(review),
            "spot_check": review.id in checks,
            **_of_result(results.get(review.submission_id)),
        }
        notes = [{"passage": each.exact, "comment": each.comment} for each in said.get(review.id, ())]
        for answer in [*_answers(review), *notes] or [{}]:
            writer.writerow({name: _safe(value) for name, value in {**base, **answer}.items() if name in COLUMNS})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def as_json(session: Session, activity: Activity, at: datetime) -> Iterator[str]:
    """Yield a JSON document with everything, model inputs included: the same grades can be computed from it again."""
    found = rules.get_rules(session, activity)
    head = {
        "title": activity.title,
        "course": activity.course.title,
        "at": at.isoformat(),
        "rules": {column.key: _plain(getattr(found, column.key)) for column in found.__table__.columns},
        "rubrics": [_rubric(each) for each in _all(session, Rubric, activity)],
        "participants": [_columns(each) for each in _all(session, Participant, activity)],
        "pairings": [_columns(each) for each in rules.list_pairings(session, activity)],
        "examples": [_columns(each) for each in _all(session, Example, activity)],
        "practice": [_columns(each) for each in _all(session, Practice, activity)],
        "exemplars": [_columns(each) | {"is_shared": each.is_shared} for each in _all(session, Exemplar, activity)],
        "drafted_reviews": [_columns(each) for each in _drafts(session, activity)],
        "has_spot_checks": is_on(session, activity),
        "distributions": [_columns(each) for each in _all(session, Distribution, activity)],
        "works": [_work(each) for each in _works(session, activity)],
        "versions": [_columns(each) for each in _versions(session, activity)],
        "results": [_columns(each) for each in _results(session, activity).values()],
        "reviewers": [_columns(each) for each in _all(session, ReviewerResult, activity)],
    }
    yield json.dumps(head, ensure_ascii=False, default=_plain)[:-1] + ', "reviews": ['
    separator = "\n"
    reviews = _reviews(session, activity)
    checks = _checks(session, activity)
    messages = list_messages(session, [each.id for each in reviews])
    noted = passages.list_sent(session, [each.id for each in reviews])
    for review in reviews:
        said = [_columns(each) for each in messages.get(review.id, ())]
        told = {
            **_sent(review),
            **_of_review(review),
            "spot_check": review.id in checks,
            "answers": _answers(review),
            "messages": said,
            "passages": [_columns(each) for each in noted.get(review.id, ())],
        }
        yield separator + json.dumps(told, ensure_ascii=False, default=_plain)
        separator = ",\n"
    yield "\n]}\n"


def _drafts(session: Session, activity: Activity) -> Sequence[ReviewDraft]:
    """Return who drafted what for whom to send; what a draft says only once it is handed over."""
    query = select(ReviewDraft).where(ReviewDraft.activity_id == activity.id).order_by(ReviewDraft.asked_at)
    return session.scalars(query).all()


def _reviews(session: Session, activity: Activity) -> Sequence[Review]:
    query = (
        select(Review)
        .where(Review.activity_id == activity.id)
        .order_by(Review.submission_id, Review.given_at, Review.id)
        .options(
            joinedload(Review.reviewer).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.group),
            joinedload(Review.group),
            joinedload(Review.submission)
            .selectinload(Submission.authors)
            .joinedload(Author.member)
            .joinedload(Membership.person),
            joinedload(Review.rubric).selectinload(Rubric.criteria),
            selectinload(Review.answers),
        )
    )
    return session.scalars(query).all()


def _checks(session: Session, activity: Activity) -> set[uuid.UUID]:
    return set(session.scalars(select(Check.review_id).where(Check.activity_id == activity.id)))


def _works(session: Session, activity: Activity) -> Sequence[Submission]:
    query = select(Submission).where(Submission.activity_id == activity.id).order_by(Submission.first_at)
    return session.scalars(
        query.options(
            joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Submission.group),
            selectinload(Submission.authors).joinedload(Author.member).joinedload(Membership.person),
        )
    ).all()


def _versions(session: Session, activity: Activity) -> Sequence[SubmissionVersion]:
    mine = select(Submission.id).where(Submission.activity_id == activity.id)
    query = select(SubmissionVersion).where(SubmissionVersion.submission_id.in_(mine))
    return session.scalars(query.order_by(SubmissionVersion.submission_id, SubmissionVersion.version)).all()


def _results(session: Session, activity: Activity) -> Mapping[Any, WorkResult]:
    found = session.scalars(select(WorkResult).where(WorkResult.activity_id == activity.id))
    return {each.submission_id: each for each in found}


def _all(session: Session, model: Any, activity: Activity) -> Sequence[Any]:
    found: Sequence[Any] = session.scalars(select(model).where(model.activity_id == activity.id)).all()
    return found


def _of_review(review: Review) -> dict[str, Any]:
    work = review.submission
    return {
        "author": work_title(work),
        "authors": ", ".join(sorted(name_of(each.member) for each in work.authors)),
        "work": str(work.id),
        "work_state": work.state.value,
        "handed_in_at": work.handed_in_at.isoformat(),
        "work_late": work.is_late,
        "reviewer": review_title(review),
        "state": review.state.value,
        "why": review.why,
        "round": review.round,
        "given_at": review.given_at.isoformat(),
        "started_at": _plain(review.started_at),
        "submitted_at": _plain(review.submitted_at),
        "late": review.is_late,
        "own": review.is_own,
        "rubric_version": review.rubric.version if review.rubric else None,
        "summary": review.summary,
        "score": review.score,
        "excluded": review.exclusion_reason,
        "usefulness": review.usefulness,
        "flag": review.flag,
    }


def _work(work: Submission) -> dict[str, Any]:
    authors = [_columns(each) | {"name": name_of(each.member)} for each in work.authors]
    return _columns(work) | {"author": work_title(work), "authors": authors}


def _answers(review: Review) -> list[dict[str, Any]]:
    given = {answer.criterion_id: answer for answer in review.answers}
    found = []
    for criterion in review.rubric.criteria if review.rubric else ():
        answer = given.get(criterion.id)
        if answer is not None:
            points = None if answer.level is None else criterion.levels[answer.level]["points"]
            found.append(
                {"criterion": criterion.title, "level": answer.level, "points": points, "comment": answer.comment}
            )
    return found


def _of_result(result: WorkResult | None) -> dict[str, Any]:
    if result is None:
        return {}
    return {
        "result": result.final,
        "low": result.low,
        "high": result.high,
        "mean": result.mean,
        "model": result.modelled,
        "method": result.method.value if result.method else None,
        "override": result.override,
        "override_reason": result.override_reason,
    }


def _rubric(rubric: Rubric) -> dict[str, Any]:
    return {**_columns(rubric), "criteria": [_columns(each) for each in rubric.criteria]}


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: _plain(getattr(row, column.key)) for column in row.__table__.columns}


def _sent(review: Review) -> dict[str, Any]:
    """Return what is stored of a review, but for what was typed and not sent: that is its writer's own."""
    return {name: value for name, value in _columns(review).items() if name not in {"typed", "typed_at", "beside"}}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (bool, int, float, str, list, dict, type(None))) else str(value)


def _safe(value: Any) -> Any:
    """Return a cell that no spreadsheet computes."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
