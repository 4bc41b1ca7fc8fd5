"""The tool's own keys and their rotation; platforms' key sets, fetched, cached and survived when a platform fails.

Source: https://www.imsglobal.org/spec/security/v1p0, 6.3; https://www.rfc-editor.org/rfc/rfc7517.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.util import base64_to_int

from lti.errors import KeySetError, LaunchError
from lti.values import identifier, json_object

ALGORITHM: Final = "RS256"
"""The only algorithm that LTI platforms and tools must share, so the only one taken.

Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.3.
"""
KEY_BITS: Final = 2048
"""Bits of the tool's keys, and the least that a platform's may have."""
MAX_KEY_BITS: Final = 16_384
"""More would only cost time, which is what a hostile key is for."""
PUBLISH_BEFORE_SIGNING: Final = timedelta(days=1)
"""How long a new key is published before it signs: platforms keep a key set for up to a day."""
PUBLISH_AFTER_RETIREMENT: Final = timedelta(days=2)
"""How long an old key stays published: longer than anything it signed is valid, by far."""

MAX_AGE: Final = timedelta(hours=1)
"""How long a platform's key set is used without asking again."""
MAX_STALE: Final = timedelta(days=1)
"""How long it is used while the platform does not answer: a key that was withdrawn must die at some time."""
COOL_DOWN: Final = timedelta(seconds=30)
"""How long the platform is left alone after each attempt, so that made-up key ids cannot be turned against it."""
MAX_DOCUMENT: Final = 256 * 1024
"""Bytes of a key set that are read at most."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolKey:
    """A key of this tool.

    To rotate, generate a key and retire the one before it at `now + PUBLISH_BEFORE_SIGNING`.
    """

    kid: str
    private_pem: str
    created_at: datetime
    retired_at: datetime | None = None
    """When it stops to sign; may lie in the future."""

    def __repr__(self) -> str:
        return f"ToolKey(kid={self.kid!r})"  # the private part must not reach a log


def generate_key(now: datetime) -> ToolKey:
    """Return a new RSA key that is named by its thumbprint."""
    key = RSAKey.generate_key(KEY_BITS)
    return ToolKey(kid=key.thumbprint(), private_pem=key.as_pem(private=True).decode(), created_at=now)


def public_key_set(keys: Iterable[ToolKey], now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Return the key set to publish: keys that will sign, that sign, and that signed a while ago."""
    published = (key for key in keys if key.retired_at is None or now < key.retired_at + PUBLISH_AFTER_RETIREMENT)
    return {"keys": [_public_jwk(key) for key in published]}


def signing_key(keys: Iterable[ToolKey], now: datetime) -> ToolKey:
    """Return the newest key that platforms have had time to read; the oldest if there is none, as on the first day.

    Raises:
        KeySetError: Every key is retired, or there is none (`signing_key_missing`).
    """
    alive = sorted((k for k in keys if k.retired_at is None or now < k.retired_at), key=lambda key: key.created_at)
    if not alive:
        raise KeySetError("signing_key_missing", "the tool has no key to sign with")
    known = [key for key in alive if key.created_at + PUBLISH_BEFORE_SIGNING <= now]
    return known[-1] if known else alive[0]


def sign(claims: Mapping[str, Any], key: ToolKey) -> str:
    """Return `claims` as a signed token."""
    header = {"alg": ALGORITHM, "kid": key.kid}
    return jwt.encode(header, dict(claims), _private_key(key.private_pem), algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKeySet:
    """A platform's key set as it was read last."""

    document: dict[str, Any]
    fetched_at: datetime
    tried_at: datetime | None = None
    """When the platform was asked last, in vain; None while the last attempt is the one of `fetched_at`."""


class KeySetStore(Protocol):
    """Where key sets are kept between requests and processes."""

    def load(self, url: str) -> StoredKeySet | None:
        """Return what `save` was given for this URL last, or None."""

    def save(self, url: str, key_set: StoredKeySet) -> None:
        """Keep `key_set` in place of what was kept for this URL."""


class PlatformKeys:
    """Platforms' public keys, by the URL of the set and the key's id.

    `fetch` returns the body of a successful answer, and raises OSError (as all of requests' errors are) or KeySetError for
    everything else; time-outs, redirects and private addresses are its business.
    """

    def __init__(self, fetch: Callable[[str], bytes], store: KeySetStore) -> None:
        self._fetch = fetch
        self._store = store

    def find(self, jwks_url: str, kid: str, *, now: datetime) -> RSAKey:
        """Return the platform's key that is called `kid`.

        Raises:
            LaunchError: The platform's set has no usable key of this name (`unknown_kid`).
            KeySetError: There is no set to look in (`key_set_unavailable`, `key_set_too_large`, `key_set_malformed`), or the
                key in it is not fit for use (`key_too_short`, `key_malformed`).
        """
        stored = self._store.load(jwks_url)
        if stored is None or (now - stored.fetched_at >= MAX_AGE and _has_cooled_down(stored, now)):
            stored = self._refresh(jwks_url, stored, now)
        jwk = _named(stored.document, kid)
        if jwk is None and _has_cooled_down(stored, now):
            stored = self._refresh(jwks_url, stored, now)
            jwk = _named(stored.document, kid)
        has_failed = stored.tried_at is not None
        if has_failed and (jwk is None or now - stored.fetched_at >= MAX_STALE):
            raise KeySetError("key_set_unavailable", "the platform's key set could not be read again")
        if jwk is None:
            raise LaunchError("unknown_kid", "kid names no key in the platform's key set")
        return _public_key(jwk)

    def _refresh(self, url: str, stored: StoredKeySet | None, now: datetime) -> StoredKeySet:
        """Fetch the set; when that fails, go on with the stored one and remember the attempt."""
        try:
            key_set = StoredKeySet(document=self._read(url), fetched_at=now)
        except KeySetError:
            if stored is None:
                raise
            key_set = replace(stored, tried_at=now)
        self._store.save(url, key_set)
        return key_set

    def _read(self, url: str) -> dict[str, Any]:
        try:
            body = self._fetch(url)
        except OSError as error:
            raise KeySetError("key_set_unavailable", f"the platform's key set: {type(error).__name__}") from error
        if len(body) > MAX_DOCUMENT:
            raise KeySetError("key_set_too_large", f"the platform's key set has more than {MAX_DOCUMENT} bytes")
        try:
            document = json_object(body)
        except ValueError as error:
            raise KeySetError("key_set_malformed", "the platform's key set is not a JSON object") from error
        jwks = document.get("keys")
        if not isinstance(jwks, list):
            raise KeySetError("key_set_malformed", "the platform's key set has no list called keys")
        return {"keys": [_essence(jwk) for jwk in jwks if _is_usable(jwk)]}


def _has_cooled_down(stored: StoredKeySet, now: datetime) -> bool:
    return now - (stored.tried_at or stored.fetched_at) >= COOL_DOWN


def _is_usable(jwk: object) -> bool:
    """Tell whether a key may verify launches; sets hold keys for other uses, too, at which joserfc would raise."""
    return (
        isinstance(jwk, dict)
        and jwk.get("kty") == "RSA"
        and jwk.get("use") in (None, "sig")
        and jwk.get("alg") in (None, ALGORITHM)
        and identifier(jwk.get("kid")) is not None
        and all(isinstance(jwk.get(part), str) and _BASE64URL.fullmatch(jwk[part]) for part in ("n", "e"))
    )


def _essence(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a key is needed: the rest is not ours to keep."""
    return {name: jwk[name] for name in ("kty", "kid", "n", "e")}


def _named(document: Mapping[str, Any], kid: str) -> Mapping[str, Any] | None:
    jwks = document.get("keys")
    return (
        next((jwk for jwk in jwks if _is_usable(jwk) and jwk["kid"] == kid), None) if isinstance(jwks, list) else None
    )


def _public_key(jwk: Mapping[str, Any]) -> RSAKey:
    return _imported(jwk["kid"], jwk["n"], jwk["e"])


@lru_cache(maxsize=256)
def _imported(kid: str, n: str, e: str) -> RSAKey:
    # Importing takes as long as all the rest of a launch's checks, and the same key comes with every launch.
    try:
        bits = base64_to_int(n).bit_length()
        if bits < KEY_BITS:  # before the import, which only warns
            raise KeySetError("key_too_short", f"the platform's key has {bits} bits, less than {KEY_BITS}")
        if bits > MAX_KEY_BITS:
            raise KeySetError("key_malformed", f"the platform's key has {bits} bits, more than {MAX_KEY_BITS}")
        return RSAKey.import_key({"kty": "RSA", "kid": kid, "n": n, "e": e})
    except (JoseError, ValueError, ArithmeticError) as error:
        raise KeySetError("key_malformed", "the platform's key is not an RSA key") from error


def _public_jwk(key: ToolKey) -> dict[str, Any]:
    public = _private_key(key.private_pem).as_dict(private=False)
    return {"kty": "RSA", "n": public["n"], "e": public["e"], "kid": key.kid, "use": "sig", "alg": ALGORITHM}


@lru_cache(maxsize=8)
def _private_key(pem: str) -> RSAKey:
    # Importing checks the primes, which takes 50 ms: too long for each visit to the key set.
    return RSAKey.import_key(pem)
