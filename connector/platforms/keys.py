"""The tool's signing keys and the platforms' key sets, kept in the database."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import requests
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector import sealing
from connector.db import Database
from connector.platforms.models import PlatformKeySet, SigningKey
from lti import keys
from lti.errors import KeySetError

MAX_AGE = timedelta(days=90)
"""How long a key signs before the next one takes over."""


def tool_keys(session: Session, secret: str) -> list[keys.ToolKey]:
    """Return every key of the tool, private halves included.

    Raises:
        sealing.SealError: The installation's secret was changed since.
    """
    rows = session.scalars(select(SigningKey).order_by(SigningKey.created_at))
    return [
        keys.ToolKey(
            kid=row.kid,
            private_pem=sealing.unseal(secret, row.private_pem).decode(),
            created_at=row.created_at,
            retired_at=row.retired_at,
        )
        for row in rows
    ]


def rotate(session: Session, secret: str, *, now: datetime) -> str:
    """Add a key and return its id. Those before it sign on until platforms have had time to read the new one."""
    new = keys.generate_key(now)
    for row in session.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None))):
        row.retired_at = now + keys.PUBLISH_BEFORE_SIGNING
    session.add(
        SigningKey(kid=new.kid, private_pem=sealing.seal(secret, new.private_pem.encode()), created_at=new.created_at)
    )
    session.flush()
    return new.kid


def ensure_key(session: Session, secret: str, *, now: datetime) -> None:
    """Make the first key of an installation."""
    if session.scalar(select(SigningKey.kid).limit(1)) is None:
        rotate(session, secret, now=now)


def rotate_if_old(session: Session, secret: str, *, now: datetime, max_age: timedelta = MAX_AGE) -> str | None:
    """Add a key where the newest is older than `max_age`, and return its id; the worker asks daily.

    The old key signs on until platforms have had time to read the new one, so nothing breaks in between.
    """
    newest = session.scalar(select(SigningKey.created_at).order_by(SigningKey.created_at.desc()).limit(1))
    if newest is not None and now - newest < max_age:
        return None
    return rotate(session, secret, now=now)


class KeyState(StrEnum):
    """Where a key of ours stands."""

    COMING = "coming"
    """Published, so that platforms read it before it signs."""
    SIGNING = "signing"
    ENDING = "ending"
    """Published still: what it signed may be on its way."""
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key of ours, as an administrator sees it; without the key."""

    kid: str
    state: KeyState
    created_at: datetime
    until: datetime | None
    """When the state ends; None where nobody knows yet."""


def list_keys(session: Session, *, now: datetime) -> list[KeyLine]:
    """Return the keys, the newest first."""
    rows = list(session.scalars(select(SigningKey).order_by(SigningKey.created_at)))
    bare = [
        keys.ToolKey(kid=row.kid, private_pem="", created_at=row.created_at, retired_at=row.retired_at) for row in rows
    ]
    has_signer = any(row.retired_at is None or now < row.retired_at for row in rows)
    signing = keys.signing_key(bare, now).kid if has_signer else None
    return [_line(row, signing, now) for row in reversed(rows)]


def _line(row: SigningKey, signing: str | None, now: datetime) -> KeyLine:
    state = KeyState.COMING
    until: datetime | None = row.created_at + keys.PUBLISH_BEFORE_SIGNING
    if row.kid == signing:
        state, until = KeyState.SIGNING, row.retired_at
    elif row.retired_at is not None and row.retired_at <= now:
        end = row.retired_at + keys.PUBLISH_AFTER_RETIREMENT
        state, until = (KeyState.ENDING, end) if now < end else (KeyState.GONE, None)
    return KeyLine(kid=row.kid, state=state, created_at=row.created_at, until=until)


class DatabaseKeySets:
    """Platforms' key sets in the database; each call is a short transaction of its own.

    A launch may have to ask the platform for its keys, and must not hold the database's write lock meanwhile.
    """

    def __init__(self, database: Database) -> None:
        """Keep key sets in `database`."""
        self._database = database

    def load(self, url: str) -> keys.StoredKeySet | None:
        """Return the key set that was saved for this URL last, or None."""
        with self._database.session(writes=False) as session:
            row = session.get(PlatformKeySet, url)
            if row is None:
                return None
            return keys.StoredKeySet(document=row.document, fetched_at=row.fetched_at, tried_at=row.tried_at)

    def save(self, url: str, key_set: keys.StoredKeySet) -> None:
        """Keep `key_set` in place of what was kept for this URL."""
        with self._database.session(writes=True) as session:
            session.merge(
                PlatformKeySet(
                    url=url,
                    document=key_set.document,
                    fetched_at=key_set.fetched_at,
                    tried_at=key_set.tried_at,
                )
            )
            # Launches that come at once all fetch the first key set, and each has the same.
            with suppress(IntegrityError):
                session.commit()


def fetch_key_set(http: requests.Session, url: str) -> bytes:
    """Return a key set's document.

    Raises:
        lti.errors.KeySetError: The answer is not a plain success.
        requests.RequestException: There was no answer.
    """
    response = http.get(url, headers={"Accept": "application/json"})
    if response.status_code != requests.codes.ok:
        raise KeySetError("key_set_unavailable", f"the platform's key set: HTTP {response.status_code}")
    return response.content
