"""What is done about posts and threads: reported, held, approved, removed, restored, changed, revealed; and muting."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import STAFF, Membership
from connector.delivery.services import record
from connector.moderation.log import check_staff, log
from connector.moderation.models import Act, Complaint, Deed, Report
from connector.notifications.services import notify
from connector.threads import statements
from connector.threads.changing import change_text
from connector.threads.finding import index_posts
from connector.threads.limits import get_rules
from connector.threads.models import Mute, Post, PostState, Thread
from connector.threads.telling import tell_of_approved
from connector.web.errors import NotFoundError
from xapi.vocabulary.events import POST_APPROVED, POST_REMOVED, POST_REPORTED, THREAD_PINNED, THREAD_UNPINNED
from xapi.vocabulary.extensions import REASON

REPORTED = "reported"
"""What notices about reported posts are called."""
_GONE = frozenset({PostState.REMOVED, PostState.WITHDRAWN})


def report(session: Session, post: Post, by: Membership, complaint: Complaint, note: str, *, now: datetime) -> Report:
    """Tell those who lead the course that something is wrong with a post; once a member and post.

    Where so many have said so that the rules want it, the post is held until somebody has looked.

    Args:
        post: One that the member may see.

    Raises:
        NotFoundError: The member wrote it, may only look on, or it is gone already.
    """
    if not by.can_write or post.author_id == by.id or post.state in _GONE:
        raise NotFoundError
    known = session.scalar(select(Report).where(Report.post_id == post.id, Report.reporter_id == by.id))
    if known is not None and known.settled_at is None:
        return known
    row = known or Report(id=uuid.uuid4(), post_id=post.id, reporter_id=by.id)
    row.complaint, row.note, row.created_at, row.settled_at = complaint, note, now, None
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same click, twice at once
        return session.scalars(select(Report).where(Report.post_id == post.id, Report.reporter_id == by.id)).one()
    told = statements.about(POST_REPORTED, post, by, now, extensions={REASON: complaint.value}, is_secret=True)
    record(session, told, by=by, now=now)
    _tell_staff(session, post, now)
    _hold_reported(session, post, now)
    return row


def hold(session: Session, post: Post, by: Membership, reason: str, *, now: datetime) -> Act:
    """Let only the author and those who lead the course see a post, until it is approved or removed.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    return _change_state(session, post, by, Deed.HELD, state=PostState.HELD, reason=reason, now=now)


def approve(session: Session, post: Post, by: Membership, *, now: datetime) -> Act:
    """Let a post stand: what was held is seen, and reports are settled.

    Raises:
        NotFoundError: The member does not lead the course, or there is nothing to approve any more.
    """
    if post.state in _GONE:
        raise NotFoundError
    was_held = post.state is PostState.HELD
    act = _change_state(session, post, by, Deed.APPROVED, state=PostState.VISIBLE, now=now)
    record(session, statements.about(POST_APPROVED, post, by, now), by=by, now=now)
    if was_held:
        tell_of_approved(session, post, now=now)
    return act


def remove(session: Session, post: Post, by: Membership, reason: str, *, now: datetime) -> Act:
    """Take a post from sight; its author is told why, and it can be put back.

    Raises:
        NotFoundError: The member does not lead the course, or the author took it back.
    """
    if post.state is PostState.WITHDRAWN:
        raise NotFoundError
    act = _change_state(session, post, by, Deed.REMOVED, state=PostState.REMOVED, reason=reason, now=now)
    record(session, statements.about(POST_REMOVED, post, by, now), by=by, now=now)
    return act


def restore(session: Session, post: Post, by: Membership, *, now: datetime) -> Act:
    """Put a removed post back.

    Raises:
        NotFoundError: The member does not lead the course, or the post was not removed.
    """
    if post.state is not PostState.REMOVED:
        raise NotFoundError
    return _change_state(session, post, by, Deed.RESTORED, state=PostState.VISIBLE, now=now)


def edit(session: Session, post: Post, by: Membership, body: str, reason: str, *, now: datetime) -> Act | None:
    """Change somebody's text, with a reason that they are told; what it said before is kept.

    Returns:
        The entry of the log; None where the text is the same.

    Raises:
        NotFoundError: The member does not lead the course, or the text is gone.
    """
    check_staff(by, post.thread.activity)
    if post.state in _GONE:
        raise NotFoundError
    if not change_text(session, post, by, body, now=now, reason=reason):
        return None
    before = {"version": post.version - 1}
    return log(
        session,
        post.thread.activity,
        Deed.EDITED,
        by,
        now=now,
        post=post,
        reason=reason,
        before=before,
        tells=[post.author_id],
    )


def reveal(session: Session, post: Post, by: Membership, reason: str, *, now: datetime) -> Membership:
    """Return who wrote a post under an alias; that it was asked, by whom and why, is logged and told to the author.

    Raises:
        NotFoundError: The member does not lead the course, or the post has its author's name.
        ValueError: There is no reason.
    """
    check_staff(by, post.thread.activity)
    if not post.is_anonymous:
        raise NotFoundError
    if not reason.strip():
        raise ValueError("revealing an author needs a reason")
    log(session, post.thread.activity, Deed.REVEALED, by, now=now, post=post, reason=reason, tells=[post.author_id])
    return post.author


def mute(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    by: Membership,
    until: datetime,
    reason: str,
    now: datetime,
) -> Act:
    """Let a member read and not write in the course until a time.

    Raises:
        NotFoundError: The muting one does not lead the course, or the member does, or is of another one.
    """
    check_staff(by, activity)
    if member.course_id != activity.course_id or member.role in STAFF:
        raise NotFoundError
    row = session.get(Mute, member.id) or Mute(member_id=member.id)
    row.until, row.reason = until, reason
    session.add(row)
    told = {"until": until.isoformat()}
    return log(session, activity, Deed.MUTED, by, now=now, member=member, reason=reason, before=told, tells=[member.id])


def unmute(session: Session, member: Membership, activity: Activity, by: Membership, *, now: datetime) -> Act | None:
    """Let a member write again, and return the entry of the log; None for somebody who may.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    check_staff(by, activity)
    row = session.get(Mute, member.id)
    if row is None or member.course_id != activity.course_id:
        return None
    session.delete(row)
    return log(session, activity, Deed.UNMUTED, by, now=now, member=member, tells=[member.id])


def set_closed(session: Session, thread: Thread, by: Membership, *, is_closed: bool, reason: str, now: datetime) -> Act:
    """Let nobody reply any more, or let people reply again.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    deed = Deed.CLOSED if is_closed else Deed.REOPENED
    return _stamp(session, thread, by, deed, name="closed_at", reason=reason, now=now)


def set_pinned(session: Session, thread: Thread, by: Membership, *, is_pinned: bool, now: datetime) -> Act:
    """Fix a thread above the others, or put it back among them.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    act = _stamp(session, thread, by, Deed.PINNED if is_pinned else Deed.UNPINNED, name="pinned_at", now=now)
    event = THREAD_PINNED if is_pinned else THREAD_UNPINNED
    record(session, statements.about(event, thread.opening, by, now), by=by, now=now)
    return act


def set_featured(session: Session, thread: Thread, by: Membership, *, is_featured: bool, now: datetime) -> Act:
    """Show a thread as a good example, or no longer.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    return _stamp(session, thread, by, Deed.FEATURED if is_featured else Deed.UNFEATURED, name="featured_at", now=now)


def _change_state(
    session: Session, post: Post, by: Membership, deed: Deed, *, state: PostState, reason: str = "", now: datetime
) -> Act:
    check_staff(by, post.thread.activity)
    before: dict[str, Any] = {"state": post.state.value}
    if state is PostState.VISIBLE and post.state is not state:
        post.shown_at = now
        post.thread.last_activity_at = max(post.thread.last_activity_at, post.created_at)
    post.state = state
    index_posts(session, [post])
    session.execute(update(Report).where(Report.post_id == post.id, Report.settled_at.is_(None)).values(settled_at=now))
    return log(
        session,
        post.thread.activity,
        deed,
        by,
        now=now,
        post=post,
        reason=reason,
        before=before,
        tells=[post.author_id],
    )


def _stamp(
    session: Session, thread: Thread, by: Membership, deed: Deed, *, name: str, reason: str = "", now: datetime
) -> Act:
    check_staff(by, thread.activity)
    is_on = deed in {Deed.CLOSED, Deed.PINNED, Deed.FEATURED}
    before = getattr(thread, name)
    setattr(thread, name, (before or now) if is_on else None)
    tells = [] if deed in {Deed.PINNED, Deed.UNPINNED, Deed.UNFEATURED} else [thread.author_id]
    was = {"was": before.isoformat() if before else None}
    return log(session, thread.activity, deed, by, now=now, thread=thread, reason=reason, before=was, tells=tells)


def _tell_staff(session: Session, post: Post, now: datetime) -> None:
    leaders = session.scalars(
        select(Membership.id).where(
            Membership.course_id == post.thread.activity.course_id, Membership.is_active, Membership.role.in_(STAFF)
        )
    ).all()
    # Whoever reported it is not named: `by` is nobody, and a leader who did so is told as the others are.
    notify(
        session,
        leaders,
        REPORTED,
        about=post.id,
        activity=post.thread.activity,
        by=None,
        thread_id=post.thread_id,
        now=now,
    )


def _hold_reported(session: Session, post: Post, now: datetime) -> None:
    """Hold a post that enough members have reported since somebody last looked at it."""
    limit = get_rules(session, post.thread.activity).hold_after_reports
    if not limit or post.state is not PostState.VISIBLE:
        return
    waiting = select(func.count()).where(Report.post_id == post.id, Report.settled_at.is_(None))
    if (session.scalar(waiting) or 0) < limit:
        return
    post.state = PostState.HELD
    before = {"state": PostState.VISIBLE.value}
    log(session, post.thread.activity, Deed.HELD, None, now=now, post=post, before=before, tells=[post.author_id])
