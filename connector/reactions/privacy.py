"""What reactions and bookmarks hold of people, and how that is forgotten."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.reactions.models import Bookmark, Reaction, Sign
from connector.threads.models import Post
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person: what they said, what they were thanked for, and what they keep."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    thread = joinedload(Reaction.post).joinedload(Post.thread)
    said = session.scalars(
        select(Reaction).where(Reaction.member_id.in_(mine)).order_by(Reaction.created_at).options(thread)
    )
    received = session.scalars(
        select(Reaction)
        .join(Reaction.post)
        .where(Post.author_id.in_(mine), Reaction.sign == Sign.THANKS)
        .order_by(Reaction.created_at)
        .options(thread)
    )
    kept = session.scalars(
        select(Bookmark)
        .where(Bookmark.member_id.in_(mine))
        .order_by(Bookmark.created_at)
        .options(joinedload(Bookmark.post).joinedload(Post.thread))
    )
    return [
        Holding(label=_("Reactions"), name="reactions", records=[_reaction(each) for each in said]),
        Holding(label=_("Thanks for what you wrote"), name="thanks", records=[_reaction(each) for each in received]),
        Holding(
            label=_("Saved posts"),
            name="bookmarks",
            records=[{**_place(each.post), "at": each.created_at.isoformat()} for each in kept],
        ),
    ]


def forget(session: Session, person: Person) -> None:
    """Delete what a person said of posts and what they keep; what others thanked them for stays with the post."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(delete(Reaction).where(Reaction.member_id.in_(mine)))
    session.execute(delete(Bookmark).where(Bookmark.member_id.in_(mine)))


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Delete what was said of posts whose texts are forgotten, and who keeps them."""
    session.execute(delete(Reaction).where(Reaction.post_id.in_(list(post_ids))))
    session.execute(delete(Bookmark).where(Bookmark.post_id.in_(list(post_ids))))


def _reaction(each: Reaction) -> Mapping[str, Any]:
    return {**_place(each.post), "reaction": each.sign.value, "reason": each.reason, "at": each.created_at.isoformat()}


def _place(post: Post) -> Mapping[str, Any]:
    return {"post": str(post.id), "thread": post.thread.title}
