"""What one person wrote and read in discussions: for a trainer's review, for news, and for the person's own export."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.kinds import Holding
from connector.activities.models import Activity
from connector.courses.models import Membership, Person
from connector.discussion.models import ReadMark, Reply, Thread, Visit
from connector.web.i18n import gettext as _


def list_posts(session: Session, activity: Activity, author: Membership) -> Sequence[Thread | Reply]:
    """Return what a member wrote in a discussion, the oldest first."""
    threads = session.scalars(select(Thread).where(Thread.activity_id == activity.id, Thread.author_id == author.id))
    replies = session.scalars(
        select(Reply)
        .join(Reply.thread)
        .where(Thread.activity_id == activity.id, Reply.author_id == author.id)
        .options(contains_eager(Reply.thread))
    )
    return sorted([*threads, *replies], key=lambda post: (post.created_at, post.number))


def count_news(session: Session, reader: Membership, activity_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Return how many posts of each discussion a member has not seen; two queries, however many there are."""
    ids = list(activity_ids)
    posts = select(Thread.activity_id, func.sum(Thread.post_count)).where(Thread.activity_id.in_(ids))
    seen = (
        select(Thread.activity_id, func.count())
        .join(ReadMark, ReadMark.thread_id == Thread.id)
        .where(Thread.activity_id.in_(ids), ReadMark.member_id == reader.id)
    )
    seen_by_id = dict(iter(session.execute(seen.group_by(Thread.activity_id))))
    return {
        activity_id: count - seen_by_id.get(activity_id, 0)
        for activity_id, count in session.execute(posts.group_by(Thread.activity_id))
    }


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return what discussions hold of a person."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    threads = session.scalars(
        select(Thread)
        .where(Thread.author_id.in_(mine))
        .options(joinedload(Thread.activity))
        .order_by(Thread.created_at)
    )
    replies = session.scalars(
        select(Reply)
        .where(Reply.author_id.in_(mine))
        .options(joinedload(Reply.thread).joinedload(Thread.activity))
        .order_by(Reply.created_at)
    )
    visits = session.execute(
        select(Visit.day, Thread.id).join(Thread, Thread.id == Visit.thread_id).where(Visit.member_id.in_(mine))
    )
    marks = session.execute(select(ReadMark.thread_id, ReadMark.number).where(ReadMark.member_id.in_(mine)))
    return [
        Holding(label=_("Threads"), name="threads", records=[_record(thread) for thread in threads]),
        Holding(label=_("Replies"), name="replies", records=[_record(reply) for reply in replies]),
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


def _record(post: Thread | Reply) -> dict[str, str]:
    thread = post.thread if isinstance(post, Reply) else post
    return {
        "id": str(post.id),
        "activity": thread.activity.title,
        "thread": thread.title,
        "written_at": post.created_at.isoformat(),
        "text": post.body,
    }
