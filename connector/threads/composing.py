"""What the forms for posts share: where drafts, files, names and previews are, and what becomes of them when it is sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.attachments import attach, hide_names, with_files
from connector.content.composing import draft_context, file_context, language_choices
from connector.content.doors import file_store
from connector.content.drafts import discard_draft
from connector.content.markdown import find_attachments
from connector.content.models import Attachment
from connector.content.receiving import take_files
from connector.content.unnaming import unname
from connector.courses.models import Membership
from connector.threads.models import Post
from connector.threads.telling import HOLDER
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _

MOST_FILES = 50
"""How many files a form names at most; what a post may have is fewer."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a form beside its fields."""

    files: Sequence[Attachment]
    body: str | None
    """The text, with what shows those of the files that it does not show itself; None where it stays as it was sent."""

    @property
    def instead(self) -> dict[str, str]:
        """What takes the place of the form's own fields."""
        return {} if self.body is None else {"body": self.body}


def thread_place(activity: Activity) -> str:
    """Return the name of the draft for a new thread."""
    return f"thread {activity.id}"


def reply_place(answered: Post) -> str:
    """Return the name of the draft for a reply to a post."""
    return f"reply {answered.id}"


def edit_place(post: Post) -> str:
    """Return the name of the draft for a change of a post."""
    return f"edit {post.id}"


def composer_context(
    session: Session, member: Membership, activity: Activity, place: str, *, is_retyped: bool = False
) -> dict[str, Any]:
    """Return what `ui.composer` takes beside the form's own fields.

    Args:
        place: Names the draft: what the text is for.
        is_retyped: Whether the form comes back with what was typed; then that goes before the draft.
    """
    return {
        **draft_context(session, member, place, activity=activity, is_retyped=is_retyped),
        **file_context(),
        "mentions_url": url_for("content.suggest", activity=activity.id),
        "languages": language_choices(),
    }


def is_hiding() -> bool:
    """Return whether the form says that its sender's name is to be hidden."""
    return request.form.get("anonymous", "") in fields.Boolean.truthy


def receive(session: Session, member: Membership, *, is_hidden: bool = False) -> Sent:
    """Take the files that came with the form; call it before anything else is added, since it commits.

    Args:
        is_hidden: Whether what is sent hides its author; the names of its files do then as well.

    Raises:
        InvalidInputError: A file is not taken, or would show the name that is to be hidden.
    """
    if request.is_json:
        return Sent((), None)
    sent = take_files(session, member, alt=request.form.get("alt") or None)
    body = request.form.get("body", "")
    named = [*request.form.getlist("attachment", type=uuid.UUID), *map(uuid.UUID, find_attachments(body))][:MOST_FILES]
    mine = select(Attachment).where(
        Attachment.id.in_(named), Attachment.member_id == member.id, Attachment.holder_id.is_(None)
    )
    files = [*(session.scalars(mine).all() if named else ()), *sent]
    if is_hidden and files:
        _take_names_out(session, files)
    return Sent(files, with_files(hide_names(files, body) if is_hidden else body, files))


def _take_names_out(session: Session, files: Sequence[Attachment]) -> None:
    """Take out of files what they tell of their author.

    Raises:
        InvalidInputError: Of some it cannot be taken out; the sentences say of which, and what to do.
    """
    kept = unname(session, file_store(), files)
    session.commit()
    if kept:
        raise InvalidInputError(
            {"file": [_("“%(name)s” may show your name: %(why)s.", name=file.name, why=why) for file, why in kept]}
        )


def settle(session: Session, member: Membership, post: Post, sent: Sent, place: str) -> None:
    """Let a post have its files from now on, and let go of the draft that it was.

    Raises:
        InvalidInputError: There are too many files.
    """
    attach(session, member, [each.id for each in sent.files], HOLDER, post.id, body=post.body)
    discard_draft(session, member, place)
