"""The administrators' pages: which LMSs are connected, who may add one, and the keys that we sign with."""

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.platforms import admins, directory, invites, keys
from connector.platforms.admin_frame import admin_page, let_in
from connector.platforms.checks import last_launches
from connector.platforms.models import AdminSession, Status
from connector.platforms.operators import forget, remember
from connector.platforms.schemas import InviteForm, NameForm, StatusForm
from connector.platforms.selfcheck import self_check
from connector.platforms.services import ensure_tenant
from connector.web.errors import InvalidInputError
from connector.web.pages import render
from connector.web.requests import current_session, load, now, settings
from lti.profiles import profile_for

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_OPEN = frozenset({"admin.enter", "admin.sign_in"})
"""What somebody who is not signed in may call."""


@blueprint.before_request
def _enter() -> ResponseReturnValue | None:
    return None if request.endpoint in _OPEN else let_in()


# --- signing in and out -------------------------------------------------------------------------------------------------
@blueprint.get("/enter/<token>")
def enter(token: str) -> ResponseReturnValue:
    """Ask for one click: programs that look at links before people do must not use them up."""
    if not admins.is_link_open(current_session(), token, now=now()):
        return render("platforms/admin/signed_out.html", status=HTTPStatus.GONE, is_used=True)
    return render("platforms/admin/enter.html", token=token)


@blueprint.post("/enter/<token>")
def sign_in(token: str) -> ResponseReturnValue:
    """Use the link up, and let this browser be the operator's."""
    session = current_session()
    id_ = admins.sign_in(session, token, now=now())
    session.commit()
    if id_ is None:
        return render("platforms/admin/signed_out.html", status=HTTPStatus.GONE, is_used=True)
    response = _back("admin.index")
    remember(response, id_)
    return response


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the operator's session."""
    session = current_session()
    operator: AdminSession = g.operator
    admins.sign_out(session, operator)
    session.commit()
    response = _back("admin.index")
    forget(response)
    return response


# --- LMSs ---------------------------------------------------------------------------------------------------------------
@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the LMSs, those that wait for approval first."""
    session = current_session()
    return _page(
        "index",
        platforms=directory.list_platforms(session),
        last_launches=last_launches(session),
        waiting_deployments=directory.count_waiting_deployments(session),
    )


@blueprint.get("/platforms/<uuid:platform_id>")
def show_platform(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Show one LMS: its self-check, its deployments, and what can be changed."""
    return _platform_page(platform_id)


@blueprint.post("/platforms/<uuid:platform_id>/status")
def change_status(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Approve an LMS, switch it off or on again."""
    session = current_session()
    platform = directory.get_platform(session, platform_id)
    platform.status = Status(load(StatusForm())["status"])
    session.commit()
    return _back("admin.show_platform", platform_id=platform_id)


@blueprint.post("/platforms/<uuid:platform_id>/name")
def rename(platform_id: uuid.UUID) -> ResponseReturnValue:
    """Call an LMS something else."""
    session = current_session()
    platform = directory.get_platform(session, platform_id)
    try:
        platform.name = load(NameForm())["name"]
    except InvalidInputError as error:
        return _platform_page(platform_id, typed=request.form.get("name", ""), errors=error.errors)
    session.commit()
    return _back("admin.show_platform", platform_id=platform_id)


@blueprint.post("/platforms/<uuid:platform_id>/deployments/<uuid:deployment_id>")
def change_deployment(platform_id: uuid.UUID, deployment_id: uuid.UUID) -> ResponseReturnValue:
    """Let a deployment in, or keep it out."""
    session = current_session()
    deployment = directory.get_deployment(session, platform_id, deployment_id)
    deployment.status = Status(load(StatusForm())["status"])
    session.commit()
    return _back("admin.show_platform", platform_id=platform_id)


# --- invitations --------------------------------------------------------------------------------------------------------
@blueprint.get("/invites")
def list_invites() -> ResponseReturnValue:
    """List the invitations."""
    return _invites_page()


@blueprint.post("/invites")
def create_invite() -> ResponseReturnValue:
    """Make an invitation; its link is on this one page only, since nothing but its hash is kept."""
    session = current_session()
    try:
        form = load(InviteForm())
    except InvalidInputError as error:
        return _invites_page(typed=request.form.to_dict(), errors=error.errors)
    tenant = ensure_tenant(session, settings(), now=now())
    token = invites.create_invite(session, tenant, note=form["note"], life=timedelta(days=form["days"]), now=now())
    session.commit()
    return _invites_page(new=f"{settings().public_url}{url_for('platforms.offer', invite=token)}", token=token)


@blueprint.post("/invites/<uuid:invite_id>/revoke")
def revoke_invite(invite_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw an invitation."""
    session = current_session()
    invites.revoke(session, invite_id, now=now())
    session.commit()
    return _back("admin.list_invites")


# --- keys ---------------------------------------------------------------------------------------------------------------
@blueprint.get("/keys")
def list_keys() -> ResponseReturnValue:
    """List the keys that we sign with."""
    return _page("keys", keys=keys.list_keys(current_session(), now=now()))


@blueprint.post("/keys/rotate")
def rotate_keys() -> ResponseReturnValue:
    """Add a key."""
    session = current_session()
    keys.rotate(session, settings().secret_key, now=now())
    session.commit()
    return _back("admin.list_keys")


# --- pages --------------------------------------------------------------------------------------------------------------
def _platform_page(
    platform_id: uuid.UUID, *, typed: str | None = None, errors: dict[str, list[str]] | None = None
) -> Response:
    session = current_session()
    platform = directory.get_platform(session, platform_id)
    return _page(
        "platform",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        platform=platform,
        family=profile_for(platform.product, platform.issuer).family,
        rows=self_check(session, platform, now=now()),
        deployments=directory.list_deployments(session, platform),
        typed=platform.name if typed is None else typed,
        errors=errors or {},
    )


def _invites_page(
    *,
    new: str | None = None,
    token: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    at = now()
    return _page(
        "invites",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        invites=[(invite, invites.state_of(invite, at)) for invite in invites.list_invites(current_session())],
        new=new,
        manual_url=f"{settings().public_url}{url_for('manual.show', invite=token)}" if token else None,
        typed=typed or {},
        errors=errors or {},
    )


def _page(name: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:
    current = {"invites": "admin.list_invites", "keys": "admin.list_keys"}.get(name, "admin.index")
    return admin_page(f"platforms/admin/{name}.html", current=current, status=status, **context)


def _back(endpoint: str, **values: Any) -> Response:
    response = redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)
    return Response(response.get_data(), response.status_code, response.headers)
