"""The form for handing in: where its draft, files and preview are, and what becomes of them when it is sent."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content import markdown
from connector.content.attachments import with_files
from connector.content.composing import draft_context, file_context, language_choices
from connector.content.doors import file_store
from connector.content.drafts import discard_draft, find_draft, save_draft
from connector.content.models import Attachment, Draft
from connector.content.receiving import take_files
from connector.content.unnaming import unname
from connector.courses.models import Membership
from connector.peer_review.board.standing import draft_place
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _

_MOST_NAMED = 50


def composer_context(
    session: Session, member: Membership, place: str, activity: Activity, *, is_retyped: bool = False
) -> dict[str, Any]:
    """Return what `ui.composer` takes beside the form's own fields.

    Args:
        place: The name of the draft.
        is_retyped: Whether the form comes back with what was typed; then that goes before the draft.
    """
    return {
        **draft_context(session, member, place, activity=activity, is_retyped=is_retyped),
        **file_context(),
        "languages": language_choices(),
    }


def receive(session: Session, member: Membership) -> tuple[Sequence[Attachment], str]:
    """Take the files that came with the form, and return them with the text that shows them.

    Call it before anything else is added, since it commits.

    Raises:
        InvalidInputError: A file is not taken.
    """
    sent = take_files(session, member, alt=request.form.get("alt") or None)
    named = request.form.getlist("attachment", type=uuid.UUID)[:_MOST_NAMED]
    mine = select(Attachment).where(
        Attachment.id.in_(named), Attachment.member_id == member.id, Attachment.holder_id.is_(None)
    )
    files = [*(session.scalars(mine).all() if named else ()), *sent]
    return files, with_files(request.form.get("body", ""), files)


def take_names_out(session: Session, member: Membership, files: Sequence[Attachment], body: str) -> None:
    """Take out of files what they say of their author; call it before anything else is added, since it commits.

    Args:
        files: Those of the form; the ones that the text names come to them.

    Raises:
        InvalidInputError: Of some it cannot be taken out; the sentences say of which, and what to do.
    """
    named = [uuid.UUID(found) for found in markdown.find_attachments(body)]
    mine = select(Attachment).where(
        Attachment.id.in_([*named, *(each.id for each in files)]),
        Attachment.member_id == member.id,
        Attachment.holder_id.is_(None),
    )
    kept = unname(session, file_store(), session.scalars(mine.order_by(Attachment.created_at)).all())
    session.commit()
    if kept:
        sentences = [_("“%(name)s” may show your name: %(why)s.", name=file.name, why=why) for file, why in kept]
        raise NamedFilesError({"file": sentences})


class NamedFilesError(InvalidInputError):
    """Files that may show who made them; their author can hand them in all the same."""


def keep_as_draft(session: Session, member: Membership, place: str, body: str, link: str, *, now: Any) -> None:
    """Keep what somebody wrote who may not hand it in now: no text is lost because a date went by, or another came first."""
    known = find_draft(session, member, place)
    fields = {name: text for name, text in (("body", body), ("link", link)) if text}
    if fields:
        save_draft(session, member, place, fields, base=known.revision if known else 0, now=now)


def let_go(session: Session, member: Membership, activity: Activity) -> None:
    """Throw the drafts away: it was handed in, or kept for the group, or they go on with the group's text."""
    for place in [draft_place(activity), *(each.place for each in _beside(session, member, activity))]:
        discard_draft(session, member, place)


def find_stale(session: Session, member: Membership, activity: Activity, revision: int) -> Draft | None:
    """Return what a member typed on top of an older text of their group, the latest of it."""
    place = draft_place(activity, revision)
    stale = [each for each in _beside(session, member, activity) if each.place != place and each.fields.get("body")]
    return max(stale, key=lambda each: each.updated_at, default=None)


def _beside(session: Session, member: Membership, activity: Activity) -> Sequence[Draft]:
    mine = select(Draft).where(Draft.member_id == member.id, Draft.place.startswith(f"{draft_place(activity)} "))
    return session.scalars(mine).all()
