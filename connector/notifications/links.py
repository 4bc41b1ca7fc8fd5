"""Addresses in mails: signed for one purpose each, and back into the course as far as an LMS lets us.

LTI has no address at which a tool could begin a launch. Where the LMS's own page of a link has a known address, mails
lead there; elsewhere to a page of ours that says where to click.
"""

import base64
import binascii
import hmac
import uuid
from collections.abc import Collection, Mapping
from enum import StrEnum

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity, Placement
from connector.config import Settings
from connector.courses.models import Course
from connector.platforms.models import Deployment, Platform
from lti.profiles import profile_for

_MAC_BYTES = 16
_ID_BYTES = 16


class Purpose(StrEnum):
    """What a signed address opens, and nothing else."""

    UNSUBSCRIBE = "unsubscribe"
    """Of a person: ends their mail."""
    PREFERENCES = "preferences"
    """Of a person: what they want in the mail, and nothing of what is in it."""
    OPEN = "open"
    """Of an activity: its name, and where to find it."""


def sign(secret: str, purpose: Purpose, id_: uuid.UUID) -> str:
    """Return a token that opens one thing for one purpose. It does not age: mails are read years later."""
    return base64.urlsafe_b64encode(id_.bytes + _mac(secret, purpose, id_)).rstrip(b"=").decode()


def read_token(secret: str, purpose: Purpose, token: str) -> uuid.UUID | None:
    """Return what a token opens; None where it was not signed here for this purpose."""
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(plain) != _ID_BYTES + _MAC_BYTES:
        return None
    id_ = uuid.UUID(bytes=plain[:_ID_BYTES])
    return id_ if hmac.compare_digest(plain[_ID_BYTES:], _mac(secret, purpose, id_)) else None


def signed_url(settings: Settings, endpoint: str, purpose: Purpose, id_: uuid.UUID) -> str:
    """Return the whole address of one of the pages that open without a visit."""
    return settings.public_url + url_for(endpoint, token=sign(settings.secret_key, purpose, id_))


def activity_urls(session: Session, activity_ids: Collection[uuid.UUID], settings: Settings) -> Mapping[uuid.UUID, str]:
    """Return where each activity is opened from: in the LMS where its pages have known addresses, else our own page."""
    found = {id_: signed_url(settings, "mail.open_activity", Purpose.OPEN, id_) for id_ in activity_ids}
    placements = session.scalars(
        select(Placement)
        .where(Placement.activity_id.in_(list(activity_ids)))
        .options(
            joinedload(Placement.activity).joinedload(Activity.course),
            joinedload(Placement.deployment).joinedload(Deployment.platform),
        )
        # The last one wins: one that learners came by, and the newest of them.
        .order_by(Placement.opened_at.is_not(None), Placement.created_at, Placement.id)
    )
    for placement in placements:
        if url := lms_url(placement):
            found[placement.activity_id] = url
    return found


def lms_url(placement: Placement) -> str | None:
    """Return the address of a link's page in the LMS; None where it cannot be known."""
    platform = placement.deployment.platform
    pattern = profile_for(platform.product, platform.issuer).link_page
    is_known = pattern and placement.is_link and placement.resource_link_id.isalnum()
    if not pattern or not is_known or not platform.issuer.startswith(("https://", "http://")):
        return None
    return pattern.format(issuer=platform.issuer.rstrip("/"), link=placement.resource_link_id)


def find_activity(session: Session, activity_id: uuid.UUID) -> Activity | None:
    """Return an activity with its course and its LMS, for who holds a signed address."""
    return session.scalar(
        select(Activity)
        .where(Activity.id == activity_id)
        .options(
            joinedload(Activity.course)
            .joinedload(Course.deployment)
            .joinedload(Deployment.platform)
            .joinedload(Platform.tenant)
        )
    )


def _mac(secret: str, purpose: Purpose, id_: uuid.UUID) -> bytes:
    return hmac.digest(secret.encode(), f"kring mail {purpose} v1 ".encode() + id_.bytes, "sha256")[:_MAC_BYTES]
