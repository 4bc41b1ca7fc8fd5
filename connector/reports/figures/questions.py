"""How questions go: how long until an answer and an accepted one, what waits, who answers, which topics lack answers."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from connector.reports.figures.discussion import list_gone
from connector.reports.models import Fact
from connector.reports.scope import Scope
from connector.reports.statistics import median, quantile

ASKED, ANSWERED, ACCEPTED, CLOSED = (
    "question.asked",
    "question.answered",
    "answer.accepted",
    "question.closed_duplicate",
)
RESOLVED, REOPENED, REUSE = "question.resolved", "question.reopened", "reuse"
ROUTED, CLAIMED, ENDORSED, TAGGED = "question.routed", "question.claimed", "answer.endorsed", "question.tagged"
DAY = timedelta(days=1) // timedelta(milliseconds=1)
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Asked:
    """A question."""

    object: str
    actor: str
    at: int
    tags: tuple[str, ...]
    answered_at: int | None
    """When somebody other than the asker answered first."""
    accepted_at: int | None
    is_duplicate: bool
    """Whether it was closed because an earlier question answers it."""
    is_resolved: bool
    """Whether who asked said that nothing more is needed, and did not take it back."""

    @property
    def is_waiting(self) -> bool:
        """Whether it needs an answer and has none."""
        return self.answered_at is None and not self.is_duplicate and not self.is_resolved

    @property
    def waited(self) -> float | None:
        """Seconds until the first answer."""
        return None if self.answered_at is None else (self.answered_at - self.at) / 1000

    @property
    def was_open(self) -> float | None:
        """Seconds until an answer was accepted."""
        return None if self.accepted_at is None else (self.accepted_at - self.at) / 1000


@dataclass(frozen=True, slots=True)
class Load:
    """What one person did for those who ask."""

    actor: str
    routed: int
    claimed: int
    answered: int
    accepted: int
    endorsed: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions with one tag."""

    tag: str
    asked: int
    unanswered: int
    wait: float | None
    """Median seconds until the first answer."""


@dataclass(frozen=True, slots=True)
class Questions:
    """How questions go."""

    questions: Sequence[Asked]
    end: int
    loads: Sequence[Load]
    topics: Sequence[Topic]
    found: int
    """How often somebody found their answer under an earlier question, and so did not ask."""

    @property
    def waiting(self) -> Sequence[Asked]:
        """Questions without an answer that need one, the oldest first."""
        return [each for each in self.questions if each.is_waiting]

    def waiting_longer(self, days: int) -> int:
        """Return how many wait for more than so many days."""
        return sum(each.at < self.end - days * DAY for each in self.waiting)

    @property
    def first_answer_median(self) -> float | None:
        """Seconds."""
        return median([each.waited for each in self.questions if each.waited is not None])

    @property
    def first_answer_p90(self) -> float | None:
        """Seconds within which nine of ten answered questions were."""
        return quantile([each.waited for each in self.questions if each.waited is not None], _NEARLY_ALL)

    @property
    def acceptance_median(self) -> float | None:
        """Seconds."""
        return median([each.was_open for each in self.questions if each.was_open is not None])

    @property
    def accepted_share(self) -> float | None:
        """Questions with an accepted answer, of those that were answered."""
        answered = [each for each in self.questions if each.answered_at is not None]
        return sum(each.accepted_at is not None for each in answered) / len(answered) if answered else None

    @property
    def deflected(self) -> int:
        """How often an earlier question had the answer: found before asking, or pointed out after."""
        return self.found + sum(each.is_duplicate for each in self.questions)


def measure(session: Session, scope: Scope) -> Questions:
    """Return how questions go: those asked in the scope, and what became of them by its end."""
    question, answer = aliased(Fact), aliased(Fact)
    first = (
        select(answer.at)
        .where(
            answer.feed_id == scope.feed_id,
            answer.object == question.object,
            answer.event == ANSWERED,
            answer.at >= question.at,
            answer.at < scope.end,
            answer.actor != question.actor,
        )
        .order_by(answer.at)
        .limit(1)
        .correlate(question)
        .scalar_subquery()
    )
    rows = session.execute(
        select(question.object, question.actor, question.at, first.label("answered_at"))
        .where(*scope.holds(ASKED, of=question), question.at < scope.end)
        .order_by(question.at, question.object)
    ).all()
    gone = list_gone(session, scope)
    accepted, closed, tags = _accepted(session, scope), _closed(session, scope), _tags(session, scope)
    resolved = _resolved(session, scope)
    reused = select(func.count()).where(*scope.holds(RESOLVED), Fact.word == REUSE, Fact.at < scope.end)
    questions = [
        Asked(
            object=row.object,
            actor=row.actor,
            at=row.at,
            tags=tags.get(row.object, ()),
            answered_at=row.answered_at,
            accepted_at=at if (at := accepted.get(row.object)) is not None and at >= row.at else None,
            is_duplicate=row.object in closed,
            is_resolved=row.object in resolved,
        )
        for row in rows
        if row.object not in gone
    ]
    found = session.scalar(reused) or 0
    return Questions(questions, scope.end, _loads(session, scope), _topics(questions), found)


def _accepted(session: Session, scope: Scope) -> Mapping[str, int]:
    """Return when an answer to each question was first accepted."""
    rows = session.execute(
        select(Fact.parent, func.min(Fact.at).label("at"))
        .where(Fact.feed_id == scope.feed_id, Fact.event == ACCEPTED, Fact.at < scope.end, Fact.parent.is_not(None))
        .group_by(Fact.parent)
    )
    return {row.parent: row.at for row in rows if row.parent is not None}


def _closed(session: Session, scope: Scope) -> frozenset[str]:
    mine = (Fact.feed_id == scope.feed_id, Fact.event == CLOSED, Fact.at < scope.end)
    return frozenset(session.scalars(select(Fact.object).where(*mine)))


def _resolved(session: Session, scope: Scope) -> frozenset[str]:
    """Return the questions that need nothing more, as who asked them said last."""
    rows = session.execute(
        select(Fact.object, Fact.event, func.max(Fact.at).label("at"))
        .where(Fact.feed_id == scope.feed_id, Fact.event.in_((RESOLVED, REOPENED)), Fact.at < scope.end)
        .where(or_(Fact.word.is_(None), Fact.word != REUSE))
        .group_by(Fact.object, Fact.event)
    ).all()
    again = {row.object: row.at for row in rows if row.event == REOPENED}
    return frozenset(row.object for row in rows if row.event == RESOLVED and row.at > again.get(row.object, 0))


def _tags(session: Session, scope: Scope) -> Mapping[str, tuple[str, ...]]:
    """Return the tags that each question has at the end."""
    rows = session.execute(
        select(Fact.object, Fact.tags)
        .where(Fact.feed_id == scope.feed_id, Fact.event.in_((ASKED, TAGGED)), Fact.at < scope.end)
        .where(Fact.tags.is_not(None))
        .order_by(Fact.at, Fact.event, Fact.id)
    )
    return {row.object: tuple(sorted(set(row.tags or ()))) for row in rows}


def _loads(session: Session, scope: Scope) -> Sequence[Load]:
    did = session.execute(
        select(Fact.actor, Fact.event, func.count().label("number"))
        .where(*scope.holds(ROUTED, CLAIMED, ANSWERED))
        .group_by(Fact.actor, Fact.event)
    )
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in did:
        counts[row.actor][row.event or ""] = row.number
    thanked = session.execute(
        select(Fact.target, Fact.event, func.count(Fact.object.distinct()).label("number"))
        .where(Fact.feed_id == scope.feed_id, Fact.event.in_((ACCEPTED, ENDORSED)), Fact.target.is_not(None))
        .where(Fact.day >= scope.since.toordinal(), Fact.day <= scope.until.toordinal())
        .where(*([Fact.activity_id == scope.activity_id] if scope.activity_id else []))
        .group_by(Fact.target, Fact.event)
    )
    for target, event, number in thanked:
        if target is not None and (scope.actors is None or target in scope.actors):
            counts[target][event or ""] = number
    loads = [
        Load(actor, each[ROUTED], each[CLAIMED], each[ANSWERED], each[ACCEPTED], each[ENDORSED])
        for actor, each in counts.items()
    ]
    return sorted(loads, key=lambda load: (-load.answered, -load.routed, load.actor))


def _topics(questions: Sequence[Asked]) -> Sequence[Topic]:
    by_tag: defaultdict[str, list[Asked]] = defaultdict(list)
    for question in questions:
        for tag in question.tags:
            by_tag[tag].append(question)
    topics = []
    for tag, asked in by_tag.items():
        lacking = sum(each.is_waiting for each in asked)
        waits = [each.waited for each in asked if each.waited is not None]
        topics.append(Topic(tag, len(asked), lacking, median(waits)))
    return sorted(topics, key=lambda topic: (-topic.unanswered, -topic.asked, topic.tag))
