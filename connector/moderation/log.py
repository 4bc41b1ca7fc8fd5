"""Writes the log of what was done about posts and threads, and tells those whom it is about."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.moderation.models import Act, Deed, Proposal, Report
from connector.notifications.services import notify
from connector.threads.models import Post, Thread
from connector.web.errors import NotFoundError

TOLD = "moderated"
"""What notices about the log are called."""


def check_staff(by: Membership, activity: Activity) -> None:
    """Check that a member leads the course of an activity.

    Raises:
        NotFoundError: They do not.
    """
    if not by.is_staff or by.course_id != activity.course_id:
        raise NotFoundError


def log(
    session: Session,
    activity: Activity,
    deed: Deed,
    by: Membership | None,
    *,
    now: datetime,
    post: Post | None = None,
    thread: Thread | None = None,
    target: Thread | None = None,
    member: Membership | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    tells: Collection[uuid.UUID] = (),
) -> Act:
    """Write down what was done, and tell members of it.

    Args:
        by: None where the rules of the activity did it.
        before: What undoing it needs.
        tells: Ids of the memberships that hear of it.
    """
    act = Act(
        id=uuid.uuid4(),
        activity_id=activity.id,
        deed=deed,
        by_id=by.id if by else None,
        post_id=post.id if post else None,
        thread_id=thread.id if thread else (post.thread_id if post else None),
        target_id=target.id if target else None,
        member_id=member.id if member else None,
        reason=reason,
        before=dict(before or {}),
        done_at=now,
    )
    session.add(act)
    session.flush()
    notify(
        session,
        tells,
        TOLD,
        about=act.id,
        activity=activity,
        by=by.id if by else None,
        thread_id=act.target_id or act.thread_id,
        now=now,
    )
    return act


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Delete what was said about posts whose time is over: notes of reports, and the reasons of deeds; those stay known."""
    session.execute(update(Report).where(Report.post_id.in_(post_ids)).values(note=""))
    session.execute(update(Act).where(Act.post_id.in_(post_ids)).values(reason=""))
    threads = select(Post.thread_id).where(Post.id.in_(post_ids))
    session.execute(
        update(Proposal)
        .where(Proposal.thread_id.in_(threads))
        .values(note="")
        .execution_options(synchronize_session=False)
    )
