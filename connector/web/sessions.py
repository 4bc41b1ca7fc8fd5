"""Launch sessions: who is here, in which activity. The id stands in the path, so tabs, courses and LMSs never mix.

A session belongs to one browser: a partitioned cookie holds a secret that the session knows the hash of. Where no
cookie survives, the id alone opens the session, and it ends sooner.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, request
from sqlalchemy import update
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.web.errors import AppError, SessionEndedError
from connector.web.models import LaunchSession
from connector.web.requests import current_session, database, now

IDLE = timedelta(hours=2)
IDLE_WITHOUT_COOKIE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_TOUCH_AFTER = timedelta(minutes=5)

BROWSER_COOKIE = "__Host-kring-browser"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def digest(value: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()


def browser_secret() -> str | None:
    """Return the secret that this browser sent, if it sent one."""
    return request.cookies.get(BROWSER_COOKIE)


def set_partitioned_cookie(response: Response, name: str, value: str, *, max_age: timedelta) -> None:
    """Set a cookie that survives in another site's frame, and only below that site."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def open_session(session: Session, row: LaunchSession) -> str:
    """Store a new launch session, and return the id for its path."""
    sid = secrets.token_urlsafe(24)
    row.id_hash = digest(sid)
    session.add(row)
    session.flush()
    return sid


def launch_blueprint(name: str, import_name: str, *, url_prefix: str) -> Blueprint:
    """Return a blueprint for pages inside a launch session.

    Args:
        name: The blueprint's name.
        import_name: `__name__` of the module.
        url_prefix: Starts with `/s/<sid>/`; views never see `sid`, and url_for fills it in.
    """
    blueprint = Blueprint(name, import_name, url_prefix=url_prefix)
    blueprint.url_value_preprocessor(_take_sid)
    blueprint.before_request(_enter)
    return blueprint


def current_launch() -> LaunchSession:
    """Return the session of this request.

    Raises:
        SessionEndedError: There is none.
    """
    launch = g.get("launch")
    if not isinstance(launch, LaunchSession):
        raise SessionEndedError
    return launch


def init_app(app: Flask) -> None:
    """Let url_for fill in the session id."""
    app.url_defaults(_give_sid)


def _take_sid(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.sid = (values or {}).pop("sid", None)


def _give_sid(endpoint: str, values: dict[str, Any]) -> None:
    if "sid" not in values and g.get("sid") and current_app.url_map.is_endpoint_expecting(endpoint, "sid"):
        values["sid"] = g.sid


def _enter() -> None:
    """Load the session, see that it is this browser's and still lives, and check the form token."""
    settings: Settings = current_app.extensions["kring"].settings
    launch = current_session().get(LaunchSession, digest(g.sid or ""))
    if launch is None or not _lives(launch, now()) or not _is_same_browser(launch):
        raise SessionEndedError
    g.launch = launch
    g.platform_origin = launch.platform_origin
    g.frame_origins = launch.frame_origins.split()
    g.csrf_token = hmac.new(settings.secret_key.encode(), f"csrf {g.sid}".encode(), "sha256").hexdigest()
    if request.method not in _SAFE_METHODS:
        check_form(settings)
    _touch(launch)


def _lives(launch: LaunchSession, at: datetime) -> bool:
    idle = IDLE if launch.browser_hash else IDLE_WITHOUT_COOKIE
    return at - launch.seen_at <= idle and at - launch.created_at <= LONGEST


def _is_same_browser(launch: LaunchSession) -> bool:
    if launch.browser_hash is None:
        return True
    return hmac.compare_digest(launch.browser_hash, digest(browser_secret() or ""))


def _touch(launch: LaunchSession) -> None:
    """Note that the session is in use; seldom, since a page that only reads should not write."""
    if now() - launch.seen_at < _TOUCH_AFTER:
        return
    change = update(LaunchSession).where(LaunchSession.id_hash == launch.id_hash).values(seen_at=now())
    if request.method in _SAFE_METHODS:
        with database().session(writes=True) as session:
            session.execute(change)
            session.commit()
    else:
        current_session().execute(change)


def check_form(settings: Settings) -> None:
    """Refuse a request that another site made.

    Source: https://owasp.org/www-project-cheat-sheets, Cross-Site Request Forgery Prevention: fetch metadata and a token.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in {None, "same-origin", "none"} or (site is None and origin not in {None, settings.origin}):
        raise AppError(code="cross_site")
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(sent.encode(), g.csrf_token.encode()):
        raise AppError(code="form_token")


def origin_of(url: str) -> str:
    """Return the scheme, host and port of a URL; empty where it has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""
