"""The id_token of a message: the claims that each LMS makes of it."""

import uuid
from typing import Any

from flask import Response, request
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract

from lti import claims
from lti.sandbox import content, urls
from lti.sandbox.config import SITE_NAME
from lti.sandbox.courses import Course
from lti.sandbox.forms import form_post
from lti.sandbox.messages import Message
from lti.sandbox.people import OBSERVED, Person
from lti.sandbox.platform import FlaskRequest, Platform, current_platform
from lti.sandbox.tools import Tool
from lti.sandbox.variables import substitute

_TYPES = {
    "deep linking": claims.DEEP_LINKING_REQUEST,
    "review": claims.SUBMISSION_REVIEW_REQUEST,
    "privacy": claims.DATA_PRIVACY_REQUEST,
}
_AGS_SCOPES = (
    claims.SCOPE_LINE_ITEM,
    claims.SCOPE_RESULT_READONLY,
    claims.SCOPE_SCORE,
    claims.SCOPE_LINE_ITEM_READONLY,
)
_PLACEMENTS = {"navigation": "course_navigation", "deep linking": "assignment_selection"}
"""What Canvas calls the places from which a tool is opened."""


class Launch(LTIAdvantageMessageLaunchAbstract):
    """The last step of a launch: the id_token for one person and one message."""

    def __init__(self, message: Message, person: Person, fields: dict[str, str]) -> None:
        self._platform = current_platform()
        self._message, self._person = message, person
        self._habits = self._platform.mode.launch
        super().__init__(FlaskRequest(request, query=fields), self._platform.conf(message.tool))

    def prepare_launch(self, _authentication_request: dict[str, Any]) -> None:
        """Fill in the claims."""
        message = self._message
        self.set_id_token_expiration(self._habits.id_token_seconds)
        self.set_launch_url(message.target_link_uri)
        self._set_person()
        if message.course is not None:
            course = message.course
            self.set_launch_context_claim(course.id, list(self._habits.context_types), course.title, course.label)
            self._set_services(course)
        self._set_link()
        self.set_extra_claims(self._general_claims())
        custom = self._custom()
        if custom or message.kind == "link":
            self.set_custom_parameters_claim(custom)
        if message.kind in _TYPES:
            self.set_extra_claims({claims.MESSAGE_TYPE: _TYPES[message.kind]})
        if message.kind == "deep linking" and message.course is not None:
            self.set_extra_claims(content.settings(self._platform, message.tool, message.course, self._person))
        if message.for_user is not None and message.kind != "speedgrader":
            self.set_extra_claims({claims.FOR_USER: self._for_user(message.for_user)})

    def validate_preflight_response(self, preflight_response: dict[str, Any]) -> None:
        """Note where the id_token goes; the request was checked before, and here a state may be empty."""
        self._redirect_url = preflight_response["redirect_uri"]

    def get_launch_message(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the claims; the library always names the authorized party."""
        message: dict[str, Any] = super().get_launch_message(*args, **kwargs)
        if not self._habits.has_azp:
            del message["azp"]
        return message

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> Response:
        """Return the page that posts the id_token to the tool."""
        fields = {"id_token": launch_data["id_token"], "state": launch_data["state"]}
        target = self._platform.storage_target
        return form_post(launch_data["launch_url"], fields | ({"lti_storage_target": target} if target else {}))

    def _set_person(self) -> None:
        person, tool = self._person, self._message.tool
        roles = self._habits.roles.get(person.role.title, person.role.uris)
        self.set_user_data(
            person.id,
            list(roles),
            person.name if tool.sends_name else None,
            person.email if tool.sends_email else None,
        )
        if tool.sends_name:
            self.set_extra_claims({"given_name": person.given_name, "family_name": person.family_name})
        if person.id in OBSERVED and claims.ROLE_MENTOR in roles:
            self.set_extra_claims({claims.ROLE_SCOPE_MENTOR: list(OBSERVED[person.id])})

    def _for_user(self, person: Person) -> dict[str, Any]:
        if self._platform.mode.name == "moodle":
            return {"user_id": person.id}
        names = {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
        return {
            "user_id": person.id,
            "roles": list(self._habits.roles.get(person.role.title, person.role.uris)),
            **(names if self._message.tool.sends_name else {}),
            **({"email": person.email} if self._message.tool.sends_email else {}),
        }

    def _set_link(self) -> None:
        message = self._message
        if message.kind in ("navigation", "speedgrader") and message.course is not None:
            # As in Canvas: the link's id is the course's, which the gradebook then does not know.
            self.set_resource_link_claim(message.course.id, None, message.course.title)
        elif message.activity is not None:
            self.set_resource_link_claim(message.activity.id, message.activity.description, message.activity.title)

    def _custom(self) -> dict[str, str]:
        message = self._message
        own = message.activity.custom if message.activity is not None and message.kind != "speedgrader" else {}
        review = message.item.body.get("submissionReview", {}) if message.item is not None else {}
        custom = {**message.tool.custom, **own, **(review.get("custom", {}) if message.kind == "review" else {})}
        values = substitute(
            custom,
            mode=self._platform.mode,
            person=self._person,
            course=message.course,
            activity=message.activity,
        )
        if self._habits.has_moodle_extras and message.kind != "deep linking" and message.course is not None:
            values["context_memberships_url"] = urls.memberships_url(self._platform, message.course)
        return values

    def _general_claims(self) -> dict[str, Any]:
        person, mode, config = self._person, self._platform.mode, self._platform.config
        general: dict[str, Any] = {
            claims.LAUNCH_PRESENTATION: {**self._presentation(), "locale": person.locale},
            claims.TOOL_PLATFORM: {
                "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, config.url)),
                "name": SITE_NAME,
                "product_family_code": mode.product_family_code,
                "version": mode.version,
                **({"description": mode.description} if mode.description else {}),
            },
        }
        if self._habits.has_locale:
            general["locale"] = person.locale
        if self._habits.has_moodle_extras:
            section = f"NSA-{self._message.course.label}" if self._message.course is not None else ""
            general[claims.LIS] = {
                "person_sourcedid": f"NSA-{person.id}",
                "course_section_sourcedid": section,
            }
            general[claims.EXT] = {"user_username": person.id, "lms": "moodle-2"}
        if self._habits.has_navigation:
            general["https://www.instructure.com/placement"] = _PLACEMENTS.get(self._message.kind)
        return general

    def _presentation(self) -> dict[str, str]:
        message, url = self._message, self._platform.config.url
        if message.kind == "deep linking":
            return {} if self._habits.has_moodle_extras else {"document_target": "iframe"}
        if message.kind == "link" and message.activity is not None:
            back = f"{url}/activities/{message.activity.id}/return"
            return {"document_target": message.activity.target, "return_url": back}
        back = f"{url}/courses/{message.course.id}/return" if message.course is not None else f"{url}/admin/tools"
        return {"document_target": "iframe", "return_url": back}

    def _set_services(self, course: Course) -> None:
        platform, tool = self._platform, self._message.tool
        ags = [scope for scope in _AGS_SCOPES if scope in tool.scopes]
        if ags:
            endpoint = {"scope": ags, "lineitems": urls.line_items_url(platform, course.id, tool)}
            only = self._only_line_item(course)
            self.set_extra_claims({claims.AGS_ENDPOINT: endpoint | ({"lineitem": only} if only else {})})
        is_wanted = self._message.kind != "deep linking" or not self._habits.has_moodle_extras
        if claims.SCOPE_MEMBERSHIP_READONLY in tool.scopes and is_wanted:
            versions = ["1.0", "2.0"] if self._habits.has_moodle_extras else ["2.0"]
            roster = {"context_memberships_url": urls.memberships_url(platform, course), "service_versions": versions}
            self.set_extra_claims({claims.NRPS_SERVICE: roster})
        if claims.SCOPE_GROUP_READONLY in tool.scopes:
            self.set_extra_claims({claims.GROUPS_SERVICE: _groups_claim(platform, course)})
        if claims.SCOPE_NOTICE_HANDLERS in tool.scopes:
            self.set_extra_claims({claims.NOTIFICATION_SERVICE: _notices_claim(platform, tool)})

    def _only_line_item(self, course: Course) -> str | None:
        """Return the link's line item, told only where there is exactly one: AGS 2.0, 4.1."""
        message = self._message
        if message.kind == "review" and message.item is not None:
            return urls.line_item_url(self._platform, message.item)
        if message.kind != "link" or message.activity is None:
            return None
        link = message.activity.id
        items = self._platform.store.line_items(course.id)
        bound = [item for item in items if item.body.get("resourceLinkId") == link and item.tool_id == message.tool.id]
        return urls.line_item_url(self._platform, bound[0]) if len(bound) == 1 else None


def _groups_claim(platform: Platform, course: Course) -> dict[str, Any]:
    url = urls.groups_url(platform, course)
    return {
        "scope": [claims.SCOPE_GROUP_READONLY],
        "context_groups_url": url,
        "context_group_sets_url": f"{url}/sets",
        "service_versions": ["1.0"],
    }


def _notices_claim(platform: Platform, tool: Tool) -> dict[str, Any]:
    return {
        "service_versions": ["1.0"],
        "platform_notification_service_url": urls.notices_url(platform, tool),
        "scope": [claims.SCOPE_NOTICE_HANDLERS],
        "notice_types_supported": [claims.HELLO_WORLD_NOTICE, claims.CONTEXT_COPY_NOTICE],
    }
