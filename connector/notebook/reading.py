"""A member's own notes as they see them today: with a post only where they may read it, with a quotation only while it says so."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notebook.models import Note, Receipt
from connector.notebook.quoting import is_said
from connector.threads.access import readable_ids
from connector.threads.models import OPENING, Post, Thread
from connector.web.paging import turn_to

A_PAGE = 20
_MOST_WORDS = 10


class Show(StrEnum):
    """Which notes a list has."""

    ALL = "all"
    POSTS = "posts"
    """Those about posts."""
    OWN = "own"
    """Those about nothing that somebody wrote."""
    SHARED = "shared"
    """Those of which a copy was shared."""


@dataclass(frozen=True, slots=True)
class SeenReceipt:
    """What became of a copy."""

    receipt: Receipt
    opening: Post | None
    """The copy; None where it is no longer to be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenNote:
    """A note as its owner sees it today."""

    note: Note
    post: Post | None
    """What it is about; None for nothing, and where that is no longer to be seen."""
    quotation: str
    """Empty where there is none, and where the post does not say it any more."""
    is_cut: bool
    """Whether the post can be read and no longer says what was quoted."""
    receipts: Sequence[SeenReceipt]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """One page of a notebook."""

    rows: Sequence[SeenNote]
    page: int
    pages: int
    count: int
    """Of those that were looked for."""
    counts: Mapping[Show, int]
    """Of all, by what a list may have."""
    activities: Sequence[tuple[uuid.UUID, str]]
    """Where notes were begun, with their titles."""


def list_notes(
    session: Session,
    member: Membership,
    *,
    now: datetime,
    show: Show = Show.ALL,
    words: str = "",
    activity_id: uuid.UUID | None = None,
    page: int = 1,
) -> Notes:
    """Return a page of a member's notes, the newest first; as many queries however many there are.

    Args:
        words: All of which a note must have, as parts of its own words.
        page: From 1; one that does not exist becomes the nearest that does.
    """
    mine = Note.member_id == member.id
    wanted = [mine, _shows(show), *(Note.words.contains(word, autoescape=True) for word in _words(words))]
    if activity_id is not None:
        wanted.append(Note.activity_id == activity_id)
    count = session.scalar(select(func.count(Note.id)).where(*wanted)) or 0
    page, pages = turn_to(page, count, most=A_PAGE)
    newest = select(Note).where(*wanted).order_by(Note.created_at.desc(), Note.id).options(joinedload(Note.activity))
    found = session.scalars(newest.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    columns = [func.count(Note.id).filter(_shows(each)) for each in Show]
    counted = session.execute(select(*columns).where(mine)).one()
    places = (
        select(Activity.id, Activity.title)
        .where(Activity.id.in_(select(Note.activity_id).where(mine)))
        .order_by(Activity.title, Activity.id)
    )
    return Notes(
        rows=see(session, member, found, now=now),
        page=page,
        pages=pages,
        count=count,
        counts=dict(zip(Show, counted, strict=True)),
        activities=[(id_, title) for id_, title in session.execute(places)],
    )


def list_all(session: Session, member: Membership, *, now: datetime) -> Sequence[SeenNote]:
    """Return all notes of a member in a course, the oldest first: for a copy of their own."""
    oldest = select(Note).where(Note.member_id == member.id).order_by(Note.created_at, Note.id)
    return see(session, member, session.scalars(oldest).all(), now=now)


def see(session: Session, member: Membership, notes: Sequence[Note], *, now: datetime) -> Sequence[SeenNote]:
    """Return notes of the member's own as they may see them now."""
    receipts = session.scalars(
        select(Receipt)
        .where(Receipt.note_id.in_([note.id for note in notes]))
        .order_by(Receipt.shared_at.desc(), Receipt.id)
    ).all()
    posts = _posts(session, Post.id.in_([note.post_id for note in notes if note.post_id]))
    shared = _posts(session, Post.thread_id.in_([each.thread_id for each in receipts]), Post.number == OPENING)
    readable = readable_ids(session, member, [post.id for post in (*posts, *shared)], now=now)
    seen = {post.id: post for post in posts if post.id in readable}
    openings = {post.thread_id: post for post in shared if post.id in readable}
    by_note: dict[uuid.UUID, list[SeenReceipt]] = {note.id: [] for note in notes}
    for each in receipts:
        by_note[each.note_id].append(SeenReceipt(each, openings.get(each.thread_id)))
    return [_seen(note, seen.get(note.post_id) if note.post_id else None, by_note[note.id]) for note in notes]


def _seen(note: Note, post: Post | None, receipts: Sequence[SeenReceipt]) -> SeenNote:
    says_it = post is not None and bool(note.quotation) and is_said(note.quotation, post)
    return SeenNote(
        note=note,
        post=post,
        quotation=note.quotation if says_it else "",
        is_cut=post is not None and bool(note.quotation) and not says_it,
        receipts=receipts,
    )


def _posts(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Post]:
    return session.scalars(
        select(Post)
        .where(*conditions)
        .options(
            joinedload(Post.thread).joinedload(Thread.activity), joinedload(Post.author).joinedload(Membership.person)
        )
    ).all()


def _shows(show: Show) -> ColumnElement[bool]:
    """Return the condition on `Note` that a list has it."""
    if show is Show.POSTS:
        return Note.post_id.is_not(None)
    if show is Show.OWN:
        return Note.post_id.is_(None)
    if show is Show.SHARED:
        return select(Receipt.id).where(Receipt.note_id == Note.id).exists()
    return Note.id.is_not(None)


def _words(typed: str) -> Sequence[str]:
    return typed.casefold().split()[:_MOST_WORDS]
