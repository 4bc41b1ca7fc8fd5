"""Registering by hand: the values to copy in both directions, LMS by LMS."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.outbound import new_session
from connector.platforms import checks, invites, manual, registration
from connector.platforms.deadline import deadline
from connector.platforms.keys import fetch_key_set
from connector.platforms.models import Check, Invite, Platform
from connector.platforms.operators import find_operator
from connector.platforms.refusals import refuse, sentence
from connector.platforms.registration import Trust
from connector.platforms.services import ensure_tenant
from connector.platforms.tool import our_tool
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, database, load, now, settings, writing_session
from lti.errors import KeySetError, RegistrationError
from lti.profiles import GENERIC, PROFILES
from lti.values import json_object

log = structlog.get_logger(__name__)

blueprint = Blueprint("manual", __name__, url_prefix="/lti/manual")

_CALL_SECONDS = 10.0


@blueprint.get("", defaults={"invite": ""})
@blueprint.get("/<invite>")
def show(invite: str) -> ResponseReturnValue:
    """Show what to copy into the LMS; and, to who may register one, the form for what it answers."""
    family = request.args.get("lms", "moodle")
    if family not in manual.FAMILIES:
        raise NotFoundError
    is_invited = _check_invite(invite)
    may_register = is_invited or find_operator() is not None
    return _page(invite, family, may_register=may_register, values=manual.prefilled(family))


@blueprint.post("", defaults={"invite": ""})
@blueprint.post("/<invite>")
def save(invite: str) -> ResponseReturnValue:
    """Store what the LMS showed after a registration by hand."""
    is_operator = not _check_invite(invite)
    if is_operator:
        if find_operator() is None:
            raise NotFoundError
        current_session().close()  # the operator is known; the store needs a session of its own
    typed = request.form.to_dict()
    family = next((name for name in manual.FAMILIES if name == typed.get("product")), GENERIC.family)
    try:
        values = _load()
        platform = _store(invite, values)
    except InvalidInputError as error:
        return _page(invite, family, may_register=True, values=typed, errors=error.errors)
    except RegistrationError as error:
        errors = {"_schema": [sentence(error.code)]}
        return _page(invite, family, may_register=True, values=typed, errors=errors)
    _try_keys(platform)
    return render(
        "platforms/registered.html",
        platform=platform,
        family=family,
        is_waiting=False,
        close_origin=None,
        platform_url=url_for("admin.show_platform", platform_id=platform.id),
    )


def _check_invite(invite: str) -> bool:
    """Whether the address holds an invitation, which must be good then."""
    if not invite:
        return False
    with database().session(writes=False) as session:
        try:
            invites.get_invite(session, invite, now=now())
        except invites.InviteError as error:
            raise refuse(str(error)) from error
    return True


def _load() -> dict[str, str]:
    values = load(manual.ManualForm())
    if errors := manual.faults(values, allow_http=settings().allow_private_addresses):
        raise InvalidInputError(errors)
    return values


def _store(invite: str, values: dict[str, str]) -> Platform:
    with writing_session() as session:
        taken = _take_invite(session, invite) if invite else None
        tenant = taken.tenant if taken else ensure_tenant(session, settings(), now=now())
        platform = registration.store_platform(
            session,
            tenant,
            manual.as_registration(values),
            name=manual.name_of(values),
            product=values["product"],
            trust=Trust.INVITED if invite else Trust.OPERATOR,
            now=now(),
        )
        if values["deployment_id"]:
            registration.add_deployment(session, platform, values["deployment_id"], now=now())
        if taken is not None:
            session.flush()
            invites.settle(session, taken.id, platform)
        session.commit()
    log.info("registered_by_hand", platform=str(platform.id), issuer=platform.issuer)
    return platform


def _take_invite(session: Session, invite: str) -> Invite:
    try:
        return invites.take_invite(session, invite, now=now())
    except invites.InviteError as error:
        raise refuse(str(error)) from error


def _try_keys(platform: Platform) -> None:
    """Fetch the LMS's keys once: a mistyped address shows on the self-check at once, not at the first lesson."""
    http = new_session(settings())
    try:
        with deadline(http, _CALL_SECONDS):
            json_object(fetch_key_set(http, platform.jwks_url))
    except (KeySetError, OSError, ValueError):
        checks.note(database(), platform.id, Check.KEYS, ok=False, detail="key_set_unavailable", now=now())
    else:
        checks.note(database(), platform.id, Check.KEYS, ok=True, now=now())
    finally:
        http.close()


def _page(
    invite: str,
    family: str,
    *,
    may_register: bool,
    values: dict[str, str],
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return render(
        "platforms/manual.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        tool=our_tool(settings()),
        canvas_url=f"{settings().public_url}/lti/config/canvas.json",
        register_url=f"{settings().public_url}{url_for('platforms.offer', invite=invite)}",
        family=family,
        lms_name=_name(family),
        tabs=[
            {
                "url": url_for("manual.show", invite=invite, lms=profile.family),
                "label": _name(profile.family),
                "current": profile.family == family,
            }
            for profile in PROFILES
        ],
        may_register=may_register,
        action=url_for("manual.save", invite=invite),
        values=values,
        errors=errors or {},
    )


def _name(family: str) -> str:
    names = {profile.family: profile.name for profile in PROFILES if profile is not GENERIC}
    return names.get(family, _("Another LMS"))
