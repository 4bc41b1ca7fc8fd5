"""Notices of platforms: which course was copied from which, told before anybody opens the copy.

Source: https://www.imsglobal.org/spec/lti-pns/v1p0.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.copying import note_copy
from connector.config import Settings
from connector.db import Clock, Database
from connector.platforms.lms import open_service
from connector.platforms.models import Deployment, Platform
from connector.platforms.services import get_deployment
from lti import claims
from lti.errors import LtiError
from lti.notices import Notice, NoticeEndpoint, read_notice_endpoint, subscribe

HANDLER = "/lti/notice"
AFTER_REFUSAL = timedelta(days=1)

log = structlog.get_logger(__name__)


def store_notice(session: Session, platform: Platform, notice: Notice, *, now: datetime) -> None:
    """Keep what a notice tells; the same one again changes nothing, and other types are heard and forgotten."""
    if notice.type != claims.CONTEXT_COPY_NOTICE or notice.context is None:
        return
    deployment = get_deployment(session, platform, notice.deployment_id, now=now)
    note_copy(session, deployment, notice.context.id, notice.origin_context_ids, now=now)


def note_offer(deployment: Deployment, message: Mapping[str, Any], *, now: datetime) -> None:
    """Keep where a launch says that notices of copied courses can be had; the worker asks for them.

    Args:
        message: `Launch.claims`.
    """
    endpoint = read_notice_endpoint(message)
    offered = endpoint.url if endpoint is not None and claims.CONTEXT_COPY_NOTICE in endpoint.types else None
    if offered != deployment.notices_url:
        deployment.notices_url = offered
        deployment.notices_due_at = now if offered else None


def subscribe_due(database: Database, settings: Settings, *, clock: Clock) -> None:
    """Ask every LMS that offers notices of copied courses for them, once; one that refuses is asked again in a day."""
    with database.session(writes=False) as session:
        due = session.scalars(
            select(Deployment)
            .where(Deployment.notices_due_at <= clock(), Deployment.notices_url.is_not(None))
            .options(joinedload(Deployment.platform))
        ).all()
    for deployment in due:
        endpoint = NoticeEndpoint(url=deployment.notices_url or "", types=frozenset({claims.CONTEXT_COPY_NOTICE}))
        again = None
        try:
            with open_service(database, settings, deployment.platform, clock=clock) as service:
                handler = f"{settings.public_url}{HANDLER}"
                subscribe(service, endpoint, notice_type=claims.CONTEXT_COPY_NOTICE, handler=handler)
        except LtiError as error:
            log.warning("notices_refused", deployment=str(deployment.id), code=error.code)
            again = clock() + AFTER_REFUSAL
        with database.session(writes=True) as session:
            session.execute(update(Deployment).where(Deployment.id == deployment.id).values(notices_due_at=again))
            session.commit()
