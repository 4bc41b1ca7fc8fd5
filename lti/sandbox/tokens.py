"""The platform's keys, and access tokens for the tool."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from lti.sandbox.platform import AssertionRefusedError, current_platform

blueprint = Blueprint("tokens", __name__)

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@blueprint.get("/jwks")
def jwks() -> ResponseReturnValue:
    """Return the platform's public keys."""
    return jsonify(current_platform().conf().get_jwks())


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    """Give the tool an access token for its client assertion.

    Source: https://www.imsglobal.org/spec/security/v1p0, 4.1; RFC 6749, 5.2 for the errors.
    """
    form = request.form
    for name in ("grant_type", "client_assertion_type", "client_assertion", "scope"):
        if len(form.getlist(name)) != 1 or not form[name]:
            return _error("invalid_request", f"{name} must be given once")
    if form["grant_type"] != "client_credentials":
        return _error("unsupported_grant_type", "grant_type must be client_credentials")
    if form["client_assertion_type"] != _ASSERTION_TYPE:
        return _error("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}")
    try:
        granted = current_platform().conf().grant(form.to_dict())
    except AssertionRefusedError as error:
        return _error("invalid_client", str(error), status=401)
    if not granted["scope"]:
        return _error("invalid_scope", "none of the scopes exists here")
    return _unstored(jsonify(granted))


def _error(code: str, description: str, *, status: int = 400) -> Response:
    response = _unstored(jsonify(error=code, error_description=description))
    response.status_code = status
    return response


def _unstored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
