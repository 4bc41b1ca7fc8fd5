"""The steps of a launch: begin a login, take it back once, let the browser prove itself, and open a visit."""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from connector.launch.entering import Destination
from connector.launch.models import LoginState, PendingLaunch, Relaunch
from connector.launch.refusals import refuse
from connector.platforms.models import Platform
from connector.platforms.services import origin_of
from connector.web.models import LaunchSession, Proof
from connector.web.sessions import digest, open_session
from lti.login import LoginRequest

LOGIN_LIFE = timedelta(minutes=10)
TICKET_LIFE = timedelta(minutes=1)
RELAUNCH_LIFE = timedelta(minutes=10)

Once = TypeVar("Once", LoginState, PendingLaunch, Relaunch)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunLogin:
    """The secrets of a login: the state and nonce travel over the LMS, the browser's stays with the browser."""

    state: str
    nonce: str
    browser_secret: str


def begin_login(
    session: Session,
    platform: Platform,
    login: LoginRequest,
    *,
    is_retry: bool = False,
    deep_link_id: uuid.UUID | None = None,
    now: datetime,
) -> BegunLogin:
    """Store a login's secrets, and return them.

    Args:
        deep_link_id: The choosing that waits in the frame for this login's tab.
    """
    begun = BegunLogin(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), browser_secret=secrets.token_urlsafe(32)
    )
    session.add(
        LoginState(
            state_hash=digest(begun.state),
            nonce=begun.nonce,
            platform_id=platform.id,
            browser_hash=digest(begun.browser_secret),
            storage_target=login.storage_target,
            login_hint=login.login_hint,
            message_hint=login.message_hint,
            target_link_uri=login.target_link_uri,
            is_retry=is_retry,
            deep_link_id=deep_link_id,
            expires_at=now + LOGIN_LIFE,
        )
    )
    return begun


def take_login(session: Session, state: str, *, now: datetime) -> LoginState:
    """Return the login that `state` belongs to, and forget it: a state is good for one launch.

    Raises:
        AppError: The state is unknown, was used, or is too old.
    """
    return _take(session, LoginState, LoginState.state_hash, state, now)


def open_visit(
    session: Session,
    platform: Platform,
    *,
    membership_id: uuid.UUID | None,
    activity_id: uuid.UUID | None,
    subject_id: uuid.UUID | None = None,
    may_export: bool = False,
    browser_secret: str | None,
    locale: str | None,
    return_origin: str,
    is_lms_admin: bool = False,
    is_retry: bool = False,
    now: datetime,
) -> str:
    """Open a launch session and return the id for its path.

    Args:
        browser_secret: What the browser's cookie holds; None where cookies are blocked.
        is_retry: Whether the launch was begun again in a tab of its own.
        return_origin: The origin of the page that the LMS wants people back on; empty where it did not say. A vanity
            domain of the LMS shows up there, and in no other place.
    """
    own = origin_of(platform.authorization_url)
    origins = dict.fromkeys([own, *platform.frame_origins, *([return_origin] if return_origin else [])])
    return open_session(
        session,
        LaunchSession(
            membership_id=membership_id,
            activity_id=activity_id,
            subject_id=subject_id,
            may_export=may_export,
            platform_id=platform.id,
            is_lms_admin=is_lms_admin,
            proof=(Proof.TAB if is_retry else Proof.COOKIE) if browser_secret else Proof.STORAGE,
            browser_hash=digest(browser_secret) if browser_secret else None,
            platform_origin=return_origin or own,
            frame_origins=" ".join(origins),
            locale=locale,
            created_at=now,
            seen_at=now,
        ),
    )


def hold(
    session: Session,
    login: LoginState,
    destination: Destination,
    *,
    locale: str | None,
    return_origin: str,
    is_lms_admin: bool,
    now: datetime,
) -> str:
    """Keep a valid launch until its browser has proved itself, and return the ticket to ask for it with."""
    ticket = secrets.token_urlsafe(32)
    session.flush()
    session.add(
        PendingLaunch(
            ticket_hash=digest(ticket),
            browser_hash=login.browser_hash,
            platform_id=login.platform_id,
            membership_id=destination.member.id if destination.member else None,
            activity_id=destination.activity_id,
            subject_id=destination.subject_id,
            may_export=destination.may_export,
            endpoint=destination.endpoint,
            values=destination.values,
            locale=locale,
            return_origin=return_origin,
            is_lms_admin=is_lms_admin,
            expires_at=now + TICKET_LIFE,
        )
    )
    return ticket


def confirm(session: Session, ticket: str, browser_secret: str, *, now: datetime) -> PendingLaunch:
    """Return the launch that waits behind `ticket`, once, if the browser knows its secret.

    Raises:
        AppError: The ticket is unknown, was used or is too old, or the browser is another one.
    """
    row = _take(session, PendingLaunch, PendingLaunch.ticket_hash, ticket, now)
    if not hmac.compare_digest(row.browser_hash, digest(browser_secret)):
        raise refuse("other_browser")
    return row


def offer_relaunch(session: Session, login: LoginState, *, deep_link_id: uuid.UUID | None = None, now: datetime) -> str:
    """Return a ticket with which a new tab can begin the launch again."""
    ticket = secrets.token_urlsafe(32)
    session.add(
        Relaunch(
            ticket_hash=digest(ticket),
            platform_id=login.platform_id,
            login_hint=login.login_hint,
            message_hint=login.message_hint,
            target_link_uri=login.target_link_uri,
            deep_link_id=deep_link_id,
            expires_at=now + RELAUNCH_LIFE,
        )
    )
    return ticket


def take_relaunch(session: Session, ticket: str, *, now: datetime) -> Relaunch:
    """Return the launch to begin again, once.

    Raises:
        AppError: The ticket is unknown, was used or is too old.
    """
    return _take(session, Relaunch, Relaunch.ticket_hash, ticket, now)


def _take(session: Session, model: type[Once], key: InstrumentedAttribute[str], secret: str, now: datetime) -> Once:
    """Return the row that `secret` opens, and delete it. Of two who ask at once, the one whose DELETE finds it has it."""
    row = session.scalar(select(model).where(key == digest(secret)).options(joinedload(model.platform)))
    taken = session.execute(delete(model).where(key == digest(secret)).returning(key))
    if taken.first() is None or row is None or row.expires_at < now:
        raise refuse("state_unknown")
    session.expunge(row)
    return row
