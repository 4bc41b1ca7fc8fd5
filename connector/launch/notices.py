"""Notices of platforms: which course was copied from which, told before anybody opens the copy.

Source: https://www.imsglobal.org/spec/lti-pns/v1p0.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.copying import note_copy
from connector.platforms.models import Platform
from connector.platforms.services import get_deployment
from lti import claims
from lti.notices import Notice, NoticeEndpoint, subscribe
from lti.service import Service

HANDLER = "/lti/notice"


def store_notice(session: Session, platform: Platform, notice: Notice, *, now: datetime) -> None:
    """Keep what a notice tells; the same one again changes nothing, and other types are heard and forgotten."""
    if notice.type != claims.CONTEXT_COPY_NOTICE or notice.context is None:
        return
    deployment = get_deployment(session, platform, notice.deployment_id, now=now)
    note_copy(session, deployment, notice.context.id, notice.origin_context_ids, now=now)


def subscribe_notices(service: Service, endpoint: NoticeEndpoint | None, *, public_url: str) -> bool:
    """Ask a platform to tell of copied courses; return whether it does.

    Args:
        endpoint: What a launch offered: `lti.notices.read_notice_endpoint`.

    Raises:
        ServiceError: The platform refused, or did not answer.
    """
    if endpoint is None or claims.CONTEXT_COPY_NOTICE not in endpoint.types:
        return False
    subscribe(service, endpoint, notice_type=claims.CONTEXT_COPY_NOTICE, handler=f"{public_url}{HANDLER}")
    return True
