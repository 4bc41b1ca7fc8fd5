"""Moves posts: a part of a thread becomes one of its own, a thread goes to another discussion, or into another thread.

Each can be undone. Numbers are never given twice in a thread, so a post that goes back finds its own free.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.moderation.log import check_staff, log
from connector.moderation.models import Act, Deed
from connector.notifications.services import merge_thread
from connector.threads.finding import index_posts
from connector.threads.making import make_thread
from connector.threads.models import Post, PostState, Thread
from connector.threads.watching import watcher_of
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


def split(session: Session, post: Post, by: Membership, title: str, reason: str, *, now: datetime) -> Act:
    """Make a thread of a reply and all that was answered to it; the authors are told where it went.

    Raises:
        NotFoundError: The member does not lead the course, or the post opens its thread already.
    """
    source = post.thread
    check_staff(by, source.activity)
    if post.is_opening:
        raise NotFoundError
    branch = _branch(session, post)
    target = make_thread(
        source.activity,
        post.author,
        title,
        kind=source.kind,
        group_id=source.group_id,
        is_private=source.is_private,
        now=post.created_at,
    )
    target.post_count = 0
    session.add(target)
    session.flush()
    before = _note(branch)
    if source.accepted_id in {each.id for each in branch}:
        before["accepted"] = str(source.accepted_id)
        source.accepted_id = None
    _put(session, branch, target, root=None, keeps_aliases=True)
    return log(
        session,
        source.activity,
        Deed.SPLIT,
        by,
        now=now,
        thread=source,
        target=target,
        post=post,
        reason=reason,
        before=before,
        tells={each.author_id for each in branch},
    )


def merge(session: Session, source: Thread, target: Thread, by: Membership, reason: str, *, now: datetime) -> Act:
    """Put a thread's posts below another one's; its address leads there from now on, and the authors are told.

    Raises:
        NotFoundError: The member does not lead the course, or the threads are not of one activity.
        ConflictError: The two are not for the same people.
    """
    check_staff(by, source.activity)
    if source.id == target.id or source.activity_id != target.activity_id or source.merged_into_id is not None:
        raise NotFoundError
    if target.merged_into_id is not None:
        raise NotFoundError
    if (source.group_id, source.is_private) != (target.group_id, target.is_private):
        raise ConflictError(_("These two threads are not for the same people, so they cannot become one."))
    posts = _posts(session, source)
    before = _note(posts)
    before["accepted"] = str(source.accepted_id) if source.accepted_id else None
    source.accepted_id = None
    _put(session, posts, target, root=target.opening, keeps_aliases=False)
    source.merged_into_id = target.id
    session.flush()
    merge_thread(session, source.id, target.id)
    if watcher := watcher_of(target.activity):
        watcher.merged(session, source, target, by, now)
    return log(
        session,
        source.activity,
        Deed.MERGED,
        by,
        now=now,
        thread=source,
        target=target,
        reason=reason,
        before=before,
        tells={each.author_id for each in posts},
    )


def move(session: Session, thread: Thread, place: Activity, by: Membership, reason: str, *, now: datetime) -> Act:
    """Move a thread to another discussion of the course; its old address leads there.

    Raises:
        NotFoundError: The member does not lead the course, or there is no such discussion in it.
    """
    source = thread.activity
    check_staff(by, source)
    if place.course_id != source.course_id or place.kind is not source.kind or place.id == source.id:
        raise NotFoundError
    before = {"activity": str(source.id), "group": str(thread.group_id) if thread.group_id else None}
    authors = set(session.scalars(select(Post.author_id).where(Post.thread_id == thread.id)))
    _place(session, thread, place, group_id=thread.group_id if place.group_set_id == source.group_set_id else None)
    return log(session, place, Deed.MOVED, by, now=now, thread=thread, reason=reason, before=before, tells=authors)


def undo(session: Session, act: Act, by: Membership, *, now: datetime) -> None:
    """Undo a split, a merge or a move: every post goes back to where it stood, unless it went on since.

    Raises:
        NotFoundError: The member does not lead the course, or the act is none of these.
        ConflictError: It was undone before, or what it moved was moved again.
    """
    check_staff(by, act.activity)
    if act.deed not in {Deed.SPLIT, Deed.MERGED, Deed.MOVED} or act.thread is None:
        raise NotFoundError
    if act.undone_at is not None:
        raise ConflictError(_("This was undone already."))
    if act.deed is Deed.MOVED:
        _undo_move(session, act)
    else:
        _put_back(session, act)
    act.undone_at = now
    session.flush()


def _put_back(session: Session, act: Act) -> None:
    source, target = act.thread, act.target
    if source is None or target is None:
        raise NotFoundError
    posts = [post for post in _posts(session, target) if str(post.id) in act.before["posts"]]
    is_whole = {str(post.id) for post in posts} == set(act.before["posts"])
    others = [post for post in _posts(session, target) if post not in posts]
    has_followed = any(act.deed is Deed.SPLIT or str(post.parent_id) in act.before["posts"] for post in others)
    if not is_whole or has_followed:
        raise ConflictError(_("Something was written or moved since then, so this cannot be undone."))
    _park(session, posts)
    for post in posts:
        was = act.before["posts"][str(post.id)]
        post.thread, post.number, post.depth = source, was["number"], was["depth"]
        post.parent_id = uuid.UUID(was["parent"]) if was["parent"] else None
        post.alias = was["alias"]
    session.flush()
    if act.before.get("accepted"):
        source.accepted_id = uuid.UUID(act.before["accepted"])
    if act.deed is Deed.MERGED:
        source.merged_into_id = None
    else:
        target.merged_into_id = source.id
    session.flush()
    index_posts(session, posts)


def _undo_move(session: Session, act: Act) -> None:
    home = session.get(Activity, uuid.UUID(act.before["activity"]))
    if home is None or act.thread is None or act.thread.activity_id != act.activity_id:
        raise ConflictError(_("Something was written or moved since then, so this cannot be undone."))
    group = act.before["group"]
    _place(session, act.thread, home, group_id=uuid.UUID(group) if group else None)


def _place(session: Session, thread: Thread, place: Activity, *, group_id: uuid.UUID | None) -> None:
    thread.activity, thread.group_id = place, group_id
    session.execute(update(Post).where(Post.thread_id == thread.id).values(activity_id=place.id))
    session.flush()
    index_posts(session, _posts(session, thread))


def _put(session: Session, posts: Sequence[Post], target: Thread, *, root: Post | None, keeps_aliases: bool) -> None:
    """Number posts after those of a thread; the first of them becomes its opening, or an answer to `root`."""
    first = posts[0]
    sink = (root.depth + 1 if root else 0) - first.depth
    aliases = {} if keeps_aliases else _aliases(session, target, posts)
    _park(session, posts)
    numbers = session.scalar(
        update(Thread)
        .where(Thread.id == target.id)
        .values(post_count=Thread.post_count + len(posts))
        .returning(Thread.post_count)
        .execution_options(synchronize_session=False)
    )
    begin = (numbers or 0) - len(posts) + 1
    for offset, post in enumerate(posts):
        post.thread, post.activity_id = target, target.activity_id
        post.number, post.depth = begin + offset, post.depth + sink
        post.alias = aliases.get(post.author_id, post.alias) if post.alias is not None else None
    first.parent_id = root.id if root else None
    shown = [post.created_at for post in posts if post.state is not PostState.HELD]
    session.flush()
    session.refresh(target)
    target.last_activity_at = max(target.last_activity_at, *shown)
    session.flush()
    index_posts(session, posts)


def _park(session: Session, posts: Sequence[Post]) -> None:
    """Get numbers out of each other's way: no two posts of a thread may ever have one."""
    for post in posts:
        post.number = -post.number
    session.flush()


def _aliases(session: Session, target: Thread, posts: Sequence[Post]) -> Mapping[uuid.UUID, int]:
    """Return the numbers that hidden authors go by in a thread: those they have there, else new ones."""
    here = (
        select(Post.author_id, func.min(Post.alias))
        .where(Post.thread_id == target.id, Post.alias.is_not(None))
        .group_by(Post.author_id)
    )
    known = {author_id: alias or 0 for author_id, alias in session.execute(here)}
    following = max(known.values(), default=0) + 1
    for post in posts:
        if post.alias is not None and post.author_id not in known:
            known[post.author_id] = following
            following += 1
    return known


def _posts(session: Session, thread: Thread) -> Sequence[Post]:
    return session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.number)).all()


def _branch(session: Session, root: Post) -> list[Post]:
    """Return a post and all that was answered to it, the oldest first."""
    below = {root.id}
    branch = []
    # An answer has a higher number than what it answers, so one pass finds them all.
    for post in _posts(session, root.thread):
        if post.id == root.id or post.parent_id in below:
            below.add(post.id)
            branch.append(post)
    return branch


def _note(posts: Sequence[Post]) -> dict[str, Any]:
    """Return what putting posts back needs."""
    return {
        "posts": {
            str(post.id): {
                "number": post.number,
                "depth": post.depth,
                "parent": str(post.parent_id) if post.parent_id else None,
                "alias": post.alias,
            }
            for post in posts
        }
    }
