"""The roster: who is in a course by the LMS's own list, read in the background and never in a request.

A launch knows more than the roster does: Moodle's roster calls a non-editing teacher a learner, and leaves its managers
out. So the roster may raise a role that a launch showed, not lower it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from connector.courses.groups import store_groups
from connector.courses.models import Course, Membership, Person, Role
from lti.groups import Group, GroupsEndpoint, group_sets, groups
from lti.profiles import Profile
from lti.roles import Roles
from lti.roster import Member, Status, members
from lti.service import Service

SEEN_LATELY = timedelta(hours=12)
"""Whoever launched within this time is in the course, whatever the roster says: as long as a visit can last."""
MOST_MEMBERS = 20_000
"""How many members of one course are taken."""
_CHUNK = 500

_RANK = {
    Role.OBSERVER: 0,
    Role.TEST_STUDENT: 0,
    Role.LEARNER: 1,
    Role.EXPERT: 2,
    Role.ASSISTANT: 3,
    Role.TRAINER: 4,
}


class EmptyRosterError(Exception):
    """The LMS answered with nobody at all, which is never true of a course that somebody has launched from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What the LMS says of a course, read whole."""

    members: Sequence[Member]
    groups: Sequence[Group] = ()
    set_names: dict[str, str] | None = None
    """The groups' sets by id; None where the LMS offers no groups."""


def read_roster(service: Service, course: Course, profile: Profile) -> Roster:
    """Read a course's members, and its groups where the LMS offers them; takes as long as the LMS does.

    Raises:
        lti.errors.ServiceError: It could not be read whole, so nobody may be called absent.
    """
    found: list[Member] = []
    for member in members(service, course.memberships_url or "", profile=profile, has_groups=bool(course.groups_url)):
        found.append(member)
        if len(found) >= MOST_MEMBERS:
            break
    if course.groups_url is None:
        return Roster(members=found)
    endpoint = GroupsEndpoint(groups_url=course.groups_url, sets_url=course.group_sets_url)
    sets = {group_set.id: group_set.name or group_set.id for group_set in group_sets(service, endpoint)}
    return Roster(members=found, groups=list(groups(service, endpoint)), set_names=sets)


def store_roster(session: Session, course: Course, roster: Roster, *, now: datetime) -> None:
    """Bring the course's people in line with the roster; a number of statements that does not grow with the people.

    Raises:
        EmptyRosterError: The roster is empty.
    """
    if not roster.members:
        raise EmptyRosterError
    platform_id = course.deployment.platform_id
    people = _store_people(session, platform_id, roster.members, now)
    known = {row.person_id: row for row in session.scalars(select(Membership).where(Membership.course_id == course.id))}
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for member in roster.members:
        person_id, role = people[member.user_id], role_of(member.roles)
        is_active = member.status is Status.ACTIVE
        row = known.pop(person_id, None)
        if row is None:
            added.append(_new(course, person_id, role, is_active=is_active, now=now))
            continue
        kept = raised(row.role, role) if row.seen_at else role
        stays = is_active or _was_seen_lately(row, now)
        if (row.role, row.is_active) != (kept, stays):
            changed.append({"id": row.id, "role": kept, "is_active": stays})
    gone = [row.id for row in known.values() if row.is_active and not _was_seen_lately(row, now)]
    changed += [{"id": id_, "is_active": False} for id_ in gone]
    if added:
        session.execute(insert(Membership), added)
    _update(session, changed)
    if roster.set_names is not None:
        store_groups(session, course, roster.groups, roster.set_names, _enrolments(roster.members, people))
    course.roster_synced_at = now


def role_of(roles: Roles) -> Role:
    """Return what the roster says somebody is; whoever has no role of the course looks on."""
    if roles.is_test_user:
        return Role.TEST_STUDENT
    return Role(roles.course_role.value) if roles.course_role else Role.OBSERVER


def raised(launched: Role, listed: Role) -> Role:
    """Return the role of somebody who has launched: what the launch showed, unless the roster gives more."""
    return listed if _RANK[listed] > _RANK[launched] and launched is not Role.TEST_STUDENT else launched


def _was_seen_lately(row: Membership, now: datetime) -> bool:
    return row.seen_at is not None and now - row.seen_at < SEEN_LATELY


def _new(course: Course, person_id: uuid.UUID, role: Role, *, is_active: bool, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "course_id": course.id,
        "person_id": person_id,
        "role": role,
        "is_active": is_active,
        "created_at": now,
        "seen_at": None,
    }


def _store_people(
    session: Session, platform_id: uuid.UUID, listed: Sequence[Member], now: datetime
) -> dict[str, uuid.UUID]:
    """Add those whom the platform had not named before, take over new names, and return everybody's id by subject."""
    known: dict[str, Person] = {}
    for chunk in _chunks([member.user_id for member in listed]):
        rows = session.scalars(select(Person).where(Person.platform_id == platform_id, Person.subject.in_(chunk)))
        known |= {row.subject: row for row in rows}
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for member in listed:
        name = member.name or " ".join(part for part in (member.given_name, member.family_name) if part) or None
        row = known.get(member.user_id)
        if row is None:
            added.append(
                {
                    "id": uuid.uuid4(),
                    "platform_id": platform_id,
                    "subject": member.user_id,
                    "name": name,
                    "email": member.email,
                    "locale": None,
                    "pseudonym": uuid.uuid4(),
                    "created_at": now,
                }
            )
        elif (name and name != row.name) or (member.email and member.email != row.email):
            changed.append({"id": row.id, "name": name or row.name, "email": member.email or row.email})
    if added:
        session.execute(insert(Person), added)
    if changed:
        session.execute(update(Person), changed)
    ids = {subject: row.id for subject, row in known.items()}
    ids.update((str(row["subject"]), row["id"]) for row in added)
    return ids


def _update(session: Session, changed: Sequence[dict[str, Any]]) -> None:
    """Update memberships by primary key: one statement for each set of columns, sent many times at once."""
    for names in ({"id", "role", "is_active"}, {"id", "is_active"}):
        rows = [row for row in changed if row.keys() == names]
        if rows:
            session.execute(update(Membership), rows)


def _enrolments(listed: Iterable[Member], people: dict[str, uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    return {people[member.user_id]: member.group_ids or () for member in listed}


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """Part a long list: SQLite takes only so many variables in one statement."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def want_roster(session: Session, course: Course, *, now: datetime) -> None:
    """Ask the worker to read the roster as soon as it can."""
    course.roster_due_at = now
    session.flush()
