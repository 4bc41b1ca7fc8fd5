"""What pages show of the pool: a list of entries, one entry with what it said before, and what others propose."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Course, Membership
from connector.courses.people import name_of
from connector.pool.access import Standing, check_keeper, is_in_pool, standing_of
from connector.pool.making import entry_tags
from connector.pool.models import Entry, EntryMark, EntryTag, EntryVersion, Proposal
from connector.threads.bylines import alias_name
from connector.web.errors import NotFoundError
from connector.web.paging import turn_to

ENTRIES_A_PAGE = 20


class Show(StrEnum):
    """Which entries a list has."""

    ALL = "all"
    DUE = "due"
    MINE = "mine"
    """That the reader looks after."""
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in a list."""

    entry: Entry
    standing: Standing
    tags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryList:
    """One page of the pool, what was changed last first."""

    rows: Sequence[Row]
    count: int
    page: int
    pages: int
    counts: Mapping[Show, int]
    tags: Sequence[tuple[str, int]]
    """Those in use, with the number of entries; the most used first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an entry said from some time on."""

    number: int
    title: str
    body: str
    written_at: datetime
    by: Membership | None
    """None for the first one: whose that is, the entry itself says."""


def list_entries(
    session: Session, member: Membership, *, show: Show, tag: str | None, page: int, now: datetime
) -> EntryList:
    """Return a page of the pool; four queries, however much there is."""
    conditions = {each: _condition(each, member, now) for each in Show}
    columns = [func.count().filter(condition).label(each.value) for each, condition in conditions.items()]
    counted = session.execute(select(*columns).select_from(Entry).where(is_in_pool(member))).one()
    tags = Counter(
        dict(
            iter(
                session.execute(
                    select(EntryTag.tag, func.count())
                    .join(Entry, Entry.id == EntryTag.entry_id)
                    .where(is_in_pool(member))
                    .group_by(EntryTag.tag)
                )
            )
        )
    )
    wanted = select(Entry).where(is_in_pool(member), conditions[show])
    if tag:
        wanted = wanted.where(Entry.id.in_(select(EntryTag.entry_id).where(EntryTag.tag == tag)))
    count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page, pages = turn_to(page, count, most=ENTRIES_A_PAGE)
    entries = session.scalars(
        wanted.order_by(Entry.changed_at.desc(), Entry.id)
        .limit(ENTRIES_A_PAGE)
        .offset((page - 1) * ENTRIES_A_PAGE)
        .options(
            joinedload(Entry.owner).joinedload(Membership.person),
            joinedload(Entry.confirmed_by).joinedload(Membership.person),
        )
    ).all()
    named = entry_tags(session, [each.id for each in entries])
    return EntryList(
        rows=[Row(each, standing_of(each, now=now), named.get(each.id, [])) for each in entries],
        count=count,
        page=page,
        pages=pages,
        counts={each: getattr(counted, each.value) for each in Show},
        tags=sorted(tags.items(), key=lambda use: (-use[1], use[0])),
    )


def list_all(session: Session, member: Membership) -> Sequence[Entry]:
    """Return every entry of the pool by title, with its people: for a copy on paper or as a file."""
    return session.scalars(
        select(Entry)
        .where(is_in_pool(member))
        .order_by(Entry.title, Entry.id)
        .options(
            joinedload(Entry.author).joinedload(Membership.person),
            joinedload(Entry.confirmed_by).joinedload(Membership.person),
        )
    ).all()


def list_confirmed(session: Session, member: Membership, *, now: datetime, limit: int) -> Sequence[Entry]:
    """Return what somebody said last to be right, and nobody need look at yet; one query."""
    return session.scalars(
        select(Entry)
        .where(is_in_pool(member), Entry.confirmed_at.is_not(None), Entry.outdated_at.is_(None), Entry.review_at > now)
        .order_by(Entry.confirmed_at.desc(), Entry.id)
        .limit(limit)
        .options(joinedload(Entry.confirmed_by).joinedload(Membership.person))
    ).all()


def has_entries(member: Membership) -> ColumnElement[bool]:
    """Return the condition that there is anything in the pool of a member's course."""
    return select(Entry.id).where(is_in_pool(member)).exists()


def attribution(entry: Entry) -> str | None:
    """Return whose words an entry began as: a name, an alias, or None where they came from another course."""
    if entry.alias is not None:
        return alias_name(entry.alias)
    return name_of(entry.author) if entry.author is not None else None


def list_versions(session: Session, entry: Entry) -> Sequence[Version]:
    """Return all versions of an entry, the newest first; one query."""
    earlier = session.scalars(
        select(EntryVersion)
        .where(EntryVersion.pool_entry_id == entry.id)
        .order_by(EntryVersion.version)
        .options(joinedload(EntryVersion.replaced_by).joinedload(Membership.person))
    ).all()
    texts = [*((each.title, each.body) for each in earlier), (entry.title, entry.body)]
    made: list[tuple[datetime, Membership | None]] = [
        (entry.created_at, None),
        *((each.replaced_at, each.replaced_by) for each in earlier),
    ]
    found = [
        Version(number=number, title=title, body=body, written_at=at, by=by)
        for number, ((title, body), (at, by)) in enumerate(zip(texts, made, strict=True), start=1)
    ]
    return found[::-1]


def list_proposals(session: Session, entry: Entry, reader: Membership) -> Sequence[Proposal]:
    """Return what waits for a decision about an entry, for those who decide."""
    check_keeper(reader)
    return session.scalars(
        select(Proposal)
        .where(Proposal.entry_id == entry.id)
        .order_by(Proposal.created_at)
        .options(joinedload(Proposal.by).joinedload(Membership.person))
    ).all()


def get_proposal(session: Session, entry: Entry, reader: Membership, proposal_id: uuid.UUID) -> Proposal:
    """Return a proposal, for those who decide.

    Raises:
        NotFoundError: There is none, or it is not theirs to decide.
    """
    found = next((each for each in list_proposals(session, entry, reader) if each.id == proposal_id), None)
    if found is None:
        raise NotFoundError
    return found


def own_proposal(session: Session, entry: Entry, member: Membership) -> Proposal | None:
    """Return what a member proposed, as long as nobody has decided."""
    return session.scalar(select(Proposal).where(Proposal.entry_id == entry.id, Proposal.by_id == member.id))


def is_saved(session: Session, entry: Entry, member: Membership) -> bool:
    """Return whether a member keeps an entry."""
    return session.get(EntryMark, (member.id, entry.id)) is not None


def list_elsewhere(session: Session, member: Membership, courses: Sequence[Course]) -> Sequence[Entry]:
    """Return what other courses' pools have that was not taken over yet, by title."""
    taken = select(Entry.copied_from_id).where(Entry.course_id == member.course_id, Entry.copied_from_id.is_not(None))
    return session.scalars(
        select(Entry)
        .where(
            Entry.course_id.in_([each.id for each in courses]),
            Entry.removed_at.is_(None),
            Entry.is_lent.is_(False),  # its authors agreed to this course
            Entry.id.not_in(taken),
        )
        .order_by(Entry.title, Entry.id)
    ).all()


def _condition(show: Show, member: Membership, now: datetime) -> ColumnElement[bool]:
    saved = select(EntryMark.entry_id).where(EntryMark.member_id == member.id)
    conditions: dict[Show, ColumnElement[bool]] = {
        Show.ALL: Entry.removed_at.is_(None),
        Show.DUE: or_(Entry.review_at <= now, Entry.outdated_at.is_not(None)),
        Show.MINE: Entry.owner_id == member.id,
        Show.SAVED: Entry.id.in_(saved),
    }
    return conditions[show]
