"""What the pages of a discussion begin with: the way in, and words that they share."""

import uuid

from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.activities.services import get_activity, get_threaded
from connector.courses.access import current_member
from connector.notebook.places import share_place
from connector.threads.access import Sight, look
from connector.threads.composing import thread_place
from connector.threads.models import ThreadKind
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, now

POLL_SECONDS = 25
"""How often pages ask whether something is new."""
KIND_ICONS = {ThreadKind.DISCUSSION: "chat", ThreadKind.QUESTION: "question", ThreadKind.SHARE: "attach"}


def enter(session: Session, activity_id: uuid.UUID) -> tuple[Sight, Activity]:
    """Return the discussion, and what the member of this launch session sees of it.

    Raises:
        NotFoundError: There is no such discussion in the member's course.
    """
    member = current_member(session)
    activity = get_activity(session, member, activity_id, Kind.DISCUSSION)
    return look(session, member, activity, now=now()), activity


def enter_any(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return what the member of this launch session sees of an activity with threads, whatever its kind.

    What is done with posts is the same in all of them, and stands here; the page of a thread is each kind's own.

    Raises:
        NotFoundError: There is no such activity in the member's course, or it has no threads.
    """
    member = current_member(session)
    return look(session, member, get_threaded(session, member, activity_id), now=now())


def enter_any_to_write(activity_id: uuid.UUID) -> Sight:
    """Return the same, in the request's own session, for who may write.

    Raises:
        NotFoundError: There is no such activity, or they may only look on.
    """
    sight = enter_any(current_session(), activity_id)
    if not sight.member.can_write:
        raise NotFoundError
    return sight


def enter_to_write(activity_id: uuid.UUID) -> Sight:
    """Return what the member sees of the discussion, in the request's own session.

    Raises:
        NotFoundError: There is no such discussion, or they may only look on.
    """
    sight, _activity = enter(current_session(), activity_id)
    if not sight.member.can_write:
        raise NotFoundError
    return sight


def new_place(activity: Activity, note_id: str | None) -> str:
    """Return the name of the draft for a new thread, or of that for one which begins with a copy of a note."""
    try:
        return share_place(uuid.UUID(note_id)) if note_id else thread_place(activity)
    except ValueError:
        return thread_place(activity)


def kind_names() -> dict[ThreadKind, str]:
    """Return the kinds of thread in words."""
    return {
        ThreadKind.DISCUSSION: _("Discussion"),
        ThreadKind.QUESTION: _("Question"),
        ThreadKind.SHARE: _("Shared"),
    }
