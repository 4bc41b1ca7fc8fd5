"""Deep linking: what a teacher chose here, sent back to the platform as a signed message.

Source: https://www.imsglobal.org/spec/lti-dl/v2p0.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from lti import claims
from lti.errors import DeepLinkingError
from lti.keys import ToolKey, sign
from lti.line_items import utc_text, whole
from lti.messages import DeepLinkingSettings
from lti.profiles import Profile, custom_parameters
from lti.registration import Registration

RESOURCE_LINK: Final = "ltiResourceLink"
"""The one type of item that is sent: platforms take the others for links to the tool, or drop them."""
RESPONSE_LIFE: Final = timedelta(minutes=5)
MAX_TITLE: Final = 255
"""Characters that fit into every platform's title."""
MAX_CUSTOM: Final = 1000
"""Characters of a custom parameter; they are for ids, and Moodle keeps all of them in one field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeColumn:
    """The line item that the platform shall make with the link."""

    score_maximum: float
    label: str | None = None
    resource_id: str | None = None
    tag: str | None = None
    are_grades_released: bool | None = None
    submission_review: Mapping[str, Any] | None = None
    """How a teacher gets from a grade to the work: `url`, `label`, `custom`, `reviewableStatus`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """From when and until when; either may be open."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentItem:
    """A link to something of ours, as the platform shall place it.

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 3.2.
    """

    url: str
    title: str
    text: str | None = None
    """Plain: Moodle shows tags as they are."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """Comes back with each launch. Lower-case names and short values: Moodle keeps lines of `name=value`."""
    grade: GradeColumn | None = None
    """None makes no column, and no grade can be sent to the link later."""
    icon_url: str | None = None
    available: TimeSpan | None = None
    submission: TimeSpan | None = None
    opens_in_window: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What to tell with a response: to the person (`message`, `error_message`) and to the platform's log.

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 4.4.2.
    """

    message: str | None = None
    log: str | None = None
    error_message: str | None = None
    error_log: str | None = None


def response_claims(
    items: Sequence[ContentItem],
    settings: DeepLinkingSettings,
    *,
    registration: Registration,
    deployment_id: str,
    profile: Profile,
    now: datetime,
    words: Words | None = None,
) -> dict[str, Any]:
    """Return the claims of the response; no items mean that the teacher chose nothing.

    Raises:
        DeepLinkingError: As `item_json`, or there are several items and the platform takes one (`multiple_not_accepted`).

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 4.4.2; https://www.imsglobal.org/spec/security/v1p0, 5.2.
    """
    if len(items) > 1 and not settings.accept_multiple:
        raise DeepLinkingError("multiple_not_accepted", "the platform takes one item, not several")
    told = words or Words()
    said = {
        "iss": registration.client_id,
        "aud": registration.issuer,
        "azp": registration.issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + RESPONSE_LIFE).timestamp()),
        "nonce": str(uuid.uuid4()),
        claims.MESSAGE_TYPE: claims.DEEP_LINKING_RESPONSE,
        claims.VERSION: claims.LTI_VERSION,
        claims.DEPLOYMENT_ID: deployment_id,
        claims.DEEP_LINKING_CONTENT_ITEMS: [item_json(item, settings, profile) for item in items],
    }
    optional = {
        claims.DEEP_LINKING_DATA: settings.data,
        claims.DEEP_LINKING_MESSAGE: told.message,
        claims.DEEP_LINKING_LOG: told.log,
        claims.DEEP_LINKING_ERROR_MESSAGE: told.error_message,
        claims.DEEP_LINKING_ERROR_LOG: told.error_log,
    }
    return said | _given(optional)


def sign_response(
    items: Sequence[ContentItem],
    settings: DeepLinkingSettings,
    *,
    registration: Registration,
    deployment_id: str,
    profile: Profile,
    key: ToolKey,
    now: datetime,
    words: Words | None = None,
) -> str:
    """Return the response, to be posted by the browser as the field `JWT` of a form to `settings.return_url`.

    Raises:
        DeepLinkingError: As `response_claims`.
    """
    return sign(
        response_claims(
            items,
            settings,
            registration=registration,
            deployment_id=deployment_id,
            profile=profile,
            now=now,
            words=words,
        ),
        key,
    )


def item_json(item: ContentItem, settings: DeepLinkingSettings, profile: Profile) -> dict[str, Any]:
    """Return an item as the platform takes it, without what it says that it does not take.

    Raises:
        DeepLinkingError: It takes no links (`type_not_accepted`); the title is empty (`title_missing`); or a custom parameter
            is too long or shares its name with another one (`custom_invalid`).

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 3.2.
    """
    if RESOURCE_LINK not in settings.accept_types:
        raise DeepLinkingError("type_not_accepted", f"the platform takes no {RESOURCE_LINK}")
    title = " ".join(item.title.split())[:MAX_TITLE].rstrip()
    if not title:
        raise DeepLinkingError("title_missing", "an item needs a title")
    takes_column = item.grade is not None and settings.accept_lineitem is not False
    optional = {
        "text": item.text,
        "custom": _custom(item.custom, profile),
        "icon": {"url": item.icon_url} if item.icon_url else None,
        "lineItem": _column_json(item.grade) if takes_column and item.grade else None,
        "available": _span_json(item.available),
        "submission": _span_json(item.submission),
        "window": {"targetName": "_blank"} if _opens_in_window(item, settings) else None,
    }
    return {"type": RESOURCE_LINK, "title": title, "url": item.url} | _given(optional)


def _custom(parameters: Mapping[str, str], profile: Profile) -> dict[str, str] | None:
    kept = custom_parameters(profile, parameters)
    if len(kept) < len(parameters):
        raise DeepLinkingError("custom_invalid", "two custom parameters have the same name once in lower case")
    for name, value in kept.items():
        if len(value) > MAX_CUSTOM:
            raise DeepLinkingError(
                "custom_invalid", f"the custom parameter {name} has more than {MAX_CUSTOM} characters"
            )
    return kept or None


def _column_json(column: GradeColumn) -> dict[str, Any]:
    optional = {
        "label": column.label,
        "resourceId": column.resource_id,
        "tag": column.tag,
        "gradesReleased": column.are_grades_released,
        "submissionReview": dict(column.submission_review) if column.submission_review else None,
    }
    return {"scoreMaximum": whole(column.score_maximum)} | _given(optional)


def _span_json(span: TimeSpan | None) -> dict[str, str] | None:
    if span is None:
        return None
    moments = {"startDateTime": span.starts_at, "endDateTime": span.ends_at}
    return {name: utc_text(moment) for name, moment in moments.items() if moment is not None} or None


def _opens_in_window(item: ContentItem, settings: DeepLinkingSettings) -> bool:
    targets = settings.accept_presentation_document_targets
    return item.opens_in_window and (not targets or "window" in targets)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is there: a null where a value is optional is an error on some platforms."""
    return {name: value for name, value in values.items() if value is not None}
