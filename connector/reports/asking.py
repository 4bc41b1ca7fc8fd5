"""What a request asks of reports: who asks, which days, which activity and group; and how old the figures are."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import request
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.services import list_activities
from connector.courses.access import current_member
from connector.courses.models import Course, Group, Membership, Role
from connector.delivery.models import Endpoint
from connector.reports.models import Source
from connector.reports.rosters import Roster, list_groups, read_roster
from connector.reports.schemas import FilterForm
from connector.reports.scope import Scope
from connector.reports.sources import EVERY, find_feed, source_of
from connector.web.errors import NotFoundError
from connector.web.requests import now

WEEKS = 12
"""How far back reports look unless asked otherwise."""
_NO_FEED = -1
_OLD = 10 * EVERY


@dataclass(frozen=True, slots=True)
class Origin:
    """The store that the figures come from, and how old they are."""

    endpoint: Endpoint | None
    source: Source | None
    is_old: bool
    """Whether the store should have been read since."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of reports."""

    member: Membership
    roster: Roster
    scope: Scope
    origin: Origin
    groups: Sequence[Group]
    activities: Sequence[Activity]
    typed: Mapping[str, Any]
    """What the filters' fields show."""
    errors: Mapping[str, list[str]]

    @property
    def filters(self) -> dict[str, Any]:
        """Return the filters as an address holds them."""
        return {
            key: value
            for key in ("since", "until", "group", "activity_id")
            if (value := str(self.typed.get(key) or ""))
        }


def ask(session: Session) -> Asked:
    """Return what somebody who leads the course asks.

    Raises:
        NotFoundError: They do not lead it; or there is no such group or activity in it.
    """
    member = current_member(session)
    if not member.is_staff:
        raise NotFoundError
    return _ask(session, member, request.args.to_dict())


def ask_to_look(session: Session) -> Asked:
    """Return what somebody asks who leads the course, or looks on: observers choose nothing, so that nothing small can
    be told from two answers.

    Raises:
        NotFoundError: They do neither.
    """
    member = current_member(session)
    if member.role is not Role.OBSERVER:
        return ask(session)
    return _ask(session, member, {})


def whole_scope(session: Session, course: Course, roster: Roster, since: date, until: date, *, at: datetime) -> Scope:
    """Return the scope of a whole course for some days."""
    endpoint = source_of(session, course)
    feed = find_feed(session, endpoint, course) if endpoint else None
    return Scope(feed_id=feed.id if feed else _NO_FEED, since=since, until=until, now=at, learners=roster.learners)


def origin_of(session: Session, course: Course, *, at: datetime) -> Origin:
    """Return where a course's figures come from."""
    endpoint = source_of(session, course)
    source = session.get(Source, endpoint.id) if endpoint else None
    is_old = source is None or source.succeeded_at is None or source.succeeded_at < at - _OLD
    return Origin(endpoint, source, is_old)


def _ask(session: Session, member: Membership, args: dict[str, str]) -> Asked:
    errors: Mapping[str, list[str]] = {}
    try:
        form = FilterForm().load(args)
    except ValidationError as error:
        errors, form = error.messages_dict, {}
    at = now()
    until = form.get("until") or at.astimezone(UTC).date()
    since = form.get("since") or until - timedelta(weeks=WEEKS) + timedelta(days=1)
    roster, groups, activities = _surroundings(session, member)
    group_id, activity_id = form.get("group"), form.get("activity_id")
    _check(group_id, groups)
    _check(activity_id, activities)
    actors = roster.in_group(group_id) if group_id else None
    whole = whole_scope(session, member.course, roster, since, until, at=at)
    scope = Scope(
        feed_id=whole.feed_id,
        since=since,
        until=until,
        now=at,
        learners=roster.learners if actors is None else roster.learners & actors,
        activity_id=activity_id,
        actors=actors,
    )
    typed = {"since": since, "until": until, "group": group_id or "", "activity_id": activity_id or ""}
    shown = {**typed, **{key: args.get(key, "") for key in errors}}
    origin = origin_of(session, member.course, at=at)
    return Asked(member, roster, scope, origin, groups, activities, shown, errors)


def _surroundings(session: Session, member: Membership) -> tuple[Roster, Sequence[Group], Sequence[Activity]]:
    course = member.course
    return read_roster(session, course), list_groups(session, course), list_activities(session, member)


def _check(id_: uuid.UUID | None, among: Sequence[Group] | Sequence[Activity]) -> None:
    if id_ is not None and id_ not in {each.id for each in among}:
        raise NotFoundError
