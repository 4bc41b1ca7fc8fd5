"""Registering an LMS: it asks us to by an address of ours, and a person says yes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import requests
import structlog
from flask import Blueprint, Response, current_app, g, jsonify, request, send_from_directory, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from connector.outbound import new_session
from connector.platforms import invites, registration
from connector.platforms.admin_views import blueprint as admin
from connector.platforms.connection_views import blueprint as connection
from connector.platforms.deadline import deadline
from connector.platforms.manual_views import blueprint as manual
from connector.platforms.models import Invite, Platform, Status, Tenant
from connector.platforms.origins import clean_origin
from connector.platforms.refusals import refuse, refuse_registration
from connector.platforms.registration import Offer, Trust
from connector.platforms.services import ensure_tenant
from connector.platforms.tool import our_tool
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import database, now, settings, writing_session
from lti import claims
from lti.canvas import canvas_configuration
from lti.dynamic_registration import Registered, register, registration_request
from lti.errors import RegistrationError

log = structlog.get_logger(__name__)

blueprint = Blueprint("platforms", __name__, url_prefix="/lti")
blueprints = (blueprint, manual, admin, connection)

_TURN = "kring_registration_turn"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the LMS gave along."""

    url: str
    token: str | None
    invite: str
    """The token in our own address; empty without an invitation."""
    known_issuer: str | None = None
    """Whose registration this link was used for: it still serves that LMS to come up to date, without any trust."""


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    # Anybody may make us ask a slow server: one thread of a process may wait for it, and the others serve pages.
    state.app.extensions[_TURN] = threading.BoundedSemaphore(1)


@blueprint.get("/config/canvas.json")
def canvas() -> ResponseReturnValue:
    """Give Canvas the settings of an LTI key."""
    response = jsonify(canvas_configuration(our_tool(settings())))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.get("/icon.svg")
def icon() -> ResponseReturnValue:
    """Give LMSs our mark, to be shown in pages of theirs."""
    response = send_from_directory(Path(current_app.static_folder or ""), "mark.svg", max_age=86_400)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/register", defaults={"invite": ""})
@blueprint.get("/register/<invite>")
def offer(invite: str) -> ResponseReturnValue:
    """Show the administrator of an LMS what a registration would be; without an LMS, how to use this address."""
    asked = _asked(request.args.get("openid_configuration"), request.args.get("registration_token"), invite)
    if not asked.url:
        return render(
            "platforms/register_help.html",
            tool=our_tool(settings()),
            address=f"{settings().public_url}{request.path}",
            invite=invite,
        )
    with _calling() as http:
        found = _read(http, asked)
    return _offer_page(asked, found)


@blueprint.post("/register", defaults={"invite": ""})
@blueprint.post("/register/<invite>")
def accept(invite: str) -> ResponseReturnValue:
    """Register with the LMS, and store it."""
    asked = _asked(request.form.get("openid_configuration"), request.form.get("registration_token"), invite)
    with _calling() as http:
        found = _read(http, asked)
        if found.configuration.issuer != request.form.get("issuer"):
            raise refuse("issuer_changed")
        if found.is_elsewhere and request.form.get("confirmed") != "1":
            return _offer_page(asked, found, errors={"confirmed": [_("Please confirm that this is right.")]})
        platform = _register(http, asked, found)
    return render(
        "platforms/registered.html",
        platform=platform,
        family=found.configuration.profile.family,
        is_waiting=platform.status is not Status.ACTIVE,
        close_origin=clean_origin(asked.url),
        platform_url=url_for("admin.show_platform", platform_id=platform.id),
    )


def _asked(url: str | None, token: str | None, invite: str) -> Asked:
    """Return what was asked, and let the LMS's page have ours in a frame, refusals included."""
    origin = clean_origin(url or "")
    if origin:
        g.frame_origins = [origin]
        g.platform_origin = origin
    return Asked(url=url or "", token=token or None, invite=invite, known_issuer=_check_invite(invite, url))


def _check_invite(invite: str, url: str | None) -> str | None:
    """See that an invitation is good, or was used for an LMS that may now want to come up to date; return its issuer."""
    if not invite:
        return None
    with database().session(writes=False) as session:
        try:
            invites.get_invite(session, invite, now=now())
        except invites.InviteError as error:
            known = invites.used_for(session, invite)
            if known is None or not url:
                raise refuse(str(error)) from error
            return known.issuer
    return None


@contextmanager
def _calling() -> Iterator[requests.Session]:
    """Yield a session for the calls of one request, which end in time; one request at a time."""
    turn: threading.BoundedSemaphore = current_app.extensions[_TURN]
    if not turn.acquire(blocking=False):
        raise refuse("registration_busy")
    http = new_session(settings())
    try:
        with deadline(http):
            yield http
    finally:
        http.close()
        turn.release()


def _read(http: requests.Session, asked: Asked) -> Offer:
    try:
        found = registration.read_offer(http, settings(), asked.url, asked.token)
    except RegistrationError as error:
        log.warning("registration_refused", code=error.code, detail=str(error))
        raise refuse_registration(error) from error
    if asked.known_issuer not in {None, found.configuration.issuer}:
        raise refuse("invite_used")
    return found


def _register(http: requests.Session, asked: Asked, found: Offer) -> Platform:
    """Register, with the invitation used up meanwhile; it is given back where nothing comes of it."""
    invite = _take_invite(asked)
    try:
        told = registration_request(our_tool(settings()), found.configuration)
        registered = register(http, found.configuration, told, registration_token=asked.token)
        platform = _store(found, registered, invite)
    except RegistrationError as error:
        log.warning("registration_refused", code=error.code, detail=str(error), issuer=found.configuration.issuer)
        raise refuse_registration(error) from error
    finally:
        if invite is not None:
            with writing_session() as session:
                invites.give_back(session, invite.id)
                session.commit()
    log.info("registered", platform=str(platform.id), issuer=platform.issuer, status=platform.status)
    return platform


def _take_invite(asked: Asked) -> Invite | None:
    if not asked.invite or asked.known_issuer:
        return None
    with writing_session() as session:
        try:
            invite = invites.take_invite(session, asked.invite, now=now())
        except invites.InviteError as error:
            raise refuse(str(error)) from error
        session.commit()
    return invite


def _store(found: Offer, registered: Registered, invite: Invite | None) -> Platform:
    with writing_session() as session:
        tenant = session.get_one(Tenant, invite.tenant_id) if invite else ensure_tenant(session, settings(), now=now())
        platform = registration.store_offer(
            session,
            tenant,
            found,
            registered,
            trust=Trust.INVITED if invite else Trust.NOBODY,
            secret=settings().secret_key,
            now=now(),
        )
        if invite:
            session.flush()
            invites.settle(session, invite.id, platform)
        session.commit()
    return platform


def _offer_page(asked: Asked, found: Offer, errors: dict[str, list[str]] | None = None) -> Response:
    tool, configuration = our_tool(settings()), found.configuration
    told = registration_request(tool, configuration)
    messages = told[claims.TOOL_CONFIGURATION]["messages"]
    return render(
        "platforms/register.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        offer=found,
        hosts=(urlsplit(asked.url).netloc, urlsplit(configuration.issuer).netloc),
        configuration=configuration,
        family=configuration.profile.family,
        tool=tool,
        asked=asked,
        errors=errors or {},
        scopes=set(told["scope"].split()),
        claims=claims,
        placements=sorted({place for message in messages for place in message.get("placements", ())}),
    )
