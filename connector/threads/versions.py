"""What a post has said: every version of it, for its author and for those who lead the course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.threads.models import Post, PostVersion
from connector.web.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a post said from some time on."""

    number: int
    """From 1."""
    title: str | None
    """The thread's, where it is the opening post."""
    body: str
    written_at: datetime
    by: Membership
    reason: str | None
    """Why, where somebody else than the author changed it."""


def list_versions(session: Session, post: Post, reader: Membership) -> Sequence[Version]:
    """Return all versions of a post, the newest first.

    Raises:
        NotFoundError: The reader neither wrote the post nor leads the course.
    """
    if post.author_id != reader.id and not reader.is_staff:
        raise NotFoundError
    earlier = session.scalars(
        select(PostVersion)
        .where(PostVersion.post_id == post.id)
        .order_by(PostVersion.version)
        .options(joinedload(PostVersion.replaced_by).joinedload(Membership.person))
    ).all()
    texts = [(kept.title, kept.body) for kept in earlier]
    texts.append((post.thread.title if post.is_opening else None, post.body))
    # What replaced one version is known from the row of the version before it.
    made = [
        (post.created_at, post.author, None),
        *((kept.replaced_at, kept.replaced_by, kept.reason) for kept in earlier),
    ]
    found = [
        Version(number=number, title=title, body=body, written_at=at, by=by, reason=reason)
        for number, ((title, body), (at, by, reason)) in enumerate(zip(texts, made, strict=True), start=1)
    ]
    return found[::-1]
