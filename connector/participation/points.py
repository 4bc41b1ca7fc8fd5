"""Points for taking part: off unless a trainer wants them, for the learner's own eyes, and never in a grade.

They are counted from what stands there when somebody looks, and stored nowhere: what is taken back earns nothing. How much
somebody writes does not matter; what counts is to begin, to help, and not to let others wait. A week earns no more than
`A_WEEK`, so that nobody has to be here each day, and two friends cannot lift each other far.

Whoever hides their name earns nothing by it, and nobody does where the author of a thread hides theirs: a figure that stays
the same when somebody answers would tell whose thread it is. What many found helpful is counted by post, since who they
were is told to nobody.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.participation.models import ShownPoints, WithPoints
from connector.reactions.models import Reaction, Sign
from connector.threads.models import OPENING, Post, PostState, Thread
from connector.web.errors import NotFoundError

A_WEEK = 10
"""The most that a week earns; weeks begin on Monday, in UTC."""
HELPED = 2
"""From how many others on a post has helped."""
WAITED = timedelta(hours=12)
"""How long a thread must have waited for its first reply."""
LEARNERS = frozenset({Role.LEARNER, Role.TEST_STUDENT})


class For(StrEnum):
    """What earns points."""

    FIRST = "first"
    """The first contribution in the activity."""
    HELPFUL = "helpful"
    """A post that `HELPED` others or more called helpful."""
    ACCEPTED = "accepted"
    """An answer to somebody else's question that helped."""
    WAITING = "waiting"
    """The first reply to somebody else's thread that had waited."""


WORTH: Mapping[For, int] = {For.FIRST: 5, For.HELPFUL: 3, For.ACCEPTED: 4, For.WAITING: 3}


@dataclass(frozen=True, slots=True)
class Earned:
    """Points for one thing."""

    what: For
    at: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """What a week earned."""

    monday: date
    earned: int
    counted: int
    """Of that, no more than `A_WEEK`."""


@dataclass(frozen=True, slots=True)
class Points:
    """What somebody has earned in an activity."""

    weeks: Sequence[Week]
    """Those that earned something, the newest first."""
    times: Mapping[For, int]
    """How often each thing was done."""

    @property
    def total(self) -> int:
        """Return what counts, of all weeks."""
        return sum(week.counted for week in self.weeks)


def add_up(earned: Iterable[Earned]) -> Points:
    """Return what a learner's deeds are worth: by week, no more than a week may earn."""
    by_week: defaultdict[date, int] = defaultdict(int)
    times: defaultdict[For, int] = defaultdict(int)
    for each in earned:
        day = each.at.date()
        by_week[day - timedelta(days=day.weekday())] += WORTH[each.what]
        times[each.what] += 1
    weeks = [Week(monday, sum_, min(sum_, A_WEEK)) for monday, sum_ in sorted(by_week.items(), reverse=True)]
    return Points(weeks, dict(times))


def has_points(session: Session, activity: Activity) -> bool:
    """Return whether an activity has points: only where a trainer wanted them."""
    return session.get(WithPoints, activity.id) is not None


def set_points(session: Session, activity: Activity, by: Membership, *, is_on: bool, now: datetime) -> None:
    """Let an activity have points, or no longer; who showed theirs has to choose again then.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not by.is_staff or by.course_id != activity.course_id:
        raise NotFoundError
    row = session.get(WithPoints, activity.id)
    if is_on and row is None:
        session.add(WithPoints(activity_id=activity.id, set_at=now))
    elif row is not None and not is_on:
        session.delete(row)
        for shown in session.scalars(select(ShownPoints).where(ShownPoints.activity_id == activity.id)):
            session.delete(shown)
    session.flush()


def show_points(session: Session, activity: Activity, member: Membership, *, is_shown: bool, now: datetime) -> None:
    """Let the course see a learner's own points, or no longer.

    Raises:
        NotFoundError: The activity has no points, or the member is no learner.
    """
    if member.role not in LEARNERS or not has_points(session, activity):
        raise NotFoundError
    row = session.get(ShownPoints, (activity.id, member.id))
    if is_shown and row is None:
        session.add(ShownPoints(activity_id=activity.id, member_id=member.id, since=now))
    elif row is not None and not is_shown:
        session.delete(row)
    session.flush()


def list_shown(session: Session, activity: Activity) -> Sequence[Membership]:
    """Return who shows their points, by name and not by number."""
    rows = session.scalars(
        select(Membership)
        .join(ShownPoints, ShownPoints.member_id == Membership.id)
        .where(ShownPoints.activity_id == activity.id, Membership.is_active, Membership.role == Role.LEARNER)
        .options(joinedload(Membership.person))
    ).all()
    return sorted(rows, key=lambda member: (member.person.name or "", member.id))


def points_of(session: Session, activity: Activity, member_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Points]:
    """Return what some members have earned in an activity; four queries, however many they are."""
    found: defaultdict[uuid.UUID, list[Earned]] = defaultdict(list)
    for rows, what in (
        (_first(session, activity, member_ids), For.FIRST),
        (_helpful(session, activity, member_ids), For.HELPFUL),
        (_accepted(session, activity, member_ids), For.ACCEPTED),
        (_waiting(session, activity, member_ids), For.WAITING),
    ):
        for member_id, at in rows:
            found[member_id].append(Earned(what, at))
    return {member_id: add_up(found.get(member_id, ())) for member_id in member_ids}


_Rows = Iterable[tuple[uuid.UUID, datetime]]
_opening = aliased(Post)
_earlier = aliased(Post)


def _own(activity: Activity, member_ids: Sequence[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `Post`, joined with its thread, that it is seen by all and under its author's name."""
    return (
        Post.activity_id == activity.id,
        Post.author_id.in_(member_ids),
        Post.state == PostState.VISIBLE,
        Post.alias.is_(None),
        Thread.is_private.is_(False),
        Thread.forgotten_at.is_(None),
    )


def _first(session: Session, activity: Activity, member_ids: Sequence[uuid.UUID]) -> _Rows:
    first = select(Post.author_id, func.min(Post.created_at)).join(Post.thread).group_by(Post.author_id)
    return session.execute(first.where(*_own(activity, member_ids)))


def _helpful(session: Session, activity: Activity, member_ids: Sequence[uuid.UUID]) -> _Rows:
    """Yield the posts that helped, by the moment in which enough had said so."""
    said = session.execute(
        select(Post.id, Post.author_id, Reaction.created_at)
        .join(Reaction, Reaction.post_id == Post.id)
        .join(Post.thread)
        .join(Membership, Membership.id == Reaction.member_id)
        .where(*_own(activity, member_ids), Reaction.sign == Sign.HELPFUL)
        .where(Reaction.member_id != Post.author_id, Membership.role != Role.TEST_STUDENT)
        .order_by(Reaction.created_at, Reaction.id)
    )
    times: defaultdict[uuid.UUID, int] = defaultdict(int)
    for post_id, author_id, at in said:
        times[post_id] += 1
        if times[post_id] == HELPED:
            yield author_id, at


def _accepted(session: Session, activity: Activity, member_ids: Sequence[uuid.UUID]) -> _Rows:
    answers = (
        select(Post.author_id, Post.created_at)
        .join(Post.thread)
        .join(_opening, (_opening.thread_id == Thread.id) & (_opening.number == OPENING))
        .where(*_own(activity, member_ids), Thread.accepted_id == Post.id)
        .where(_opening.alias.is_(None), _opening.author_id != Post.author_id)
    )
    return session.execute(answers)


def _waiting(session: Session, activity: Activity, member_ids: Sequence[uuid.UUID]) -> _Rows:
    """Yield first replies to threads that had waited; what others had written there by then must be held or gone."""
    answered_before = (
        select(_earlier.id)
        .where(_earlier.thread_id == Post.thread_id, _earlier.number > OPENING, _earlier.number < Post.number)
        .where(_earlier.author_id != _opening.author_id, _earlier.state == PostState.VISIBLE)
        .exists()
    )
    replies = session.execute(
        select(Post.author_id, Post.created_at, _opening.created_at)
        .join(Post.thread)
        .join(_opening, (_opening.thread_id == Thread.id) & (_opening.number == OPENING))
        .where(*_own(activity, member_ids), Post.number > OPENING)
        .where(_opening.alias.is_(None), _opening.author_id != Post.author_id, ~answered_before)
        .order_by(Post.thread_id, Post.number)
    )
    return [(author_id, at) for author_id, at, begun_at in replies if at - begun_at >= WAITED]
