"""What members do with posts without writing: react, give thanks, vouch for an answer, keep something."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from flask import current_app, has_app_context
from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.courses.models import STAFF, Membership, Role
from connector.delivery.services import record
from connector.notifications.models import Level, Scope
from connector.notifications.services import levels, notify
from connector.reactions import statements
from connector.reactions.models import Bookmark, Reaction, Sign
from connector.threads.models import Mute, Post, PostState, ThreadKind
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import in_words

THANKED, ENDORSED = "thanked", "endorsed"
"""What notices about thanks, and about answers that somebody vouched for, are called."""
KNOWING = STAFF | {Role.EXPERT}
"""Who can say that an answer is right, beside those whom a course has made experts."""


def may_react(member: Membership, post: Post) -> bool:
    """Return whether a member may react to a post: to what others wrote, and not only to look on.

    To thank is never too late: where nobody replies any more, people still react.
    """
    return member.can_write and post.author_id != member.id and post.state is PostState.VISIBLE


def can_be_endorsed(member: Membership, post: Post) -> bool:
    """Return whether a post is an answer, of somebody else's, that a member who should know could say to be right."""
    return post.thread.kind is ThreadKind.QUESTION and post.depth == 1 and may_react(member, post)


def may_endorse(session: Session, member: Membership, post: Post) -> bool:
    """Return whether a member may say that a post is right: who leads the course, experts, and whom it made an expert."""
    if not can_be_endorsed(member, post):
        return False
    return member.role in KNOWING or member.id in appointed(session, [member.id])


def appointed(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return who of some members was made an expert of the course, or a mentor, with that in words; one query at most."""
    if not ids or not has_app_context():  # the services alone, without the application that knows of experts
        return {}
    found: Mapping[uuid.UUID, str] = current_app.extensions.get("kring_appointed", _nobody)(session, ids)
    return found


def _nobody(_session: Session, _ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    return {}


def react(session: Session, post: Post, by: Membership, sign: Sign, *, now: datetime) -> Reaction:
    """React to a post; once is enough.

    Args:
        post: One that the member may see.
        sign: Thanks have a function of their own: `thank`.

    Raises:
        NotFoundError: It is the member's own post, they may only look on, or do not know whether an answer is right.
        ValueError: Thanks without a reason.
    """
    if sign is Sign.THANKS:
        raise ValueError("thanks need a reason")
    may = may_endorse(session, by, post) if sign is Sign.ENDORSED else may_react(by, post)
    if not may:
        raise NotFoundError
    reaction, is_new = _add(session, post, by, sign, now=now)
    if is_new and sign is Sign.ENDORSED:
        record(session, statements.endorsed(reaction, post, by), by=by, now=now)
        _tell_author(session, ENDORSED, reaction, post, now)
    elif is_new:
        record(session, statements.reacted(reaction, post, by), by=by, now=now)
    return reaction


def thank(session: Session, post: Post, by: Membership, reason: str, *, now: datetime) -> Reaction:
    """Thank the author of a post, who is told; the reason stands below it, with the member's name.

    Args:
        post: One that the member may see.
        reason: Plain text.

    Raises:
        NotFoundError: It is the member's own post, or they may only look on.
        ConflictError: The member may not write now; the sentence says until when.
        ValueError: There is no reason.
    """
    if not reason.strip():
        raise ValueError("thanks need a reason")
    if not may_react(by, post):
        raise NotFoundError
    mute = session.get(Mute, by.id)
    if mute is not None and now < mute.until:
        raise ConflictError(_("You can read, but not write, until %(time)s.", time=in_words(mute.until)))
    reaction, is_new = _add(session, post, by, Sign.THANKS, reason=reason, now=now)
    if is_new:
        record(session, statements.reacted(reaction, post, by), by=by, now=now)
        _tell_author(session, THANKED, reaction, post, now)
    return reaction


def take_back(session: Session, post: Post, by: Membership, sign: Sign, *, now: datetime) -> None:
    """Take a reaction back; nothing happens where there is none.

    Raises:
        NotFoundError: The member may only look on.
    """
    if not by.can_write:
        raise NotFoundError
    found = session.scalar(_one(post, by, sign))
    if found is None:
        return
    taken = session.execute(delete(Reaction).where(Reaction.id == found.id).returning(Reaction.id)).first()
    session.expunge(found)
    # Statements have no word for somebody who no longer vouches for an answer.
    if taken is not None and sign is not Sign.ENDORSED:
        record(session, statements.unreacted(found, post, by, now), by=by, now=now)


def save(session: Session, post: Post, by: Membership, *, now: datetime) -> None:
    """Keep a post to find it again; who only looks on may do so too.

    Args:
        post: One that the member may see.
    """
    if session.get(Bookmark, (by.id, post.id)) is not None:
        return
    try:
        with session.begin_nested():
            session.add(Bookmark(member_id=by.id, post_id=post.id, created_at=now))
    except IntegrityError:  # the same click, twice at once
        return
    record(session, statements.saved(post, by, now), by=by, now=now)


def forsake(session: Session, post_id: uuid.UUID, by: Membership) -> None:
    """Keep a post no longer, whether it can still be seen or not."""
    session.execute(delete(Bookmark).where(Bookmark.member_id == by.id, Bookmark.post_id == post_id))


def _one(post: Post, by: Membership, sign: Sign) -> Select[Reaction]:
    return select(Reaction).where(Reaction.post_id == post.id, Reaction.member_id == by.id, Reaction.sign == sign)


def _add(
    session: Session, post: Post, by: Membership, sign: Sign, *, reason: str = "", now: datetime
) -> tuple[Reaction, bool]:
    """Return the reaction, and whether it was made now."""
    if (known := session.scalar(_one(post, by, sign))) is not None:
        return known, False
    row = Reaction(id=uuid.uuid4(), post_id=post.id, member=by, sign=sign, reason=reason, created_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same click, twice at once
        return session.scalars(_one(post, by, sign)).one(), False
    return row, True


def _tell_author(session: Session, what: str, reaction: Reaction, post: Post, now: datetime) -> None:
    """Tell the author, unless they want to hear nothing of the thread."""
    activity = post.thread.activity
    places = [(Scope.THREAD, post.thread_id), (Scope.ACTIVITY, activity.id), (Scope.COURSE, activity.course_id)]
    if levels(session, [post.author_id], places).get(post.author_id, Level.MUTED) is Level.MUTED:
        return
    by, thread_id = reaction.member_id, post.thread_id
    notify(session, [post.author_id], what, about=reaction.id, activity=activity, by=by, thread_id=thread_id, now=now)
