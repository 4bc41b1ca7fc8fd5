"""What notices say about thanks, and about answers that somebody vouched for."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.notifications.tellers import Telling
from connector.reactions.models import Reaction, Sign
from connector.threads.access import readable_in
from connector.threads.models import Post, PostState, Thread
from connector.web.i18n import gettext as _
from connector.web.requests import now


def tell(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return what authors hear of reactions to their posts: of those that were not taken back."""
    return {each.id: _telling(each) for each in _found(session, reader, ids)}


def _found(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Collection[Reaction]:
    """Return the reactions to posts of the reader's own that they may still read."""
    where = select(Post.activity_id).join(Reaction, Reaction.post_id == Post.id).where(Reaction.id.in_(list(ids)))
    return session.scalars(
        select(Reaction)
        .join(Reaction.post)
        .join(Post.thread)
        .where(Reaction.id.in_(list(ids)), Post.author_id == reader.id, Post.state == PostState.VISIBLE)
        .where(readable_in(session, reader, where, now=now()))
        .options(
            contains_eager(Reaction.post).contains_eager(Post.thread).joinedload(Thread.activity),
            joinedload(Reaction.member).joinedload(Membership.person),
        )
    ).all()


def _telling(reaction: Reaction) -> Telling:
    post, name = reaction.post, name_of(reaction.member)
    thread = post.thread
    is_thanks = reaction.sign is Sign.THANKS
    title = (
        _("%(name)s thanked you in “%(title)s”", name=name, title=thread.title)
        if is_thanks
        else _("%(name)s endorsed your answer in “%(title)s”", name=name, title=thread.title)
    )
    return Telling(
        title=title,
        text=reaction.reason if is_thanks else post.snippet,
        who=name,
        avatar_id=reaction.member_id,
        topic=thread.title,
        endpoint=f"{thread.activity.kind}.find_post",
        values={"activity_id": post.activity_id, "post_id": post.id},
        lang=None if is_thanks else post.language,
    )
