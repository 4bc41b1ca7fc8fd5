"""What an organisation wants of its courses: what new ones begin with, and how far trainers may go."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import Course, PolicyChange, Recording, TenantPolicy
from connector.platforms.models import Deployment, Platform
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

NAMES = (
    "recording",
    "moderation",
    "allows_anonymous",
    "keep_days",
    "may_record_fully",
    "may_hide_names",
    "most_keep_days",
)


def get_policy(session: Session, tenant_id: uuid.UUID) -> TenantPolicy:
    """Return what an organisation wants: what was set, or else the defaults, not stored."""
    found = session.get(TenantPolicy, tenant_id)
    return found or TenantPolicy(
        tenant_id=tenant_id, recording=Recording.ON, moderation="none", may_record_fully=True, may_hide_names=True
    )


def policy_of(session: Session, course: Course) -> TenantPolicy:
    """Return what the organisation of a course wants."""
    return get_policy(session, course.deployment.platform.tenant_id)


def change_policy(session: Session, tenant_id: uuid.UUID, wanted: Mapping[str, Any], *, now: datetime) -> None:
    """Say what an organisation wants from now on, and note each change.

    Args:
        wanted: A value for each of `NAMES`.

    Raises:
        InvalidInputError: What new courses or activities begin with is beyond the limits.
    """
    policy = get_policy(session, tenant_id)
    before = {name: getattr(policy, name) for name in NAMES}
    for name in NAMES:
        setattr(policy, name, wanted[name])
    errors = check(policy, recording=policy.recording) | check(
        policy, allows_anonymous=bool(policy.allows_anonymous), keep_days=policy.keep_days
    )
    if errors:
        raise InvalidInputError(errors)
    session.add(policy)
    for name in NAMES:
        if before[name] != wanted[name]:
            session.add(
                PolicyChange(
                    tenant_id=tenant_id,
                    changed_at=now,
                    what=name,
                    before=_stored(before[name]),
                    after=_stored(wanted[name]),
                )
            )
    session.flush()


_UNSAID: Any = object()


def check(
    policy: TenantPolicy,
    *,
    recording: Recording | None = None,
    allows_anonymous: bool = False,
    keep_days: int | None = _UNSAID,
) -> dict[str, list[str]]:
    """Return what is beyond an organisation's limits, by the field: a sentence for who wants it. What is left out is not
    looked at.
    """
    errors: dict[str, list[str]] = {}
    if recording is Recording.ON and not policy.may_record_fully:
        errors["recording"] = [_("Your organisation lets people be recorded under random numbers only.")]
    if allows_anonymous and not policy.may_hide_names:
        errors["allows_anonymous"] = [_("Your organisation does not let names be hidden.")]
    most = policy.most_keep_days
    if most is not None and keep_days is not _UNSAID and (keep_days is None or keep_days > most):
        sentence = ngettext(
            "Your organisation keeps texts for %(num)s day at most.",
            "Your organisation keeps texts for %(num)s days at most.",
            most,
        )
        errors["keep_days"] = [sentence]
    return errors


def kept_days(days: int | None, most: int | None) -> int | None:
    """Return for how many days texts are kept, where somebody said `days` and the organisation keeps them for `most`.

    Args:
        days: None for good, as `most` for no limit.
    """
    return days if most is None else most if days is None else min(days, most)


def may_hide_names(session: Session, course: Course) -> bool:
    """Return whether the organisation of a course lets names be hidden; one query."""
    said = session.scalar(
        select(TenantPolicy.may_hide_names)
        .join(Platform, Platform.tenant_id == TenantPolicy.tenant_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .where(Deployment.id == course.deployment_id)
    )
    return said is not False


def recording_of(session: Session, course: Course) -> Recording:
    """Return how a course is recorded: as was said there, within what the organisation admits."""
    if course.recording is Recording.ON and not policy_of(session, course).may_record_fully:
        return Recording.PSEUDONYMOUS
    return course.recording


def tell_limits(session: Session, course: Course) -> list[str]:
    """Return how far trainers may go, a sentence each; nothing where there are no limits."""
    policy = policy_of(session, course)
    found = check(policy, recording=Recording.ON, allows_anonymous=True, keep_days=None)
    return [sentence for sentences in found.values() for sentence in sentences]


def list_policy_changes(session: Session, tenant_id: uuid.UUID, *, limit: int = 50) -> Sequence[PolicyChange]:
    """Return what was changed, the last change first."""
    mine = select(PolicyChange).where(PolicyChange.tenant_id == tenant_id)
    return session.scalars(mine.order_by(PolicyChange.changed_at.desc(), PolicyChange.id).limit(limit)).all()


def _stored(value: object) -> str | None:
    if isinstance(value, bool):
        return "on" if value else "off"
    return None if value is None else str(value)
