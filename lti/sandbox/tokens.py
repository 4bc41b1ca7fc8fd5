"""The platform's keys, and access tokens for tools."""

import json
import time
from typing import Any

import jwt
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from lti.sandbox.platform import Platform, SignatureError, current_platform
from lti.sandbox.tools import Tool

blueprint = Blueprint("tokens", __name__)

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenError(Exception):
    """The tool gets no token.

    Args:
        code: What is wrong, by RFC 6749, 5.2, or in Moodle's words.
        description: The same for the tool's developer.
    """

    def __init__(self, code: str, description: str = "", *, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status


@blueprint.get("/jwks")
def jwks() -> ResponseReturnValue:
    """Return the platform's public keys."""
    if current_platform().faults.strikes("key_set_errors"):
        return "Out of order", 500, {"Content-Type": "text/plain"}
    return jsonify(current_platform().conf().get_jwks())


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    """Give a tool an access token for its client assertion.

    Source: https://www.imsglobal.org/spec/security/v1p0, 4.1; RFC 6749, 5.2 for the errors.
    """
    platform = current_platform()
    try:
        granted = _grant(platform)
    except TokenError as error:
        if platform.mode.service.has_strict_assertions:
            body = json.dumps({"error": error.code, "error_description": error.description})
        else:
            body = f'{{\n  "error" : "{error.code}"\n}}'  # as Moodle: a quote in the words breaks the JSON
        return _answer(platform, body, status=error.status)
    return _answer(platform, json.dumps(granted))


def _answer(platform: Platform, body: str, *, status: int = 200) -> Response:
    response = Response(body, status=status, content_type=platform.mode.service.token_media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _grant(platform: Platform) -> dict[str, Any]:
    form, habits = request.form, platform.mode.service
    for name in ("grant_type", "client_assertion_type", "client_assertion", "scope"):
        if len(form.getlist(name)) != 1 or not form[name]:
            raise TokenError("invalid_request", f"{name} must be given once")
    if form["grant_type"] != "client_credentials":
        raise TokenError("unsupported_grant_type", "grant_type must be client_credentials")
    if form["client_assertion_type"] != _ASSERTION_TYPE:
        raise TokenError("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}")
    tool = _asserted_tool(platform, form["client_assertion"])
    scopes = [scope for scope in form["scope"].split(" ") if scope in tool.scopes]
    if not scopes:
        raise TokenError("invalid_scope", "none of the scopes is granted to this tool")
    return {
        "access_token": platform.conf(tool).access_token(scopes, habits.token_lifetime),
        "token_type": "bearer" if habits.has_strict_assertions else "Bearer",
        "expires_in": habits.token_lifetime,
        "scope": " ".join(scopes),
    }


def _asserted_tool(platform: Platform, assertion: str) -> Tool:
    """Return the tool that signed the assertion.

    Raises:
        TokenError: It is not a proper one of an active tool.
    """
    is_strict = platform.mode.service.has_strict_assertions
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError) as error:
        raise _refused(f"The client assertion is not valid: {error}", is_strict=is_strict) from error
    tool = platform.tools.of_client(str(claims.get("sub"))) if claims.get("iss") == claims.get("sub") else None
    if tool is None:
        raise _refused(f"iss and sub are not a client id: {claims.get('iss')!r}", "invalid_client", is_strict=is_strict)
    if not is_strict:
        _check_as_moodle(assertion, claims)
    try:
        platform.conf(tool).read_signed(assertion)
    except SignatureError as error:
        raise _refused(
            f"The client assertion is not valid: {error}", _moodles_words(error), is_strict=is_strict
        ) from error
    if is_strict:
        _check_claims(platform, claims, now=time.time())
    return tool


def _refused(description: str, code: str = "invalid_request", *, is_strict: bool) -> TokenError:
    return TokenError("invalid_client", description, status=401) if is_strict else TokenError(code)


def _moodles_words(error: SignatureError) -> str:
    return (
        '"kid" invalid, unable to lookup correct key' if "public key" in str(error) else "Signature verification failed"
    )


def _check_as_moodle(assertion: str, claims: dict[str, Any]) -> None:
    """Check what Moodle checks, in its words: php-jwt with a leeway of 0; no word of aud, jti, or of what is absent."""
    if not jwt.get_unverified_header(assertion).get("kid"):
        raise TokenError("error/Error: kid must be provided in JWT header.")
    now = time.time()
    if "iat" in claims and claims["iat"] > now:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(claims["iat"]))
        raise TokenError(f"Cannot handle token with iat prior to {moment}")
    if "exp" in claims and claims["exp"] <= now:
        raise TokenError("Expired token")


def _check_claims(platform: Platform, claims: dict[str, Any], *, now: float) -> None:
    """Check what the library does not: it looks at the signature, and at exp only where there is one."""
    expected = platform.config.token_url
    audience = claims.get("aud")
    if expected not in (audience if isinstance(audience, list) else [audience]):
        raise TokenError("invalid_client", f"aud is {audience!r}, not {expected!r}", status=401)
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        raise TokenError("invalid_client", "exp is missing or past", status=401)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise TokenError("invalid_client", "jti is missing", status=401)
    if not platform.store.use_assertion(jti, expires=expires, now=now):
        raise TokenError("invalid_client", "jti was used before", status=401)
