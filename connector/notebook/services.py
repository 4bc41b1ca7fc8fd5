"""What members do with their own notes: write, change, throw away, and keep what became of a copy."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.activities.services import list_activities
from connector.content.drafts import discard_draft
from connector.content.text import plain_text
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.notebook import statements
from connector.notebook.models import Note, Receipt
from connector.notebook.places import edit_place, new_place
from connector.notebook.quoting import is_said
from connector.privacy.models import Purpose
from connector.privacy.services import has_agreed
from connector.threads.models import Post, Thread
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

MOST = 2_000
"""How many notes a member keeps in a course."""


def get_note(session: Session, member: Membership, note_id: uuid.UUID) -> Note:
    """Return a note of the member's own.

    Raises:
        NotFoundError: There is none: nobody else has a way to a note, whatever they may otherwise see.
    """
    note = session.scalar(select(Note).where(Note.id == note_id, Note.member_id == member.id))
    if note is None:
        raise NotFoundError
    return note


def add_note(
    session: Session,
    member: Membership,
    body: str,
    *,
    key: uuid.UUID,
    now: datetime,
    activity_id: uuid.UUID | None = None,
    post: Post | None = None,
    quotation: str = "",
) -> Note:
    """Write a note. The same form sent again returns the note that it made.

    Args:
        key: The form's.
        activity_id: Where the member is.
        post: What it is about; one that the member may read.
        quotation: Words of that post that it keeps.

    Raises:
        NotFoundError: The member may only look on.
        InvalidInputError: The post does not say what is quoted.
        ConflictError: The notebook is full.
    """
    if not member.can_write:
        raise NotFoundError
    key = uuid.uuid5(key, f"{post.id if post else ''}\n{body}")
    if earlier := _earlier(session, member, key):
        return earlier
    if (session.scalar(select(func.count()).where(Note.member_id == member.id)) or 0) >= MOST:
        raise ConflictError(_("Your notebook is full. Throw something away first."))
    note = Note(
        id=uuid.uuid4(),
        member=member,
        key=key,
        activity_id=post.activity_id if post else activity_id,
        post_id=post.id if post else None,
        quotation=_checked(quotation, post),
        created_at=now,
    )
    _write(note, body)
    try:
        with session.begin_nested():
            session.add(note)
    except IntegrityError:  # the same click, twice at once
        return session.scalars(select(Note).where(Note.member_id == member.id, Note.key == key)).one()
    if has_agreed(session, member.person, Purpose.PRIVATE_EVENTS):
        record(session, statements.reflected(member, now), by=member, now=now)
    return note


def change_note(
    session: Session, note: Note, body: str, *, now: datetime, post: Post | None = None, quotation: str = ""
) -> None:
    """Change what a note says; what it said before is kept nowhere.

    Args:
        post: What it is about, where the member may still read that; otherwise its quotation stays as it is.

    Raises:
        InvalidInputError: The post does not say what is quoted.
    """
    if post is not None:
        note.quotation = _checked(quotation, post)
    if note.body != body:
        _write(note, body)
        note.edited_at = now
    session.flush()


def throw_away(session: Session, note: Note) -> None:
    """Delete a note with its receipts; copies that were shared are posts like others, and stay."""
    session.delete(note)
    session.flush()


def keep_receipt(session: Session, member: Membership, note_id: uuid.UUID, thread: Thread, *, now: datetime) -> None:
    """Note for the member that they began a thread with a copy of a note; nothing where they have no such note any more."""
    note = session.scalar(select(Note.id).where(Note.id == note_id, Note.member_id == member.id))
    known = select(Receipt.id).where(Receipt.note_id == note_id, Receipt.thread_id == thread.id)
    if note is not None and session.scalar(known) is None:
        session.add(Receipt(note_id=note_id, thread_id=thread.id, shared_at=now))
        session.flush()


def let_go(session: Session, member: Membership, note: Note, *, is_new: bool = False) -> None:
    """Throw away the draft that a note was."""
    discard_draft(session, member, (new_place(note.post_id) if is_new else edit_place(note.id)))


def places_to_share(session: Session, member: Membership) -> Sequence[Activity]:
    """Return the discussions that the member finds in the course; whether they may begin threads is said there."""
    return [each for each in list_activities(session, member) if each.kind is Kind.DISCUSSION and each.is_open]


def _write(note: Note, body: str) -> None:
    note.write(body)
    note.words = plain_text(note.body_html).casefold()


def _checked(quotation: str, post: Post | None) -> str:
    if not quotation or post is None:
        return ""
    if not is_said(quotation, post):
        raise InvalidInputError(
            {"quotation": [_("The post does not say that. Keep words that stand there; “…” can stand for the rest.")]}
        )
    return quotation


def _earlier(session: Session, member: Membership, key: uuid.UUID) -> Note | None:
    return session.scalar(select(Note).where(Note.member_id == member.id, Note.key == key))
