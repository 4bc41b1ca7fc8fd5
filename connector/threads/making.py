"""Threads and posts as they are before somebody has stored them."""

import uuid
from datetime import datetime

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadKind


def make_thread(
    activity: Activity,
    author: Membership,
    title: str,
    *,
    kind: ThreadKind,
    group_id: uuid.UUID | None = None,
    is_private: bool = False,
    now: datetime,
) -> Thread:
    """Return a thread of one post, without it, that shows everybody's answers."""
    id_ = uuid.uuid4()
    return Thread(
        id=id_,
        activity=activity,
        iri=f"{activity.iri}/threads/{id_}",
        kind=kind,
        title=title,
        author=author,
        group_id=group_id,
        is_private=is_private,
        created_at=now,
        last_activity_at=now,
        post_count=OPENING,
        shows_after_posts=0,
    )


def make_opening(thread: Thread, key: uuid.UUID, *, is_anonymous: bool, language: str | None, state: PostState) -> Post:
    """Return the first post of a thread, without its text."""
    return Post(
        id=uuid.uuid4(),
        activity_id=thread.activity.id,
        thread=thread,
        iri=thread.iri,
        author=thread.author,
        alias=1 if is_anonymous else None,
        key=key,
        number=OPENING,
        depth=0,
        language=language,
        state=state,
        created_at=thread.created_at,
        version=1,
    )


def make_reply(
    parent: Post, author: Membership, key: uuid.UUID, now: datetime, *, language: str | None, state: PostState
) -> Post:
    """Return an answer to a post, without its text, number and alias."""
    id_ = uuid.uuid4()
    return Post(
        id=id_,
        activity_id=parent.activity_id,
        thread=parent.thread,
        iri=f"{parent.thread.iri}/replies/{id_}",
        parent=parent,
        author=author,
        key=key,
        depth=parent.depth + 1,
        language=language,
        state=state,
        created_at=now,
        version=1,
    )
