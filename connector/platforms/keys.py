"""The tool's signing keys and the platforms' key sets, kept in the database."""

from datetime import datetime

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import sealing
from connector.db import Database
from connector.platforms.models import PlatformKeySet, SigningKey
from lti import keys
from lti.errors import KeySetError


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
