"""A trainer's prompt that stands in a discussion from the beginning: nobody is told of it, and no statement tells of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.threads.models import OPENING, Post, Thread, ThreadKind, ThreadTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A thread to begin with."""

    title: str
    body: str
    key: uuid.UUID
    """The same again for the same prompt of the same activity."""
    kind: ThreadKind = ThreadKind.DISCUSSION
    language: str | None = None
    tags: Iterable[str] = ()
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    shows_after_posts: int = 0
    shows_from: datetime | None = None
    is_pinned: bool = True


def add_prompt(session: Session, activity: Activity, leader: Membership, prompt: Prompt, *, now: datetime) -> Post:
    """Add a prompt in the name of somebody who leads the course; the caller lets it be found."""
    id_ = uuid.uuid4()
    thread = Thread(
        id=id_,
        activity_id=activity.id,
        iri=f"{activity.iri}/threads/{id_}",
        kind=prompt.kind,
        title=prompt.title,
        author_id=leader.id,
        created_at=now,
        last_activity_at=now,
        post_count=OPENING,
        opens_at=prompt.opens_at,
        due_at=prompt.due_at,
        closes_at=prompt.closes_at,
        shows_after_posts=prompt.shows_after_posts,
        shows_from=prompt.shows_from,
        pinned_at=now if prompt.is_pinned else None,
    )
    opening = Post(
        id=uuid.uuid4(),
        activity_id=activity.id,
        thread_id=id_,
        iri=thread.iri,
        author_id=leader.id,
        key=prompt.key,
        number=OPENING,
        depth=0,
        language=prompt.language,
        created_at=now,
        version=1,
    )
    opening.write(prompt.body)
    session.add(thread)
    session.flush()
    session.add(opening)
    session.add_all(ThreadTag(thread_id=id_, tag=tag) for tag in prompt.tags)
    return opening
