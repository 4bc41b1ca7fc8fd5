"""Files that come with what people write: sent first, then attached to the thing that holds them; until then nobody but
their sender sees them, and they go after a while.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.content import drafts, markdown
from connector.content.doors import Door
from connector.content.embedding import DECORATIVE
from connector.content.errors import RefusedFileError
from connector.content.file_names import split_name
from connector.content.inspecting import MEGABYTE, Ready
from connector.content.models import Attachment
from connector.content.sniffing import Kind
from connector.content.storage import FileStore
from connector.courses.models import Membership, Person
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

UNATTACHED = timedelta(days=1)
"""How long a file is kept that belongs to nothing and that no draft of its sender names."""
FILES_PER_POST = 10
_DAY = timedelta(days=1)
_MOST_A_DAY = 300
_BATCH = 200


def check_room(session: Session, member: Membership, size: int, settings: Settings, *, now: datetime) -> None:
    """Check that a member may send that many bytes more.

    Raises:
        NotFoundError: They may only look on.
        RefusedFileError: They have sent as much as fits into 24 hours.
    """
    if not member.can_write:
        raise NotFoundError
    lately = select(func.coalesce(func.sum(Attachment.size), 0), func.count())
    lately = lately.where(Attachment.member_id == member.id, Attachment.created_at > now - _DAY)
    used, count = session.execute(lately).one()
    limit = settings.upload_megabytes_a_day
    if used + size > limit * MEGABYTE or count >= _MOST_A_DAY:
        raise RefusedFileError(_("You can send %(limit)s MB within 24 hours. Try again tomorrow.", limit=limit))


def add_attachment(
    session: Session, member: Membership, ready: Ready, *, alt: str | None, settings: Settings, now: datetime
) -> Attachment:
    """Add a file that is its sender's alone; commit, then give its bytes to the store under its key.

    In this order nothing is stored that no row tells of: what fails in between expires.

    Args:
        alt: What a picture shows; empty for decoration, None where nobody said.

    Raises:
        NotFoundError: The member may only look on.
        RefusedFileError: They have sent as much as fits into 24 hours.
    """
    # Of two files that are sent at once, the second one's check counts the first.
    session.execute(select(Membership.id).where(Membership.id == member.id).with_for_update(key_share=True))
    check_room(session, member, ready.size, settings, now=now)
    id_ = uuid.uuid4()
    attachment = Attachment(
        id=id_,
        course_id=member.course_id,
        member=member,
        name=ready.name,
        media_type=ready.file_type.media_type,
        size=ready.size,
        width=ready.width,
        height=ready.height,
        alt=alt if ready.file_type.kind is Kind.PICTURE else None,
        storage_key=f"{id_.hex[:2]}/{id_}",
        created_at=now,
    )
    session.add(attachment)
    session.flush()
    return attachment


def markdown_of(attachment: Attachment) -> str:
    """Return the Markdown that shows a picture, and links any other file."""
    if not attachment.media_type.startswith("image/"):
        return f"[{_escaped(attachment.name)}](attachment:{attachment.id})"
    title = f' "{DECORATIVE}"' if attachment.alt == "" else ""
    return f"![{_escaped(attachment.alt or '')}](attachment:{attachment.id}{title})"


def _escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in "\\[]`*_$<&@!" else each for each in text)


def hide_names(attachments: Sequence[Attachment], body: str) -> str:
    """Give files names that say nothing of their sender, and return a text that calls them so.

    People name files after themselves, and pages never show them what a picture is called.

    Args:
        body: What somebody wrote; where it calls a file by its name, as the composer does, it is changed.
    """
    for number, each in enumerate(attachments, start=1):
        name = f"file-{number}{split_name(each.name)[1]}"
        for typed in {each.name, _escaped(each.name)}:
            body = body.replace(f"[{typed}](attachment:{each.id}", f"[{name}](attachment:{each.id}")
        each.name = name
    return body


def with_files(body: str, attachments: Sequence[Attachment]) -> str:
    """Return a text with what shows those of some files that it does not show yet, below it."""
    shown = markdown.find_attachments(body)
    marks = [markdown_of(each) for each in attachments if str(each.id) not in shown]
    return "\n\n".join(filter(None, [body.rstrip(), *marks]))


def get_attachment(
    session: Session, member: Membership, attachment_id: uuid.UUID, doors: Mapping[str, Door]
) -> Attachment:
    """Return a file that a member may see.

    Raises:
        NotFoundError: There is no such file in their course, or what it belongs to is not open to them.
    """
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.course_id != member.course_id:
        raise NotFoundError
    if attachment.holder_kind is None or attachment.holder_id is None:
        if attachment.member_id != member.id:
            raise NotFoundError
        return attachment
    door = doors.get(attachment.holder_kind)
    if door is None:
        raise NotFoundError
    door(session, member, attachment.holder_id)
    return attachment


def describe(session: Session, member: Membership, attachment_id: uuid.UUID, alt: str) -> Attachment:
    """Say what a picture shows.

    Args:
        alt: Empty for decoration.

    Raises:
        NotFoundError: The member did not send it.
    """
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.member_id != member.id:
        raise NotFoundError
    attachment.alt = alt
    session.flush()
    return attachment


def attach(
    session: Session,
    member: Membership,
    ids: Collection[uuid.UUID],
    holder_kind: str,
    holder_id: uuid.UUID,
    *,
    body: str = "",
    most: int = FILES_PER_POST,
) -> Sequence[Attachment]:
    """Let files belong to something from now on: who may see that, sees them. Files of others are passed over.

    Args:
        ids: Those that the form names; the ones that `body` names come to them.
        body: The text, in Markdown: what it says of pictures is noted as their description.
        most: How many files the thing may have.

    Raises:
        InvalidInputError: There are too many.
    """
    named = {uuid.UUID(found): alt for found, alt in markdown.find_attachments(body).items()}
    wanted = {*ids, *named}
    if not wanted:
        return ()
    mine = select(Attachment).where(Attachment.member_id == member.id, Attachment.holder_id.is_(None))
    found = session.scalars(mine.where(Attachment.id.in_(wanted)).with_for_update()).all()
    count = session.scalars(
        select(func.count()).where(Attachment.holder_kind == holder_kind, Attachment.holder_id == holder_id)
    ).one()
    if found and count + len(found) > most:
        sentence = ngettext("At most %(num)s file fits.", "At most %(num)s files fit.", most)
        raise InvalidInputError({"body": [sentence]})
    for attachment in found:
        attachment.holder_kind, attachment.holder_id = holder_kind, holder_id
        if attachment.needs_alt:
            attachment.alt = named.get(attachment.id)
    session.flush()
    return found


def list_attached(
    session: Session, holder_kind: str, holder_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Attachment]]:
    """Return the files of some things by the things' ids, the oldest first; one query."""
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.holder_kind == holder_kind, Attachment.holder_id.in_(holder_ids))
        .order_by(Attachment.created_at, Attachment.id)
    )
    found: dict[uuid.UUID, list[Attachment]] = {}
    for row in rows:
        if row.holder_id is not None:
            found.setdefault(row.holder_id, []).append(row)
    return found


def tidy_attachments(session: Session, store: FileStore, now: datetime) -> None:
    """Delete files that belong to nothing and that no draft of their sender names; the caller commits.

    Raises:
        StoreError: The store failed; nothing should be committed then.
    """
    old = select(Attachment.id, Attachment.member_id)
    rows = session.execute(old.where(Attachment.holder_id.is_(None), Attachment.created_at < now - UNATTACHED)).all()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        typed = drafts.texts_of(session, list({row.member_id for row in batch}))
        gone = [row.id for row in batch if str(row.id) not in typed.get(row.member_id, "")]
        _delete(session, store, Attachment.id.in_(gone), Attachment.holder_id.is_(None))


def list_attachments_of(session: Session, person: Person) -> Sequence[Attachment]:
    """Return all files that a person sent, in every course, the oldest first: for their own copy of their data."""
    mine = select(Attachment).where(Attachment.member_id.in_(_memberships(person)))
    return session.scalars(mine.order_by(Attachment.created_at, Attachment.id)).all()


def forget_attachments(session: Session, store: FileStore, person: Person, *, attached: bool) -> None:
    """Delete the files of a person; the caller commits.

    Args:
        attached: Whether those go as well that belong to something, which may stay as a former member's.

    Raises:
        StoreError: The store failed; nothing should be committed then.
    """
    conditions = [Attachment.member_id.in_(_memberships(person))]
    if not attached:
        conditions.append(Attachment.holder_id.is_(None))
    _delete(session, store, *conditions)


def detach(session: Session, store: FileStore, holder_kind: str, holder_id: uuid.UUID) -> None:
    """Delete the files of something that is gone for good; the caller commits.

    Raises:
        StoreError: The store failed; nothing should be committed then.
    """
    _delete(session, store, Attachment.holder_kind == holder_kind, Attachment.holder_id == holder_id)


def _delete(session: Session, store: FileStore, *conditions: Any) -> None:
    """Delete rows, then their bytes: who wants to attach one of them waits for the end of it, and finds none."""
    keys = session.scalars(delete(Attachment).where(*conditions).returning(Attachment.storage_key)).all()
    store.delete(keys)


def _memberships(person: Person) -> Any:
    return select(Membership.id).where(Membership.person_id == person.id).scalar_subquery()
