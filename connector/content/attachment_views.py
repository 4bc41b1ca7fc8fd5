"""Files: sending, showing and describing them."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from connector.content import attachments
from connector.content.doors import doors, file_store
from connector.content.models import Attachment
from connector.content.receiving import allow_files
from connector.content.sending import describe_file, send_files
from connector.content.serving import serve
from connector.courses.access import current_member
from connector.web.requests import current_session
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("files", __name__, url_prefix="/s/<sid>/attachments")
allow_files(blueprint, ["send"])


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Take a file, as its sender's own until it is attached to something."""
    session = current_session()
    return send_files(session, current_member(session), _address)


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
    return describe_file(session, current_member(session), attachment_id, _address)


def _address(attachment: Attachment) -> str:
    return url_for("files.show", attachment_id=attachment.id, name=attachment.name)
