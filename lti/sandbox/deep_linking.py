"""Deep linking: a trainer chooses content in the tool, and the LMS makes activities of it."""

import secrets
import time
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import jwt
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti import claims
from lti.sandbox import content
from lti.sandbox.content import ContentError
from lti.sandbox.courses import Activity, Course
from lti.sandbox.launch import active_tool
from lti.sandbox.platform import Platform, SignatureError, current_platform
from lti.sandbox.signin import require_person, teach_course
from lti.sandbox.tools import Tool

blueprint = Blueprint("deep_linking", __name__)

_TICKET_SECONDS = 12 * 3600
_CHOSEN = "chosen content"


class ResponseRefusedError(Exception):
    """What the tool sent is no proper deep linking response; the message says why."""


@blueprint.get("/courses/<course_id>/tools/<int:tool_id>/choose")
def choose(course_id: str, tool_id: int) -> ResponseReturnValue:
    """Show the tool's dialog."""
    course = teach_course(require_person(), course_id)
    tool = active_tool(tool_id)
    if not tool.deep_linking_url:
        abort(404)
    source = url_for("launch.start_deep_linking", course_id=course.id, tool_id=tool.id)
    return render_template(
        "tool.html", course=course, tool=tool, title=f"Add an activity from {tool.name}", source=source
    )


@blueprint.post("/deep-linking/return")
def take() -> ResponseReturnValue:
    """Take the tool's answer: make the activities, or ask whether to.

    The browser keeps our cookie back from what the tool's page posts; the ticket in the address says who chose.

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 4.5 and 5.1.6.5.
    """
    platform = current_platform()
    given = request.args.get("ticket", "")
    ticket = platform.read_ticket(content.PURPOSE, given, seconds=_TICKET_SECONDS)
    course = platform.catalogue.course(ticket["course"]) if ticket is not None else None
    tool = platform.tools.find(ticket["tool"]) if ticket is not None else None
    if course is None or tool is None:
        return _problem("Nobody has asked for content here, or it was too long ago.")
    try:
        body = _read_response(platform, tool, request.form.get("JWT", ""), given)
        chosen = content.read_items(platform, tool, body.get(claims.DEEP_LINKING_CONTENT_ITEMS) or [])
    except (ResponseRefusedError, ContentError) as error:
        return _problem(str(error))
    told = {
        "message": body.get(claims.DEEP_LINKING_MESSAGE, ""),
        "error": body.get(claims.DEEP_LINKING_ERROR_MESSAGE, ""),
        "log": body.get(claims.DEEP_LINKING_LOG, ""),
        "error_log": body.get(claims.DEEP_LINKING_ERROR_LOG, ""),
    }
    name = ""
    if chosen and platform.mode.deep_linking.is_confirmed:
        name = secrets.token_urlsafe(12)
        items = [[asdict(activity), line_item] for activity, line_item in chosen]
        platform.store.keep(_CHOSEN, name, {"course": course.id, "items": items})
    else:
        _create(platform, course, chosen)
    return render_template("chosen.html", course=course, tool=tool, chosen=chosen, confirm=name, is_framed=True, **told)


@blueprint.post("/courses/<course_id>/chosen/<name>")
def confirm(course_id: str, name: str) -> ResponseReturnValue:
    """Make the activities that somebody chose before."""
    course = teach_course(require_person(), course_id)
    platform = current_platform()
    kept = platform.store.take(_CHOSEN, name)
    if kept is None or kept["course"] != course.id:
        abort(404)
    chosen = [(Activity(**activity | {"history": ()}), line_item) for activity, line_item in kept["items"]]
    _create(platform, course, chosen)
    return redirect(url_for("pages.course", course_id=course.id))


def _create(platform: Platform, course: Course, chosen: list[tuple[Activity, dict[str, Any] | None]]) -> None:
    for activity, line_item in chosen:
        content.create(platform, course, activity, line_item)


def _read_response(platform: Platform, tool: Tool, token: str, ticket: str) -> dict[str, Any]:
    """Return the claims of the response.

    Raises:
        ResponseRefusedError: It is not signed by the tool, or says something that this LMS looks at wrongly.
    """
    is_checked = platform.mode.deep_linking.is_response_checked
    try:
        unsigned = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        if not is_checked:
            return {}  # Moodle closes its dialog as if nothing had been chosen
        raise ResponseRefusedError(f"JWT is none: {error}") from error
    if unsigned.get("iss") != tool.client_id:
        words = f"iss is {unsigned.get('iss')!r}, not the client id" if is_checked else "Consumer key is incorrect."
        raise ResponseRefusedError(words)
    try:
        body = platform.conf(tool).read_signed(token)
    except SignatureError as error:
        raise ResponseRefusedError(f"Exception - {_reason(error)}") from error
    if is_checked:
        _check(platform, tool, body, ticket)
    return body


def _reason(error: SignatureError) -> str:
    return "Expired token" if "expired" in str(error) else f"Signature verification failed: {error}"


def _check(platform: Platform, tool: Tool, body: dict[str, Any], ticket: str) -> None:
    """Check a response by the letter.

    Source: https://www.imsglobal.org/spec/security/v1p0, 5.2.2; deep linking 2.0, 4.5.
    """
    audience = body.get("aud")
    expected = {
        claims.MESSAGE_TYPE: claims.DEEP_LINKING_RESPONSE,
        claims.VERSION: claims.LTI_VERSION,
        claims.DEPLOYMENT_ID: tool.deployment_id,
    }
    if platform.mode.deep_linking.has_data:
        expected[claims.DEEP_LINKING_DATA] = content.data_of(ticket)
    if platform.config.iss not in (audience if isinstance(audience, list) else [audience]):
        raise ResponseRefusedError(f"aud is {audience!r}, not the issuer")
    # The security framework has it equal to aud; OpenID Connect, and many tools, name the client.
    if body.get("azp", tool.client_id) not in (tool.client_id, platform.config.iss):
        raise ResponseRefusedError(f"azp is {body['azp']!r}, neither the issuer nor the client id")
    for name, value in expected.items():
        if body.get(name) != value:
            raise ResponseRefusedError(f"{name.rpartition('/')[2]} is {body.get(name)!r}, not {value!r}")
    _check_times(platform, tool, body, now=time.time())


def _check_times(platform: Platform, tool: Tool, body: dict[str, Any], *, now: float) -> None:
    for name in ("exp", "iat"):
        if not isinstance(body.get(name), int | float):
            raise ResponseRefusedError(f"{name} is missing")
    if body["exp"] <= now or body["iat"] > now + 60:
        raise ResponseRefusedError("exp is past, or iat to come")
    nonce = body.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise ResponseRefusedError("nonce is missing")
    if not platform.store.use_assertion(f"{tool.client_id} {nonce}", expires=body["exp"], now=now):
        raise ResponseRefusedError("nonce was used before")


def _problem(reason: str) -> ResponseReturnValue:
    is_moodle = current_platform().mode.launch.has_own_error_page
    status = HTTPStatus.NOT_FOUND if is_moodle else HTTPStatus.BAD_REQUEST
    return render_template("error.html", title="Nothing was added", reason=reason, is_framed=True), status
