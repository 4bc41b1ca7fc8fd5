"""Examples with a trainer's key: made, changed and put away, for who leads the course."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.attachments import attach, hide_names, list_attached
from connector.content.markdown import find_attachments
from connector.content.text import is_blank, normalise
from connector.courses.models import Membership
from connector.peer_review import rubrics, rules
from connector.peer_review.models.examples import Example, Use
from connector.peer_review.models.reviews import Submission, WorkState
from connector.peer_review.models.setup import Anonymity, Criterion, PeerReview, Rubric, Unit
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

HOLDER = "example"
"""What the files of an example belong to."""
MOST_FILES = 10
TEXT_LIMIT = 2_000
"""The longest reason, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleForm:
    """An example as a trainer writes it."""

    use: Use = Use.PRACTICE
    body: str = ""
    link: str | None = None
    language: str | None = None
    file_ids: Collection[uuid.UUID] = ()
    levels: Mapping[uuid.UUID, int] = field(default_factory=dict)
    """By criterion; all that are scored."""
    whys: Mapping[uuid.UUID, str] = field(default_factory=dict)
    rationale: str = ""


def list_examples(session: Session, activity: Activity, use: Use | None = None) -> Sequence[Example]:
    """Return the examples in order, all or those for one use."""
    found = select(Example).where(Example.activity_id == activity.id, Example.retired_at.is_(None))
    if use is not None:
        found = found.where(Example.use == use)
    return session.scalars(found.order_by(Example.position, Example.id)).all()


def get_example(session: Session, activity: Activity, example_id: uuid.UUID) -> Example:
    """Return an example.

    Raises:
        NotFoundError: There is none.
    """
    found = session.get(Example, example_id)
    if found is None or found.activity_id != activity.id or found.retired_at is not None:
        raise NotFoundError
    return found


def levels_of(example: Example, rubric: Rubric | None) -> dict[uuid.UUID, int] | None:
    """Return the trainer's levels by criterion; None where the criteria have changed since, and the key no longer fits."""
    scored = scored_of(rubric)
    known = {(each["title"], each["levels"]): int(each["level"]) for each in example.key}
    found = {each.id: known.get((each.title, len(each.levels))) for each in scored}
    complete = {id_: level for id_, level in found.items() if level is not None}
    return complete if scored and len(complete) == len(scored) else None


def whys_of(example: Example, rubric: Rubric | None) -> dict[uuid.UUID, str]:
    """Return the trainer's reasons by criterion."""
    known = {(each["title"], each["levels"]): str(each["why"]) for each in example.key}
    return {each.id: known.get((each.title, len(each.levels)), "") for each in scored_of(rubric)}


def scored_of(rubric: Rubric | None) -> list[Criterion]:
    """Return the criteria that make the score."""
    return [each for each in rubric.criteria if each.is_scored] if rubric else []


def score_of(criteria: Sequence[Criterion], levels: Mapping[uuid.UUID, int]) -> float:
    """Return what levels come to, from 0 to 100."""
    weights = sum(each.weight for each in criteria)
    return 100 * sum(each.weight * each.share(levels[each.id]) for each in criteria) / weights


def set_example(
    session: Session,
    activity: Activity,
    by: Membership,
    form: ExampleForm,
    *,
    example: Example | None = None,
    now: datetime,
) -> Example:
    """Add an example, or change one; what it is for stays as it was.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: There is no work, a level is missing, or such an example cannot be hidden.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    rubric = rubrics.need_rubric(session, activity, now=now)
    scored, body = scored_of(rubric), normalise(form.body)
    _check(form, scored, body)
    if example is None:
        if form.use is Use.HIDDEN:
            _check_hidden(session, activity, by, found)
        example = _begin(session, activity, form.use, now)
    example.link, example.language, example.rationale = form.link, form.language, normalise(form.rationale)
    example.key = [
        {
            "title": each.title,
            "levels": len(each.levels),
            "level": form.levels[each.id],
            "why": normalise(form.whys.get(each.id, "")),
        }
        for each in scored
    ]
    example.write(body)
    session.add(example)
    session.flush()
    if example.use is Use.HIDDEN:
        work = _disguised(session, activity, by, example, now)
        attach(session, by, form.file_ids, "submission", work.id, body=work.body, most=MOST_FILES)
        work.write(hide_names(list_attached(session, "submission", [work.id]).get(work.id, ()), work.body))
    else:
        attach(session, by, form.file_ids, HOLDER, example.id, body=example.body, most=MOST_FILES)
    session.flush()
    return example


def retire(session: Session, activity: Activity, by: Membership, example: Example, *, now: datetime) -> None:
    """Put an example away. What people said of it stays what it told of them.

    Raises:
        NotFoundError: The member does not lead the course, or it is of another activity.
    """
    rules.check_staff(by)
    if example.activity_id != activity.id:
        raise NotFoundError
    example.retired_at = now
    session.flush()


def _check(form: ExampleForm, scored: Sequence[Criterion], body: str) -> None:
    errors: dict[str, list[str]] = {}
    if is_blank(body) and not form.link and not form.file_ids and not find_attachments(body):
        errors["body"] = [_("Write something first.")]
    if not scored:
        errors["body"] = [_("Examples need a criterion with levels, a scale, or yes and no.")]
    for each in scored:
        if not 0 <= form.levels.get(each.id, -1) < len(each.levels):
            errors[f"level-{each.id}"] = [_("Choose one.")]
    texts = {f"comment-{id_}": why for id_, why in form.whys.items()} | {"rationale": form.rationale}
    for name, text in texts.items():
        if len(text) > TEXT_LIMIT:
            errors[name] = [_("This is too long; %(limit)s characters fit.", limit=TEXT_LIMIT)]
    if errors:
        raise InvalidInputError(errors)


def _check_hidden(session: Session, activity: Activity, by: Membership, found: PeerReview) -> None:
    if found.anonymity is not Anonymity.DOUBLE or found.unit is not Unit.PERSON:
        raise InvalidInputError(
            {
                "use": [
                    _("Reviewers see whose work it is here, and would know: grade some of your learners' work instead.")
                ]
            }
        )
    mine = select(func.count()).where(Submission.activity_id == activity.id, Submission.author_id == by.id)
    if session.scalar(mine):
        raise InvalidInputError(
            {"use": [_("You have a hidden example here already. Grade some of your learners' work besides.")]}
        )


def _begin(session: Session, activity: Activity, use: Use, now: datetime) -> Example:
    id_ = uuid.uuid4()
    last = session.scalar(select(func.max(Example.position)).where(Example.activity_id == activity.id))
    iri = f"{activity.iri}/submissions/{id_}"
    return Example(
        id=id_, activity_id=activity.id, position=0 if last is None else last + 1, iri=iri, use=use, created_at=now
    )


def _disguised(session: Session, activity: Activity, by: Membership, example: Example, now: datetime) -> Submission:
    """Return the piece of work that reviewers get; pools know learners' work only, so nobody else meets it."""
    work = session.get(Submission, example.submission_id) if example.submission_id else None
    if work is None:
        id_ = uuid.uuid4()
        work = Submission(
            id=id_,
            activity=activity,
            author=by,
            iri=f"{activity.iri}/submissions/{id_}",
            state=WorkState.HANDED_IN,
            version=1,
            first_at=now,
            handed_in_at=now,
            is_late=False,
        )
    work.link, work.language = example.link, example.language
    work.write(example.body)
    session.add(work)
    session.flush()
    example.submission_id = work.id
    session.flush()
    return work
