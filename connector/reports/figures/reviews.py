"""How peer reviews go: done and late, how long and how much, how far reviewers agree, and how useful they are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from connector.reports.models import Fact
from connector.reports.scope import Scope
from connector.reports.statistics import alpha, median

ASSIGNED, SUBMITTED, RATED = "review.assigned", "review.submitted", "review.rated"
HANDED_IN = ("submission.submitted", "submission.revised")
FAR = 0.15
"""How far above or below the others a reviewer's scores must be on average to stand out, of 1."""
VAGUE, ENOUGH = 0.15, 30
"""Below which agreement a criterion should be worded anew, after how many reviews."""
FEW = 3
"""From how many comparable reviews on."""
JUDGES = frozenset({"expert", "trainer", "assistant"})
"""The roles of who reviews as somebody who knows: how far colleagues agree is no matter of theirs."""


class Reviewed(NamedTuple):
    """A review as it was last handed in."""

    review: str
    submission: str
    actor: str
    first_at: int
    score: float | None
    seconds: float | None
    words: int | None
    criteria: Mapping[str, float]
    """What it gave by each criterion: 0 to 1."""
    role: str | None = None
    """As what its writer acted; None where nothing says so."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How one criterion is judged."""

    criterion: str
    """Its IRI."""
    works: int
    """How many have been judged by it, by two or more."""
    reviews: int
    """Of those."""
    mean: float
    """What it gives, on average: 0 to 1."""
    agreement: float | None
    """As `statistics.alpha` has it; None where it is too early to say, or all judge the same."""

    @property
    def is_vague(self) -> bool:
        """Whether reviewers hardly agree, and there are enough of them to tell: its words should be looked at."""
        return self.agreement is not None and self.agreement < VAGUE and self.reviews >= ENOUGH


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One reviewer against the others."""

    actor: str
    done: int
    compared: int
    """Reviews of submissions that others reviewed too."""
    deviation: float | None
    """How far their scores lie above those of the others, on average; below where negative."""

    @property
    def stands_out(self) -> bool:
        """Whether they judge far otherwise, and often enough to tell."""
        return self.deviation is not None and self.compared >= FEW and abs(self.deviation) >= FAR


@dataclass(frozen=True, slots=True)
class Reviews:
    """How peer reviews go."""

    assigned: int
    done: int
    """Of those."""
    late: int
    """Of those: handed in after the due date, or not yet although it has passed."""
    minutes: float | None
    """Median, of each review."""
    words: float | None
    """Median, of each review."""
    distance: float | None
    """How far a score lies from the mean of the others' for the same submission, on average: 0 to 1."""
    agreement: float | None
    """Of all reviewers, in their scores: as `statistics.alpha` has it."""
    usefulness: float | None
    """Mean of what authors said: 0 to 1."""
    criteria: Sequence[Judged]
    """The least agreed upon first."""
    reviewers: Sequence[Reviewer]

    @property
    def done_share(self) -> float | None:
        """How many of the assigned reviews are done."""
        return self.done / self.assigned if self.assigned else None


def measure(session: Session, scope: Scope) -> Reviews:
    """Return how peer reviews go: those assigned, handed in and rated in the scope, by its end."""
    given = session.execute(
        select(Fact.object, Fact.due).where(*scope.holds(ASSIGNED), Fact.at < scope.end).order_by(Fact.at, Fact.id)
    )
    due: dict[str, int | None] = {row.object: row.due for row in given}
    reviews = list_reviews(session, scope)
    end = scope.end
    finished = {review: reviewed.first_at for review, reviewed in reviews.items()}
    own = _own(session, scope)
    of_others = [
        each for each in reviews.values() if (each.submission, each.actor) not in own and each.role not in JUDGES
    ]
    scores = _together((each.submission, each.score) for each in of_others if each.score is not None)
    distances = _deviations(of_others)
    flat = [abs(each) for deviations in distances.values() for each in deviations]
    ratings = _ratings(session, scope)
    return Reviews(
        assigned=len(due),
        done=sum(review in finished for review in due),
        late=sum(until is not None and finished.get(review, end) > until for review, until in due.items()),
        minutes=median([each.seconds / 60 for each in reviews.values() if each.seconds is not None]),
        words=median([each.words for each in reviews.values() if each.words is not None]),
        distance=sum(flat) / len(flat) if flat else None,
        agreement=alpha(scores),
        criteria=_criteria(of_others),
        usefulness=sum(ratings) / len(ratings) if ratings else None,
        reviewers=_reviewers(reviews, distances),
    )


def list_reviews(session: Session, scope: Scope) -> Mapping[str, Reviewed]:
    """Return the reviews that were handed in, each as it is now."""
    rows = session.execute(
        select(
            Fact.about,
            Fact.object,
            Fact.actor,
            Fact.at,
            Fact.score,
            Fact.seconds,
            Fact.words,
            cast(Fact.criteria, Text),
            Fact.role,
        )
        .where(*scope.holds(SUBMITTED), Fact.about.is_not(None), Fact.at < scope.end)
        .order_by(Fact.at, Fact.id)
    )
    found: dict[str, Reviewed] = {}
    for told, object_, actor, at, score, seconds, words, criteria, role in rows:
        about = told or ""  # never without one: that was asked for
        first_at = found[about].first_at if about in found else at
        found[about] = Reviewed(about, object_, actor, first_at, score, seconds, words, _read_criteria(criteria), role)
    return found


@lru_cache(maxsize=4096)
def _read_criteria(told: str | None) -> Mapping[str, float]:
    """Return what a review gave by each criterion: many give the same."""
    return (json.loads(told) or {}) if told else {}


def _own(session: Session, scope: Scope) -> frozenset[tuple[str, str]]:
    """Return works and who handed them in: what people say of their own work is no measure of agreement."""
    mine = (Fact.feed_id == scope.feed_id, Fact.event.in_(HANDED_IN), Fact.at < scope.end)
    rows = session.execute(select(Fact.object, Fact.actor).where(*mine))
    return frozenset((object_, actor) for object_, actor in rows)


def _together(judgements: Iterable[tuple[str, float]]) -> list[list[float]]:
    """Return what each work was given."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for work, value in judgements:
        found[work].append(value)
    return list(found.values())


def _criteria(reviews: Iterable[Reviewed]) -> Sequence[Judged]:
    given: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for review in reviews:
        for criterion, share in review.criteria.items():
            given[criterion].append((review.submission, share))
    found = []
    for criterion, judgements in given.items():
        works = _together(judgements)
        compared = [values for values in works if len(values) > 1]
        mean = sum(value for _, value in judgements) / len(judgements)
        found.append(Judged(criterion, len(compared), sum(map(len, compared)), mean, alpha(works)))
    return sorted(found, key=lambda each: (each.agreement is None, each.agreement or 0.0, each.criterion))


def _ratings(session: Session, scope: Scope) -> list[float]:
    """Return how useful each review was to its author, as they said last."""
    rows = session.execute(
        select(Fact.object, Fact.rating)
        .where(*scope.holds(RATED), Fact.rating.is_not(None), Fact.at < scope.end)
        .order_by(Fact.at, Fact.id)
    )
    return list({row.object: row.rating for row in rows if row.rating is not None}.values())


def _deviations(reviews: Iterable[Reviewed]) -> Mapping[str, list[float]]:
    """Return, by reviewer, how far each score lies above the mean of the others' for the same submission."""
    by_submission: defaultdict[str, list[Reviewed]] = defaultdict(list)
    for each in reviews:
        if each.score is not None:
            by_submission[each.submission].append(each)
    found: defaultdict[str, list[float]] = defaultdict(list)
    for together in by_submission.values():
        total = sum(each.score or 0.0 for each in together)
        for each in together:
            if len(together) > 1:
                score = each.score or 0.0
                found[each.actor].append(score - (total - score) / (len(together) - 1))
    return found


def _reviewers(reviews: Mapping[str, Reviewed], deviations: Mapping[str, list[float]]) -> Sequence[Reviewer]:
    done: defaultdict[str, int] = defaultdict(int)
    for each in reviews.values():
        done[each.actor] += 1
    found = [
        Reviewer(actor, number, len(mine), sum(mine) / len(mine) if mine else None)
        for actor, number in done.items()
        for mine in [deviations.get(actor, [])]
    ]
    return sorted(found, key=lambda each: (-abs(each.deviation or 0.0), each.actor))
