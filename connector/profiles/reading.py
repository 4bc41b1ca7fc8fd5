"""What one member of a course may know of another one: never when they were here, nor what they wrote under an alias."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity, GroupMode
from connector.activities.services import is_used as is_course_used
from connector.activities.services import list_activities
from connector.courses.groups import is_used
from connector.courses.models import Group, GroupMember, GroupSet, Membership, Person, Role
from connector.groups.access import EVERYWHERE, counting
from connector.groups.naming import by_name
from connector.threads.access import look_all
from connector.threads.models import OPENING, Post, PostState, Thread
from connector.threads.news import GONE
from connector.web.errors import NotFoundError
from connector.web.paging import turn_to

POSTS_A_PAGE = 20
MOST_AUTHORS = 200
"""How many people a form offers to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writings:
    """Some of what a member wrote under their name, as far as the reader may read it."""

    posts: Sequence[Post]
    thread_count: int
    reply_count: int
    page: int
    pages: int


def get_person(session: Session, reader: Membership, member_id: uuid.UUID) -> Membership:
    """Return a member of the reader's own course, also one who has left it.

    Raises:
        NotFoundError: There is nobody of this id in the course, or nothing in the course is open; oneself one finds.
    """
    found = session.scalar(
        select(Membership)
        .where(Membership.id == member_id, Membership.course_id == reader.course_id)
        .where(or_(Membership.id == reader.id, is_course_used(reader)))
        .options(joinedload(Membership.person))
    )
    if found is None or found.person.is_guest:
        raise NotFoundError
    return found


def list_groups_of(session: Session, reader: Membership, member: Membership) -> Sequence[Group]:
    """Return the groups of a member that the reader may know of, by name.

    Who leads the course, experts and observers know of all; others of their own ones, and of those that everybody can
    look at in some activity.
    """
    theirs = (
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .outerjoin(GroupSet, GroupSet.id == Group.set_id)
        .where(GroupMember.membership_id == member.id, is_used())
        .where(or_(Group.set_id.is_(None), GroupSet.is_active))
    )
    if reader.id != member.id and reader.role not in EVERYWHERE | {Role.OBSERVER}:
        theirs = theirs.where(_is_known(session, reader))
    return by_name(session.scalars(theirs).all())


def list_writings(session: Session, reader: Membership, author: Membership, *, page: int, now: datetime) -> Writings:
    """Return a page of what a member wrote under their name, all over the course, the newest first; three queries.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
    """
    sights = look_all(session, reader, list_activities(session, reader), now=now)
    if not sights:
        return Writings(posts=(), thread_count=0, reply_count=0, page=1, pages=1)
    seen = and_(
        Post.author_id == author.id,
        Post.alias.is_(None),
        # What was taken from sight says something of its author: only its place in the thread shows it.
        Post.state.not_in(GONE),
        or_(*(sight.readable() for sight in sights)),
    )
    counted = select(func.count(), func.count().filter(Post.number == OPENING)).select_from(Post).join(Post.thread)
    count, threads = session.execute(counted.where(seen)).one()
    page, pages = turn_to(page, count, most=POSTS_A_PAGE)
    posts = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(seen)
        .order_by(Post.created_at.desc(), Post.id)
        .limit(POSTS_A_PAGE)
        .offset((page - 1) * POSTS_A_PAGE)
        .options(contains_eager(Post.thread).joinedload(Thread.activity))
    ).all()
    return Writings(posts=posts, thread_count=threads, reply_count=count - threads, page=page, pages=pages)


def list_authors(
    session: Session, reader: Membership, activities: Sequence[Activity], *, now: datetime
) -> Sequence[Membership]:
    """Return who wrote something under their name that the reader may read, by name; of very many, who wrote most."""
    sights = look_all(session, reader, activities, now=now)
    if not sights:
        return ()
    count = func.count().label("count")
    wrote = (
        select(Post.author_id, count)
        .where(Post.activity_id.in_([each.id for each in activities]))
        .where(Post.alias.is_(None), Post.state == PostState.VISIBLE)
        .group_by(Post.author_id)
        .order_by(count.desc(), Post.author_id)
        .limit(MOST_AUTHORS)
        .subquery()
    )
    # What one may read costs more to ask than who wrote: of each author, one post is enough.
    can_be_read = (
        select(Post.id)
        .join(Post.thread)
        .where(Post.author_id == Membership.id, Post.alias.is_(None), Post.state.not_in(GONE))
        .where(or_(*(sight.readable() for sight in sights)))
        .exists()
    )
    return session.scalars(
        select(Membership)
        .join(wrote, wrote.c.author_id == Membership.id)
        .join(Membership.person)
        .where(Person.erased_at.is_(None), Person.is_guest.is_(False), can_be_read)
        .order_by(Person.name, Membership.id)
        .options(contains_eager(Membership.person))
    ).all()


def _is_known(session: Session, reader: Membership) -> ColumnElement[bool]:
    """Return the condition on `Group` that a reader who does not know all may know who is in it."""
    own = select(GroupMember.group_id).where(GroupMember.membership_id == reader.id)
    looked_at: list[Activity] = [
        each for each in list_activities(session, reader) if each.group_mode is GroupMode.VISIBLE
    ]
    open_ = (Group.id.in_(counting(each).with_only_columns(Group.id)) for each in looked_at)
    return or_(Group.id.in_(own), *open_)
