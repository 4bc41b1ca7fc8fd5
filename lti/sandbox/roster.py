"""The roster for tools: Names and Role Provisioning Services 2.0."""

import html
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.membership import Context
from lti1p3platform.service_connector import NamesRoleProvisioningService

from lti import claims
from lti.sandbox import service, urls
from lti.sandbox.courses import Activity, Course
from lti.sandbox.groups import groups_of
from lti.sandbox.people import Person, generated_people
from lti.sandbox.platform import FlaskRequest, Platform, current_platform
from lti.sandbox.variables import substitute

blueprint = Blueprint("roster", __name__)
blueprint.register_error_handler(404, service.not_found)


class Roster(NamesRoleProvisioningService):
    """The members of one course."""

    def __init__(self, course: Course, members_request: FlaskRequest) -> None:
        self._platform = current_platform()
        super().__init__(members_request, self._platform.conf(), urls.memberships_url(self._platform, course))
        self._course = course

    @property
    def allowed_scopes(self) -> list[str]:
        """Return the scopes that open this route."""
        return service.scopes_of_this_route()

    def get_context_by_id(self) -> Context:
        """Return the course as NRPS names it."""
        return Context(self._course.id, self._course.label, self._course.title)

    def is_resource_link_valid(self, _context_id: str, resource_link_id: str) -> bool:
        """Return whether the link is one of this course.

        Raises:
            LtiServiceException: It is not, and this LMS has a word of its own for that.
        """
        is_valid = self._link(resource_link_id) is not None
        if not is_valid and self._platform.mode.name == "moodle":
            raise LtiServiceException(f"Not Found: LTI link {resource_link_id} doesn't exist", 404)
        return is_valid

    def _link(self, resource_link_id: str | None) -> Activity | None:
        return next((link for link in self._course.activities if link.id == resource_link_id), None)

    def get_member_data_page(
        self,
        page: int = 1,
        limit: int | None = None,
        role: str | None = None,
        rlid: str | None = None,
    ) -> dict[str, Any]:
        """Return a page of members.

        Args:
            role: The URI of a role, or what follows its `#`: NRPS 2.0, 2.5.1 allows both.
            rlid: A resource link's id; each member then comes with the message a launch of theirs would bring.
        """
        link = self._link(rlid)
        people = [person for person in self._people() if role is None or _has_role(self._platform, person, role)]
        found = service.page_of(people, page, limit)
        return found | {"content": [self._member(person, link) for person in found["content"]]}

    def _people(self) -> list[Person]:
        habits = self._platform.mode.service
        listed = self._course.members if habits.is_suspended_told else self._course.active_members
        return [*listed, *generated_people(self._platform.faults.generated_members)]

    def _member(self, person: Person, link: Activity | None) -> dict[str, Any]:
        tool = self.platform_config.tool
        text = html_text if self._platform.mode.service.is_roster_escaped else str
        member: dict[str, Any] = {
            "user_id": person.id,
            "status": "Inactive" if person.id in self._course.suspended_ids else "Active",
            "roles": list(roster_roles(self._platform, person)),
        }
        if tool.sends_name:
            names = {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
            member |= {name: text(value) for name, value in names.items()}
        if tool.sends_email:
            member["email"] = person.email
        if self._platform.mode.launch.has_moodle_extras:
            member |= {"lis_person_sourcedid": f"NSA-{person.id}", "ext_user_username": person.id}
        groups = groups_of(self._course, person) if claims.SCOPE_GROUP_READONLY in tool.scopes else []
        if groups:
            member["group_enrollments"] = [{"group_id": group.id} for group in groups]
        if link is not None:
            member["message"] = [self._message(person, link)]
        return member

    def _message(self, person: Person, link: Activity) -> dict[str, Any]:
        message: dict[str, Any] = {claims.MESSAGE_TYPE: claims.RESOURCE_LINK_REQUEST}
        if self._platform.mode.launch.has_moodle_extras:
            return message
        custom = {**self.platform_config.tool.custom, **link.custom}
        values = substitute(custom, mode=self._platform.mode, person=person, course=self._course, activity=link)
        return message | {claims.VERSION: claims.LTI_VERSION, "locale": person.locale, claims.CUSTOM: values}


def html_text(text: str) -> str:
    """Return a text as HTML, quotes as they are: so Moodle's roster tells names."""
    return html.escape(text, quote=False)


def roster_roles(platform: Platform, person: Person) -> tuple[str, ...]:
    """Return what the roster says that somebody is."""
    return platform.mode.service.roster_roles.get(person.role.title, person.role.uris)


def _has_role(platform: Platform, person: Person, role: str) -> bool:
    named = roster_roles(platform, person)
    return any(role in (name, name.rpartition("#")[2]) or role.rpartition("#")[2] == name for name in named)


@blueprint.get("/courses/<course_id>/memberships")
def memberships(course_id: str) -> ResponseReturnValue:
    """Return the members of a course, in pages where asked."""
    course = current_platform().catalogue.course(course_id) or abort(404)
    try:
        service.check_media_types(accepted=claims.MEDIA_MEMBERSHIP_CONTAINER)
        roster = Roster(course, service.service_request("role", "rlid"))
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    return service.answer(roster.handle_resp(roster.handle_get_members))
