"""A trainer's prompt that stands in a discussion from the beginning: nobody is told of it, and no statement tells of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.threads.making import make_opening, make_thread
from connector.threads.models import Post, PostState, ThreadKind, ThreadTag


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
    thread = make_thread(activity, leader, prompt.title, kind=prompt.kind, now=now)
    thread.opens_at, thread.due_at, thread.closes_at = prompt.opens_at, prompt.due_at, prompt.closes_at
    thread.shows_after_posts, thread.shows_from = prompt.shows_after_posts, prompt.shows_from
    thread.pinned_at = now if prompt.is_pinned else None
    opening = make_opening(thread, prompt.key, is_anonymous=False, language=prompt.language, state=PostState.VISIBLE)
    opening.write(prompt.body)
    session.add(thread)
    session.flush()
    session.add(opening)
    session.add_all(ThreadTag(thread_id=thread.id, tag=tag) for tag in prompt.tags)
    return opening
