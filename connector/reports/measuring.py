"""Each figure's value, by its key: what pages, goals, exports and letters all take it from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from connector.reports.definitions import DEFINITIONS
from connector.reports.figures import discussion, network, participation, questions, reviews
from connector.reports.graph import Graph
from connector.reports.rosters import Roster
from connector.reports.scope import Scope

Value = float | int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One report's figures, and what they were made of."""

    report: str
    values: Mapping[str, Value]
    """By key; None where there is nothing to measure."""
    people: int
    """How many people stand behind them, as far as names are shown."""
    detail: Any
    """What the report's module measured."""


def measure(session: Session, scope: Scope, roster: Roster, report: str) -> Measured:
    """Return the figures of one report.

    Raises:
        KeyError: There is no such report.
    """
    return {
        "participation": _participation,
        "discussion": _discussion,
        "questions": _questions,
        "reviews": _reviews,
        "network": _network,
    }[report](session, scope, roster)


def measure_figure(session: Session, scope: Scope, roster: Roster, key: str) -> Value:
    """Return the value of one figure."""
    return measure(session, scope, roster, DEFINITIONS[key].report).values[key]


def _participation(session: Session, scope: Scope, _roster: Roster) -> Measured:
    found = participation.measure(session, scope)
    values: dict[str, Value] = {
        "active_learners": len(found.active),
        "silent_learners": len(found.silent),
        "contributions": found.contributions,
        "top_share": found.top_share,
        "gini": found.gini,
    }
    return Measured("participation", values, len(found.active), found)


def _discussion(session: Session, scope: Scope, roster: Roster) -> Measured:
    found = discussion.measure(session, scope)
    values: dict[str, Value] = {
        "threads": len(found.threads),
        "unanswered_threads": len(found.unanswered),
        "first_reply_median": found.first_reply_median,
        "first_reply_p90": found.first_reply_p90,
    }
    return Measured("discussion", values, len({each.actor for each in found.threads} & roster.members.keys()), found)


def _questions(session: Session, scope: Scope, roster: Roster) -> Measured:
    found = questions.measure(session, scope)
    values: dict[str, Value] = {
        "questions": len(found.questions),
        "waiting_day": found.waiting_longer(1),
        "waiting_two_days": found.waiting_longer(2),
        "first_answer_median": found.first_answer_median,
        "first_answer_p90": found.first_answer_p90,
        "acceptance_median": found.acceptance_median,
        "accepted_share": found.accepted_share,
        "deflected": found.deflected,
    }
    return Measured("questions", values, len({each.actor for each in found.questions} & roster.members.keys()), found)


def _reviews(session: Session, scope: Scope, roster: Roster) -> Measured:
    found = reviews.measure(session, scope)
    values: dict[str, Value] = {
        "reviews_done": found.done_share,
        "reviews_late": found.late,
        "review_minutes": found.minutes,
        "review_words": found.words,
        "review_distance": found.distance,
        "review_agreement": found.agreement,
        "usefulness": found.usefulness,
    }
    return Measured("reviews", values, len({each.actor for each in found.reviewers} & roster.members.keys()), found)


def _network(session: Session, scope: Scope, roster: Roster) -> Measured:
    people = roster.members.keys() if scope.actors is None else roster.members.keys() & scope.actors
    found: Graph[str] = network.measure(session, scope, people)
    values: dict[str, Value] = {
        "helpers": len(found.helped),
        "reciprocity": found.reciprocity,
        "isolated": len(found.isolated & scope.learners),
    }
    return Measured("network", values, len(found.nodes) - len(found.isolated), found)
