"""The addresses that an LMS and its browser call: login, launch, keys."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.launch import deep_link_answers, deep_linking, noting, services
from connector.launch.answers import render_answer
from connector.launch.entering import Destination, enter, is_lms_admin
from connector.launch.models import DeepLink, LoginState
from connector.launch.refusals import refuse
from connector.launch.verification import believe_launch
from connector.platforms import checks
from connector.platforms.keys import tool_keys
from connector.platforms.models import Check, Platform, Status
from connector.platforms.services import UnknownPlatformError, find_platform, frame_origins, origin_of, registration_of
from connector.web.errors import AppError
from connector.web.i18n import nearest, speak
from connector.web.models import Proof
from connector.web.pages import render
from connector.web.requests import current_session, database, now, settings, writing_session
from connector.web.sessions import BROWSER_COOKIE, browser_secret, digest, set_partitioned_cookie
from lti.errors import LoginError
from lti.keys import public_key_set
from lti.launch import Launch
from lti.login import LoginRequest, authentication_url, read_login, read_platform_error
from lti.messages import DeepLinkingSettings

log = structlog.get_logger(__name__)

blueprint = Blueprint("launch", __name__, url_prefix="/lti")

_BROWSER_LIFE = timedelta(days=30)


@blueprint.after_request
def _allow_frames(response: Response) -> Response:
    """Let pages that come before we know the platform stand in any registered platform's frame."""
    if response.mimetype == "text/html" and response.status_code not in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}:
        with database().session(writes=False) as session:
            g.frame_origins = [*frame_origins(session), *g.get("launch_origins", [])]
    return response


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
    launch = believe_launch(login, request.form.get("id_token", ""))
    speak(launch.locale)
    g.launch_origins = [origin for origin in [_return_origin(launch)] if origin]
    session = current_session()
    platform = session.get_one(Platform, login.platform_id)
    if platform.status is not Status.ACTIVE:  # it may have been switched off in the meantime
        raise refuse("platform_not_active")
    try:
        destination = enter(session, platform, launch, login, settings=settings(), now=now())
    except AppError as error:
        noting.note_refused(session, platform.id, error.code, now=now())
        if launch.deep_linking is None:
            raise
        return _send_back(platform, launch, launch.deep_linking, error)
    secret = request.cookies.get(_state_cookie(request.form["state"]))
    proof = None
    if secret is not None and digest(secret) == login.browser_hash:
        proof = Proof.TAB if login.is_retry else Proof.COOKIE
        response = _open(platform, destination, launch, is_retry=login.is_retry)
        response.delete_cookie(
            _state_cookie(request.form["state"]), secure=True, httponly=True, samesite="None", partitioned=True
        )
    elif login.is_retry:
        noting.note_refused(session, platform.id, "browser_unproven", now=now())
        raise refuse("browser_unproven")
    else:
        response = _prove_otherwise(login, destination, launch)
    if destination.member is not None:
        noting.note_launch(session, platform.id, destination.member.role, proof, now=now())
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


def _open(platform: Platform, destination: Destination, launch: Launch, *, is_retry: bool) -> Response:
    """Open the session of a browser whose cookies work."""
    secret = browser_secret() or secrets.token_urlsafe(32)
    session = current_session()
    session.flush()
    sid = services.open_visit(
        session,
        platform,
        membership_id=destination.member.id if destination.member else None,
        activity_id=destination.activity_id,
        subject_id=destination.subject_id,
        may_export=destination.may_export,
        browser_secret=secret,
        locale=_locale_of(launch, destination),
        return_origin=_return_origin(launch),
        is_lms_admin=is_lms_admin(launch.roles),
        is_retry=is_retry,
        now=now(),
    )
    response = _go(sid, destination.endpoint, destination.values)
    set_partitioned_cookie(response, BROWSER_COOKIE, secret, max_age=_BROWSER_LIFE)
    return response


def _locale_of(launch: Launch, destination: Destination) -> str | None:
    """Return the language of a visit: what the LMS says, or else the course's."""
    if nearest(launch.locale) or destination.member is None:
        return launch.locale
    return destination.member.course.language or launch.locale


def _prove_otherwise(login: LoginState, destination: Destination, launch: Launch) -> Response:
    """Return the page that asks the platform's storage for the browser's secret, or else offers a tab of its own."""
    session = current_session()
    waiting_url = None
    if destination.deep_link_id is not None:
        # The LMS takes what is chosen in the tab from its own frame alone, so this page stays and waits for it.
        ticket = deep_linking.wait(session.get_one(DeepLink, destination.deep_link_id))
        waiting_url = url_for("waiting.show_waiting", ticket=ticket)
    relaunch = services.offer_relaunch(session, login, deep_link_id=destination.deep_link_id, now=now())
    offer: dict[str, Any] = {
        "relaunch_url": url_for("launch.relaunch", ticket=relaunch),
        "activity_title": destination.title,
        "waiting_url": waiting_url,
    }
    if login.storage_target is None:
        return render("launch/new_tab.html", **offer)
    return render(
        "launch/launch_storage.html",
        confirm_url=url_for("launch.confirm"),
        ticket=services.hold(
            session,
            login,
            destination,
            locale=_locale_of(launch, destination),
            return_origin=_return_origin(launch),
            is_lms_admin=is_lms_admin(launch.roles),
            now=now(),
        ),
        key=_storage_key(request.form["state"]),
        storage_target=login.storage_target,
        platform_origin=origin_of(login.platform.authorization_url),
        **offer,
    )


def _send_back(platform: Platform, launch: Launch, wanted: DeepLinkingSettings, error: AppError) -> Response:
    """Return the page that tells why nothing can be chosen, here and then in the LMS."""
    log.info("deep_linking_refused", code=error.code)
    answer = deep_link_answers.refusal(
        current_session(),
        platform,
        launch.deployment_id,
        wanted,
        reason=error.learner or error.code,
        log=f"{error.code}: {error.administrator}",
        settings=settings(),
        now=now(),
    )
    return render_answer(answer, sends_itself=False, reason=error.learner)


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
        subject_id=held.subject_id,
        may_export=held.may_export,
        browser_secret=None,
        locale=held.locale,
        return_origin=held.return_origin,
        is_lms_admin=held.is_lms_admin,
        now=now(),
    )
    noting.note_proof(session, held.platform_id, Proof.STORAGE, now=now())
    session.commit()
    return _go(sid, held.endpoint, held.values)


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
        begun = services.begin_login(
            session, again.platform, asked, is_retry=True, deep_link_id=again.deep_link_id, now=now()
        )
        session.commit()
    return _authenticate(again.platform, asked, begun)


def _go(sid: str, endpoint: str, values: Mapping[str, Any]) -> Response:
    """Redirect to the page that was launched: a reload must not send the launch again."""
    response = redirect(url_for(endpoint, sid=sid, **values), HTTPStatus.SEE_OTHER)
    response.headers["Cache-Control"] = "no-store"
    return Response(response.get_data(), response.status_code, response.headers)


def _return_origin(launch: Launch) -> str:
    """Return the origin of the page that the LMS wants people back on; empty where it does not say."""
    url = launch.return_url or (launch.deep_linking.return_url if launch.deep_linking else None)
    return origin_of(url) if url else ""


def _state_cookie(state: str) -> str:
    return f"__Host-kring-login-{digest(state)[:12]}"


def _storage_key(state: str) -> str:
    return f"kring-{digest(state)[:12]}"
