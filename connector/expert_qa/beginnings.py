"""What the ideas for questions begin with: their rules, and an hour in which they are answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connector.activities.kinds import Idea
from connector.activities.models import Activity
from connector.calendars.arithmetic import Calendar, spans
from connector.calendars.services import calendar_of
from connector.courses.models import Membership
from connector.expert_qa import hours
from connector.expert_qa.models import Desk
from connector.participation.models import Participation
from connector.participation.words import tell_asks
from connector.threads.models import Rules
from connector.threads.rules_words import tell_rules
from connector.web.i18n import gettext as _

_NOTICE = timedelta(days=7)
"""How long questions are collected before the hour."""
_HOUR = timedelta(hours=1)
_LOOKED_AT = timedelta(days=60)
"""How far ahead a working hour is looked for."""


def ideas() -> Sequence[Idea]:
    """Return the ideas for questions, in the reader's language."""
    return [
        Idea(
            key="experts",
            title=_("Ask the experts"),
            prompt=_(
                "Ask whatever you need to know for your work. Say what you tried and what you expected. "
                "Accept the answer that helps, so that others find it."
            ),
        ),
        Idea(
            key="anything",
            title=_("Ask me anything"),
            prompt=_("Collect your questions here during the week. In the agreed hour they are answered, one by one."),
            open=_open_hour,
            opening=_("There is an hour of answers in a week, in working time; you ask for it beforehand."),
        ),
    ]


def tell(session: Session, activity: Activity) -> Sequence[str]:
    """Return how questions work, a sentence each."""
    return [*tell_asks(session, activity), *tell_rules(session, activity)]


def clear(session: Session, activity: Activity) -> None:
    """Take away how questions are asked, and what is asked for."""
    for model in (Rules, Desk, Participation):
        session.execute(delete(model).where(model.activity_id == activity.id))


def next_hour(after: datetime, calendar: Calendar) -> datetime:
    """Return when the first full hour begins that is worked whole, from a moment on; that moment's own hour if none is.

    Args:
        after: Aware.
    """
    for begin, end in spans(after, after + _LOOKED_AT, calendar):
        full = begin.replace(minute=0, second=0, microsecond=0)
        full = full if full == begin else full + _HOUR
        if full + _HOUR <= end:
            return full
    return after.replace(minute=0, second=0, microsecond=0) + _HOUR


def _open_hour(session: Session, activity: Activity, by: Membership, now: datetime) -> None:
    begins_at = next_hour(now + _NOTICE, calendar_of(session, activity.course.deployment.platform.tenant_id))
    hours.plan(
        session,
        activity,
        by,
        title=activity.title,
        host=by,
        begins_at=begins_at,
        ends_at=begins_at + _HOUR,
        now=now,
    )
