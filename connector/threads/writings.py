"""What one person wrote and read in threads: for a trainer's review, for news, and for the person's own export."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.kinds import Holding
from connector.activities.models import Activity
from connector.courses.models import Membership, Person
from connector.threads.access import Sight, look_all
from connector.threads.models import Post, PostState, ReadMark, Thread, Visit
from connector.threads.news import is_unread
from connector.web.i18n import gettext as _


def list_posts(session: Session, sight: Sight, author: Membership) -> Sequence[Post]:
    """Return what somebody wrote in an activity, the oldest first, as far as `sight` reaches.

    What they wrote under an alias is left out: who asks for a person's posts must not find it.
    """
    return session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.author_id == author.id, Post.alias.is_(None), sight.readable())
        .order_by(Post.created_at, Post.number)
        .options(contains_eager(Post.thread))
    ).all()


def count_news(
    session: Session, reader: Membership, activity_ids: Collection[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, int]:
    """Return how many posts of each activity a member has not seen; three queries, however many there are."""
    activities = session.scalars(select(Activity).where(Activity.id.in_(list(activity_ids)))).all()
    if not activities:
        return {}
    seen = or_(*(sight.posts() for sight in look_all(session, reader, activities, now=now)))
    counted = (
        select(Post.activity_id, func.count())
        .join(Post.thread)
        .where(seen, is_unread(reader))
        .group_by(Post.activity_id)
    )
    return dict(iter(session.execute(counted)))


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return what threads hold of a person."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    posts = session.scalars(
        select(Post)
        .where(Post.author_id.in_(mine))
        .options(joinedload(Post.thread).joinedload(Thread.activity))
        .order_by(Post.created_at, Post.number)
    ).all()
    visits = session.execute(select(Visit.day, Visit.thread_id).where(Visit.member_id.in_(mine)))
    marks = session.execute(
        select(Post.thread_id, Post.number)
        .join(ReadMark, ReadMark.post_id == Post.id)
        .where(ReadMark.member_id.in_(mine))
        .order_by(Post.thread_id, Post.number)
    )
    return [
        Holding(label=_("Threads"), name="threads", records=[_record(post) for post in posts if post.is_opening]),
        Holding(label=_("Replies"), name="replies", records=[_record(post) for post in posts if not post.is_opening]),
        Holding(
            label=_("Posts marked as read"),
            name="read",
            records=[{"thread": str(thread), "number": number} for thread, number in marks],
        ),
        Holding(
            label=_("Threads visited, with the last day"),
            name="visits",
            records=[{"thread": str(thread), "day": day.isoformat()} for day, thread in visits],
        ),
    ]


def _record(post: Post) -> dict[str, str | bool]:
    return {
        "id": str(post.id),
        "activity": post.thread.activity.title,
        "thread": post.thread.title,
        "written_at": post.created_at.isoformat(),
        "anonymous": post.is_anonymous,
        "state": str(PostState(post.state)),
        "text": post.body,
    }
