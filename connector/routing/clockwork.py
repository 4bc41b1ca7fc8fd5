"""When something happens to a question next, in the working time of the organisation."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from connector.calendars.arithmetic import Calendar, add_working, spans, working_between
from connector.routing.models import AFTER, OPEN_STATES, Case, Request, RoutingRules, Wave

SILENCE = timedelta(hours=24)
"""After how long somebody who was chosen, or said that they will answer, is waited for no longer; then at the next
working moment, so that nobody is asked in the night because somebody else was silent."""


def elapsed(case: Case, calendar: Calendar, now: datetime) -> timedelta:
    """Return how much working time a question has waited for its answer, pauses left out."""
    spent = timedelta(seconds=case.spent)
    return spent if case.running_since is None else spent + working_between(case.running_since, now, calendar)


def stop(case: Case, calendar: Calendar, now: datetime) -> None:
    """Let the time stand still."""
    case.spent = round(elapsed(case, calendar, now).total_seconds())
    case.running_since = None


def silent_at(since: datetime, calendar: Calendar) -> datetime:
    """Return from when somebody has been silent for too long."""
    earliest = since + SILENCE
    return next((begin for begin, _end in spans(earliest, earliest + timedelta(days=366), calendar)), earliest)


def is_wave_due(case: Case, rules: RoutingRules, calendar: Calendar, now: datetime) -> bool:
    """Return whether the next wave is to be asked now; asked of the calendar, which may have changed since the timer was set."""
    after = _after_next(case, rules)
    return after is not None and case.running_since is not None and elapsed(case, calendar, now) >= after


def is_resolution_due(case: Case, rules: RoutingRules, calendar: Calendar, now: datetime) -> bool:
    """Return whether the question should have been solved by now."""
    return case.running_since is not None and elapsed(case, calendar, now) >= timedelta(hours=rules.resolve_hours)


def set_timers(case: Case, requests: Iterable[Request], rules: RoutingRules, calendar: Calendar) -> None:
    """Note when an answer and a solution are expected, and when to look again."""
    if case.resolved_at is not None or case.running_since is None:
        case.answer_due_at = case.resolve_due_at = case.due_at = None
        return
    answer, resolve = timedelta(hours=rules.answer_hours), timedelta(hours=rules.resolve_hours)
    case.answer_due_at = None if case.answered_at else _moment(case, calendar, answer)
    case.resolve_due_at = _moment(case, calendar, resolve)
    due = [each.silent_at for each in requests if each.silent_at is not None and each.state in OPEN_STATES]
    after = _after_next(case, rules)
    if after is not None:
        due.append(_moment(case, calendar, after))
    if case.nudged_at is None:
        due.append(case.resolve_due_at)
    case.due_at = min(due, default=None)


def _after_next(case: Case, rules: RoutingRules) -> timedelta | None:
    """Return after how much working time the next wave comes; None where none does."""
    if case.resolved_at is not None or case.answered_at is not None or case.wave >= Wave.STANDBY:
        return None
    return timedelta(hours=rules.answer_hours) * AFTER[Wave(case.wave + 1)]


def _moment(case: Case, calendar: Calendar, after: timedelta) -> datetime:
    """Return when a question has waited for so long, as long as nothing stops the time."""
    since = case.running_since or case.begun_at
    return add_working(since, max(after - timedelta(seconds=case.spent), timedelta(0)), calendar)
