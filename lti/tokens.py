"""Signed tokens of a platform: opened, and judged by signature, sender, addressee, times and nonce.

Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.3; https://www.rfc-editor.org/rfc/rfc8725.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from lti.errors import LaunchError
from lti.keys import ALGORITHM, PlatformKeys
from lti.registration import Registration
from lti.values import identifier, json_object

MAX_TOKEN: Final = 64 * 1024
"""Characters of an id_token: Moodle's have 5,000, and a browser posts as many as somebody likes."""
LEEWAY: Final = timedelta(seconds=60)
"""How far the platform's clock may be from ours."""
MAX_TOKEN_AGE: Final = timedelta(hours=1)
"""How old a token may be, however long it says that it is valid."""


class _Registry(jws.JWSRegistry):
    """joserfc's rules for headers, but unknown ones are ignored as the RFC asks, and certificates find room."""

    max_header_length = 8192

    def __init__(self) -> None:
        super().__init__(algorithms=[ALGORITHM], strict_check_header=False)


def open_token(
    token: str, *, registration: Registration, nonce: str, keys: PlatformKeys, now: datetime
) -> dict[str, Any]:
    """Return the claims of a token that `registration`'s platform made for this tool, just now and for this login.

    Raises:
        LaunchError: `token_too_long`, `token_malformed`, `alg_not_allowed`, `kid_missing`, `unknown_kid`,
            `signature_invalid`, `aud_invalid`, `azp_invalid`, `iss_invalid`, `claims_invalid` (a time) or `nonce_invalid`.
        KeySetError: The platform's key cannot be had.
    """
    claims = verify_token(token, registration=registration, keys=keys, now=now)
    if not nonce or claims.get("nonce") != nonce:
        raise LaunchError("nonce_invalid", "nonce is not the one that was sent with the login")
    return claims


def verify_token(token: str, *, registration: Registration, keys: PlatformKeys, now: datetime) -> dict[str, Any]:
    """Return the claims of a token that `registration`'s platform made for this tool just now, for whatever reason.

    Raises:
        LaunchError: As `open_token`, but for `nonce_invalid`.
        KeySetError: The platform's key cannot be had.
    """
    claims = _verified(token, registration.jwks_url, keys, now)
    _check_parties(claims, registration)
    _check_times(claims, now)
    return claims


def peek_token(token: str) -> dict[str, Any]:
    """Return the claims of a token, to look up who should have sent it: none of them may be believed.

    Raises:
        LaunchError: `token_too_long` or `token_malformed`.
    """
    return _payload(_opened(token))


def _verified(token: str, jwks_url: str, keys: PlatformKeys, now: datetime) -> dict[str, Any]:
    signed = _opened(token)
    header: object = signed.headers()
    if not isinstance(header, dict) or "crit" in header:
        raise LaunchError("token_malformed", "the id_token's header is no object, or asks for an extension by crit")
    if header.get("alg") != ALGORITHM:
        raise LaunchError("alg_not_allowed", f"alg is not {ALGORITHM}")
    kid = identifier(header.get("kid"))
    if kid is None:
        raise LaunchError("kid_missing", "the id_token's header has no kid")
    key = keys.find(jwks_url, kid, now=now)
    try:
        is_valid = jws.validate_compact(signed, key, registry=_Registry())
    except (JoseError, ValueError) as error:
        raise LaunchError("signature_invalid", "the id_token's signature cannot be checked") from error
    if not is_valid:
        raise LaunchError("signature_invalid", "the id_token was not signed by the platform's key of that kid")
    return _payload(signed)


def _opened(token: str) -> jws.CompactSignature:
    if len(token) > MAX_TOKEN:
        raise LaunchError("token_too_long", f"the id_token has more than {MAX_TOKEN} characters")
    try:
        signed = jws.extract_compact(token.encode("ascii"), registry=_Registry())
        signed.headers()
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise LaunchError("token_malformed", "the id_token is no signed token in compact form") from error
    return signed


def _payload(signed: jws.CompactSignature) -> dict[str, Any]:
    try:
        return json_object(signed.payload or b"")
    except ValueError as error:
        raise LaunchError("token_malformed", "the id_token's payload is not a JSON object") from error


def _check_parties(claims: Mapping[str, Any], registration: Registration) -> None:
    """Check who the token is for and who made it.

    Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.3, steps 2 to 5.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if registration.client_id not in audiences:
        raise LaunchError("aud_invalid", "aud does not name this tool's client id")
    authorized_party = claims.get("azp")
    if authorized_party is None and len(audiences) > 1:
        raise LaunchError("azp_invalid", "azp is absent, though aud names several tools")
    if authorized_party not in (None, registration.client_id):
        raise LaunchError("azp_invalid", "azp is not this tool's client id")
    if claims.get("iss") != registration.issuer:
        raise LaunchError("iss_invalid", "iss is not the platform that the login came from")


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Check that the token is neither from the future nor old, whatever the platform thinks of its age.

    Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.3, steps 7 and 8.
    """
    seconds, leeway = now.timestamp(), LEEWAY.total_seconds()
    expires, issued = _time(claims, "exp"), _time(claims, "iat")
    begins = _time(claims, "nbf") if "nbf" in claims else issued
    if expires + leeway <= seconds:
        raise LaunchError("claims_invalid", f"exp was {seconds - expires:.0f} seconds ago")
    for name, value in (("iat", issued), ("nbf", begins)):
        if value - leeway > seconds:
            raise LaunchError("claims_invalid", f"{name} lies {value - seconds:.0f} seconds in the future")
    if issued + leeway + MAX_TOKEN_AGE.total_seconds() <= seconds:
        raise LaunchError("claims_invalid", f"iat was {seconds - issued:.0f} seconds ago")


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LaunchError("claims_invalid", f"{name} is absent or not a number")
    try:
        seconds = float(value)
    except OverflowError as error:
        raise LaunchError("claims_invalid", f"{name} is too large") from error
    if not isfinite(seconds):
        raise LaunchError("claims_invalid", f"{name} is not finite")
    return seconds
