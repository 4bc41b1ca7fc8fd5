"""Mail to guests that came back after the mail server had taken it: whoever leads the course says so, or whoever runs Kring."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.guests.answering import tell_staff
from connector.guests.models import Invitation
from connector.guests.standing import is_over
from connector.routing import services as routing
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

BOUNCED = "guest-bounced"
"""What the notice of it is called, for those who lead the course."""


def report(session: Session, invitation: Invitation, by: Membership, *, now: datetime) -> None:
    """Note that a mail to a guest did not arrive, as whoever leads the course has heard.

    Raises:
        NotFoundError: The member does not lead the course.
        ConflictError: The invitation is over, or the guest has been here since.
    """
    if not by.is_staff or by.course_id != invitation.activity.course_id:
        raise NotFoundError
    if is_over(invitation, now=now) or invitation.agreed_at is not None:
        raise ConflictError(_("This guest has been here, or the invitation is over. Look at the list again."))
    _note(session, invitation, now=now, by=by)


def note_address(session: Session, address: str, *, now: datetime) -> Sequence[Invitation]:
    """Note that mail to an address came back, for all invitations that go there and are not over, and return them.

    Args:
        address: As a mail server's report has it; letters count whatever their case.
    """
    going = (
        select(Invitation)
        .where(func.lower(Invitation.address) == address.strip().lower(), Invitation.bounced_at.is_(None))
        .order_by(Invitation.created_at, Invitation.id)
        .options(joinedload(Invitation.activity), joinedload(Invitation.thread))
        .with_for_update(of=Invitation)
    )
    found = [each for each in session.scalars(going) if not is_over(each, now=now)]
    for each in found:
        _note(session, each, now=now)
    return found


def _note(session: Session, invitation: Invitation, *, now: datetime, by: Membership | None = None) -> None:
    """Keep it, tell those who lead the course, and let the question go on to others."""
    if invitation.bounced_at is not None:
        return
    invitation.bounced_at = now
    session.flush()
    tell_staff(session, invitation, invitation.thread, BOUNCED, now, by=by)
    if invitation.thread is not None:
        routing.hurry(session, invitation.thread, now=now)
