"""Files: sending, showing and describing them."""

import uuid
from http import HTTPStatus

from flask import Response, jsonify, url_for
from flask.typing import ResponseReturnValue

from connector.content import attachments
from connector.content.doors import doors, file_store
from connector.content.models import Attachment
from connector.content.receiving import allow_files, refusal, sent_files, take_files
from connector.content.schemas import AltForm
from connector.content.serving import serve
from connector.courses.access import current_member
from connector.web import tracing
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("files", __name__, url_prefix="/s/<sid>/attachments")
allow_files(blueprint, ["send"])


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Take a file, as its sender's own until it is attached to something."""
    session = current_session()
    member = current_member(session)
    try:
        sent_files()
        form = load(AltForm())
        sent = take_files(session, member, alt=_alt(form["alt"], is_decorative=form["is_decorative"]))
    except InvalidInputError as error:
        return _refused(error)
    if not sent:
        return _refused(refusal(_("Choose a file first.")))
    told = [_told(each) for each in sent]
    if prefers_json():
        response = jsonify(told[0])
        response.status_code = HTTPStatus.CREATED
        response.headers["Cache-Control"] = "no-store"
        return response
    return render("content/sent.html", status=HTTPStatus.CREATED, files=told, home_url=None)


@blueprint.get("/<uuid:attachment_id>")
@blueprint.get("/<uuid:attachment_id>/<path:name>")
def show(attachment_id: uuid.UUID, name: str = "") -> ResponseReturnValue:  # noqa: ARG001 -- is for people to read
    """Return a file, or the piece of it that was asked for."""
    session = current_session()
    member = current_member(session)
    return serve(attachments.get_attachment(session, member, attachment_id, doors()), file_store())


@blueprint.post("/<uuid:attachment_id>")
def describe(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Say what a picture shows, or that it is decoration."""
    session = current_session()
    form = load(AltForm())
    alt = _alt(form["alt"], is_decorative=form["is_decorative"])
    if alt is None:
        raise InvalidInputError({"alt": [_("Describe it, or say that it only decorates.")]})
    attachment = attachments.describe(session, current_member(session), attachment_id, alt)
    session.commit()
    return jsonify(_told(attachment))


def _alt(typed: str, *, is_decorative: bool) -> str | None:
    return "" if is_decorative else " ".join(typed.split()) or None


def _told(attachment: Attachment) -> dict[str, object]:
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "url": url_for("files.show", attachment_id=attachment.id, name=attachment.name),
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
    response.headers["Cache-Control"] = "no-store"
    return response
