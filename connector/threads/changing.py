"""What members do with posts that stand: change them, take them back, accept an answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.content import mentions
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.threads import finding, limits, statements, telling
from connector.threads.models import Post, PostState, PostVersion, ThreadKind
from connector.threads.watching import watcher_of
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


def edit_post(
    session: Session, post: Post, by: Membership, body: str, *, now: datetime, title: str | None = None
) -> None:
    """Change what the author wrote; what it said before is kept.

    Args:
        title: The thread's, where it is the opening post; None leaves it.

    Raises:
        NotFoundError: The post is somebody else's, or not to be read any more.
        ConflictError: The thread is closed.
    """
    if post.author_id != by.id or not by.can_write or post.state in {PostState.REMOVED, PostState.WITHDRAWN}:
        raise NotFoundError
    if not limits.is_open(post.thread, now=now) and not by.is_staff:
        raise ConflictError(_("This thread has been closed, so your change was not saved."))
    if change_text(session, post, by, body, now=now, title=title):
        record(session, statements.edited(post, now), by=by, now=now)


def change_text(
    session: Session,
    post: Post,
    by: Membership,
    body: str,
    *,
    now: datetime,
    title: str | None = None,
    reason: str | None = None,
) -> bool:
    """Replace a post's text, keep what it said, and return whether anything changed.

    Args:
        title: The thread's, where it is the opening post; None leaves it.
        reason: Why, where somebody else than its author does it.
    """
    before = post.thread.title if post.is_opening else None
    title = (title or before) if post.is_opening else None
    if (post.body, before) == (body, title):
        return False
    session.add(
        PostVersion(
            post_id=post.id,
            version=post.version,
            title=before,
            body=post.body,
            body_html=post.body_html,
            replaced_at=now,
            replaced_by_id=by.id,
            reason=reason,
        )
    )
    course = post.thread.activity.course
    named = mentions.resolve(session, course, body, by=by, activity=post.thread.activity, was=post.body_html, now=now)
    post.write(body, named)
    added = mentions.note_mentions(session, named, by, telling.HOLDER, post.id, now=now)
    telling.record_mentions(session, post, added.members, now=now)
    telling.tell_of_mentions(session, post, mentions.members_addressed(session, course, added), now=now)
    if title is not None:
        post.thread.title = title
    post.version += 1
    # Before the first reply nobody has built on it: a typing error mended then is not worth a mark.
    if reason is not None or _is_built_on(session, post):
        post.edited_at = now
    session.flush()
    finding.index_posts(session, [post])
    if watcher := watcher_of(post.thread.activity):
        watcher.changed(session, post, by, now)
    return True


def withdraw_post(session: Session, post: Post, by: Membership, *, now: datetime) -> None:
    """Take back what one wrote: its text goes from sight, and what was answered to it stays.

    Raises:
        NotFoundError: It is somebody else's.
        ConflictError: Too much rests on it; the sentence says what can be done instead.
    """
    if post.author_id != by.id or not by.can_write:
        raise NotFoundError
    if post.state in {PostState.REMOVED, PostState.WITHDRAWN}:
        return
    if watcher := watcher_of(post.thread.activity):
        watcher.check_withdrawal(session, post)
    post.state = PostState.WITHDRAWN
    session.flush()
    finding.index_posts(session, [post])
    record(session, statements.deleted(post, now), by=by, now=now)


def accept_answer(session: Session, answer: Post, by: Membership, *, now: datetime) -> None:
    """Take an answer for the one that helped; who asked may, and who leads the course.

    Raises:
        NotFoundError: It is no answer to a question, or the question is somebody else's.
    """
    _check_asker(answer, by)
    if answer.thread.accepted_id == answer.id:
        return
    answer.thread.accepted_id = answer.id
    session.flush()
    record(session, statements.accepted(answer, by, now), by=by, now=now)
    telling.tell_of_accepted(session, answer, by, now=now)
    if watcher := watcher_of(answer.thread.activity):
        watcher.accepted(session, answer, now)


def unaccept_answer(session: Session, answer: Post, by: Membership, *, now: datetime) -> None:
    """Let a question be open again.

    Raises:
        NotFoundError: It is no answer to a question, or the question is somebody else's.
    """
    _check_asker(answer, by)
    if answer.thread.accepted_id == answer.id:
        answer.thread.accepted_id = None
        session.flush()
        if watcher := watcher_of(answer.thread.activity):
            watcher.unaccepted(session, answer.thread, now)


def _is_built_on(session: Session, post: Post) -> bool:
    """Return whether somebody wrote in the thread after a post; what is held does not count, or the mark would tell of it."""
    if post.thread.post_count == post.number:
        return False
    later = (Post.thread_id == post.thread_id, Post.number > post.number, Post.state != PostState.HELD)
    return session.scalar(select(Post.id).where(*later).limit(1)) is not None


def _check_asker(answer: Post, by: Membership) -> None:
    thread = answer.thread
    is_answer = thread.kind is ThreadKind.QUESTION and answer.depth == 1 and answer.state is PostState.VISIBLE
    if not is_answer or not (by.is_staff or (by.can_write and thread.author_id == by.id)):
        raise NotFoundError
