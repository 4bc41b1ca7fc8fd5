"""Files in a request: how a view takes them, with the scripts of the composer or without."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from connector.content import attachments
from connector.content.doors import file_store
from connector.content.errors import RefusedFileError, StoreError
from connector.content.inspecting import inspect
from connector.content.models import Attachment
from connector.courses.models import Membership
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.requests import now, settings

FIELDS = ("file", "files")
"""The form fields that files come in."""
_BESIDES = 1_000_000  # bytes of a form besides its files


def allow_files(blueprint: Blueprint, endpoints: Collection[str]) -> None:
    """Let some endpoints of a blueprint take requests as large as the largest file; all others take what forms need.

    Args:
        endpoints: Names of view functions.
    """
    names = {f"{blueprint.name}.{name}" for name in endpoints}

    def raise_limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if endpoint in names:
            request.max_content_length = settings().largest_file + _BESIDES

    # It runs before the form is read, which the look at the form's token does.
    blueprint.url_value_preprocessor(raise_limit)


def take_files(session: Session, member: Membership, *, alt: str | None = None) -> Sequence[Attachment]:
    """Store the files that came with this request, as the member's own until they are attached to something.

    It commits, so that nobody waits for the database while a film is looked at: call it before anything else is added.

    Args:
        alt: What the picture shows, where one file came; empty for decoration, None where nobody said.

    Raises:
        InvalidInputError: A file is not taken; the ones before it are, and expire.
        NotFoundError: The member may only look on.
    """
    sent = sent_files()
    try:
        return [_take(session, member, file, alt=alt if len(sent) == 1 else None) for file in sent]
    finally:
        for file in sent:
            file.close()


def sent_files() -> list[FileStorage]:
    """Return the files that came with this request; call it before anything else of the form is read.

    Raises:
        InvalidInputError: The request is larger than any file that is taken.
    """
    try:
        # A file field that nobody used sends one file without a name.
        return [file for name in FIELDS for file in request.files.getlist(name) if file.filename]
    except RequestEntityTooLarge as error:
        limit = settings().largest_file // 1_000_000
        raise refusal(_("What you sent is larger than %(limit)s MB.", limit=limit)) from error


def _take(session: Session, member: Membership, file: FileStorage, *, alt: str | None) -> Attachment:
    try:
        attachments.check_room(session, member, 0, settings(), now=now())
        session.commit()
        ready = inspect(file.stream, file.filename or "", settings())
        attachment = attachments.add_attachment(session, member, ready, alt=alt, settings=settings(), now=now())
        session.commit()
    except RefusedFileError as error:
        raise refusal(str(error)) from error
    try:
        file_store().put(attachment.storage_key, ready.content)
    except StoreError:
        session.delete(attachment)
        session.commit()
        raise
    return attachment


def refusal(sentence: str) -> InvalidInputError:
    """Return the error that says what is wrong with a file."""
    error = InvalidInputError({"file": [sentence]})
    error.learner = sentence  # there is one field, and the page that tells has no form
    return error
