"""A platform's services, ready to be called: our key, its tokens and a guarded HTTP session put together."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete

from connector import sealing
from connector.config import Settings
from connector.db import Clock, Database
from connector.outbound import new_session
from connector.platforms.keys import tool_keys
from connector.platforms.models import Platform, ServiceToken
from connector.platforms.services import registration_of
from lti.access_tokens import AccessToken
from lti.keys import signing_key
from lti.service import Service


@contextmanager
def open_service(database: Database, settings: Settings, platform: Platform, *, clock: Clock) -> Iterator[Service]:
    """Yield `platform`'s services; its tokens are shared by every process, and by no other registration.

    Requests made with it can take half a minute: hold no database transaction meanwhile.

    Raises:
        lti.errors.KeySetError: The tool has no key to sign with.
    """
    with database.session(writes=False) as session:
        key = signing_key(tool_keys(session, settings.secret_key), clock())
    http = new_session(settings)
    try:
        yield Service(
            registration_of(platform),
            registration_key=str(platform.id),
            key=key,
            tokens=DatabaseTokens(database, settings.secret_key),
            http=http,
            clock=clock,
        )
    finally:
        http.close()


class DatabaseTokens:
    """Service tokens in the database, sealed; each call is a short transaction of its own."""

    def __init__(self, database: Database, secret: str) -> None:
        """Keep tokens in `database`, sealed with `secret`."""
        self._database = database
        self._secret = secret

    def load(self, registration: str, scopes: frozenset[str]) -> AccessToken | None:
        """Return the token that was saved last, or None."""
        with self._database.session(writes=False) as session:
            row = session.get(ServiceToken, (registration, _digest(scopes)))
            if row is None:
                return None
            value = sealing.unseal(self._secret, row.value).decode()
            return AccessToken(value=value, use_until=row.use_until)

    def save(self, registration: str, scopes: frozenset[str], token: AccessToken) -> None:
        """Keep `token` in place of what was kept before."""
        with self._database.session(writes=True) as session:
            session.merge(
                ServiceToken(
                    registration=registration,
                    scopes_hash=_digest(scopes),
                    value=sealing.seal(self._secret, token.value.encode()),
                    use_until=token.use_until,
                )
            )
            session.commit()

    def drop(self, registration: str, scopes: frozenset[str], token: AccessToken) -> None:
        """Forget `token`, unless another one was kept in its place meanwhile."""
        with self._database.session(writes=True) as session:
            row = session.get(ServiceToken, (registration, _digest(scopes)))
            if row is not None and sealing.unseal(self._secret, row.value).decode() == token.value:
                session.execute(
                    delete(ServiceToken).where(
                        ServiceToken.registration == registration, ServiceToken.scopes_hash == row.scopes_hash
                    )
                )
            session.commit()


def _digest(scopes: frozenset[str]) -> str:
    return hashlib.sha256(" ".join(sorted(scopes)).encode()).hexdigest()
