"""What a member may see of an activity's threads: the one place that says so, and the one door to them.

Who leads the course sees all of it. Others see what is for everybody, for their own groups, or their own; no post that
is held; and where a thread shows answers only after one's own, nobody else's until then, but for those of the people
who lead the course. Every page, list, search, mail and export asks here.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from connector.activities.models import Activity
from connector.activities.services import list_activities
from connector.courses.models import STAFF, Membership
from connector.groups import access as groups
from connector.groups.access import visible_group_ids, visible_to
from connector.threads.models import OPENING, Post, PostState, Thread
from connector.web.errors import NotFoundError

_IS_THERE = (Thread.merged_into_id.is_(None), Thread.forgotten_at.is_(None))

_CHUNK = 1_000
"""Databases take only so many values in one statement."""

# Made once: SQLAlchemy takes longer to make an alias than the database takes to answer.
_opening = aliased(Post)
_own = aliased(Post)
_written = aliased(Post)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a member sees of an activity at a moment, as conditions for queries."""

    member: Membership
    activity: Activity
    now: datetime
    group_ids: frozenset[uuid.UUID] | None
    """Of the groups whose threads the member sees; None for all."""

    def threads(self) -> ColumnElement[bool]:
        """Return the condition on `Thread`, joined with its opening post as `Post`, for those that may be seen."""
        if not self.activity.is_open:
            return false()
        here = and_(Thread.activity_id == self.activity.id, *_IS_THERE)
        if self.member.is_staff:
            return here
        if self.activity.prepared_at is not None:
            return false()
        return and_(here, self._is_for_member(), self._may_see_state(Post))

    def posts(self) -> ColumnElement[bool]:
        """Return the condition on `Post`, joined with its `Thread`, for those that may be seen.

        Of posts that were removed this shows the place and not the text: see `readable`.
        """
        if not self.activity.is_open:
            return false()
        here = and_(self.posts_within(), *_IS_THERE)
        if self.member.is_staff:
            return here
        if self.activity.prepared_at is not None:
            return false()
        is_open = (
            select(_opening.id)
            .where(_opening.thread_id == Thread.id, _opening.number == OPENING, self._may_see_state(_opening))
            .exists()
        )
        return and_(here, self._is_for_member(), is_open)

    def posts_within(self, thread: Thread | None = None) -> ColumnElement[bool]:
        """Return the condition on `Post`, joined with its `Thread`, for those that may be seen of threads that may be seen.

        It is for queries of many posts whose threads `threads` or `get_thread` has seen to: it does not ask again for each.

        Args:
            thread: The one that all of the posts are in, where that is known: then nobody asks what it does not hide.
        """
        here = Post.activity_id == self.activity.id
        if self.member.is_staff:
            return here
        hides = thread is None or thread.shows_after_posts > 0
        return and_(here, self._may_see_state(Post), *([self._is_shown()] if hides else ()), *self._of_groups(thread))

    def readable(self) -> ColumnElement[bool]:
        """Return the condition on `Post`, joined with its `Thread`, for those whose text may be read."""
        if self.member.is_staff:
            return self.posts()
        return and_(self.posts(), Post.state.not_in({PostState.REMOVED, PostState.WITHDRAWN}))

    def _is_for_member(self) -> ColumnElement[bool]:
        is_own = Thread.author_id == self.member.id
        in_group = visible_to(Thread.group_id, self.group_ids)
        has_begun = or_(Thread.opens_at.is_(None), Thread.opens_at <= self.now)
        if self.group_ids is not None:
            in_group = or_(in_group, self._has_written())
        return or_(is_own, and_(in_group, Thread.is_private.is_(False), has_begun))

    def _has_written(self) -> ColumnElement[bool]:
        """Return whether the member wrote in a thread: who changes groups keeps what they wrote in the former one's."""
        mine = select(_written.id).where(_written.thread_id == Thread.id, _written.author_id == self.member.id)
        return mine.correlate(Thread).exists()

    def _of_groups(self, thread: Thread | None) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on posts of threads of other groups: of these one sees one's own, and what these answer."""
        if self.group_ids is None:
            return ()
        is_own_or_begins = or_(Post.author_id == self.member.id, Post.number == OPENING)
        if thread is None:
            is_near = or_(Thread.author_id == self.member.id, visible_to(Thread.group_id, self.group_ids))
            return (or_(is_near, is_own_or_begins),)
        is_here = thread.group_id is None or thread.group_id in self.group_ids or thread.author_id == self.member.id
        return () if is_here else (is_own_or_begins,)

    def _may_see_state(self, post: type[Post]) -> ColumnElement[bool]:
        return or_(post.state != PostState.HELD, post.author_id == self.member.id)

    def _is_shown(self) -> ColumnElement[bool]:
        """Return whether the member has written enough here to see what others wrote."""
        written = (
            select(func.count())
            .where(_own.thread_id == Thread.id, _own.author_id == self.member.id, _own.state == PostState.VISIBLE)
            .correlate(Thread)
            .scalar_subquery()
        )
        leads = select(Membership.id).where(Membership.course_id == self.activity.course_id, Membership.role.in_(STAFF))
        return or_(
            Thread.shows_after_posts == 0,
            Thread.shows_from <= self.now,
            Post.author_id == self.member.id,
            Post.number == OPENING,
            Post.author_id.in_(leads),
            written >= Thread.shows_after_posts,
        )


def look(session: Session, member: Membership, activity: Activity, *, now: datetime) -> Sight:
    """Return what a member sees of an activity."""
    return look_all(session, member, [activity], now=now)[0]


def look_all(session: Session, member: Membership, activities: Sequence[Activity], *, now: datetime) -> Sequence[Sight]:
    """Return what a member sees of each of some activities of their course; one query for each set of groups among them."""
    return [Sight(member, each, now, visible_group_ids(session, member, each)) for each in activities]


def readable_in(session: Session, reader: Membership, ids: Select[Any], *, now: datetime) -> ColumnElement[bool]:
    """Return the condition on `Post`, joined with its `Thread`, for those that somebody may read in some activities.

    Args:
        ids: Selects the ids of the activities; those of other courses, or that are not open, count for nothing.
    """
    here = select(Activity).where(Activity.id.in_(ids), Activity.course_id == reader.course_id)
    activities = [each for each in session.scalars(here) if each.is_open]
    return or_(false(), *(sight.readable() for sight in look_all(session, reader, activities, now=now)))


class ThreadMovedError(NotFoundError):
    """The thread stands elsewhere, or was merged into another one; the member may see it, and pages lead there."""

    def __init__(self, thread: Thread) -> None:
        """Take the thread that has its posts now."""
        super().__init__()
        self.thread = thread


def get_thread(session: Session, sight: Sight, thread_id: uuid.UUID) -> Thread:
    """Return a thread, with its opening post and that one's author.

    Raises:
        ThreadMovedError: It was merged into another one.
        NotFoundError: There is none that the member may see.
    """
    found = session.scalar(_threads(sight).where(Thread.id == thread_id))
    if found is None:
        raise _moved(session, sight, thread_id)
    return found


def find_threads(session: Session, sight: Sight, ids: Collection[uuid.UUID] | None = None) -> list[Thread]:
    """Return threads that the member may see, with what `get_thread` brings, the oldest first.

    Args:
        ids: Those to look among; None for all of the activity.
    """
    found = _threads(sight).order_by(Thread.created_at, Thread.id)
    if ids is not None:
        found = found.where(Thread.id.in_(ids))
    return list(session.scalars(found))


def get_post(session: Session, sight: Sight, post_id: uuid.UUID) -> Post:
    """Return a post, with its thread and its author.

    Raises:
        NotFoundError: There is none that the member may see.
    """
    found = session.scalar(
        select(Post)
        .join(Post.thread)
        .where(Post.id == post_id, sight.posts())
        .options(contains_eager(Post.thread), joinedload(Post.author).joinedload(Membership.person))
    )
    if found is None:
        raise NotFoundError
    return found


def readable_ids(
    session: Session, member: Membership, post_ids: Sequence[uuid.UUID], *, now: datetime
) -> frozenset[uuid.UUID]:
    """Return those of some posts, wherever in the course, whose text a member may read now.

    Named one by one, since databases would rather read all.
    """
    sights = look_all(session, member, list_activities(session, member), now=now) if post_ids else []
    if not sights:
        return frozenset()
    seen = select(Post.id).join(Post.thread).where(or_(*(sight.readable() for sight in sights)))
    chunks = (post_ids[start : start + _CHUNK] for start in range(0, len(post_ids), _CHUNK))
    return frozenset(id_ for chunk in chunks for id_ in session.scalars(seen.where(Post.id.in_(chunk))))


def may_read(sight: Sight, post: Post) -> bool:
    """Return whether the member may read the text of a post that they may see."""
    return sight.member.is_staff or post.state not in {PostState.REMOVED, PostState.WITHDRAWN}


def may_add(session: Session, sight: Sight, thread: Thread) -> bool:
    """Return whether the member may answer in a thread that they may see: who changed groups goes on with what they began."""
    is_own = thread.author_id == sight.member.id
    return is_own or groups.may_add(session, sight.member, sight.activity, thread.group_id)


def _threads(sight: Sight) -> Select[Thread]:
    return (
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(sight.threads())
        .options(contains_eager(Thread.opening).joinedload(Post.author).joinedload(Membership.person))
        .options(joinedload(Thread.activity))
    )


def _moved(session: Session, sight: Sight, thread_id: uuid.UUID) -> NotFoundError:
    """Return the error for a thread that is not to be seen here."""
    gone = session.get(Thread, thread_id, options=[joinedload(Thread.activity)])
    if gone is None or gone.activity.course_id != sight.activity.course_id:
        return NotFoundError()
    if gone.activity_id != sight.activity.id:  # it stands in another discussion of the course now
        sight = look(session, sight.member, gone.activity, now=sight.now)
    elif gone.merged_into_id is None:
        return NotFoundError()
    try:
        return ThreadMovedError(get_thread(session, sight, gone.merged_into_id or gone.id))
    except ThreadMovedError as further:
        return further
    except NotFoundError as error:
        return error
