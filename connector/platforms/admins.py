"""Operators who are signed in to the administrators' pages: by a link from the shell, once, then by a cookie."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connector.platforms.models import AdminLink, AdminSession
from connector.web.sessions import digest

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=8)


def create_admin_link(session: Session, *, now: datetime) -> str:
    """Store a link that signs in once, within a quarter of an hour, and return its path; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(AdminLink).where(AdminLink.expires_at < now))
    session.add(AdminLink(token_hash=digest(token), expires_at=now + LINK_LIFE))
    session.flush()
    return f"/admin/enter/{token}"


def is_link_open(session: Session, token: str, *, now: datetime) -> bool:
    """Whether a link would still sign in."""
    link = session.get(AdminLink, digest(token))
    return link is not None and now <= link.expires_at


def sign_in(session: Session, token: str, *, now: datetime) -> str | None:
    """Use a link up and return the new session's id; None where the link is unknown, used or too old."""
    taken = session.execute(
        delete(AdminLink).where(AdminLink.token_hash == digest(token)).returning(AdminLink.expires_at)
    ).scalar_one_or_none()
    if taken is None or taken < now:
        return None
    id_ = secrets.token_urlsafe(32)
    session.execute(delete(AdminSession).where(AdminSession.expires_at < now))
    session.add(AdminSession(id_hash=digest(id_), created_at=now, expires_at=now + SESSION_LIFE))
    session.flush()
    return id_


def find_session(session: Session, id_: str | None, *, now: datetime) -> AdminSession | None:
    """Return the operator's session, if it lives."""
    row = session.get(AdminSession, digest(id_)) if id_ else None
    return row if row is not None and now < row.expires_at else None


def sign_out(session: Session, row: AdminSession) -> None:
    """End a session."""
    session.execute(delete(AdminSession).where(AdminSession.id_hash == row.id_hash))
