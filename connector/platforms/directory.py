"""What the administrators' pages look up."""

import uuid
from collections.abc import Mapping

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from connector.platforms.models import Deployment, Platform, Status
from connector.web.errors import NotFoundError


def list_platforms(session: Session) -> list[Platform]:
    """Return every registration: those that wait first, those that are switched off last, by name."""
    order = case((Platform.status == Status.WAITING, 0), (Platform.status == Status.ACTIVE, 1), else_=2)
    query = select(Platform).options(joinedload(Platform.tenant)).order_by(order, Platform.name)
    return list(session.scalars(query))


def get_platform(session: Session, platform_id: uuid.UUID) -> Platform:
    """Return a registration.

    Raises:
        NotFoundError: There is none of this id.
    """
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise NotFoundError
    return platform


def list_deployments(session: Session, platform: Platform) -> list[Deployment]:
    """Return where the tool was installed in an LMS, the newest first."""
    query = select(Deployment).where(Deployment.platform_id == platform.id).order_by(Deployment.created_at.desc())
    return list(session.scalars(query))


def get_deployment(session: Session, platform_id: uuid.UUID, deployment_id: uuid.UUID) -> Deployment:
    """Return a deployment of a registration.

    Raises:
        NotFoundError: The registration has none of this id.
    """
    deployment = session.get(Deployment, deployment_id)
    if deployment is None or deployment.platform_id != platform_id:
        raise NotFoundError
    return deployment


def count_waiting_deployments(session: Session) -> Mapping[uuid.UUID, int]:
    """Return how many deployments wait for approval, by registration."""
    query = (
        select(Deployment.platform_id, func.count())
        .where(Deployment.status == Status.WAITING)
        .group_by(Deployment.platform_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
