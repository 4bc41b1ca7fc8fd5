"""What guests do: agree to take part, answer, ask for more, say no."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Kind
from connector.courses.models import STAFF, Membership, Person, Role
from connector.guests.access import changed_by_others, get_question, read_question, sight_of
from connector.guests.models import Declined, Invitation
from connector.notifications.services import notify
from connector.privacy.models import Purpose
from connector.privacy.services import decide
from connector.routing import services as routing
from connector.threads.changing import edit_post
from connector.threads.models import Post, Thread
from connector.threads.services import post_reply
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


class AskBack(Protocol):
    """Says, for a kind of activity, what a question lacks; registered as `kring_ask_back`, by the kind."""

    def __call__(self, session: Session, thread: Thread, by: Membership, wanted: str, /, *, now: datetime) -> None:
        """Ask in the name of `by`."""


ANSWERED, ASKED, DECLINED = "guest-answered", "guest-asked", "guest-declined"
"""What notices about guests, for those who lead the course, are called."""


def agree(session: Session, invitation: Invitation, *, is_recorded: bool, now: datetime) -> Membership:
    """Let a guest take part: from now on there is somebody whose answers are kept. Agreeing again changes what is recorded.

    Args:
        is_recorded: Whether statements may tell what they do.
    """
    if invitation.member is not None:
        if invitation.member.person.is_recorded != is_recorded:
            decide(session, invitation.member.person, Purpose.LEARNING_RECORD, is_given=is_recorded, now=now)
        return invitation.member
    course = invitation.activity.course
    person = Person(
        platform=course.deployment.platform,
        subject=f"guest {uuid.uuid4()}",
        name=invitation.name,
        email=None,  # mail finds them by the invitation; nothing else may
        locale=invitation.locale,
        is_guest=True,
        is_recorded=is_recorded,
        created_at=now,
    )
    member = Membership(course=course, person=person, role=Role.EXPERT, is_active=False, created_at=now, seen_at=None)
    session.add(member)
    session.flush()
    invitation.member, invitation.agreed_at = member, now
    decide(session, person, Purpose.LEARNING_RECORD, is_given=is_recorded, now=now)
    return member


def answer(
    session: Session, invitation: Invitation, thread_id: uuid.UUID, body: str, *, key: uuid.UUID, now: datetime
) -> Post:
    """Answer a question. The first answer of a guest waits for a trainer, later ones as the activity says.

    Args:
        key: The form's.

    Raises:
        NotFoundError: It is no question that they were invited to, or they have not agreed to take part.
        ConflictError: Not now; the sentence says why.
    """
    member, thread = _enter(session, invitation, thread_id, now)
    post = post_reply(session, thread.opening, member, body, key=key, now=now)
    invitation.answered_at = now
    routing.answered(session, thread, post, now=now)
    tell_staff(session, invitation, thread, ANSWERED, now)
    return post


def edit(
    session: Session,
    invitation: Invitation,
    thread_id: uuid.UUID,
    post_id: uuid.UUID,
    body: str,
    *,
    version: int,
    now: datetime,
) -> Post:
    """Change what the guest answered. What waits for a trainer waits on; what it said before is kept, as of everybody.

    Args:
        version: Which one the guest began with.

    Raises:
        NotFoundError: It is none of the guest's own posts in a question that they were invited to.
        ConflictError: The question is closed, or somebody has changed the answer since; the sentence says which.
    """
    member, post = get_own(session, invitation, thread_id, post_id, now=now)
    if post.version != version:
        raise ConflictError(_("This post was changed in the meantime, in another tab or by somebody else."))
    edit_post(session, post, member, body, now=now)
    return post


def get_own(
    session: Session, invitation: Invitation, thread_id: uuid.UUID, post_id: uuid.UUID, *, now: datetime
) -> tuple[Membership, Post]:
    """Return who the guest is, and a post of theirs that they can change.

    Raises:
        NotFoundError: There is none in a question that they were invited to.
    """
    member, thread = _enter(session, invitation, thread_id, now)
    shown = read_question(session, thread, sight_of(session, invitation, now=now))
    own = [each.post for each in shown if each.post.id == post_id and each.post.author_id == member.id]
    if not own or own[0].id in changed_by_others(session, [own[0]]):
        raise NotFoundError
    return member, own[0]


def ask(
    session: Session, invitation: Invitation, thread_id: uuid.UUID, body: str, *, key: uuid.UUID, now: datetime
) -> None:
    """Ask for what is missing to answer a question; the guest gets a mail when somebody has written.

    Kinds of activity that have a way of their own to ask back, are asked in that way; elsewhere it is a post.

    Args:
        key: The form's.

    Raises:
        NotFoundError: It is no question that they were invited to, or they have not agreed to take part.
        ConflictError: Not now; the sentence says why.
    """
    member, thread = _enter(session, invitation, thread_id, now)
    ask_back = _ways_to_ask_back().get(thread.activity.kind)
    if ask_back is not None:
        ask_back(session, thread, member, body, now=now)
    else:
        post_reply(session, thread.opening, member, body, key=key, is_answer=False, now=now)
        routing.pause(session, thread, now=now)
    invitation.asked_at, invitation.asked_thread_id, invitation.told_at = now, thread.id, None
    session.flush()
    tell_staff(session, invitation, thread, ASKED, now)


def decline(session: Session, invitation: Invitation, reason: Declined, suggestion: str, *, now: datetime) -> None:
    """Say no, and perhaps whom to ask instead; who leads the course is told. No consent is needed for that.

    Args:
        suggestion: In plain text, for who leads the course; may be empty.
    """
    invitation.declined_at, invitation.declined, invitation.suggestion = now, reason, suggestion
    session.flush()
    tell_staff(session, invitation, None, DECLINED, now)


def _ways_to_ask_back() -> Mapping[Kind, AskBack]:
    found: Mapping[Kind, AskBack] = current_app.extensions.get("kring_ask_back", {})
    return found


def edit_place_of(post_id: uuid.UUID) -> str:
    """Return the name of a guest's draft for a change of an answer."""
    return f"guest edit {post_id}"


def place_of(thread_id: uuid.UUID) -> str:
    """Return the name of a guest's draft for an answer."""
    return f"guest answer {thread_id}"


def taking_part(session: Session, invitation: Invitation, thread_id: uuid.UUID, *, now: datetime) -> Membership:
    """Return who the guest is, where they may write to a question.

    Raises:
        NotFoundError: It is no question that they were invited to, or they have not agreed to take part.
    """
    return _enter(session, invitation, thread_id, now)[0]


def _enter(session: Session, invitation: Invitation, thread_id: uuid.UUID, now: datetime) -> tuple[Membership, Thread]:
    if invitation.member is None or invitation.agreed_at is None:
        raise NotFoundError
    return invitation.member, get_question(session, invitation, thread_id, sight_of(session, invitation, now=now))


def tell_staff(
    session: Session,
    invitation: Invitation,
    thread: Thread | None,
    what: str,
    now: datetime,
    *,
    by: Membership | None = None,
) -> None:
    """Tell those who lead the course something about a guest.

    Args:
        by: Who of them did it, and so is not told.
    """
    from_staff = Membership.course_id == invitation.activity.course_id, Membership.is_active, Membership.role.in_(STAFF)
    leaders = session.scalars(select(Membership.id).where(*from_staff)).all()
    activity = thread.activity if thread is not None else invitation.activity
    thread_id = thread.id if thread is not None else None
    notify(
        session,
        leaders,
        what,
        about=invitation.id,
        activity=activity,
        by=by.id if by else None,
        thread_id=thread_id,
        now=now,
    )
