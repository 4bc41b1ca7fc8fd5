"""Notices and subscriptions: who is told of what, and who wants to be."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from connector.activities.models import Activity
from connector.bulk import insert_new, new_id, one_of
from connector.courses.models import Membership, Person
from connector.db import stored
from connector.notifications.models import UNREAD, Level, Mail, MailState, Notice, Scope, Subscription
from connector.notifications.recipients import DEFAULTS, MAILED_ROLES
from connector.notifications.tellers import Telling, tell
from connector.web.paging import turn_to

NOTICES_A_PAGE = 30
KEPT = timedelta(days=180)
"""How long notices stay."""
MAILS_KEPT = timedelta(days=30)
"""How long it is remembered that a mail went."""
MOST_COUNTED = 99
"""The bell counts no further."""
_CHUNK = 5_000
"""Databases take only so many values in one statement."""


def notify(
    session: Session,
    recipients: Collection[uuid.UUID],
    what: str,
    *,
    about: uuid.UUID,
    activity: Activity,
    by: uuid.UUID | None,
    thread_id: uuid.UUID | None = None,
    now: datetime,
) -> None:
    """Tell members of something, in the transaction in which it happens. Who did it is never told, and is not stored.

    Who has not read the same of the same thing, is not told twice. The caller sees to it that the recipients may see it,
    and want to be told. Of an activity that is switched off nobody is told anything.

    Args:
        recipients: Ids of memberships of the activity's course.
        what: What happened; at most 32 characters, for which there is a teller.
        about: What it happened to.
        by: Whose act it is.
        thread_id: The thread that it belongs to, if there is one.
    """
    if activity.switched_off_at is not None:
        return
    session.flush()  # what it is about, and whether people are still here
    connection = session.connection()
    mailed = and_(Person.email.is_not(None), Person.email != "", Membership.role.in_(MAILED_ROLES))
    told = {
        "id": new_id(),
        "member_id": Membership.id,
        "person_id": Person.id,
        "what": _given(Notice.what, what),
        "about": _given(Notice.about, about),
        "activity_id": _given(Notice.activity_id, activity.id),
        "thread_id": _given(Notice.thread_id, thread_id),
        "created_at": _given(Notice.created_at, now),
        "is_held": _given(Notice.is_held, False),
        "mail_due_at": case((mailed, _given(Notice.mail_due_at, now))),
    }
    people = (
        select(*told.values())
        .join_from(Membership, Membership.person)
        .where(Membership.course_id == activity.course_id, Membership.is_active, Person.erased_at.is_(None))
        .order_by(Membership.id)  # so that two acts never wait for each other
    )
    for ids in _chunks(sorted(set(recipients) - {by}, key=attrgetter("int"))):
        chosen = people.where(one_of(connection, Membership.id, ids))
        connection.execute(
            insert_new(connection, Notice, unless=UNREAD).from_select([*told], chosen, include_defaults=False)
        )


def _given(column: InstrumentedAttribute[Any], value: object) -> ColumnElement[Any]:
    return literal(value, column.type)


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice, and what it says to its reader."""

    notice: Notice
    telling: Telling


@dataclass(frozen=True, slots=True)
class NoticeList:
    """One page of a member's notices."""

    shown: Sequence[Shown]
    gone: Sequence[uuid.UUID]
    """Unread ones that say nothing any more."""
    page: int
    pages: int


def list_notices(session: Session, member: Membership, *, is_unread: bool, page: int) -> NoticeList:
    """Return a page of a member's notices, the newest first.

    Args:
        is_unread: Whether only those that have not been read.
        page: From 1; one that does not exist becomes the nearest that does.
    """
    is_on = and_(Notice.activity_id == Activity.id, Activity.switched_off_at.is_(None))
    mine = and_(Notice.member_id == member.id, is_on, *([Notice.read_at.is_(None)] if is_unread else []))
    count = session.scalar(select(func.count(Notice.id)).where(mine)) or 0
    page, pages = turn_to(page, count, most=NOTICES_A_PAGE)
    found = session.scalars(
        select(Notice)
        .where(mine)
        .order_by(Notice.created_at.desc(), Notice.id)
        .options(joinedload(Notice.activity))
        .limit(NOTICES_A_PAGE)
        .offset((page - 1) * NOTICES_A_PAGE)
    ).all()
    tellings = tell(session, member, found)
    return NoticeList(
        shown=[Shown(notice, tellings[notice.id]) for notice in found if notice.id in tellings],
        gone=[notice.id for notice in found if notice.id not in tellings and notice.read_at is None],
        page=page,
        pages=pages,
    )


def count_unread(session: Session, member_id: uuid.UUID) -> int:
    """Return how many notices a member has not read, up to one more than the bell counts."""
    return session.scalar(select(func.count()).select_from(unread(member_id).limit(MOST_COUNTED + 1).subquery())) or 0


def unread(member_id: uuid.UUID) -> Select[uuid.UUID]:
    """Return the query for the ids of what a member has not read, of activities that are not switched off."""
    mine = select(Notice.id).join(Notice.activity).where(Notice.member_id == member_id, Notice.read_at.is_(None))
    return mine.where(Activity.switched_off_at.is_(None))


def mark_read(
    session: Session, member_id: uuid.UUID, ids: Collection[uuid.UUID] | None = None, *, now: datetime
) -> None:
    """Note that a member has read notices: those named, or all of them."""
    mine = Notice.member_id == member_id if ids is None else and_(Notice.member_id == member_id, Notice.id.in_(ids))
    _mark(session, mine, now)


def read_about(session: Session, member_id: uuid.UUID, abouts: Collection[uuid.UUID], *, now: datetime) -> None:
    """Note that a member has seen the things themselves, such as posts: their notices are read with them."""
    if abouts:
        _mark(session, and_(Notice.member_id == member_id, Notice.about.in_(list(abouts))), now)


def read_place(
    session: Session,
    member_id: uuid.UUID,
    activity_id: uuid.UUID,
    thread_ids: Collection[uuid.UUID] | None = None,
    *,
    now: datetime,
) -> None:
    """Note that a member wants to see nothing as new any more, in some threads or in all of an activity."""
    here = and_(Notice.member_id == member_id, Notice.activity_id == activity_id)
    _mark(session, here if thread_ids is None else and_(here, Notice.thread_id.in_(list(thread_ids))), now)


def merge_thread(session: Session, thread_id: uuid.UUID, into_id: uuid.UUID) -> None:
    """Let who follows or mutes a thread do so with the one that its posts go to, unless they said something of that one."""
    known = select(Subscription.member_id).where(Subscription.scope == Scope.THREAD, Subscription.scope_id == into_id)
    theirs = update(Subscription).where(Subscription.scope == Scope.THREAD, Subscription.scope_id == thread_id)
    unsynchronised = {"synchronize_session": False}
    session.execute(
        theirs.where(Subscription.member_id.not_in(known)).values(scope_id=into_id).execution_options(**unsynchronised)
    )
    moved = update(Notice).where(Notice.thread_id == thread_id).values(thread_id=into_id)
    session.execute(moved.execution_options(**unsynchronised))


def outdate(session: Session, member_ids: Collection[uuid.UUID], what: str, about: uuid.UUID, *, now: datetime) -> None:
    """Let what was told and not read give way, so that `notify` tells it anew."""
    for ids in _chunks(list(member_ids)):
        _mark(session, and_(Notice.member_id.in_(ids), Notice.what == what, Notice.about == about), now)


def _mark(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(Notice)
        .where(which, Notice.read_at.is_(None))
        .values(read_at=now, mail_due_at=None)
        .execution_options(synchronize_session=False)
    )


# --- subscriptions ------------------------------------------------------------------------------------------------------
def levels(
    session: Session, member_ids: Collection[uuid.UUID], scopes: Sequence[tuple[Scope, uuid.UUID]]
) -> Mapping[uuid.UUID, Level]:
    """Return what members want to be told of a place: what they said of it, else of the next wider one, else by role.

    Args:
        scopes: The place and the wider ones, the most specific first.
    """
    found: dict[uuid.UUID, Level] = {}
    rank = {scope: number for number, scope in enumerate(scopes)}
    places = or_(*(and_(Subscription.scope == scope, Subscription.scope_id == id_) for scope, id_ in scopes))
    for ids in _chunks(list(member_ids)):
        roles = session.execute(select(Membership.id, Membership.role).where(Membership.id.in_(ids)))
        found.update((id_, DEFAULTS[role]) for id_, role in roles)
        if scopes:
            mine = Subscription.member_id.in_(ids)
            said = session.scalars(select(Subscription).where(places, mine)).all()
            for each in sorted(said, key=lambda each: rank[each.scope, each.scope_id], reverse=True):
                found[each.member_id] = each.level
    return found


def level_set(session: Session, member_id: uuid.UUID, scope: Scope, scope_id: uuid.UUID) -> Level | None:
    """Return what a member said about this very place; None where nothing."""
    return session.scalar(
        select(Subscription.level).where(
            Subscription.member_id == member_id, Subscription.scope == scope, Subscription.scope_id == scope_id
        )
    )


def set_level(
    session: Session, member_id: uuid.UUID, scope: Scope, scope_id: uuid.UUID, level: Level | None, *, now: datetime
) -> Level | None:
    """Note what a member wants to be told of a place, and return what they had said before.

    Args:
        level: None takes back what was said, so that the wider place counts again.
    """
    mine = select(Subscription).where(
        Subscription.member_id == member_id, Subscription.scope == scope, Subscription.scope_id == scope_id
    )
    if level is None:
        before = session.scalar(mine)
        if before is None:
            return None
        session.delete(before)
        session.flush()
        return before.level
    said: Level = level
    is_new: list[bool] = []

    def make() -> Subscription:
        is_new.append(True)
        return Subscription(member_id=member_id, scope=scope, scope_id=scope_id, level=said, changed_at=now)

    row = stored(session, mine, make)
    former = None if is_new else row.level
    row.level, row.changed_at = said, now
    session.flush()
    return former


def list_subscriptions(session: Session, member_id: uuid.UUID) -> Sequence[Subscription]:
    """Return everything that a member said about places, the newest first."""
    mine = select(Subscription).where(Subscription.member_id == member_id)
    return session.scalars(mine.order_by(Subscription.changed_at.desc(), Subscription.id)).all()


# --- keeping --------------------------------------------------------------------------------------------------------------
def tidy(session: Session, *, now: datetime) -> None:
    """Delete notices that have had their time, and what is known of mails that went long ago."""
    session.execute(delete(Notice).where(Notice.created_at < now - KEPT))
    session.execute(delete(Mail).where(Mail.state != MailState.NEW, Mail.done_at < now - MAILS_KEPT))


def _chunks(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
