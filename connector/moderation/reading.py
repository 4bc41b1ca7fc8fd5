"""What those who lead a course see: what waits for them, what was done, and who may not write."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.moderation.models import Act, Deed, Report
from connector.threads.access import Sight
from connector.threads.models import Mute, Post, PostState, Thread

ACTS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that somebody should look at."""

    post: Post
    reports: Sequence[Report]
    """Those that nobody has seen to; of whom they came is not told."""


def list_places(session: Session, sight: Sight) -> Sequence[tuple[uuid.UUID, str]]:
    """Return the ids and titles of the discussions of the course that a thread can be moved to."""
    places = select(Activity.id, Activity.title).where(
        Activity.course_id == sight.activity.course_id,
        Activity.id != sight.activity.id,
        Activity.kind == sight.activity.kind,
    )
    return [(id_, title) for id_, title in session.execute(places.order_by(Activity.title))]


def list_waiting(session: Session, sight: Sight) -> Sequence[Waiting]:
    """Return what is held, and what was reported, the oldest first; two queries, however much there is."""
    reported = select(Report.post_id).where(Report.settled_at.is_(None))
    posts = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(
            sight.posts(),
            Post.state.not_in({PostState.REMOVED, PostState.WITHDRAWN}),
            or_(Post.state == PostState.HELD, Post.id.in_(reported)),
        )
        .order_by(Post.created_at, Post.id)
        .options(contains_eager(Post.thread), joinedload(Post.author).joinedload(Membership.person))
    ).all()
    reports = _reports(session, [post.id for post in posts])
    return [Waiting(post, reports.get(post.id, [])) for post in posts]


def count_waiting(session: Session, sight: Sight) -> int:
    """Return how many posts somebody should look at; 0 for members who do not lead the course."""
    if not sight.member.is_staff:
        return 0
    reported = select(Report.post_id).where(Report.settled_at.is_(None))
    counted = (
        select(func.count(Post.id))
        .join(Post.thread)
        .where(
            sight.posts(),
            Post.state.not_in({PostState.REMOVED, PostState.WITHDRAWN}),
            or_(Post.state == PostState.HELD, Post.id.in_(reported)),
        )
    )
    return session.scalar(counted) or 0


def list_reports(session: Session, post: Post) -> Sequence[Report]:
    """Return the reports of a post that nobody has seen to, the oldest first."""
    return _reports(session, [post.id]).get(post.id, [])


def list_acts(session: Session, sight: Sight, *, page: int) -> Sequence[Act]:
    """Return a page of the log of an activity, the newest first.

    Args:
        page: From 1.
    """
    return session.scalars(
        select(Act)
        .where(Act.activity_id == sight.activity.id)
        .order_by(Act.done_at.desc(), Act.id)
        .limit(ACTS_A_PAGE)
        .offset((max(page, 1) - 1) * ACTS_A_PAGE)
        .options(
            joinedload(Act.by).joinedload(Membership.person),
            joinedload(Act.member).joinedload(Membership.person),
            joinedload(Act.thread),
            joinedload(Act.target),
            joinedload(Act.post),
        )
    ).all()


def list_acts_on(session: Session, post: Post) -> Sequence[Act]:
    """Return what was done about a post, the newest first."""
    found = select(Act).where(Act.post_id == post.id).order_by(Act.done_at.desc(), Act.id)
    return session.scalars(found.options(joinedload(Act.by).joinedload(Membership.person))).all()


def list_moves(session: Session, thread: Thread) -> Sequence[Act]:
    """Return what went from a thread to others, or came into it, the oldest first; undone moves are left out."""
    return session.scalars(
        select(Act)
        .where(
            or_(Act.thread_id == thread.id, Act.target_id == thread.id),
            Act.deed.in_({Deed.SPLIT, Deed.MERGED, Deed.MOVED}),
            Act.undone_at.is_(None),
        )
        .order_by(Act.done_at, Act.id)
        .options(joinedload(Act.thread), joinedload(Act.target))
    ).all()


def list_mutes(session: Session, sight: Sight, now: datetime) -> Sequence[tuple[Mute, Membership]]:
    """Return who may not write in the course now, by the time that it ends."""
    found = session.execute(
        select(Mute, Membership)
        .join(Membership, Membership.id == Mute.member_id)
        .where(Membership.course_id == sight.activity.course_id, Mute.until > now)
        .order_by(Mute.until)
        .options(joinedload(Membership.person))
    )
    return [(mute, member) for mute, member in found]


def _reports(session: Session, post_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Report]]:
    found: dict[uuid.UUID, list[Report]] = {}
    waiting = select(Report).where(Report.post_id.in_(post_ids), Report.settled_at.is_(None))
    for report in session.scalars(waiting.order_by(Report.created_at, Report.id)):
        found.setdefault(report.post_id, []).append(report)
    return found
