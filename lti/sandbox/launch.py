"""Launches: the platform starts a login at the tool, checks its authentication request, and posts the id_token."""

from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from lti1p3platform.oidc_login import OIDCLoginAbstract
from werkzeug.datastructures import MultiDict

from lti.sandbox.forms import form_post
from lti.sandbox.id_tokens import Launch
from lti.sandbox.messages import Message, find_message, tool_of
from lti.sandbox.people import Person, find_person
from lti.sandbox.platform import FlaskRequest, current_platform
from lti.sandbox.signin import current_person, open_activity, open_course, require_administrator, require_person
from lti.sandbox.tools import Tool

blueprint = Blueprint("launch", __name__)

_HINT = "lti_message_hint"


class AuthenticationError(Exception):
    """An authentication request that the tool may be told about.

    Args:
        code: An error of OpenID Connect, 3.1.2.6, or of RFC 6749, 4.2.2.1.
        description: What is wrong, for the tool's developer.
    """

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class UnansweredError(Exception):
    """An authentication request that only a page of the LMS's own answers; the message is for the person."""


class Login(OIDCLoginAbstract):
    """The first step of a launch: sends the browser to the tool's login."""

    def set_lti_message_hint(self, *, hint: str) -> None:
        """Say what the tool has to hand back."""
        self._lti_message_hint = hint

    def get_redirect(self, url: str) -> ResponseReturnValue:
        """Go there, by the way that this LMS takes."""
        platform = current_platform()
        if platform.storage_target:
            url += f"&lti_storage_target={platform.storage_target}"
        if not platform.mode.launch.is_login_posted:
            return redirect(url)
        return form_post(url.partition("?")[0], dict(parse_qsl(urlsplit(url).query)))


def _begin(message: Message, person: Person) -> ResponseReturnValue:
    platform = current_platform()
    login = Login(FlaskRequest(request), platform.conf(message.tool))
    login.set_launch_url(message.target_link_uri)
    login.set_lti_message_hint(hint=platform.ticket(_HINT, {"person": person.id, **message.ids()}))
    response: ResponseReturnValue = login.initiate_login(person.id)
    return response


@blueprint.get("/start/<activity_id>")
def start(activity_id: str) -> ResponseReturnValue:
    """Begin a launch for the person who is signed in."""
    person = require_person()
    course, activity = open_activity(person, activity_id)
    tool = tool_of(current_platform(), activity) or abort(404)
    return _begin(Message(kind="link", tool=tool, course=course, activity=activity), person)


@blueprint.get("/courses/<course_id>/tools/<int:tool_id>/start")
def start_navigation(course_id: str, tool_id: int) -> ResponseReturnValue:
    """Begin a launch from the course's menu, where this LMS has such a place."""
    person = require_person()
    if not current_platform().mode.launch.has_navigation:
        abort(404)
    course = open_course(person, course_id)
    return _begin(Message(kind="navigation", tool=active_tool(tool_id), course=course), person)


@blueprint.get("/courses/<course_id>/tools/<int:tool_id>/choose/start")
def start_deep_linking(course_id: str, tool_id: int) -> ResponseReturnValue:
    """Begin the choice of content."""
    person = require_person()
    course = open_course(person, course_id)
    tool = active_tool(tool_id)
    if not course.is_taught_by(person) or not tool.deep_linking_url:
        abort(404)
    return _begin(Message(kind="deep linking", tool=tool, course=course), person)


@blueprint.get("/courses/<course_id>/gradebook/<int:item_id>/<person_id>/<any(review, speedgrader):kind>/start")
def start_review(course_id: str, item_id: int, person_id: str, kind: str) -> ResponseReturnValue:
    """Begin a look at somebody's work."""
    person = require_person()
    course = open_course(person, course_id)
    item = current_platform().store.line_item(course.id, item_id) or abort(404)
    ids = {"kind": kind, "tool": item.tool_id, "course": course.id, "activity": None}
    found = find_message(current_platform(), person, ids | {"item": item.id, "for_user": person_id}) or abort(404)
    return _begin(found, person)


@blueprint.get("/admin/tools/<int:tool_id>/privacy/<person_id>/start")
def start_privacy(tool_id: int, person_id: str) -> ResponseReturnValue:
    """Begin a look at what the tool keeps about somebody."""
    person = require_administrator()
    subject = find_person(person_id) or abort(404)
    return _begin(Message(kind="privacy", tool=active_tool(tool_id), for_user=subject), person)


def active_tool(tool_id: int) -> Tool:
    """Return a tool that an administrator has let in; there are no others."""
    tool = current_platform().tools.find(tool_id)
    if tool is None or not tool.is_active:
        abort(404)
    return tool


@blueprint.route("/auth", methods=["GET", "POST"])
def authenticate() -> ResponseReturnValue:
    """Check the tool's authentication request; answer with an id_token, or with the error it asked for.

    Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.1.2 and 5.1.1.5.
    """
    values = request.form if request.method == "POST" else request.args
    platform = current_platform()
    # Only a registered client at its own address is told anything; others see a page of ours.
    clients = values.getlist("client_id")
    tool = platform.tools.of_client(clients[0]) if len(clients) == 1 else None
    if tool is None:
        return _refuse_client(values)
    if len(values.getlist("redirect_uri")) != 1 or values["redirect_uri"] not in tool.redirect_uris:
        return _refuse("The redirect URI is not the one that is registered.")
    begun_elsewhere = request.method == "POST" or request.headers.get("Sec-Fetch-Site") == "cross-site"
    if current_person() is None and begun_elsewhere:
        # In a frame, the cookie stays away from what the tool's page begins; it comes with what a page of ours begins.
        return form_post(platform.config.auth_url, values.to_dict(), method="get")
    try:
        person, message = _checked(values, tool)
    except UnansweredError as error:
        return _refuse(str(error))
    except AuthenticationError as error:
        told = {"error": error.code, "error_description": error.description, "state": values.get("state", "")}
        return form_post(values["redirect_uri"], {name: text for name, text in told.items() if text or name == "state"})
    fields = {"state": "", **values.to_dict()}
    response: ResponseReturnValue = Launch(message, person, fields).lti_launch()
    return response


def _checked(values: MultiDict[str, str], tool: Tool) -> tuple[Person, Message]:
    """Return whom the request is about, and which message it asks for.

    Raises:
        AuthenticationError: A parameter is missing, repeated or wrong, or somebody else is signed in.
        UnansweredError: The same, where this LMS tells the person only.
    """
    platform = current_platform()
    habits = platform.mode.launch
    _check_parameters(values)
    person = current_person()
    if person is None:
        raise AuthenticationError("login_required", "nobody is signed in")
    if values["login_hint"] != person.id:
        raise AuthenticationError("access_denied", "" if habits.has_own_error_page else "login_hint is somebody else's")
    ids = platform.read_ticket(_HINT, values[_HINT])
    message = find_message(platform, person, ids) if ids is not None and ids["person"] == person.id else None
    if message is None or message.tool != tool:
        raise _wrong("invalid_request", "lti_message_hint is not one of ours, or too old")
    if habits.is_hint_used_up and not platform.store.note("used hint", values[_HINT]):
        raise UnansweredError("Invalid request")
    return person, message


def _wrong(code: str, description: str) -> Exception:
    """Return the error that tells the tool, or the person where this LMS keeps such things to itself."""
    if current_platform().mode.launch.has_own_error_page:
        return UnansweredError("Invalid request")
    return AuthenticationError(code, description)


def _check_parameters(values: MultiDict[str, str]) -> None:
    is_lenient = current_platform().mode.launch.is_lenient
    for name, given in values.lists():
        if len(given) > 1:
            raise _wrong("invalid_request", f"{name} is given more than once")
    if values.get("response_type") != "id_token":
        raise _wrong("unsupported_response_type", "response_type must be id_token")
    if values.get("scope") != "openid":
        raise _wrong("invalid_scope", "scope must be openid")
    for name in ("nonce", "login_hint", _HINT, "state"):
        if not values.get(name) and not (is_lenient and name == "state"):
            raise _wrong("invalid_request", f"{name} is missing")
    for name, expected in (("response_mode", "form_post"), ("prompt", "none")):
        given_mode = values.get(name, expected if is_lenient and name == "prompt" else None)
        if given_mode != expected:
            raise AuthenticationError(
                "invalid_request", f"Invalid {name}" if is_lenient else f"{name} must be {expected}"
            )


def _refuse_client(values: MultiDict[str, str]) -> ResponseReturnValue:
    """Tell that there is no such client; Moodle posts that, here only to tools that are known."""
    platform = current_platform()
    known = {url for tool in platform.tools.all() for url in tool.redirect_uris}
    if platform.mode.launch.has_own_error_page and values.get("redirect_uri") in known:
        told = {"error": "unauthorized_client", "state": values.get("state", "")}
        return form_post(values["redirect_uri"], told)
    return _refuse("There is no tool with that client id.")


def _refuse(reason: str) -> ResponseReturnValue:
    if current_platform().mode.launch.has_own_error_page:
        page = render_template("error.html", title="Invalid request", reason="More information about this error")
        return page, HTTPStatus.NOT_FOUND
    return render_template("error.html", title="This launch cannot go on", reason=reason), HTTPStatus.BAD_REQUEST
