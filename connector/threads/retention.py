"""Forgets what was written when its time is over, where an activity says how long texts are kept."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from connector.activities.models import THREADED, Activity
from connector.courses.models import Course, TenantPolicy
from connector.courses.policies import kept_days
from connector.platforms.models import Deployment, Platform
from connector.threads.models import Post, PostVersion, ReadMark, Rules, Thread, ThreadTag, Visit

Forgetter = Callable[[Session, Sequence[uuid.UUID]], None]
"""Deletes what another feature keeps about posts, such as their files; takes their ids."""

_CHUNK = 50


def forget_old_threads(session: Session, forgetters: Sequence[Forgetter], *, now: datetime) -> int:
    """Empty the threads in which nobody has written for as long as their activity keeps them; return how many.

    What remains is that there were posts, and whose: figures and grades stay right. The texts, titles, earlier versions,
    tags, files and marks go, and nobody finds the thread any more, those who lead the course included.
    """
    count = 0
    for activity_id, days in _kept(session):
        ended = now - timedelta(days=days)
        due = select(Thread.id).where(
            Thread.activity_id == activity_id, Thread.last_activity_at < ended, Thread.forgotten_at.is_(None)
        )
        thread_ids = session.scalars(due.order_by(Thread.last_activity_at).limit(_CHUNK)).all()
        for thread_id in thread_ids:
            _forget(session, thread_id, forgetters, now)
        count += len(thread_ids)
    return count


def _kept(session: Session) -> list[tuple[uuid.UUID, int]]:
    """Return the activities whose texts go some day, and after how many days: as their rules say, or their organisation."""
    rows = session.execute(
        select(Activity.id, Rules.keep_days, TenantPolicy.most_keep_days)
        .join(Activity.course)
        .join(Course.deployment)
        .join(Deployment.platform)
        .outerjoin(Rules, Rules.activity_id == Activity.id)
        .outerjoin(TenantPolicy, TenantPolicy.tenant_id == Platform.tenant_id)
        .where(Activity.kind.in_(THREADED), or_(Rules.keep_days.is_not(None), TenantPolicy.most_keep_days.is_not(None)))
    )
    found = [(activity_id, kept_days(days, most)) for activity_id, days, most in rows]
    return [(activity_id, days) for activity_id, days in found if days is not None]


def _forget(session: Session, thread_id: uuid.UUID, forgetters: Sequence[Forgetter], now: datetime) -> None:
    post_ids = session.scalars(select(Post.id).where(Post.thread_id == thread_id)).all()
    for forget in forgetters:
        forget(session, post_ids)
    session.execute(delete(PostVersion).where(PostVersion.post_id.in_(post_ids)))
    session.execute(delete(ReadMark).where(ReadMark.post_id.in_(post_ids)))
    session.execute(delete(Visit).where(Visit.thread_id == thread_id))
    session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    nothing = {"body": "", "body_html": "", "snippet": "", "language": None}
    session.execute(update(Post).where(Post.id.in_(post_ids)).values(**nothing))
    session.execute(update(Thread).where(Thread.id == thread_id).values(title="", forgotten_at=now))


def close_quiet_threads(session: Session, *, now: datetime) -> int:
    """Close the threads in which nobody has written for as long as their activity's rules say; return how many.

    Pinned threads stay open: they are meant to be found for longer.
    """
    count = 0
    for rules in session.scalars(select(Rules).where(Rules.close_after_days.is_not(None))).all():
        quiet_since = now - timedelta(days=rules.close_after_days or 0)
        closed = session.execute(
            update(Thread)
            .where(
                Thread.activity_id == rules.activity_id,
                Thread.last_activity_at < quiet_since,
                Thread.closed_at.is_(None),
                Thread.pinned_at.is_(None),
                Thread.merged_into_id.is_(None),
            )
            .values(closed_at=now)
            .returning(Thread.id)
        )
        count += len(closed.all())
    return count
