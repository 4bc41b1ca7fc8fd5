"""The roster for tools: Names and Role Provisioning Services 2.0."""

from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.membership import Context
from lti1p3platform.service_connector import NamesRoleProvisioningService

from lti import claims
from lti.sandbox import service
from lti.sandbox.courses import COURSES, Course, find_activity
from lti.sandbox.people import Person
from lti.sandbox.platform import FlaskRequest, current_platform

blueprint = Blueprint("roster", __name__)
blueprint.register_error_handler(404, service.not_found)


def memberships_url(course: Course) -> str:
    """Return where a course's members are."""
    return f"{current_platform().config.url}/courses/{course.id}/memberships"


class Roster(NamesRoleProvisioningService):
    """The members of one course."""

    def __init__(self, course: Course, members_request: FlaskRequest) -> None:
        super().__init__(members_request, current_platform().conf(), memberships_url(course))
        self._course = course

    @property
    def allowed_scopes(self) -> list[str]:
        """Return the scopes that open this route."""
        return service.scopes_of_this_route()

    def get_context_by_id(self) -> Context:
        """Return the course as NRPS names it."""
        return Context(self._course.id, self._course.label, self._course.title)

    def is_resource_link_valid(self, _context_id: str, resource_link_id: str) -> bool:
        """Return whether the link is one of this course."""
        found = find_activity(resource_link_id)
        return found is not None and found[0] is self._course

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
        members = [_member(person, rlid) for person in self._course.members if role is None or _has_role(person, role)]
        return service.page_of(members, page, limit)


@blueprint.get("/courses/<course_id>/memberships")
def memberships(course_id: str) -> ResponseReturnValue:
    """Return the members of a course, in pages where asked."""
    course = COURSES.get(course_id) or abort(404)
    try:
        roster = Roster(course, service.service_request("role", "rlid"))
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    return service.answer(roster.handle_resp(roster.handle_get_members))


def _has_role(person: Person, role: str) -> bool:
    return any(role in (uri, uri.rpartition("#")[2]) for uri in person.role.uris)


def _member(person: Person, rlid: str | None) -> dict[str, Any]:
    member: dict[str, Any] = {
        "user_id": person.id,
        "status": "Active",
        "roles": list(person.role.uris),
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
    }
    found = find_activity(rlid) if rlid else None
    if found is not None:
        message = {
            claims.MESSAGE_TYPE: claims.RESOURCE_LINK_REQUEST,
            claims.VERSION: claims.LTI_VERSION,
            "locale": person.locale,
            claims.CUSTOM: dict(found[1].custom),
        }
        member["message"] = [message]
    return member
