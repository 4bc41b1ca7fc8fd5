"""The week's figures for trainers who want them: a notice on Monday, which goes out with their other mail."""

import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.services import notify
from connector.notifications.tellers import Telling
from connector.reports.asking import whole_scope
from connector.reports.measuring import measure
from connector.reports.models import WeeklyReader
from connector.reports.rosters import read_roster
from connector.reports.scope import WEEK_DAYS
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.requests import now as time_now

WEEKLY = "report.weekly"
_HOUR = time(5, tzinfo=UTC)
"""On Mondays: early in Europe, so that it is there for the day's mail."""


def next_monday(after: datetime) -> datetime:
    """Return when the next week's figures are due."""
    day = after.astimezone(UTC).date()
    monday = datetime.combine(day + timedelta(days=-day.weekday()), _HOUR)
    return monday if monday > after else monday + timedelta(days=WEEK_DAYS)


def is_reader(session: Session, member: Membership) -> bool:
    """Return whether a trainer wants the week's figures."""
    return session.get(WeeklyReader, member.id) is not None


def set_reader(session: Session, member: Membership, *, wants: bool, now: datetime) -> None:
    """Note whether a trainer wants the week's figures."""
    row = session.get(WeeklyReader, member.id)
    if wants and row is None:
        session.add(WeeklyReader(member_id=member.id, due_at=next_monday(now)))
    elif not wants and row is not None:
        session.delete(row)
    session.flush()


def tell_due(session: Session, *, now: datetime) -> int:
    """Tell those whose week is over, and return how many; whoever no longer leads the course is no reader any more."""
    due = session.scalars(
        select(WeeklyReader)
        .where(WeeklyReader.due_at <= now)
        .options(joinedload(WeeklyReader.member))
        .with_for_update(skip_locked=True, of=WeeklyReader)
    ).all()
    count = 0
    for reader in due:
        reader.due_at = next_monday(now)
        newest = (
            select(Activity).where(Activity.course_id == reader.member.course_id).order_by(Activity.created_at.desc())
        )
        activity = session.scalar(newest.limit(1))
        if not (reader.member.is_staff and reader.member.is_active):
            session.delete(reader)
        elif activity is not None:
            notify(session, [reader.member_id], WEEKLY, about=reader.member_id, activity=activity, by=None, now=now)
            count += 1
    session.flush()
    return count


def tell_week(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return what the notice says: the figures of the last whole week."""
    if not reader.is_staff or reader.id not in ids:
        return {}
    today = time_now().astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday() + WEEK_DAYS)
    sunday = monday + timedelta(days=WEEK_DAYS - 1)
    roster = read_roster(session, reader.course)
    scope = whole_scope(session, reader.course, roster, monday, sunday, at=time_now())
    taking_part = measure(session, scope, roster, "participation").values
    threads = measure(session, scope, roster, "discussion").values["unanswered_threads"]
    waiting = measure(session, scope, roster, "questions").values["waiting_day"]
    active, silent = (int(taking_part[key] or 0) for key in ("active_learners", "silent_learners"))
    sentences = (
        _("%(active)s of %(all)s learners were active.", active=active, all=active + silent),
        ngettext("%(num)s contribution.", "%(num)s contributions.", int(taking_part["contributions"] or 0)),
        ngettext("%(num)s thread has no reply.", "%(num)s threads have no reply.", int(threads or 0)),
        ngettext("%(num)s question waits for an answer.", "%(num)s questions wait for an answer.", int(waiting or 0)),
    )
    return {
        reader.id: Telling(
            title=_("Last week in %(course)s", course=reader.course.title),
            text=" ".join(sentences),
            topic=_("Course reports"),
            endpoint="reports.index",
            values={"since": monday.isoformat(), "until": sunday.isoformat()},
        )
    }
