"""A trainer's prompt that stands in a discussion from the beginning: nobody is told of it, and no statement tells of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.threads.making import make_opening
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadKind, ThreadTag


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
        activity=activity,
        iri=f"{activity.iri}/threads/{id_}",
        kind=prompt.kind,
        title=prompt.title,
        author=leader,
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
    opening = make_opening(thread, prompt.key, is_anonymous=False, language=prompt.language, state=PostState.VISIBLE)
    opening.write(prompt.body)
    session.add(thread)
    session.flush()
    session.add(opening)
    session.add_all(ThreadTag(thread_id=id_, tag=tag) for tag in prompt.tags)
    return opening
