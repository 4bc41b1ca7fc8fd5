"""Launches: the platform starts a login at the tool, checks its authentication request, and posts the id_token."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from werkzeug.datastructures import MultiDict

from lti import claims
from lti.sandbox.config import SITE_NAME
from lti.sandbox.courses import COURSE_SECTION, Activity, Course, find_activity
from lti.sandbox.grades import line_item_url, line_items_url
from lti.sandbox.people import Person
from lti.sandbox.platform import FlaskRequest, current_platform
from lti.sandbox.roster import memberships_url
from lti.sandbox.signin import current_person, open_activity, require_person

blueprint = Blueprint("launch", __name__)


class AuthenticationError(Exception):
    """An authentication request that the tool may be told about.

    Args:
        code: An error of OpenID Connect, 3.1.2.6, or of RFC 6749, 4.2.2.1.
        description: What is wrong, for the tool's developer.
    """

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Login(OIDCLoginAbstract):
    """The first step of a launch: sends the browser to the tool's login."""

    def set_lti_message_hint(self, *, hint: str) -> None:
        """Say what the tool has to hand back."""
        self._lti_message_hint = hint

    def get_redirect(self, url: str) -> ResponseReturnValue:
        """Go there."""
        return redirect(url)


class Launch(LTIAdvantageMessageLaunchAbstract):
    """The last step of a launch: the id_token for one person and one activity."""

    def __init__(self, *, person: Person, course: Course, activity: Activity, fields: dict[str, str]) -> None:
        self._platform = current_platform()
        super().__init__(FlaskRequest(request, query=fields), self._platform.conf())
        self._person, self._course, self._activity = person, course, activity

    def prepare_launch(self, _authentication_request: dict[str, Any]) -> None:
        """Fill in the claims."""
        person, course, activity, config = self._person, self._course, self._activity, self._platform.config
        self.set_launch_url(config.tool_launch_url)
        self.set_user_data(person.id, list(person.role.uris), person.name, person.email)
        self.set_launch_context_claim(course.id, [COURSE_SECTION], course.title, course.label)
        self.set_resource_link_claim(activity.id, activity.description, activity.title)
        self.set_custom_parameters_claim(dict(activity.custom))
        self.set_nrps(memberships_url(course))
        self._set_grades()
        self.set_extra_claims(
            {
                "given_name": person.given_name,
                "family_name": person.family_name,
                "locale": person.locale,
                claims.LAUNCH_PRESENTATION: {
                    "document_target": activity.target,
                    "return_url": f"{config.url}/activities/{activity.id}/return",
                    "locale": person.locale,
                },
                claims.TOOL_PLATFORM: {
                    "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, config.url)),
                    "name": SITE_NAME,
                    "product_family_code": self._platform.mode.product_family_code,
                    "version": self._platform.mode.version,
                },
            }
        )

    def _set_grades(self) -> None:
        bound = [
            item
            for item in self._platform.store.line_items(self._course.id)
            if item.body.get("resourceLinkId") == self._activity.id
        ]
        # Only a link with exactly one line item is told of it: AGS 2.0, 4.1.
        only = line_item_url(bound[0]) if len(bound) == 1 else None
        self.set_ags(line_items_url(self._course), only)
        # The library leaves the lesser scope out, although its token endpoint grants it.
        self.extra_claims[claims.AGS_ENDPOINT]["scope"].append(claims.SCOPE_LINE_ITEM_READONLY)

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> Response:
        """Return the page that posts the id_token to the tool."""
        fields = {"id_token": launch_data["id_token"], "state": launch_data["state"]}
        return _form_post(launch_data["launch_url"], fields)


@blueprint.get("/start/<activity_id>")
def start(activity_id: str) -> ResponseReturnValue:
    """Begin a launch for the person who is signed in."""
    person = require_person()
    _course, activity = open_activity(person, activity_id)
    platform = current_platform()
    login = Login(FlaskRequest(request), platform.conf())
    login.set_launch_url(platform.config.tool_launch_url)
    login.set_lti_message_hint(hint=platform.message_hint(person, activity))
    response: ResponseReturnValue = login.initiate_login(person.id)
    return response


@blueprint.route("/auth", methods=["GET", "POST"])
def authenticate() -> ResponseReturnValue:
    """Check the tool's authentication request; answer with an id_token, or with the error it asked for.

    Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.1.2 and 5.1.1.5.
    """
    values = request.form if request.method == "POST" else request.args
    config = current_platform().config
    # Only a registered client at its own address is told anything; others see a page of ours.
    if values.getlist("client_id") != [config.client_id]:
        return _refuse("There is no tool with that client id.")
    if values.getlist("redirect_uri") != [config.tool_launch_url]:
        return _refuse("The redirect URI is not the one that is registered.")
    begun_elsewhere = request.method == "POST" or request.headers.get("Sec-Fetch-Site") == "cross-site"
    if current_person() is None and begun_elsewhere:
        # In a frame, the cookie stays away from what the tool's page begins; it comes with what a page of ours begins.
        return _form_post(config.auth_url, values.to_dict(), method="get")
    try:
        person, course, activity = _checked(values)
    except AuthenticationError as error:
        fields = {"error": error.code, "error_description": error.description, "state": values.get("state", "")}
        return _form_post(config.tool_launch_url, fields)
    launch = Launch(person=person, course=course, activity=activity, fields=values.to_dict())
    response: ResponseReturnValue = launch.lti_launch()
    return response


def _checked(values: MultiDict[str, str]) -> tuple[Person, Course, Activity]:
    """Return whom the request is about, and which activity it opens.

    Raises:
        AuthenticationError: A parameter is missing, repeated or wrong, or somebody else is signed in.
    """
    _check_parameters(values)
    person = current_person()
    if person is None:
        raise AuthenticationError("login_required", "nobody is signed in")
    if values["login_hint"] != person.id:
        raise AuthenticationError("access_denied", "login_hint belongs to somebody else")
    hint = current_platform().read_hint(values["lti_message_hint"])
    found = find_activity(hint[1]) if hint is not None and hint[0] == person.id else None
    if found is None or not found[0].is_open_to(person):
        raise AuthenticationError("invalid_request", "lti_message_hint is not one of ours, or too old")
    return person, *found


def _check_parameters(values: MultiDict[str, str]) -> None:
    for name, given in values.lists():
        if len(given) > 1:
            raise AuthenticationError("invalid_request", f"{name} is given more than once")
    if values.get("response_type") != "id_token":
        raise AuthenticationError("unsupported_response_type", "response_type must be id_token")
    if values.get("scope") != "openid":
        raise AuthenticationError("invalid_scope", "scope must be openid")
    for name, expected in (("response_mode", "form_post"), ("prompt", "none")):
        if values.get(name) != expected:
            raise AuthenticationError("invalid_request", f"{name} must be {expected}")
    for name in ("state", "nonce", "login_hint", "lti_message_hint"):
        if not values.get(name):
            raise AuthenticationError("invalid_request", f"{name} is missing")


def _form_post(action: str, fields: dict[str, str], *, method: str = "post") -> Response:
    page = Response(render_template("form_post.html", action=action, fields=fields, method=method))
    page.headers["Cache-Control"] = "no-store"
    return page


def _refuse(reason: str) -> ResponseReturnValue:
    return render_template("error.html", title="This launch cannot go on", reason=reason), 400
