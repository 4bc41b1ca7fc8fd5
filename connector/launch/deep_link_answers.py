"""Answers to an LMS that let somebody choose: what was chosen, or why nothing can be, signed.

Source: https://www.imsglobal.org/spec/lti-dl/v2p0.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.links import ACTIVITY, launch_url
from connector.activities.models import Activity
from connector.config import Settings
from connector.content import markdown
from connector.content.text import plain_text
from connector.grades.models import LineItem
from connector.launch.deep_linking import activity_id, request_of
from connector.launch.models import DeepLink
from connector.platforms.keys import tool_keys
from connector.platforms.models import Platform
from connector.platforms.services import registration_of
from lti import deep_linking as protocol
from lti.deep_linking import ContentItem, GradeColumn, TimeSpan, Words
from lti.keys import signing_key
from lti.messages import DeepLinkingSettings
from lti.profiles import profile_for

GRADE_TAG = "grade"
"""The tag of the column that an activity's grade goes to."""
_TEXT_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser posts to the LMS."""

    return_url: str
    jwt: str


def answer(session: Session, link: DeepLink, settings: Settings, *, now: datetime) -> Answer:
    """Return the signed answer to a choosing that is finished."""
    ids = [uuid.UUID(item["activity"]) if "activity" in item else activity_id(link, item["key"]) for item in link.items]
    rows = session.scalars(select(Activity).where(Activity.id.in_(ids)).order_by(Activity.created_at)).all()
    # What has a column already keeps it: the LMS would make a second one.
    named = select(LineItem.activity_id).where(LineItem.activity_id.in_(ids), LineItem.url.is_not(None))
    has_column = set(session.scalars(named))
    items = [
        _content_item(activity, settings.public_url, with_column=activity.id not in has_column) for activity in rows
    ]
    deployment = link.member.course.deployment
    wanted = request_of(link, secret=settings.secret_key)
    return _sign(
        session, deployment.platform, deployment.deployment_id, wanted, items=items, settings=settings, now=now
    )


def refusal(
    session: Session,
    platform: Platform,
    deployment_id: str,
    wanted: DeepLinkingSettings,
    *,
    reason: str,
    log: str,
    settings: Settings,
    now: datetime,
) -> Answer:
    """Return the signed answer that says why nothing can be chosen."""
    words = Words(error_message=reason, error_log=log)
    return _sign(session, platform, deployment_id, wanted, words=words, settings=settings, now=now)


def _sign(
    session: Session,
    platform: Platform,
    deployment_id: str,
    wanted: DeepLinkingSettings,
    *,
    items: Sequence[ContentItem] = (),
    words: Words | None = None,
    settings: Settings,
    now: datetime,
) -> Answer:
    jwt = protocol.sign_response(
        items,
        wanted,
        registration=registration_of(platform),
        deployment_id=deployment_id,
        profile=profile_for(platform.product, platform.issuer),
        key=signing_key(tool_keys(session, settings.secret_key), now),
        now=now,
        words=words,
    )
    return Answer(return_url=wanted.return_url, jwt=jwt)


def _content_item(activity: Activity, public_url: str, *, with_column: bool) -> ContentItem:
    custom = {ACTIVITY: str(activity.id)}
    url = launch_url(public_url, activity.id)
    grade = None
    if activity.score_maximum is not None and with_column:
        grade = GradeColumn(
            score_maximum=activity.score_maximum,
            label=activity.title,
            resource_id=str(activity.id),
            tag=GRADE_TAG,
            submission_review={
                "reviewableStatus": ["InProgress", "Submitted", "Completed"],
                "url": url,
                "custom": custom,
            },
        )
    text = plain_text(markdown.render(activity.prompt))
    return ContentItem(
        url=url,
        title=activity.title,
        text=text[:_TEXT_LIMIT] or None,
        custom=custom,
        grade=grade,
        available=TimeSpan(starts_at=activity.opens_at) if activity.opens_at else None,
        submission=TimeSpan(ends_at=activity.closes_at) if activity.closes_at else None,
    )
