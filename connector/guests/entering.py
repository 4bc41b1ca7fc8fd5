"""How a guest comes in: by a link that counts, in a browser that a code from their mailbox confirmed.

Every failure is the same "not found": nobody learns whether a link was ever one, has expired, or was taken back.
"""

import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import STAFF, Course, Membership
from connector.guests.letters import CODE
from connector.guests.models import GuestCode, GuestDevice, Invitation
from connector.guests.secrets import code_hash, code_of, link_hash
from connector.guests.standing import is_over
from connector.notifications.envelopes import post
from connector.notifications.models import Mail
from connector.platforms.models import Deployment, Platform
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.sessions import digest

CODE_LIFE = timedelta(minutes=15)
CODES_A_DAY = 5
BETWEEN_CODES = timedelta(minutes=1)
TRIES = 5
"""How often a code may be mistyped. With `CODES_A_DAY` of a million each, a day of guessing is worth one in 40,000."""
_DAY = timedelta(days=1)


def find_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return the invitation whose link this is, if it opens anything now.

    Raises:
        NotFoundError: There is no such link, or it opens nothing any more.
    """
    hashed = link_hash(token)
    found = session.scalar(
        select(Invitation)
        .where(Invitation.link_hash == hashed)
        .options(
            joinedload(Invitation.activity)
            .joinedload(Activity.course)
            .joinedload(Course.deployment)
            .joinedload(Deployment.platform)
            .joinedload(Platform.tenant),
            joinedload(Invitation.invited_by).joinedload(Membership.person),
            joinedload(Invitation.member).joinedload(Membership.person),
            joinedload(Invitation.mail),
        )
    )
    if found is None or not hmac.compare_digest(found.link_hash, hashed):
        raise NotFoundError
    if found.name is None or is_over(found, now=now) or not _goes_on(session, found.activity, now):
        raise NotFoundError
    return found


def _goes_on(session: Session, activity: Activity, now: datetime) -> bool:
    """Return whether the activity takes answers, and somebody still leads its course."""
    if not activity.is_open or (activity.closes_at is not None and activity.closes_at <= now):
        return False
    leads = exists().where(Membership.course_id == activity.course_id, Membership.is_active, Membership.role.in_(STAFF))
    return bool(session.scalar(select(leads)))


def is_confirmed(session: Session, invitation: Invitation, secret: str | None) -> bool:
    """Return whether a browser's secret is one that a code confirmed for this very invitation."""
    if not secret:
        return False
    known = select(GuestDevice.id).where(
        GuestDevice.invitation_id == invitation.id, GuestDevice.secret_hash == digest(secret)
    )
    return session.scalar(known) is not None


def send_code(session: Session, invitation: Invitation, *, key: str, now: datetime) -> GuestCode:
    """Send a code to the guest's mailbox; those before it count no longer.

    Raises:
        ConflictError: One was sent a moment ago, or enough were today.
    """
    # Of two requests at once, the second counts the first one's code.
    session.execute(select(Invitation.id).where(Invitation.id == invitation.id).with_for_update())
    mine = GuestCode.invitation_id == invitation.id
    count, last = session.execute(
        select(func.count(), func.max(GuestCode.created_at)).where(mine, GuestCode.created_at > now - _DAY)
    ).one()
    if last is not None and now - last < BETWEEN_CODES:
        raise ConflictError(_("We have just sent you a code. Wait a minute before you ask for another."))
    if count >= CODES_A_DAY:
        raise ConflictError(_("We have sent you %(count)s codes today. Try again tomorrow.", count=count))
    session.execute(update(GuestCode).where(mine, GuestCode.expires_at > now).values(expires_at=now))
    id_ = uuid.uuid4()
    code = GuestCode(
        id=id_,
        invitation=invitation,
        code_hash=code_hash(key, id_, code_of(key, id_)),
        created_at=now,
        expires_at=now + CODE_LIFE,
        tries=0,
    )
    session.add(code)
    session.flush()
    post(session, CODE, Mail(about=id_), now=now)
    return code


def open_code(session: Session, invitation: Invitation, *, now: datetime) -> GuestCode | None:
    """Return the code that may be typed now; None where one has to be sent first."""
    return session.scalar(
        select(GuestCode)
        .where(
            GuestCode.invitation_id == invitation.id,
            GuestCode.used_at.is_(None),
            GuestCode.expires_at > now,
            GuestCode.tries < TRIES,
        )
        .order_by(GuestCode.created_at.desc())
        .limit(1)
    )


def confirm(session: Session, invitation: Invitation, typed: str, *, key: str, now: datetime) -> str | None:
    """Check a code, and return the secret for the browser's cookie; None where it is wrong. Commit in either case.

    The attempt is counted in the database before it is judged, so that many at once are not one.
    """
    code = open_code(session, invitation, now=now)
    if code is None:
        return None
    counted = (
        update(GuestCode)
        .where(GuestCode.id == code.id, GuestCode.tries < TRIES, GuestCode.used_at.is_(None))
        .values(tries=GuestCode.tries + 1)
        .returning(GuestCode.code_hash)
    )
    stored = session.scalar(counted)
    if stored is None or not hmac.compare_digest(stored, code_hash(key, code.id, typed)):
        return None
    code.used_at = now
    secret = secrets.token_urlsafe(32)
    session.add(GuestDevice(invitation_id=invitation.id, secret_hash=digest(secret), created_at=now))
    invitation.opened_at = invitation.opened_at or now
    session.flush()
    return secret
