"""What trainers want of a course, and where it stands: the goal's own figure, measured from its own days."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import Course, Membership
from connector.reports.asking import whole_scope
from connector.reports.definitions import DEFINITIONS, Unit
from connector.reports.measuring import Value, measure_figure
from connector.reports.models import Direction, Goal
from connector.reports.rosters import Roster
from connector.web.errors import NotFoundError

_TYPED = {Unit.SHARE: 0.01, Unit.SECONDS: 3600.0}
"""People write shares in percent and times in hours."""


class State(StrEnum):
    """Where a goal stands."""

    REACHED = "reached"
    UNDER_WAY = "under_way"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal, and where it stands."""

    goal: Goal
    value: Value
    """The figure, from the goal's first day on until today or its last day."""
    state: State


def add_goal(
    session: Session,
    member: Membership,
    *,
    wish: str,
    figure: str,
    direction: Direction,
    value: float,
    since: date,
    due: date,
    now: datetime,
) -> Goal:
    """Note what a trainer wants of their course.

    Args:
        value: As people write it: percent and hours.
    """
    goal = Goal(
        course_id=member.course_id,
        wish=wish,
        figure=figure,
        direction=direction,
        value=value * _TYPED.get(DEFINITIONS[figure].unit, 1.0),
        since=since,
        due=due,
        created_by_id=member.id,
        created_at=now,
    )
    session.add(goal)
    session.flush()
    return goal


def remove_goal(session: Session, member: Membership, goal_id: uuid.UUID) -> None:
    """Remove a goal of a trainer's course.

    Raises:
        NotFoundError: There is none of this id in the course.
    """
    goal = session.scalar(select(Goal).where(Goal.id == goal_id, Goal.course_id == member.course_id))
    if goal is None:
        raise NotFoundError
    session.delete(goal)
    session.flush()


def list_standings(session: Session, course: Course, roster: Roster, *, now: datetime) -> Sequence[Standing]:
    """Return the goals of a course, the next due first, and where each stands."""
    goals = session.scalars(select(Goal).where(Goal.course_id == course.id).order_by(Goal.due, Goal.created_at)).all()
    return [_standing(session, course, roster, goal, now) for goal in goals if goal.figure in DEFINITIONS]


def _standing(session: Session, course: Course, roster: Roster, goal: Goal, now: datetime) -> Standing:
    today = now.astimezone(UTC).date()
    scope = whole_scope(session, course, roster, goal.since, min(goal.due, today), at=now)
    value = measure_figure(session, scope, roster, goal.figure)
    return Standing(goal, value, state_of(goal.direction, goal.value, value, is_over=today > goal.due))


def state_of(direction: Direction, wanted: float, value: Value, *, is_over: bool) -> State:
    """Return where a goal stands. What is to stay below a bound is reached only when its time is over."""
    if value is None:
        return State.MISSED if is_over else State.UNDER_WAY
    if direction is Direction.AT_LEAST:
        if value >= wanted:
            return State.REACHED
        return State.MISSED if is_over else State.UNDER_WAY
    if not is_over:
        return State.UNDER_WAY
    return State.REACHED if value <= wanted else State.MISSED
