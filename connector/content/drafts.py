"""Drafts: what a member has typed and not sent yet, on the server, so that another tab or device goes on with it.

Each save says which revision it grew from. Where another tab saved in between, nothing is overwritten: the text that
came too late is kept beside the stored one until the person has chosen, or the draft is sent or thrown away.

A draft that is thrown away leaves its revision behind: if the next one began at 1 again, a tab that never heard of it
would take that for its own, and overwrite it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.content.models import Draft
from connector.courses.models import Membership, Person
from connector.web.errors import ConflictError, NotFoundError

KEPT = timedelta(days=60)
"""How long a draft that nobody touches is kept."""
MOST = 200
"""How many drafts a member has at most in a course; the one that was touched longest ago goes for a new one."""
_MOST_OTHERS = 3
_DRAFTS = cast("Table", Draft.__table__)
# Each post that is sent asks this, and seldom is there a draft: built once, and past the ORM, it costs a fifth.
_DISCARD = (
    update(_DRAFTS)
    .where(_DRAFTS.c.member_id == bindparam("member"), _DRAFTS.c.place == bindparam("at"))
    .values(fields={}, others=[], revision=_DRAFTS.c.revision + 1)
)


class DraftConflictError(ConflictError):
    """The draft was changed elsewhere; what is stored comes with it."""

    def __init__(self, draft: Draft) -> None:
        """Take the draft as it is stored, with the text that came too late among its `others`."""
        super().__init__()
        self.draft = draft


def get_draft(session: Session, member: Membership, place: str) -> Draft:
    """Return what a member typed at a place.

    Raises:
        NotFoundError: Nothing.
    """
    draft = find_draft(session, member, place)
    if draft is None:
        raise NotFoundError
    return draft


def find_draft(session: Session, member: Membership, place: str) -> Draft | None:
    """Return what a member typed at a place, if anything: what the composer shows when it is opened."""
    draft = session.get(Draft, (member.id, place), populate_existing=True)
    return draft if draft is not None and draft.fields else None


def save_draft(
    session: Session, member: Membership, place: str, fields: Mapping[str, str], *, base: int, now: datetime
) -> Draft:
    """Store what a member typed at a place.

    A save that arrives twice is one; where there is no draft any more, the text begins a new one: it may have been sent
    or thrown away elsewhere, but what somebody types is never lost.

    Args:
        base: The revision that the text grew from; 0 for none.

    Raises:
        DraftConflictError: Another text was saved on top of `base`. Both are kept: commit, and ask the person.
        NotFoundError: The member may only look on.
    """
    if not member.can_write:
        raise NotFoundError
    texts = dict(fields)
    found = session.get(Draft, (member.id, place), populate_existing=True)
    draft = found or _begin(session, member, place, texts, base=base, now=now)
    if draft.fields == texts:
        return draft
    grown_from = base if draft.fields else draft.revision  # there is nothing to overwrite
    others = [other for other in draft.others if other["fields"] != texts]
    change = update(Draft).where(Draft.member_id == member.id, Draft.place == place, Draft.revision == grown_from)
    saved = session.execute(
        change.values(fields=texts, others=others, revision=grown_from + 1, updated_at=now).returning(Draft.revision)
    ).one_or_none()
    session.refresh(draft)
    if saved is None:
        _keep_beside(draft, texts, base=base, now=now)
        raise DraftConflictError(draft)
    return draft


def _begin(
    session: Session, member: Membership, place: str, fields: dict[str, str], *, base: int, now: datetime
) -> Draft:
    """Add a draft; of two tabs that begin at once, the later gets the earlier's, and finds that it is another one."""
    draft = Draft(member_id=member.id, place=place, fields=fields, others=[], revision=base + 1, updated_at=now)
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        return session.get_one(Draft, (member.id, place), populate_existing=True)
    _make_room(session, member)
    return draft


def _make_room(session: Session, member: Membership) -> None:
    count = session.scalars(select(func.count()).where(Draft.member_id == member.id)).one()
    if count > MOST:
        oldest = select(Draft.place).where(Draft.member_id == member.id).order_by(Draft.updated_at).limit(count - MOST)
        session.execute(delete(Draft).where(Draft.member_id == member.id, Draft.place.in_(oldest.scalar_subquery())))


def _keep_beside(draft: Draft, fields: dict[str, str], *, base: int, now: datetime) -> None:
    """Keep a text that came too late; the tab that types it sends longer ones, and each takes the place of the last."""
    earlier = [other for other in draft.others if other["base"] != base]
    late: dict[str, Any] = {"base": base, "fields": fields, "at": now.isoformat()}
    draft.others = [*earlier, late][-_MOST_OTHERS:]


def discard_draft(session: Session, member: Membership, place: str) -> None:
    """Throw away what a member typed at a place: it was sent, or they want to begin anew."""
    session.flush()
    session.connection().execute(_DISCARD, {"member": member.id, "at": place})


def list_drafts_of(session: Session, person: Person) -> Sequence[Draft]:
    """Return all drafts of a person, in every course, the oldest first: for their own copy of their data."""
    mine = select(Draft).where(Draft.member_id.in_(_memberships(person)))
    return [draft for draft in session.scalars(mine.order_by(Draft.updated_at, Draft.place)) if draft.fields]


def forget(session: Session, person: Person) -> None:
    """Delete all drafts of a person."""
    session.execute(delete(Draft).where(Draft.member_id.in_(_memberships(person))))


def tidy_drafts(session: Session, *, now: datetime) -> None:
    """Delete drafts that nobody touched for `KEPT`."""
    session.execute(delete(Draft).where(Draft.updated_at < now - KEPT))


def texts_of(session: Session, member_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return all that each of some members has in drafts, as one text: to find what it refers to."""
    found: dict[uuid.UUID, str] = {}
    for draft in session.scalars(select(Draft).where(Draft.member_id.in_(member_ids))):
        found[draft.member_id] = f"{found.get(draft.member_id, '')}\n{draft.fields}{draft.others}"
    return found


def _memberships(person: Person) -> Any:
    return select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
