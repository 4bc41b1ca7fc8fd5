"""Dynamic registration: the administrator gives a tool's address, and the tool registers itself.

Source: https://www.imsglobal.org/spec/lti-dr/v1p0.
"""

import json
import secrets
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.openid import RequestRefusedError, answer, configuration, read_request
from lti.sandbox.platform import Platform, current_platform
from lti.sandbox.signin import require_administrator
from lti.sandbox.tools import PRECONFIGURED, Tool, origin

blueprint = Blueprint("registration", __name__)

_TOKEN_SECONDS = 3600
_NEW, _UPDATE = "reg", "reg-update"
_EXPECTED = "expected tool"


@blueprint.post("/admin/tools/registration")
def register() -> ResponseReturnValue:
    """Open the tool's registration page, with a token that registers one tool."""
    require_administrator()
    platform = current_platform()
    url = request.form.get("url", "").strip()
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        flash("That is no address of a tool: it starts with https://")
        return redirect(url_for("admin.tools"))
    known = [tool for tool in platform.tools.all() if tool.registration_url == url]
    if known and request.form.get("as") != "new":
        return render_template("register_again.html", url=url, tool=known[-1])
    client_id = _new_client_id(platform)
    platform.store.keep(_EXPECTED, client_id, url)
    return _open(platform, url, _NEW, client_id)


@blueprint.post("/admin/tools/<int:tool_id>/registration")
def update(tool_id: int) -> ResponseReturnValue:
    """Open the registration page of a known tool, with a token that changes it."""
    require_administrator()
    platform = current_platform()
    tool = platform.tools.find(tool_id)
    if tool is None or not tool.registration_url:
        abort(404)
    return _open(platform, tool.registration_url, _UPDATE, str(tool.id))


def _open(platform: Platform, url: str, scope: str, subject: str) -> ResponseReturnValue:
    token = platform.conf().sign({"sub": subject, "scope": scope}, _TOKEN_SECONDS)
    query = {
        "openid_configuration": f"{platform.config.url}/.well-known/openid-configuration",
        "registration_token": token,
    }
    g.framed = [origin(url)]
    source = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
    return render_template("register.html", source=source, host=urlsplit(url).netloc)


def _new_client_id(platform: Platform) -> str:
    is_canvas = platform.mode.name == "canvas"
    return str(10_000_000_000_000 + secrets.randbelow(10**12)) if is_canvas else secrets.token_urlsafe(11)


@blueprint.get("/.well-known/openid-configuration")
def openid_configuration() -> ResponseReturnValue:
    """Tell tools of this platform; Canvas tells those only that bring their token."""
    platform = current_platform()
    if platform.mode.name == "canvas":
        try:
            _read_token(platform)
        except RequestRefusedError as error:
            return _refuse(platform, error)
    return _json(configuration(platform))


@blueprint.route("/registration", methods=["GET", "POST"])
def endpoint() -> ResponseReturnValue:
    """Register a tool, change it, or show to a token of a known tool what is registered."""
    platform = current_platform()
    try:
        tool = _read_token(platform)
        if request.method == "GET":
            return _show(platform, tool)
        return _register(platform, tool)
    except RequestRefusedError as error:
        return _refuse(platform, error)


def _show(platform: Platform, tool: Tool) -> Response:
    if tool.id == 0:
        raise _used_up(platform)
    return _json(answer(platform, tool))


def _register(platform: Platform, expected: Tool) -> Response:
    described = read_request(platform, request.get_json(force=True, silent=True), expected)
    if expected.id:
        platform.tools.save(described)
        return _json(answer(platform, described))
    if platform.store.take(_EXPECTED, expected.client_id) is None:
        raise _used_up(platform)
    number = platform.tools.next_id()
    tool = replace(
        described,
        id=number,
        deployment_id=str(number) if platform.mode.name == "moodle" else f"{number}:{secrets.token_hex(8)}",
        # In Moodle, a tool that came by itself waits until the administrator presses Activate.
        is_active=platform.mode.name != "moodle",
    )
    platform.tools.save(tool)
    status = HTTPStatus.CREATED if platform.mode.name == "plain" else HTTPStatus.OK
    return _json(answer(platform, tool), status)


def _read_token(platform: Platform) -> Tool:
    """Return the tool that the request's token is about; one that is still to be registered has the id 0.

    Raises:
        RequestRefusedError: There is no token, or not one of ours, or it was used.
    """
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise RequestRefusedError("missing_registration_token", status=401)
    key = platform.registration(platform.tools.main).get_platform_public_key()
    try:
        body: dict[str, Any] = jwt.decode(token, str(key), algorithms=["RS256"])
    except jwt.PyJWTError as error:
        # Moodle does not catch this one: the tool gets the page that a person would.
        raise RequestRefusedError("invalid_token", status=404 if platform.mode.name == "moodle" else 401) from error
    subject, scope = str(body.get("sub")), body.get("scope")
    if scope == _UPDATE and subject.isdigit():
        found = platform.tools.find(int(subject))
        if found is not None and found.id != PRECONFIGURED:
            return found
    if scope != _NEW:
        raise RequestRefusedError("invalid_token", status=401)
    url = platform.store.find(_EXPECTED, subject)
    if url is None:
        raise _used_up(platform)
    return Tool(
        id=0,
        name="",
        client_id=subject,
        deployment_id="",
        login_url="",
        redirect_uris=(),
        jwks_url="",
        target_link_uri="",
        registration_url=url,
    )


def _used_up(platform: Platform) -> RequestRefusedError:
    return RequestRefusedError("token_already_used" if platform.mode.name == "moodle" else "invalid_token", status=401)


def _refuse(platform: Platform, error: RequestRefusedError) -> ResponseReturnValue:
    if platform.mode.name == "moodle":
        if error.status == HTTPStatus.NOT_FOUND:
            return render_template(
                "error.html", title="Error", reason="More information about this error"
            ), error.status
        return Response(error.words, status=error.status, content_type="text/html; charset=utf-8")
    if platform.mode.name == "canvas":
        return _json({"errors": error.words.split("; ")}, error.status)
    code = "invalid_token" if error.status == HTTPStatus.UNAUTHORIZED else "invalid_client_metadata"
    return _json({"error": code, "error_description": error.words}, error.status)


def _json(body: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json; charset=utf-8")
