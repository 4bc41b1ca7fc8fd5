"""How a discussion goes, for who leads the course."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership, Person, Role
from connector.threads.models import OPENING, Post, PostState, Thread
from connector.web.errors import NotFoundError

DAYS = 14
"""How far back the figures look."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How a discussion goes; test students, and what was taken from sight, are left out."""

    thread_count: int
    reply_count: int
    learner_count: int
    silent: Sequence[Membership]
    """Learners who have written nothing under their name, by name.

    Whoever has only written under an alias is among them: to be missing here would tell who they are.
    """
    unanswered: Sequence[Thread]
    """Open threads without a reply, the oldest first."""
    days: Sequence[tuple[date, int]]
    """Posts on each of the last days, in UTC; today last."""

    @property
    def active_count(self) -> int:
        """How many learners have written something under their name."""
        return self.learner_count - len(self.silent)


def get_overview(session: Session, activity: Activity, member: Membership, *, now: datetime) -> Overview:
    """Return the figures of a discussion.

    Args:
        now: The days end with this one.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not member.is_staff:
        raise NotFoundError
    posts = _posts(activity).subquery()
    counted = select(posts.c.is_opening, func.count().label("posts")).group_by(posts.c.is_opening)
    counts = {bool(row.is_opening): row.posts for row in session.execute(counted)}
    is_learner = (Membership.course_id == activity.course_id) & Membership.is_active & (Membership.role == Role.LEARNER)
    person = joinedload(Membership.person)
    named = select(posts.c.author_id).where(posts.c.alias.is_(None))
    silent = select(Membership).where(is_learner, Membership.id.not_in(named)).options(person)
    return Overview(
        thread_count=counts.get(True, 0),
        reply_count=counts.get(False, 0),
        learner_count=session.scalar(select(func.count()).where(is_learner)) or 0,
        silent=sorted(session.scalars(silent), key=lambda learner: (learner.person.name or "").casefold()),
        unanswered=session.scalars(_unanswered(activity)).all(),
        days=_posts_by_day(session, activity, now),
    )


def _posts(activity: Activity) -> Select[uuid.UUID, int | None, datetime, bool]:
    """Return the posts of a discussion that count: author, alias, time, and whether it opens a thread."""
    return (
        select(Post.author_id, Post.alias, Post.created_at, (Post.number == OPENING).label("is_opening"))
        .join(Post.author)
        .join(Membership.person)
        .where(Post.activity_id == activity.id, Post.state == PostState.VISIBLE, Membership.role != Role.TEST_STUDENT)
        .where(Person.is_guest.is_(False))
    )


def _unanswered(activity: Activity) -> Select[Thread]:
    return (
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .join(Post.author)
        .where(
            Thread.activity_id == activity.id,
            Thread.post_count == OPENING,
            Thread.closed_at.is_(None),
            Thread.merged_into_id.is_(None),
            Post.state == PostState.VISIBLE,
            Membership.role != Role.TEST_STUDENT,
        )
        .order_by(Thread.created_at, Thread.id)
        .options(contains_eager(Thread.opening).contains_eager(Post.author).joinedload(Membership.person))
    )


def _posts_by_day(session: Session, activity: Activity, now: datetime) -> list[tuple[date, int]]:
    """Return the number of posts on each of the last days; counted here, since databases cut days each in its own way."""
    first = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    posts = _posts(activity).subquery()
    counts = Counter(at.date() for at in session.scalars(select(posts.c.created_at).where(posts.c.created_at >= first)))
    days = (first.date() + timedelta(days=offset) for offset in range(DAYS))
    return [(day, counts[day]) for day in days]
