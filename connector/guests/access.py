"""What a guest may see: the one place that says so, and the only door to threads, posts and files for them.

It is what any member sees who is in no group and has written nothing there, and of that only what they were invited to:
one question, or the questions of an activity that are for everybody. What is held, removed or taken back is not there.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity
from connector.content.models import Attachment
from connector.courses.models import Membership, Role
from connector.guests.models import Invitation
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, PostState, PostVersion, Thread, ThreadKind
from connector.threads.reading import Shown, read_whole
from connector.threads.telling import HOLDER
from connector.web.errors import NotFoundError

MOST_QUESTIONS = 100
"""How many questions a guest's list has; the newest ones."""


def list_questions(session: Session, invitation: Invitation, sight: Sight) -> Sequence[Thread]:
    """Return the questions that a guest may see, the newest first; one query."""
    return session.scalars(
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(_is_invited(invitation), sight.threads(), _stands())
        .options(contains_eager(Thread.opening), joinedload(Thread.activity))
        .order_by(Thread.created_at.desc(), Thread.id)
        .limit(MOST_QUESTIONS)
    ).all()


def get_question(session: Session, invitation: Invitation, thread_id: uuid.UUID, sight: Sight) -> Thread:
    """Return a question that a guest may see, with its opening post.

    Raises:
        NotFoundError: There is none: it may have been taken back, merged into another, or never been theirs to see.
    """
    found = session.scalar(
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(Thread.id == thread_id, _is_invited(invitation), sight.threads(), _stands())
        .options(
            contains_eager(Thread.opening).joinedload(Post.author).joinedload(Membership.person),
            joinedload(Thread.activity),
        )
    )
    if found is None:
        raise NotFoundError
    return found


def read_question(session: Session, thread: Thread, sight: Sight) -> Sequence[Shown]:
    """Return the posts of a question that a guest may read, in reading order; one query."""
    is_veiled = thread.shows_after_posts > 0 and not (thread.shows_from and thread.shows_from <= sight.now)
    shown = read_whole(session, sight, [thread])[thread.id]
    own = sight.member.id
    return [
        each
        for each in shown
        if each.post.state is PostState.VISIBLE or (each.post.state is PostState.HELD and each.post.author_id == own)
        # Where learners must write first, what they wrote is for those who did.
        if not is_veiled or each.post.is_opening or each.post.author_id == own
    ]


def get_file(session: Session, invitation: Invitation, attachment_id: uuid.UUID, sight: Sight) -> Attachment:
    """Return a file of a post that a guest may read, or one that they have sent and not used yet.

    Raises:
        NotFoundError: There is none.
    """
    found = session.get(Attachment, attachment_id)
    if found is not None and found.holder_id is None and found.member_id == sight.member.id:
        return found
    if found is None or found.holder_kind != HOLDER or found.holder_id is None:
        raise NotFoundError
    thread_id = session.scalar(select(Post.thread_id).where(Post.id == found.holder_id))
    if thread_id is None:
        raise NotFoundError
    thread = get_question(session, invitation, thread_id, sight)
    if found.holder_id not in {each.post.id for each in read_question(session, thread, sight)}:
        raise NotFoundError
    return found


def changed_by_others(session: Session, posts: Collection[Post]) -> frozenset[uuid.UUID]:
    """Return those of some posts whose text somebody else has changed: it may hold names that guests are not shown."""
    rows = select(PostVersion.post_id).join(Post, Post.id == PostVersion.post_id)
    others = rows.where(Post.id.in_([each.id for each in posts]), PostVersion.replaced_by_id != Post.author_id)
    return frozenset(session.scalars(others))


def sight_of(session: Session, invitation: Invitation, *, now: datetime) -> Sight:
    """Return what a guest sees of the activity that their questions stand in.

    Raises:
        NotFoundError: The one question has gone, or stands in another course; or the activity is not open.
    """
    activity = invitation.activity
    if invitation.thread_id is not None:
        moved = session.scalar(
            select(Activity).join(Thread, Thread.activity_id == Activity.id).where(Thread.id == invitation.thread_id)
        )
        if moved is None or moved.course_id != activity.course_id or not moved.is_open:
            raise NotFoundError
        activity = moved
    elif not activity.is_open:
        raise NotFoundError
    # Before somebody agreed to take part they are nobody: an id that no post has.
    member = invitation.member or Membership(id=uuid.uuid4(), course_id=activity.course_id, role=Role.EXPERT)
    return Sight(member, activity, now, None)


def _is_invited(invitation: Invitation) -> ColumnElement[bool]:
    if invitation.thread_id is not None:
        return and_(Thread.id == invitation.thread_id, Thread.kind == ThreadKind.QUESTION, Thread.is_private.is_(False))
    return and_(
        Thread.activity_id == invitation.activity_id,
        Thread.kind == ThreadKind.QUESTION,
        Thread.is_private.is_(False),
        Thread.group_id.is_(None),
    )


def _stands() -> ColumnElement[bool]:
    """Return the condition that the question itself, joined as `Post`, can be read."""
    return Post.state == PostState.VISIBLE
