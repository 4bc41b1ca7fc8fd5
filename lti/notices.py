"""Notices that a platform sends to this tool on its own: Platform Notification Service 1.0.

A notice says that a course was copied, so it only makes things quicker: Canvas sends each once, heard or not.

Source: https://www.imsglobal.org/spec/lti-pns/v1p0; https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.pns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lti import claims
from lti.errors import LaunchError, NoticeError
from lti.keys import PlatformKeys
from lti.line_items import time_of
from lti.messages import Context, read_context
from lti.registration import Registration
from lti.service import Service
from lti.tokens import peek_token, verify_token
from lti.values import identifier, json_object, member, secure_url, text, texts

MAX_NOTICES: Final = 100
"""Notices in one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEndpoint:
    """Where to ask for notices."""

    url: str
    types: frozenset[str]
    """What the platform can tell; see `claims.CONTEXT_COPY_NOTICE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a platform tells, once it is believed."""

    id: str
    """Comes back if the same notice is sent twice; keep it for as long as `tokens.MAX_TOKEN_AGE`."""
    type: str
    issuer: str
    client_id: str
    deployment_id: str
    happened_at: datetime | None
    context: Context | None
    """The course that it is about: for a copy, the new one."""
    origin_context_ids: tuple[str, ...]
    """The courses that the course was copied from."""


def read_notice_endpoint(message: Mapping[str, Any]) -> NoticeEndpoint | None:
    """Return where to ask for notices, or None if the launch (`Launch.claims`) does not offer them."""
    service = member(message, claims.NOTIFICATION_SERVICE)
    url = secure_url(service.get("platform_notification_service_url"))
    if url is None:
        return None
    return NoticeEndpoint(url=url, types=frozenset(texts(service.get("notice_types_supported"))))


def subscribe(service: Service, endpoint: NoticeEndpoint, *, notice_type: str, handler: str) -> None:
    """Ask the platform to send one type of notices to `handler`, which has to lie on this tool's domain; "" ends it.

    Raises:
        ServiceError: As `Service.request`.
    """
    service.request(
        "PUT",
        endpoint.url,
        scopes=(claims.SCOPE_NOTICE_HANDLERS,),
        accept=claims.MEDIA_JSON,
        content_type=claims.MEDIA_JSON,
        json={"notice_type": notice_type, "handler": handler},
    )


def read_notices(body: bytes) -> tuple[str, ...]:
    """Return the signed notices of a message to the handler; each is judged on its own.

    Raises:
        NoticeError: The message is none (`notices_malformed`), or has too many (`too_many_notices`).
    """
    try:
        notices = json_object(body).get("notices")
    except ValueError as error:
        raise NoticeError("notices_malformed", "the message is not a JSON object") from error
    if not isinstance(notices, list):
        raise NoticeError("notices_malformed", "the message has no list of notices")
    if len(notices) > MAX_NOTICES:
        raise NoticeError("too_many_notices", f"the message has more than {MAX_NOTICES} notices")
    return tuple(each["jwt"] for each in notices if isinstance(each, dict) and isinstance(each.get("jwt"), str))


def addressee(token: str) -> tuple[str, str]:
    """Return issuer and client id that a notice names, to look the registration up; nothing of it may be believed yet.

    Raises:
        NoticeError: It names none (`notice_malformed`).
    """
    try:
        said = peek_token(token)
    except LaunchError as error:
        raise NoticeError("notice_malformed", "the notice is no signed token") from error
    audience = said.get("aud")
    issuer = identifier(said.get("iss"))
    client_id = identifier(said.get("azp")) or identifier(
        audience[0] if isinstance(audience, list) and audience else audience
    )
    if issuer is None or client_id is None:
        raise NoticeError("notice_malformed", "the notice names no issuer or no client id")
    return issuer, client_id


def validate_notice(token: str, *, registration: Registration, keys: PlatformKeys, now: datetime) -> Notice:
    """Check a notice and return what it says. Whether it came before is the caller's to know.

    Raises:
        NoticeError: Something in it is refused. The codes are those of `verify_token`, and: `version`, `deployment_missing`,
            `notice_invalid`, `context`.
        KeySetError: The platform's key cannot be had.

    Source: https://www.imsglobal.org/spec/lti-pns/v1p0, "Notice".
    """
    try:
        said = verify_token(token, registration=registration, keys=keys, now=now)
        context = read_context(said)
    except LaunchError as error:
        raise NoticeError(error.code, str(error)) from error
    if said.get(claims.VERSION) != claims.LTI_VERSION:
        raise NoticeError("version", f"version is not {claims.LTI_VERSION}")
    deployment_id = identifier(said.get(claims.DEPLOYMENT_ID))
    if deployment_id is None:
        raise NoticeError("deployment_missing", "deployment_id is absent or no proper id")
    notice = member(said, claims.NOTICE)
    id_, type_ = identifier(notice.get("id")), text(notice.get("type"))
    if id_ is None or type_ is None:
        raise NoticeError("notice_invalid", "notice has no id or no type")
    origins = said.get(claims.ORIGIN_CONTEXTS)
    ids = (identifier(each) for each in (origins if isinstance(origins, list) else []))
    return Notice(
        id=id_,
        type=type_,
        issuer=registration.issuer,
        client_id=registration.client_id,
        deployment_id=deployment_id,
        happened_at=time_of(notice.get("timestamp")),
        context=context,
        origin_context_ids=tuple(each for each in ids if each),
    )
