"""What who leads a course does about guests: invites them, sends the link again, takes it back."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.guests.letters import CALL, INVITE
from connector.guests.models import Invitation
from connector.guests.secrets import link_hash, link_token
from connector.guests.standing import State, is_over, state_of
from connector.notifications.envelopes import post
from connector.notifications.models import Mail
from connector.threads.models import PostState, Thread, ThreadKind
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

MOST_DAYS = 90
MOST_A_DAY = 30
"""How many mails with links one course sends within 24 hours: it is no way to write to the world."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuest:
    """Whom to invite, as the form says it."""

    name: str
    address: str
    note: str
    locale: str
    days: int


def invite(
    session: Session,
    activity: Activity,
    by: Membership,
    new: NewGuest,
    *,
    thread: Thread | None,
    key: str,
    now: datetime,
) -> Invitation:
    """Invite somebody from outside; the link goes to their mailbox, and is nowhere else.

    Args:
        thread: The one question, which `by` may see; None for all of the activity's that are for everybody.
        key: The installation's secret.

    Raises:
        NotFoundError: The member does not lead the course, or what they name is no question for outsiders.
        ConflictError: The course has sent many invitations today.
    """
    _check_staff(by, activity)
    if thread is not None and not may_be_shown(thread):
        raise NotFoundError
    _check_pace(session, activity, now)
    id_ = uuid.uuid4()
    invitation = Invitation(
        id=id_,
        activity=activity,
        thread=thread,
        invited_by=by,
        name=new.name,
        address=new.address,
        note=new.note,
        locale=new.locale,
        created_at=now,
        expires_at=now + timedelta(days=min(new.days, MOST_DAYS)),
        serial=1,
        link_hash=link_hash(link_token(key, id_, 1)),
        suggestion="",
    )
    session.add(invitation)
    session.flush()
    _send(session, invitation, now)
    return invitation


def may_be_shown(thread: Thread) -> bool:
    """Return whether a guest may be invited to a thread: to a question that was not meant for the trainers alone."""
    is_there = thread.merged_into_id is None and thread.forgotten_at is None
    opening_stands = thread.opening.state is PostState.VISIBLE
    return thread.kind is ThreadKind.QUESTION and not thread.is_private and is_there and opening_stands


def resend(session: Session, invitation: Invitation, by: Membership, *, key: str, now: datetime) -> None:
    """Send a new link; the one before is worth nothing any more. One that has expired lasts as long again.

    Raises:
        NotFoundError: The member does not lead the course.
        ConflictError: It was taken back, the guest was forgotten, or the course has sent many today.
    """
    _check_staff(by, invitation.activity)
    if invitation.revoked_at is not None or invitation.address is None:
        raise ConflictError(_("This invitation was taken back. Write a new one."))
    _check_pace(session, invitation.activity, now)
    invitation.bounced_at = None
    if is_over(invitation, now=now):
        invitation.expires_at = now + (invitation.expires_at - invitation.created_at)
    invitation.serial += 1
    invitation.link_hash = link_hash(link_token(key, invitation.id, invitation.serial))
    _send(session, invitation, now)


def revoke(session: Session, invitation: Invitation, by: Membership, *, now: datetime) -> None:
    """Let a link open nothing from now on; what the guest wrote stays. Doing it again changes nothing.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by, invitation.activity)
    invitation.revoked_at = invitation.revoked_at or now
    session.flush()


def get_invitation(session: Session, activity: Activity, by: Membership, id_: uuid.UUID) -> Invitation:
    """Return an invitation of an activity, for who leads the course.

    Raises:
        NotFoundError: There is none, or the member does not lead the course.
    """
    _check_staff(by, activity)
    found = session.scalar(_invitations().where(Invitation.id == id_, Invitation.activity_id == activity.id))
    if found is None:
        raise NotFoundError
    return found


def list_invitations(session: Session, activity: Activity, by: Membership) -> Sequence[Invitation]:
    """Return the invitations of an activity, the newest first, with all that a list shows; one query.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by, activity)
    mine = _invitations().where(Invitation.activity_id == activity.id)
    return session.scalars(mine.order_by(Invitation.created_at.desc(), Invitation.id)).all()


def call_standby(session: Session, thread: Thread, now: datetime) -> Collection[uuid.UUID]:
    """Tell the guests who answer an activity's questions that one waits for them, which nobody has answered in time.

    Who has not agreed to take part yet is left alone, and so is who said no.

    Args:
        thread: A question of the activity.

    Returns:
        The members of the course who are to be asked beside them: none, since guests are told by mail.
    """
    if thread.group_id is not None or not may_be_shown(thread):
        return ()
    ready = session.scalars(
        _invitations().where(Invitation.activity_id == thread.activity_id, Invitation.thread_id.is_(None))
    ).all()
    called = [
        each
        for each in ready
        if each.agreed_at
        and state_of(each, now=now) not in {State.EXPIRED, State.REVOKED, State.DECLINED, State.BOUNCED}
    ]
    for each in called:
        post(session, CALL, Mail(about=each.id), now=now)
    return ()


def _invitations() -> Select[Invitation]:
    return select(Invitation).options(
        joinedload(Invitation.activity),
        joinedload(Invitation.thread),
        joinedload(Invitation.mail),
        joinedload(Invitation.invited_by).joinedload(Membership.person),
    )


def _send(session: Session, invitation: Invitation, now: datetime) -> None:
    invitation.mail = post(session, INVITE, Mail(about=invitation.id), now=now)
    invitation.sent_at = None
    session.flush()


def _check_staff(by: Membership, activity: Activity) -> None:
    if not by.is_staff or by.course_id != activity.course_id:
        raise NotFoundError


def _check_pace(session: Session, activity: Activity, now: datetime) -> None:
    lately = (
        select(func.count())
        .select_from(Mail)
        .join(Invitation, Invitation.id == Mail.about)
        .join(Invitation.activity)
        .where(Mail.letter == INVITE, Mail.created_at > now - _DAY, Activity.course_id == activity.course_id)
    )
    if (session.scalar(lately) or 0) >= MOST_A_DAY:
        raise ConflictError(_("This course has sent %(most)s invitations today. Go on tomorrow.", most=MOST_A_DAY))
