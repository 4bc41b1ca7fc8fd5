"""The operator of a request: who signed in to the administrators' pages with this browser."""

import hmac

from flask import Response, g, request

from connector.config import Settings
from connector.platforms import admins
from connector.platforms.models import AdminSession
from connector.web.requests import current_session, now, settings
from connector.web.sessions import check_form

COOKIE = "__Host-kring-admin"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def find_operator() -> AdminSession | None:
    """Return the session of the operator whose browser this is, or None.

    Raises:
        AppError: The request changes something, and another site made it.
    """
    id_ = request.cookies.get(COOKIE)
    row = admins.find_session(current_session(), id_, now=now())
    if row is None or id_ is None:
        return None
    g.csrf_token = _form_token(settings(), id_)
    if request.method not in _SAFE_METHODS:
        check_form(settings())
    return row


def remember(response: Response, id_: str) -> None:
    """Let this browser be the operator's; a first-party cookie, which no other site's request carries along to change things."""
    response.set_cookie(COOKIE, id_, max_age=admins.SESSION_LIFE, path="/", secure=True, httponly=True, samesite="Lax")


def forget(response: Response) -> None:
    """Let this browser be nobody's."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


def _form_token(settings: Settings, id_: str) -> str:
    return hmac.new(settings.secret_key.encode(), f"csrf admin {id_}".encode(), "sha256").hexdigest()
