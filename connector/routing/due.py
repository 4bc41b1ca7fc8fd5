"""Which question is to be seen to next: one for which something is due, and which no other worker has."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from connector.activities.models import Activity
from connector.courses.models import STAFF, Membership
from connector.routing.desk import Desk, make_desk
from connector.routing.models import Case
from connector.threads.models import OPENING, Post, PostState, Thread

_leader = aliased(Membership)


def take_due(session: Session, *, now: datetime, excepting: Collection[uuid.UUID] = ()) -> Desk | None:
    """Return a question for which something is due, locked; None where there is none that no other worker has.

    Due is what a timer says, and what people or threads that went left behind.

    Args:
        excepting: Threads that were seen to already.
    """
    somebody_leads = select(_leader.id).where(
        _leader.course_id == Membership.course_id,
        _leader.role.in_(STAFF),
        _leader.is_active,
        _leader.id != Thread.author_id,
    )
    case = session.scalar(
        select(Case)
        .join(Thread, Thread.id == Case.thread_id)
        .join(Post, (Post.thread_id == Thread.id) & (Post.number == OPENING))
        .join(Membership, Membership.id == Case.owner_id)
        .join(Activity, Activity.id == Thread.activity_id)
        .where(Activity.switched_off_at.is_(None))
        .where(Case.resolved_at.is_(None), Case.thread_id.not_in(list(excepting)))
        .where(
            or_(
                Case.due_at <= now,
                Membership.is_active.is_(False) & (Case.owner_id != Thread.author_id),
                (Case.owner_id == Thread.author_id) & somebody_leads.exists(),
                Thread.merged_into_id.is_not(None),
                Thread.closed_at.is_not(None),
                Thread.forgotten_at.is_not(None),
                Post.state.in_({PostState.REMOVED, PostState.WITHDRAWN}),
            )
        )
        .order_by(Case.due_at, Case.thread_id)
        .limit(1)
        .with_for_update(of=Case, skip_locked=True)
    )
    if case is None:
        return None
    thread = session.get_one(Thread, case.thread_id)
    return make_desk(session, thread, case, now=now)
