"""What invitations hold of people, and how it is forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.guests.models import GuestCode, GuestDevice, Invitation
from connector.threads.writings import list_holdings as list_writings
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person as a guest; of who invited others, only that they did."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    invited = session.scalars(
        select(Invitation)
        .where(Invitation.member_id.in_(mine))
        .options(joinedload(Invitation.activity))
        .order_by(Invitation.created_at)
    ).all()
    sent = session.scalars(
        select(Invitation).where(Invitation.invited_by_id.in_(mine)).options(joinedload(Invitation.activity))
    ).all()
    return [
        Holding(
            label=_("Invitations that you got"), name="guest_invitations", records=[record(each) for each in invited]
        ),
        Holding(
            label=_("Invitations that you sent"),
            name="sent_invitations",
            records=[{"activity": each.activity.title, "at": each.created_at.isoformat()} for each in sent],
        ),
    ]


def list_of_guest(session: Session, invitation: Invitation) -> Sequence[Holding]:
    """Return all that is stored of a guest: of one who has not agreed to take part, the invitation alone."""
    own = Holding(label=_("Invitations that you got"), name="guest_invitations", records=[record(invitation)])
    return [own, *(list_writings(session, invitation.member.person) if invitation.member else ())]


def record(invitation: Invitation) -> Mapping[str, Any]:
    """Return an invitation as its guest's copy of their data has it."""
    return {
        "activity": invitation.activity.title,
        "name": invitation.name,
        "address": invitation.address,
        "note": invitation.note,
        "language": invitation.locale,
        "invited_at": invitation.created_at.isoformat(),
        "expires_at": invitation.expires_at.isoformat(),
        "mail_came_back_at": _time(invitation.bounced_at),
        "opened_at": _time(invitation.opened_at),
        "agreed_at": _time(invitation.agreed_at),
        "answered_at": _time(invitation.answered_at),
        "asked_at": _time(invitation.asked_at),
        "declined_at": _time(invitation.declined_at),
        "declined": invitation.declined.value if invitation.declined else None,
        "suggestion": invitation.suggestion,
        "revoked_at": _time(invitation.revoked_at),
    }


def forget(session: Session, person: Person) -> None:
    """Forget whom the invitations of a person were for, and let none of them open anything."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    for invitation in session.scalars(select(Invitation).where(Invitation.member_id.in_(mine))):
        forget_guest(session, invitation)
    session.flush()


def forget_guest(session: Session, invitation: Invitation, *, revoked_at: datetime | None = None) -> None:
    """Forget whom an invitation was for; that there was one stays, and what became of it."""
    invitation.revoked_at = invitation.revoked_at or revoked_at or invitation.created_at
    invitation.name = invitation.address = None
    invitation.note = invitation.suggestion = ""
    session.execute(delete(GuestCode).where(GuestCode.invitation_id == invitation.id))
    session.execute(delete(GuestDevice).where(GuestDevice.invitation_id == invitation.id))


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
