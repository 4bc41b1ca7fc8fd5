"""Files that are sent before what they belong to: the same answers for members and for guests, each with their own addresses."""

import uuid
from collections.abc import Callable, Sequence
from http import HTTPStatus

from flask import Response, jsonify
from sqlalchemy.orm import Session

from connector.content import attachments
from connector.content.models import Attachment
from connector.content.receiving import refusal, sent_files, take_files
from connector.content.schemas import AltForm
from connector.courses.models import Membership
from connector.web import tracing
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import load
from connector.web.security import no_store

Address = Callable[[Attachment], str]
"""Gives the address of a file."""


def send_files(session: Session, member: Membership, address: Address) -> Response:
    """Take the files of this request, as their sender's own until they are attached to something, and tell of them."""
    try:
        sent_files()
        form = load(AltForm())
        sent = take_files(session, member, alt=_alt(form["alt"], is_decorative=form["is_decorative"]))
        if not sent:
            raise refusal(_("Choose a file first."))
    except InvalidInputError as error:
        return _refused(error)
    return _tell(sent, address)


def describe_file(session: Session, member: Membership, attachment_id: uuid.UUID, address: Address) -> Response:
    """Note what a picture shows, as the form says, or that it is decoration.

    Raises:
        InvalidInputError: It says neither.
        NotFoundError: The member did not send it.
    """
    form = load(AltForm())
    alt = _alt(form["alt"], is_decorative=form["is_decorative"])
    if alt is None:
        raise InvalidInputError({"alt": [_("Describe it, or say that it only decorates.")]})
    attachment = attachments.describe(session, member, attachment_id, alt)
    session.commit()
    return jsonify(_told(attachment, address))


def _tell(sent: Sequence[Attachment], address: Address) -> Response:
    told = [_told(each, address) for each in sent]
    if prefers_json():
        response = jsonify(told[0])
        response.status_code = HTTPStatus.CREATED
        response.headers["Cache-Control"] = "no-store"
        return response
    return render("content/sent.html", status=HTTPStatus.CREATED, files=told, home_url=None)


def _alt(typed: str, *, is_decorative: bool) -> str | None:
    return "" if is_decorative else " ".join(typed.split()) or None


def _told(attachment: Attachment, address: Address) -> dict[str, object]:
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "url": address(attachment),
        "media_type": attachment.media_type,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
        "markdown": attachments.markdown_of(attachment),
        "needs_alt": attachment.needs_alt,
    }


def _refused(error: InvalidInputError) -> Response:
    """Return the sentences where scripts look for them: they show them beside the file."""
    if not prefers_json():
        raise error
    message = error.learner or ""
    told = {
        "code": error.code,
        "message": message,
        "correlation_id": tracing.correlation_id(),
        "fields": error.errors,
    }
    response = jsonify(error=told, errors=error.errors, message=message)
    response.status_code = error.status
    return no_store(response)
