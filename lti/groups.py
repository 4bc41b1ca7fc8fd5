"""The groups of a course, where the platform offers them: Course Groups Service 1.0.

Who is in which group, the roster tells; see `roster.members` with `has_groups`.

Source: https://www.imsglobal.org/spec/lti-gs/v1p0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti import claims
from lti.exchange import malformed
from lti.links import with_parameters
from lti.service import Service
from lti.values import identifier, member, text, web_url


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsEndpoint:
    """Where a course's groups are."""

    groups_url: str
    sets_url: str | None
    """None where the platform has no sets of groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of a course."""

    id: str
    name: str | None
    tag: str | None
    set_id: str | None
    """The set that it belongs to: in one set, a person is in one group at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSet:
    """Several groups that belong together, such as all project teams."""

    id: str
    name: str | None


def read_groups_endpoint(message: Mapping[str, Any]) -> GroupsEndpoint | None:
    """Return where the groups are, or None if the launch (`Launch.claims`) does not offer them."""
    service = member(message, claims.GROUPS_SERVICE)
    groups_url = web_url(service.get("context_groups_url"))
    if groups_url is None:
        return None
    return GroupsEndpoint(groups_url=groups_url, sets_url=web_url(service.get("context_group_sets_url")))


def groups(service: Service, endpoint: GroupsEndpoint, *, user_id: str | None = None) -> Iterator[Group]:
    """Yield the groups of a course; those of one person if `user_id` is given.

    Raises:
        ServiceError: As `Service.pages`, at any time while iterating.
    """
    url = with_parameters(endpoint.groups_url, {} if user_id is None else {"user_id": user_id})
    for row in _rows(service, url, claims.MEDIA_GROUP_CONTAINER, "groups"):
        id_ = _id(row.get("id"))
        if id_:
            yield Group(id=id_, name=text(row.get("name")), tag=text(row.get("tag")), set_id=_id(row.get("set_id")))


def group_sets(service: Service, endpoint: GroupsEndpoint) -> Iterator[GroupSet]:
    """Yield the sets of groups of a course: none where the platform has none.

    Raises:
        ServiceError: As `Service.pages`, at any time while iterating.
    """
    if endpoint.sets_url is None:
        return
    for row in _rows(service, endpoint.sets_url, claims.MEDIA_GROUP_SET_CONTAINER, "sets"):
        id_ = _id(row.get("id"))
        if id_:
            yield GroupSet(id=id_, name=text(row.get("name")))


def _rows(service: Service, url: str, accept: str, name: str) -> Iterator[Mapping[str, Any]]:
    for page in service.pages(url, scopes=(claims.SCOPE_GROUP_READONLY,), accept=accept):
        rows = page.json_object().get(name)
        if rows is None:
            continue
        if not isinstance(rows, list):
            raise malformed(page, f"has no list of {name}")
        yield from (row for row in rows if isinstance(row, dict))


def _id(value: object) -> str | None:
    """Return an id; the specification's own examples have numbers."""
    return identifier(str(value) if isinstance(value, int) and not isinstance(value, bool) else value)
