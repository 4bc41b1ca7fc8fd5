"""What notebooks hold of people, and how that is forgotten."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.notebook.models import Note, Receipt
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return the notes of a person, for them alone; of posts that they are about, only the number."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    notes = session.scalars(
        select(Note)
        .where(Note.member_id.in_(mine))
        .order_by(Note.created_at, Note.id)
        .options(joinedload(Note.member).joinedload(Membership.course))
    ).all()
    receipts: dict[uuid.UUID, list[Mapping[str, str]]] = {}
    for each in session.scalars(select(Receipt).join(Note, Note.id == Receipt.note_id).where(Note.member_id.in_(mine))):
        told = {"thread": str(each.thread_id), "at": each.shared_at.isoformat()}
        receipts.setdefault(each.note_id, []).append(told)
    records = [_record(note, receipts.get(note.id, [])) for note in notes]
    return [Holding(label=_("Notes in the private notebook"), name="notes", records=records, is_own=True)]


def forget(session: Session, person: Person) -> None:
    """Delete all notes of a person: they were for nobody else. What others noted about the person's posts is theirs."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    theirs = select(Note.id).where(Note.member_id.in_(mine))
    session.execute(delete(Receipt).where(Receipt.note_id.in_(theirs)))
    session.execute(delete(Note).where(Note.member_id.in_(mine)))


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Delete what notes quote of posts whose texts are forgotten; the notes' own words stay."""
    session.execute(update(Note).where(Note.post_id.in_(list(post_ids))).values(post_id=None, quotation=""))


def _record(note: Note, receipts: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    return {
        "course": note.member.course.title,
        "text": note.body,
        "about_post": str(note.post_id) if note.post_id else None,
        "written_at": note.created_at.isoformat(),
        "edited_at": note.edited_at.isoformat() if note.edited_at else None,
        "shared": list(receipts),
    }
