"""What a copied discussion takes over: its rules, what it asks for, and its trainers' prompts; nobody's posts."""

import uuid
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from connector.activities.models import Activity
from connector.courses.models import STAFF, Membership
from connector.discussion.prompting import Prompt, add_prompt
from connector.participation.copying import copy_participation
from connector.threads.finding import index_posts
from connector.threads.models import OPENING, Post, PostState, Rules, Thread, ThreadTag


def copy_settings(session: Session, origin: Activity, copy: Activity, now: datetime) -> None:
    """Give `copy` the rules, the conditions and the prompts of `origin`.

    A prompt is a thread that somebody who leads the course began, and pinned or gave dates or conditions. In the copy it
    stands in the name of whoever leads that course; nobody is told, and no statement tells of it: nobody wrote anything.
    """
    _copy_rules(session, origin, copy)
    copy_participation(session, origin, copy)
    leader = session.scalar(
        select(Membership)
        .where(Membership.course_id == copy.course_id, Membership.role.in_(STAFF), Membership.is_active)
        .order_by(Membership.role.desc(), Membership.created_at)
        .limit(1)
    )
    if leader is None:
        return
    copied = [_copy_prompt(session, prompt, copy, leader, now) for prompt in _prompts(session, origin)]
    session.flush()
    index_posts(session, copied)


def _copy_rules(session: Session, origin: Activity, copy: Activity) -> None:
    rules = session.get(Rules, origin.id)
    if rules is None:
        return
    names = (column.key for column in Rules.__table__.columns if column.key != "activity_id")
    session.add(Rules(activity_id=copy.id, **{name: getattr(rules, name) for name in names}))


def _prompts(session: Session, origin: Activity) -> list[Thread]:
    """Return the trainers' prompts of a discussion, the oldest first."""
    is_set_up = or_(
        Thread.pinned_at.is_not(None),
        Thread.opens_at.is_not(None),
        Thread.due_at.is_not(None),
        Thread.closes_at.is_not(None),
        Thread.shows_after_posts > 0,
    )
    found = session.scalars(
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .join(Post.author)
        .where(
            Thread.activity_id == origin.id,
            Thread.merged_into_id.is_(None),
            Thread.is_private.is_(False),
            Post.state == PostState.VISIBLE,
            Membership.role.in_(STAFF),
            is_set_up,
        )
        .order_by(Thread.created_at, Thread.id)
        .options(contains_eager(Thread.opening))
    )
    return list(found)


def _copy_prompt(session: Session, prompt: Thread, copy: Activity, leader: Membership, now: datetime) -> Post:
    tags = session.scalars(select(ThreadTag.tag).where(ThreadTag.thread_id == prompt.id)).all()
    copied = Prompt(
        title=prompt.title,
        body=prompt.opening.body,
        key=uuid.uuid5(copy.id, f"copy of {prompt.id}"),
        kind=prompt.kind,
        language=prompt.opening.language,
        tags=tags,
        opens_at=prompt.opens_at,
        due_at=prompt.due_at,
        closes_at=prompt.closes_at,
        shows_after_posts=prompt.shows_after_posts,
        shows_from=prompt.shows_from,
        is_pinned=prompt.pinned_at is not None,
    )
    return add_prompt(session, copy, leader, copied, now=now)
