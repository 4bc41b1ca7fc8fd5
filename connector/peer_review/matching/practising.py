"""Practising on examples before one reviews colleagues: tries, what they tell, and when one goes on.

Nobody is kept out for good: two tries at each example, and one goes on whatever came of them. Who was far off counts
little in the model at first.
"""

import statistics
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.delivery.services import record
from connector.peer_review import rubrics, rules
from connector.peer_review.aggregation.calibration import TRIES, compare
from connector.peer_review.aggregation.records import Record, from_calibration
from connector.peer_review.aggregation.reviews import Id
from connector.peer_review.examples import statements as example_statements
from connector.peer_review.examples.examples import levels_of, list_examples, score_of, scored_of
from connector.peer_review.filling import level_of
from connector.peer_review.models.examples import Example, Practice, Use
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Criterion
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is with an example."""

    example: Example
    tries: Sequence[Practice]
    """The first one first."""

    @property
    def is_done(self) -> bool:
        """Whether they passed, or have had all tries."""
        return any(each.has_passed for each in self.tries) or len(self.tries) >= TRIES


def list_progress(session: Session, activity: Activity, member: Membership) -> list[Progress]:
    """Return the examples to practise on, with somebody's tries; none whose key does not fit the criteria as they are."""
    examples = list_examples(session, activity, Use.PRACTICE)
    if not examples:
        return []
    rubric = rubrics.find_rubric(session, activity)
    tries: defaultdict[uuid.UUID, list[Practice]] = defaultdict(list)
    mine = select(Practice).where(Practice.activity_id == activity.id, Practice.member_id == member.id)
    for each in session.scalars(mine.order_by(Practice.attempt)):
        tries[each.example_id].append(each)
    return [Progress(each, tries[each.id]) for each in examples if levels_of(each, rubric) is not None]


def is_due(session: Session, activity: Activity, member: Membership, progress: Sequence[Progress]) -> bool:
    """Return whether somebody practises before they review: not who has begun to review before there were examples."""
    if all(each.is_done for each in progress):
        return False
    begun = exists().where(
        Review.activity_id == activity.id,
        Review.reviewer_id == member.id,
        Review.is_own.is_(False),
        Review.state != ReviewState.GONE,
        Review.started_at.is_not(None),
    )
    return not session.scalar(select(begun))


def attempt(
    session: Session,
    activity: Activity,
    member: Membership,
    progress: Progress,
    typed: Mapping[str, str],
    *,
    now: datetime,
) -> Practice:
    """Judge an example, and compare with the trainer.

    Args:
        typed: A form's fields, as reviews have them.

    Raises:
        ConflictError: They have practised on it enough.
        InvalidInputError: A level is missing, or off the scale.
    """
    found = rules.hold(session, activity)
    if progress.is_done:
        raise ConflictError(_("You have practised on this one already."))
    rubric = rubrics.need_rubric(session, activity, now=now)
    key, scored = levels_of(progress.example, rubric), scored_of(rubric)
    if key is None:
        raise ConflictError(_("Your trainer has changed the criteria in the meantime."))
    given = _chosen(scored, typed)
    number = len(progress.tries) + 1
    chosen: dict[Id, int] = {}
    wanted: dict[Id, int] = {}
    chosen.update(given.items())
    wanted.update(key.items())
    outcome = compare(chosen, wanted, attempt=number)
    score = score_of(scored, given)
    row = Practice(
        id=uuid.uuid4(),
        activity_id=activity.id,
        example_id=progress.example.id,
        member_id=member.id,
        attempt=number,
        levels={str(id_): level for id_, level in given.items()},
        differences={str(id_): difference for id_, difference in outcome.differences.items()},
        score=score,
        deviation=score - score_of(scored, key),
        has_passed=outcome.has_passed,
        at=now,
    )
    session.add(row)
    session.flush()
    told = example_statements.calibrated(
        activity, member, progress.example, row, criteria=scored, anonymity=found.anonymity
    )
    record(session, told, by=member, now=now)
    return row


def _chosen(criteria: Sequence[Criterion], typed: Mapping[str, str]) -> dict[uuid.UUID, int]:
    """Return the level of each criterion.

    Raises:
        InvalidInputError: One is missing, or off the scale.
    """
    errors: dict[str, list[str]] = {}
    levels = {each.id: level_of(each, typed, errors) for each in criteria}
    if errors:
        raise InvalidInputError(errors)
    return {id_: level for id_, level in levels.items() if level is not None}


def records(session: Session, activity: Activity, reviewers: Sequence[uuid.UUID]) -> tuple[Mapping[Id, Record], int]:
    """Return what practice tells of reviewers, and how many examples most of them have judged.

    First tries only: who comes back to an example has seen the answer.
    """
    tries = (
        select(Practice.member_id, Practice.deviation)
        .join(Membership, Membership.id == Practice.member_id)
        .where(Practice.activity_id == activity.id, Practice.attempt == 1, Membership.role == Role.LEARNER)
        .order_by(Practice.at, Practice.id)
    )
    found: defaultdict[uuid.UUID, list[float]] = defaultdict(list)
    for member_id, deviation in session.execute(tries):
        found[member_id].append(deviation)
    counts = [len(found.get(each, ())) for each in set(reviewers)]
    most = statistics.median_low(counts) if counts else 0
    return {member_id: from_calibration(deviations) for member_id, deviations in found.items()}, most
