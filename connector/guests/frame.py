"""What every page of a guest begins with: the link, the browser, the language, and the token of its forms.

These pages are no visits: they know no `/s/` session, and nothing of a visit opens by what they hold.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, g, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from connector.guests.entering import find_invitation, is_confirmed
from connector.guests.models import Invitation
from connector.guests.secrets import form_token
from connector.guests.throttle import Throttle
from connector.web.errors import AppError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import speak
from connector.web.requests import current_session, now, settings
from connector.web.sessions import check_form

_EXTENSION = "kring_guest_throttle"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class NotConfirmedError(AppError):
    """The link counts, and this browser is not the guest's yet: they are led to where a code confirms it."""


def guest_blueprint(name: str, import_name: str) -> Blueprint:
    """Return a blueprint for pages below an invitation's link; views never see the link's secret."""
    blueprint = Blueprint(name, import_name, url_prefix="/guest/<token>")
    blueprint.url_value_preprocessor(_take_token)
    blueprint.before_request(_enter)
    blueprint.record_once(_prepare)
    return blueprint


def current_invitation() -> Invitation:
    """Return the invitation of this request."""
    found: Invitation = g.invitation
    return found


def confirmed() -> tuple[Session, Invitation, datetime]:
    """Return what views of confirmed browsers begin with.

    Raises:
        NotConfirmedError: No code has confirmed this browser for this invitation.
    """
    if not g.is_confirmed:
        raise NotConfirmedError
    return current_session(), current_invitation(), now()


def is_known_browser() -> bool:
    """Return whether a code has confirmed this browser."""
    return bool(g.is_confirmed)


def remember(response: Response, invitation: Invitation, secret: str) -> None:
    """Let this browser be the guest's, for this invitation alone and as long as it lasts."""
    life = max(invitation.expires_at - now(), timedelta(0))
    # Mails lead here from other sites, so not "Strict"; nothing here is ever shown in a frame of another site.
    response.set_cookie(_cookie(invitation), secret, max_age=life, path="/", secure=True, httponly=True, samesite="Lax")


def nothing_here() -> NotFoundError:
    """Return what every link says that opens nothing, whatever the reason."""
    return NotFoundError(
        _("This link opens nothing, or nothing any more. Whoever invited you can send you another one.")
    )


def _take_token(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.guest_token = (values or {}).pop("token", "")


def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(_EXTENSION, Throttle())
    state.app.url_defaults(_give_token)


def _give_token(endpoint: str, values: dict[str, Any]) -> None:
    if "token" not in values and g.get("guest_token") and endpoint.startswith("guest."):
        values["token"] = g.guest_token


def _enter() -> None:
    """Find the invitation, speak the guest's language, and check that no other site made the request."""
    throttle: Throttle = current_app.extensions[_EXTENSION]
    if throttle.is_spent(request.remote_addr, now=now()):
        raise nothing_here()
    session = current_session()
    try:
        invitation = find_invitation(session, g.guest_token, now=now())
    except NotFoundError as error:
        throttle.miss(request.remote_addr, now=now())
        raise nothing_here() from error
    g.invitation = invitation
    speak(invitation.locale)
    secret = request.cookies.get(_cookie(invitation), "")
    g.is_confirmed = is_confirmed(session, invitation, secret)
    g.csrf_token = form_token(settings().secret_key, g.guest_token, secret if g.is_confirmed else "")
    if request.method not in _SAFE_METHODS:
        check_form(settings())


def _cookie(invitation: Invitation) -> str:
    return f"__Host-kring-guest-{invitation.id.hex[:12]}"


def file_address(attachment_id: str) -> str:
    """Return where a guest finds a file."""
    return url_for("guest.file", attachment_id=attachment_id)
