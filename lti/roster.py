"""The roster of a course, read from the platform page by page: Names and Role Provisioning Services 2.0.

Source: https://www.imsglobal.org/spec/lti-nrps/v2p0.
"""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from lti import claims
from lti.errors import ServiceRefusedError
from lti.exchange import Answer, malformed
from lti.links import with_parameters
from lti.messages import read_custom
from lti.profiles import Profile
from lti.roles import Roles, parse_roles
from lti.service import Service
from lti.values import identifier, is_storable, member, text, texts, web_url

_SCOPES: Final = (claims.SCOPE_MEMBERSHIP_READONLY,)
_LINK_REFUSALS: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})


class Status(StrEnum):
    """Whether a member takes part in the course now."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a course. All text is as the platform sent it: escape it."""

    user_id: str
    """The same as `sub` in this person's launches."""
    roles: Roles
    status: Status
    name: str | None
    """Names and address are None where the platform does not share them."""
    given_name: str | None
    family_name: str | None
    email: str | None
    picture: str | None
    sourced_id: str | None
    """The person's number in the institution's own records."""
    custom: Mapping[str, str]
    """The link's custom parameters for this person; only if asked for by `rlid`, and not on every platform."""
    group_ids: tuple[str, ...] | None
    """The groups that the person is in; None if the platform does not say."""


def members(
    service: Service,
    url: str,
    *,
    profile: Profile,
    rlid: str | None = None,
    limit: int | None = None,
    has_groups: bool = False,
) -> Iterator[Member]:
    """Yield the members of a course, each once, as the pages come in.

    Whoever is not named is no longer in the course, but only if the iterator ends without an error. The container's course
    may be called differently from the launch's, so nobody looks at it.

    Args:
        url: `Launch.memberships_url`.
        rlid: Only those who may open this resource link; all where the platform does not take that.
        limit: Members in a page; None leaves it to the profile.
        has_groups: Whether to ask for `Member.group_ids`; only where the launch claims the groups service.

    Raises:
        ServiceError: As `Service.pages`, at any time while iterating.

    Source: https://www.imsglobal.org/spec/lti-nrps/v2p0, 2.4 and 3.
    """
    size = profile.roster_limit if limit is None else limit
    parameters = {} if size is None else {"limit": str(size)}
    if has_groups:
        parameters["groups"] = "true"
    seen: set[str] = set()
    for page in _pages(service, with_parameters(url, parameters), rlid):
        for row in _rows(page):
            found = _member(row, profile)
            if found and found.user_id not in seen:  # pages overlap when somebody is enrolled between them
                seen.add(found.user_id)
                yield found


def _pages(service: Service, url: str, rlid: str | None) -> Iterator[Answer]:
    if rlid is None:
        yield from service.pages(url, scopes=_SCOPES, accept=claims.MEDIA_MEMBERSHIP_CONTAINER)
        return
    limited = service.pages(
        with_parameters(url, {"rlid": rlid}), scopes=_SCOPES, accept=claims.MEDIA_MEMBERSHIP_CONTAINER
    )
    try:
        first = next(limited)
    except ServiceRefusedError as error:
        if error.status not in _LINK_REFUSALS:
            raise
        # Schoology takes no rlid at all, and Canvas and Moodle none that they have forgotten.
        yield from service.pages(url, scopes=_SCOPES, accept=claims.MEDIA_MEMBERSHIP_CONTAINER)
        return
    yield first
    yield from limited


def _rows(page: Answer) -> list[Any]:
    rows = page.json_object().get("members")
    if not isinstance(rows, list):
        raise malformed(page, "has no list of members")
    return rows


def _member(row: object, profile: Profile) -> Member | None:
    """Return a member, or None for a row that names nobody."""
    if not isinstance(row, dict):
        return None
    user_id = identifier(row.get("user_id"))
    if user_id is None:
        return None
    return Member(
        user_id=user_id,
        roles=parse_roles(filter(is_storable, texts(row.get("roles")))),
        status=_status(row.get("status")),
        name=_name(row.get("name"), profile),
        given_name=_name(row.get("given_name"), profile),
        family_name=_name(row.get("family_name"), profile),
        email=text(row.get("email")),
        picture=web_url(row.get("picture")),
        sourced_id=text(row.get("lis_person_sourcedid")),
        custom=_custom(row.get("message")),
        group_ids=_group_ids(row.get("group_enrollments")),
    )


def _status(value: object) -> Status:
    """Return the status; whoever has none is active.

    Source: https://www.imsglobal.org/spec/lti-nrps/v2p0, 2.3.
    """
    return next(
        (status for status in Status if isinstance(value, str) and value.lower() == status.lower()), Status.ACTIVE
    )


def _name(value: object, profile: Profile) -> str | None:
    name = text(value)
    return text(html.unescape(name)) if name and profile.are_roster_names_escaped else name


def _custom(messages: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, dict) and member(message, claims.CUSTOM):
            found |= read_custom(message)
    return found


def _group_ids(enrollments: object) -> tuple[str, ...] | None:
    """Return the ids of a member's groups.

    Source: https://www.imsglobal.org/spec/lti-gs/v1p0, "group_enrollments".
    """
    if not isinstance(enrollments, list):
        return None
    ids = (identifier(each.get("group_id")) for each in enrollments if isinstance(each, dict))
    return tuple(id_ for id_ in ids if id_)
