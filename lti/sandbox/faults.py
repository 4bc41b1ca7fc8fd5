"""The fault switches: a page for people, JSON for tests, and what they do to requests."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox import service
from lti.sandbox.platform import current_platform
from lti.sandbox.signin import require_administrator
from lti.sandbox.switches import Faults, SwitchError

blueprint = Blueprint("faults", __name__)

_SERVICES = {"roster", "grades", "groups", "notices"}
_MACHINES = {*_SERVICES, "tokens"}
"""The blueprints that tools talk to, without a person."""


@blueprint.get("/faults")
def show() -> ResponseReturnValue:
    """Return the switches."""
    return jsonify(asdict(current_platform().faults))


@blueprint.post("/faults")
def change() -> ResponseReturnValue:
    """Set the switches that the JSON object names; `reset` sets all back before, `rotate_key` makes a new platform key.

    Open to everybody who reaches the sandbox, as its sign-in is.
    """
    wanted: dict[str, Any] = request.get_json(force=True, silent=True) or request.form.to_dict()
    try:
        _apply(dict(wanted))
    except SwitchError as error:
        return jsonify(error=str(error)), 400
    return show()


def _apply(wanted: dict[str, Any]) -> None:
    platform = current_platform()
    is_reset, is_rotated = wanted.pop("reset", False), wanted.pop("rotate_key", False)
    fresh = Faults() if is_reset else None
    (fresh or Faults()).change(wanted)  # finds what is wrong before anything is changed
    platform.faults.change((asdict(fresh) if fresh else {}) | wanted)
    if is_rotated:
        platform.rotate_key()


@blueprint.get("/admin/faults")
def page() -> ResponseReturnValue:
    """Show the switches to the administrator."""
    require_administrator()
    return render_template("faults.html", faults=asdict(current_platform().faults))


@blueprint.post("/admin/faults")
def set_by_form() -> ResponseReturnValue:
    """Set the switches from the page's form."""
    require_administrator()
    if "rotate_key" in request.form:
        _apply({"rotate_key": True})
        flash("The platform signs with a new key now.")
        return redirect(url_for("faults.page"))
    given = request.form
    try:
        _apply(
            {"reset": True}
            if "reset" in given
            else {name: _read(given.get(name, ""), default) for name, default in asdict(Faults()).items()}
        )
    except (SwitchError, ValueError) as error:
        flash(f"Nothing was changed: {error}")
    else:
        flash("The switches are set.")
    return redirect(url_for("faults.page"))


def _read(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text == "on"
    if isinstance(default, int | float):
        return (float if "." in text else int)(text or 0)
    return text


def spoil_requests(app: Flask) -> None:
    """Let the switches act on what tools ask for."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    faults = current_platform().faults
    if request.blueprint in _MACHINES and faults.delay:
        time.sleep(faults.delay)
    if request.blueprint not in _SERVICES:
        return None
    if faults.strikes("unauthorized"):
        return service.problem("The access token has expired", 401)
    for name, status in (("too_many_requests", 429), ("server_errors", 503)):
        if faults.strikes(name):
            response = service.problem("Come back later", status)
            response.headers["Retry-After"] = str(faults.retry_after)
            return response
    return None


def _after(response: Response) -> Response:
    is_score = request.endpoint == "grades.scores" and response.status_code < 300  # noqa: PLR2004 -- a success
    if not is_score or not current_platform().faults.strikes("lost_answers"):
        return response
    shut: Callable[[int], None] | None = getattr(request.environ.get("werkzeug.socket"), "shutdown", None)
    if shut is None:  # there is no connection to end, as in a test without a server
        return Response("", status=502)
    shut(2)
    return response
