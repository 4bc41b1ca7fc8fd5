"""Invitations: a link by which one LMS may register for a tenant, once, before it expires."""

import secrets
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector.platforms.models import Invite, Platform, Tenant
from connector.web.sessions import digest

LIFE = timedelta(days=7)
"""How long an invitation is good unless its maker says otherwise."""


class State(StrEnum):
    """What an invitation is worth now."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class InviteError(Exception):
    """An invitation opens nothing; the message is a code."""


def create_invite(session: Session, tenant: Tenant, *, note: str = "", life: timedelta = LIFE, now: datetime) -> str:
    """Store an invitation and return its token: only its hash is kept, so this is the one time to read it.

    Args:
        note: For whom it is.
    """
    token = secrets.token_urlsafe(32)
    session.add(Invite(tenant=tenant, token_hash=digest(token), note=note, created_at=now, expires_at=now + life))
    session.flush()
    return token


def get_invite(session: Session, token: str, *, now: datetime) -> Invite:
    """Return the open invitation that `token` belongs to.

    Raises:
        InviteError: `invite_unknown`, `invite_used`, `invite_expired` or `invite_revoked`.
    """
    invite = session.scalar(select(Invite).where(Invite.token_hash == digest(token)).options(joinedload(Invite.tenant)))
    if invite is None:
        raise InviteError("invite_unknown")
    state = state_of(invite, now)
    if state is not State.OPEN:
        raise InviteError(f"invite_{state}")
    return invite


def used_for(session: Session, token: str) -> Platform | None:
    """Return the LMS that an invitation was used for; None where it was not, or nobody made it."""
    return session.scalar(select(Platform).join(Invite).where(Invite.token_hash == digest(token)))


def take_invite(session: Session, token: str, *, now: datetime) -> Invite:
    """Use an invitation up. Of two who come at once, one has it; give it back where the registration fails.

    Raises:
        InviteError: As `get_invite`.
    """
    invite = get_invite(session, token, now=now)
    taken = session.execute(
        update(Invite)
        .where(Invite.id == invite.id, Invite.used_at.is_(None), Invite.revoked_at.is_(None))
        .values(used_at=now)
        .returning(Invite.id)
        .execution_options(synchronize_session=False)
    )
    if taken.first() is None:
        raise InviteError("invite_used")
    return invite


def give_back(session: Session, invite_id: uuid.UUID) -> None:
    """Let an invitation be used again: what it was taken for came to nothing."""
    session.execute(update(Invite).where(Invite.id == invite_id, Invite.platform_id.is_(None)).values(used_at=None))


def settle(session: Session, invite_id: uuid.UUID, platform: Platform) -> None:
    """Note what an invitation was used for."""
    session.execute(update(Invite).where(Invite.id == invite_id).values(platform_id=platform.id))


def revoke(session: Session, invite_id: uuid.UUID, *, now: datetime) -> None:
    """Let an invitation open nothing any more, unless it was used."""
    is_open = (Invite.id == invite_id, Invite.used_at.is_(None), Invite.revoked_at.is_(None))
    session.execute(update(Invite).where(*is_open).values(revoked_at=now))


def list_invites(session: Session) -> list[Invite]:
    """Return every invitation, the newest first."""
    query = select(Invite).options(joinedload(Invite.platform)).order_by(Invite.created_at.desc())
    return list(session.scalars(query))


def state_of(invite: Invite, now: datetime) -> State:
    """Return what an invitation is worth at `now`."""
    if invite.used_at is not None:
        return State.USED
    if invite.revoked_at is not None:
        return State.REVOKED
    return State.EXPIRED if invite.expires_at <= now else State.OPEN
