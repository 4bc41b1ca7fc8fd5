"""The columns of a gradebook: Assignment and Grade Services 2.0, line items.

Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from lti import claims
from lti.errors import ServiceRefusedError
from lti.exchange import Answer, malformed
from lti.links import with_parameters
from lti.messages import GradeEndpoint
from lti.profiles import Profile
from lti.service import Service
from lti.values import identifier, origin, text

_NAMED: Final = frozenset(
    {
        "id",
        "label",
        "scoreMaximum",
        "resourceLinkId",
        "resourceId",
        "tag",
        "startDateTime",
        "endDateTime",
        "submissionReview",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """A column of the gradebook. To change one, read it, `dataclasses.replace` what is new, and update it."""

    label: str
    score_maximum: float
    id: str | None = None
    """Its address; None before it is created."""
    resource_link_id: str | None = None
    """The placement that it is bound to. Moodle takes `lineitem` out of launches when a second one is bound."""
    resource_id: str | None = None
    """What of ours it is about."""
    tag: str | None = None
    """Which grade of that it is."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    submission_review: Mapping[str, Any] | None = None
    """How a teacher gets from a grade to the work: `url`, `label`, `custom`, `reviewableStatus`."""
    others: Mapping[str, Any] = field(default_factory=dict)
    """What else the platform keeps of it, as it is: goes back with each update, or it would be lost."""

    def as_json(self) -> dict[str, Any]:
        """Return all of it but the id."""
        named = {
            "label": self.label,
            "scoreMaximum": whole(self.score_maximum),
            "resourceLinkId": self.resource_link_id,
            "resourceId": self.resource_id,
            "tag": self.tag,
            "startDateTime": utc_text(self.starts_at) if self.starts_at else None,
            "endDateTime": utc_text(self.ends_at) if self.ends_at else None,
            "submissionReview": dict(self.submission_review) if self.submission_review else None,
        }
        return {**self.others, **{name: value for name, value in named.items() if value is not None}}


def line_items(
    service: Service,
    endpoint: GradeEndpoint,
    *,
    profile: Profile,
    resource_link_id: str | None = None,
    resource_id: str | None = None,
    tag: str | None = None,
) -> Iterator[LineItem]:
    """Yield the line items that this tool may see, of those that fit every given value.

    Raises:
        ServiceRefusedError: The platform does not offer this here (`scope_missing`, `line_items_missing`).
        ServiceError: As `Service.pages`, at any time while iterating.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.2.4 and 3.2.5.
    """
    url, scope = _container(endpoint), _reading_scope(endpoint)
    wanted = {"resource_link_id": resource_link_id, "resource_id": resource_id, "tag": tag}
    parameters = {name: value for name, value in wanted.items() if value is not None}
    if profile.grade_limit is not None:
        parameters["limit"] = str(profile.grade_limit)
    asked = with_parameters(url, parameters)
    for page in service.pages(asked, scopes=(scope,), accept=claims.MEDIA_LINE_ITEM_CONTAINER):
        for row in page.json_list():
            item = _line_item(row, url)
            # Some platforms do not know these parameters, and then answer with everything.
            if item and all(value in (None, getattr(item, name)) for name, value in wanted.items()):
                yield item


def find_line_item(
    service: Service,
    endpoint: GradeEndpoint,
    *,
    profile: Profile,
    resource_link_id: str | None = None,
    resource_id: str | None = None,
    tag: str | None = None,
) -> LineItem | None:
    """Return the first line item that fits every given value, or None.

    Always ask before creating one: no platform minds two of the same name, and teachers get two columns. On Canvas,
    `resource_link_id` may be the course's, which no line item has.

    Raises:
        ServiceError: As `line_items`.
    """
    found = line_items(
        service, endpoint, profile=profile, resource_link_id=resource_link_id, resource_id=resource_id, tag=tag
    )
    return next(found, None)


def get_line_item(service: Service, url: str, *, endpoint: GradeEndpoint) -> LineItem:
    """Return the line item at `url`, which is a claim's `lineitem` or an id out of an answer.

    Raises:
        ServiceError: As `Service.request`; `scope_missing` if the platform does not offer this here.
    """
    answer = service.request("GET", url, scopes=(_reading_scope(endpoint),), accept=claims.MEDIA_LINE_ITEM)
    return _one(answer, url)


def create_line_item(service: Service, endpoint: GradeEndpoint, item: LineItem, *, profile: Profile) -> LineItem:
    """Create a line item and return it with its id.

    Raises:
        ServiceRefusedError: The platform does not offer this here (`scope_missing`, `line_items_missing`).
        ServiceError: As `Service.request`.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.2.6.
    """
    url = _container(endpoint)
    _demand_scope(endpoint, claims.SCOPE_LINE_ITEM)
    created = _one(_send(service, "POST", url, item), url)
    if profile.needs_update_for_review and item.submission_review:
        return update_line_item(service, created)
    return created


def update_line_item(service: Service, item: LineItem) -> LineItem:
    """Replace a line item by `item`, all of it: what a platform is not sent, it forgets.

    Raises:
        ServiceRefusedError: The item has no id (`line_item_id`).
        ServiceError: As `Service.request`.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.2.7.
    """
    url = _id(item)
    return _one(_send(service, "PUT", url, item), url)


def delete_line_item(service: Service, item: LineItem) -> None:
    """Delete a line item with its grades; those that the platform made for a placement cannot be deleted.

    Raises:
        ServiceRefusedError: The item has no id (`line_item_id`).
        ServiceError: As `Service.request`.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.2.8.
    """
    service.request("DELETE", _id(item), scopes=(claims.SCOPE_LINE_ITEM,))


def whole(number: float) -> float:
    """Return a number without the error of its last digits, and without a fraction where it has none."""
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def utc_text(moment: datetime) -> str:
    """Return a time as every platform reads it: UTC, with milliseconds and Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def time_of(value: object) -> datetime | None:
    """Return the time that a text tells, in UTC if it names no zone; None if it tells none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment and (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _send(service: Service, method: str, url: str, item: LineItem) -> Answer:
    return service.request(
        method,
        url,
        scopes=(claims.SCOPE_LINE_ITEM,),
        accept=claims.MEDIA_LINE_ITEM,
        content_type=claims.MEDIA_LINE_ITEM,
        json=item.as_json() | ({"id": item.id} if item.id else {}),
    )


def _container(endpoint: GradeEndpoint) -> str:
    if endpoint.lineitems is None:
        raise ServiceRefusedError("line_items_missing", "the platform does not tell where the line items are")
    return endpoint.lineitems


def _reading_scope(endpoint: GradeEndpoint) -> str:
    if claims.SCOPE_LINE_ITEM in endpoint.scopes:
        return claims.SCOPE_LINE_ITEM
    _demand_scope(endpoint, claims.SCOPE_LINE_ITEM_READONLY)
    return claims.SCOPE_LINE_ITEM_READONLY


def _demand_scope(endpoint: GradeEndpoint, scope: str) -> None:
    if scope not in endpoint.scopes:
        raise ServiceRefusedError("scope_missing", f"the platform does not grant {scope} here")


def _id(item: LineItem) -> str:
    if item.id is None:
        raise ServiceRefusedError("line_item_id", "the line item was never created")
    return item.id


def _one(answer: Answer, url: str) -> LineItem:
    item = _line_item(answer.json(), url)
    if item is None:
        raise malformed(answer, "is not a line item of this platform")
    return item


def _line_item(row: object, url: str) -> LineItem | None:
    """Return a line item, or None for what is none, or lies where our token must not go."""
    if not isinstance(row, dict):
        return None
    id_, label, maximum = row.get("id"), text(row.get("label")), row.get("scoreMaximum")
    is_ours = isinstance(id_, str) and origin(id_) is not None and origin(id_) == origin(url)
    if not is_ours or isinstance(maximum, bool) or not isinstance(maximum, int | float):
        return None
    review = row.get("submissionReview")
    return LineItem(
        id=id_,
        label=label or "",
        score_maximum=maximum,
        resource_link_id=identifier(row.get("resourceLinkId")),
        resource_id=identifier(row.get("resourceId")),
        tag=identifier(row.get("tag")),
        starts_at=time_of(row.get("startDateTime")),
        ends_at=time_of(row.get("endDateTime")),
        submission_review=review if isinstance(review, dict) else None,
        others={name: value for name, value in row.items() if name not in _NAMED},
    )
