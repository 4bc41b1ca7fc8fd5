"""How questions go: how long until an answer and an accepted one, what waits, who answers, which topics lack answers."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from connector.reports.figures.discussion import before, last_of, list_gone
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


class Asked(NamedTuple):
    """A question."""

    at: int
    object: str
    actor: str
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
    waiting: Sequence[Asked]
    """Those without an answer that need one, the oldest first."""
    end: int
    loads: Sequence[Load]
    topics: Sequence[Topic]
    found: int
    """How often somebody found their answer under an earlier question, and so did not ask."""
    first_answer_median: float | None
    """Seconds."""
    first_answer_p90: float | None
    """Seconds within which nine of ten answered questions were."""
    acceptance_median: float | None
    """Seconds."""
    accepted_share: float | None
    """Questions with an accepted answer, of those that were answered."""

    def waiting_longer(self, days: int) -> int:
        """Return how many wait for more than so many days."""
        return sum(each.at < self.end - days * DAY for each in self.waiting)

    @property
    def deflected(self) -> int:
        """How often an earlier question had the answer: found before asking, or pointed out after."""
        return self.found + sum(each.is_duplicate for each in self.questions)


def measure(session: Session, scope: Scope) -> Questions:
    """Return how questions go: those asked in the scope, and what became of them by its end."""
    questions = _list_questions(session, scope)
    waits = [(each.answered_at - each.at) / 1000 for each in questions if each.answered_at is not None]
    accepted = sum(each.answered_at is not None and each.accepted_at is not None for each in questions)
    reused = select(func.count()).where(*scope.holds(RESOLVED), Fact.word == REUSE, Fact.at < scope.end)
    return Questions(
        questions=questions,
        waiting=sorted(each for each in questions if each.is_waiting),
        end=scope.end,
        loads=_loads(session, scope),
        topics=_topics(questions),
        found=session.scalar(reused) or 0,
        first_answer_median=median(waits),
        first_answer_p90=quantile(waits, _NEARLY_ALL),
        acceptance_median=median([each.was_open for each in questions if each.was_open is not None]),
        accepted_share=accepted / len(waits) if waits else None,
    )


def _list_questions(session: Session, scope: Scope) -> list[Asked]:
    """Return the questions of a scope that are still there."""
    tags = cast(Fact.tags, Text).label("tags")
    rows = session.execute(
        select(Fact.at, Fact.object, Fact.actor, tags, Fact.answered_at, Fact.accepted_at).where(
            *scope.holds(ASKED), Fact.at < scope.end
        )
    )
    gone, closed, resolved = list_gone(session, scope), _closed(session, scope), _resolved(session, scope)
    tagged, end = _tagged(session, scope), scope.end
    return [
        Asked(
            at,
            object_,
            actor,
            tagged[object_] if object_ in tagged else _read_tags(told),
            before(answered_at, end),
            before(accepted_at, end) if accepted_at is not None and accepted_at >= at else None,
            object_ in closed,
            object_ in resolved,
        )
        for at, object_, actor, told, answered_at, accepted_at in rows
        if object_ not in gone
    ]


@lru_cache(maxsize=4096)
def _read_tags(told: str | None) -> tuple[str, ...]:
    """Return tags as a fact has them: many questions have the same."""
    return tuple(sorted(set(json.loads(told) or ()))) if told else ()


def _tagged(session: Session, scope: Scope) -> Mapping[str, tuple[str, ...]]:
    """Return the tags of the questions that were tagged anew, as they are at the end."""
    rows = session.execute(
        select(Fact.object, Fact.tags)
        .where(Fact.feed_id == scope.feed_id, Fact.event == TAGGED, Fact.at < scope.end, Fact.tags.is_not(None))
        .order_by(Fact.at, Fact.id)
    )
    return {row.object: tuple(sorted(set(row.tags or ()))) for row in rows}


def _closed(session: Session, scope: Scope) -> frozenset[str]:
    mine = (Fact.feed_id == scope.feed_id, Fact.event == CLOSED, Fact.at < scope.end)
    return frozenset(session.scalars(select(Fact.object).where(*mine)))


def _resolved(session: Session, scope: Scope) -> frozenset[str]:
    """Return the questions that need nothing more, as who asked them said last."""
    rows = session.execute(
        select(Fact.object, Fact.event, Fact.at)
        .where(Fact.feed_id == scope.feed_id, Fact.event.in_((RESOLVED, REOPENED)), Fact.at < scope.end)
        .where(or_(Fact.word.is_(None), Fact.word != REUSE))
    ).all()
    again, done = last_of(rows, (REOPENED,)), last_of(rows, (RESOLVED,))
    return frozenset(object_ for object_, at in done.items() if at > again.get(object_, 0))


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
