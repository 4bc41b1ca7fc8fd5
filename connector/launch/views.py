"""The addresses that an LMS and its browser call: login, launch, keys."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.launch import noting, services
from connector.launch.models import LoginState
from connector.launch.refusals import refuse
from connector.outbound import new_session
from connector.platforms import checks
from connector.platforms.keys import DatabaseKeySets, fetch_key_set, tool_keys
from connector.platforms.models import Check, Platform, Status
from connector.platforms.services import UnknownPlatformError, find_platform, frame_origins, origin_of, registration_of
from connector.web.errors import AppError
from connector.web.models import Proof
from connector.web.pages import render
from connector.web.requests import current_session, database, now, settings, writing_session
from connector.web.sessions import BROWSER_COOKIE, browser_secret, digest, set_partitioned_cookie
from lti import claims
from lti.errors import KeySetError, LaunchError, LoginError
from lti.keys import PlatformKeys, public_key_set
from lti.launch import Launch, validate_launch
from lti.login import LoginRequest, authentication_url, read_login, read_platform_error

log = structlog.get_logger(__name__)

blueprint = Blueprint("launch", __name__, url_prefix="/lti")

_BROWSER_LIFE = timedelta(days=30)
_TARGETS = frozenset({"", "/", "/lti/launch"})
"""Paths that a target link URI may have."""


@blueprint.before_request
def _allow_frames() -> None:
    """Let pages that come before we know the platform stand in any registered platform's frame."""
    with database().session(writes=False) as session:
        g.frame_origins = frame_origins(session)


@blueprint.get("/jwks")
def jwks() -> ResponseReturnValue:
    """Publish the tool's public keys."""
    keys = tool_keys(current_session(), settings().secret_key)
    response = jsonify(public_key_set(keys, now()))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Answer a platform's wish to launch with an authentication request."""
    try:
        asked = read_login(request.values)
    except LoginError as error:
        raise refuse(error.code, detail=str(error)) from error
    with writing_session() as session:
        try:
            platform = find_platform(session, asked.issuer, asked.client_id)
        except UnknownPlatformError as error:
            raise refuse(str(error), detail=f"{asked.issuer}, {asked.client_id}") from error
        begun = services.begin_login(session, platform, asked, now=now())
        checks.note(session, platform.id, Check.LOGIN, ok=True, now=now())
        session.commit()
    return _authenticate(platform, asked, begun)


def _authenticate(platform: Platform, asked: LoginRequest, begun: services.BegunLogin) -> ResponseReturnValue:
    """Send the browser on to the platform, with its secret in a cookie and, where offered, in the platform's storage."""
    target = authentication_url(
        registration_of(platform),
        asked,
        redirect_uri=f"{settings().public_url}/lti/launch",
        state=begun.state,
        nonce=begun.nonce,
    )
    if asked.storage_target is None:
        response = Response(status=HTTPStatus.FOUND, headers={"Location": target, "Cache-Control": "no-store"})
    else:
        response = render(
            "launch/login_storage.html",
            authentication_url=target,
            storage_target=asked.storage_target,
            platform_origin=origin_of(platform.authorization_url),
            key=_storage_key(begun.state),
            value=begun.browser_secret,
        )
    # One cookie for each login: tabs that launch at the same time do not take each other's.
    set_partitioned_cookie(response, _state_cookie(begun.state), begun.browser_secret, max_age=services.LOGIN_LIFE)
    return response


@blueprint.route("/launch", methods=["GET", "POST"])
def launch() -> ResponseReturnValue:
    """Take the platform's answer, check it, and open a launch session for the browser that began it."""
    login = _take_login()
    launch = _validated(login)
    session = current_session()
    platform = session.get_one(Platform, login.platform_id)
    if platform.status is not Status.ACTIVE:  # it may have been switched off in the meantime
        raise refuse("platform_not_active")
    try:
        member, activity = services.enter(session, platform, launch, public_url=settings().public_url, now=now())
    except AppError as error:
        noting.note_refused(session, platform.id, error.code, now=now())
        raise
    secret = request.cookies.get(_state_cookie(request.form["state"]))
    proof = None
    if secret is not None and digest(secret) == login.browser_hash:
        proof = Proof.TAB if login.is_retry else Proof.COOKIE
        response = _open(platform, member, activity, launch, is_retry=login.is_retry)
        response.delete_cookie(
            _state_cookie(request.form["state"]), secure=True, httponly=True, samesite="None", partitioned=True
        )
    elif login.is_retry:
        noting.note_refused(session, platform.id, "browser_unproven", now=now())
        raise refuse("browser_unproven")
    elif login.storage_target is not None:
        response = _ask_storage(login, member, activity, launch)
    else:
        ticket = services.offer_relaunch(session, login, now=now())
        response = render("launch/new_tab.html", relaunch_url=_relaunch_url(ticket), activity_title=activity.title)
    noting.note_launch(session, platform.id, member.role, proof, now=now())
    session.commit()
    return response


def _take_login() -> LoginState:
    """Return the login that this answer belongs to; used up from here on, whatever comes."""
    failure = read_platform_error(request.values)
    state = request.values.get("state", "")
    if not state:
        raise refuse("state_missing")
    with writing_session() as session:
        login = services.take_login(session, state, now=now())
        session.commit()
    if failure is not None:
        code = failure.error if failure.error in {"access_denied", "login_required"} else "platform_error"
        raise refuse(code, detail=failure.error)
    return login


def _validated(login: LoginState) -> Launch:
    """Return what the id_token says, once it is believed."""
    token = request.form.get("id_token", "")
    if not token:
        raise refuse("id_token_missing")
    http = new_session(settings())
    keys = PlatformKeys(lambda url: fetch_key_set(http, url), DatabaseKeySets(database()))
    registration = registration_of(login.platform)
    try:
        found = validate_launch(
            token,
            registration=registration,
            nonce=login.nonce,
            keys=keys,
            tool_url=settings().public_url,
            now=now(),
        )
    except (LaunchError, KeySetError) as error:
        log.warning("launch_refused", code=error.code, detail=str(error), platform=str(login.platform_id))
        noting.note_token_refused(database(), login.platform_id, error.code, now=now())
        raise refuse(error.code, detail=str(error)) from error
    finally:
        http.close()
    if urlsplit(found.target_link_uri).path not in _TARGETS:
        raise refuse("target_link_uri", detail=urlsplit(found.target_link_uri).path)
    if found.message_type != claims.RESOURCE_LINK_REQUEST:
        raise refuse("message_not_supported", detail=found.message_type)
    return found


def _open(platform: Platform, member: Membership, activity: Activity, launch: Launch, *, is_retry: bool) -> Response:
    """Open the session of a browser whose cookies work."""
    secret = browser_secret() or secrets.token_urlsafe(32)
    session = current_session()
    session.flush()
    sid = services.open_visit(
        session,
        platform,
        membership_id=member.id,
        activity_id=activity.id,
        browser_secret=secret,
        locale=launch.locale,
        return_origin=_return_origin(launch),
        is_lms_admin=_is_lms_admin(launch),
        is_retry=is_retry,
        now=now(),
    )
    response = _to_activity(sid, activity)
    set_partitioned_cookie(response, BROWSER_COOKIE, secret, max_age=_BROWSER_LIFE)
    return response


def _ask_storage(login: LoginState, member: Membership, activity: Activity, launch: Launch) -> Response:
    """Return the page that asks the platform's storage for the browser's secret."""
    session = current_session()
    ticket = services.hold(
        session,
        login,
        member,
        activity,
        locale=launch.locale,
        return_origin=_return_origin(launch),
        is_lms_admin=_is_lms_admin(launch),
        now=now(),
    )
    return render(
        "launch/launch_storage.html",
        confirm_url=url_for("launch.confirm"),
        ticket=ticket,
        key=_storage_key(request.form["state"]),
        storage_target=login.storage_target,
        platform_origin=origin_of(login.platform.authorization_url),
        relaunch_url=_relaunch_url(services.offer_relaunch(session, login, now=now())),
        activity_title=activity.title,
    )


@blueprint.post("/launch/confirm")
def confirm() -> ResponseReturnValue:
    """Open the session of a browser that proved itself by the platform's storage."""
    session = current_session()
    held = services.confirm(session, request.form.get("ticket", ""), request.form.get("secret", ""), now=now())
    sid = services.open_visit(
        session,
        held.platform,
        membership_id=held.membership_id,
        activity_id=held.activity_id,
        browser_secret=None,
        locale=held.locale,
        return_origin=held.return_origin,
        is_lms_admin=held.is_lms_admin,
        now=now(),
    )
    noting.note_proof(session, held.platform_id, Proof.STORAGE, now=now())
    session.commit()
    return _to_activity(sid, session.get_one(Activity, held.activity_id))


@blueprint.get("/relaunch/<ticket>")
def relaunch(ticket: str) -> ResponseReturnValue:
    """Begin a launch again in a tab of its own."""
    with writing_session() as session:
        again = services.take_relaunch(session, ticket, now=now())
        asked = LoginRequest(
            issuer=again.platform.issuer,
            client_id=again.platform.client_id,
            login_hint=again.login_hint,
            message_hint=again.message_hint,
            target_link_uri=again.target_link_uri,
        )
        begun = services.begin_login(session, again.platform, asked, is_retry=True, now=now())
        session.commit()
    return _authenticate(again.platform, asked, begun)


def _to_activity(sid: str, activity: Activity) -> Response:
    """Redirect to the activity's own page: a reload must not send the launch again."""
    response = redirect(url_for(f"{activity.kind}.index", sid=sid, activity_id=activity.id), HTTPStatus.SEE_OTHER)
    response.headers["Cache-Control"] = "no-store"
    return Response(response.get_data(), response.status_code, response.headers)


def _relaunch_url(ticket: str) -> str:
    return url_for("launch.relaunch", ticket=ticket)


def _return_origin(launch: Launch) -> str:
    return origin_of(launch.return_url) if launch.return_url else ""


def _is_lms_admin(launch: Launch) -> bool:
    return launch.roles.is_institution_admin or launch.roles.is_system_admin


def _state_cookie(state: str) -> str:
    return f"__Host-kring-login-{digest(state)[:12]}"


def _storage_key(state: str) -> str:
    return f"kring-{digest(state)[:12]}"
