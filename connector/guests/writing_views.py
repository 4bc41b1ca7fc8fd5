"""What a guest's page sends while they write: drafts, and how a text would look."""

import uuid
from http import HTTPStatus

from flask import Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from connector.content import markdown
from connector.content.drafts import DraftConflictError, discard_draft, save_draft
from connector.content.models import Draft
from connector.content.prose import prose
from connector.content.schemas import DraftForm, PreviewForm
from connector.content.text import BODY_LIMIT
from connector.guests.access import get_question, sight_of
from connector.guests.answering import place_of
from connector.guests.frame import confirmed, file_address, no_store
from connector.guests.guest_views import blueprint
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import load


@blueprint.put("/questions/<uuid:thread_id>/draft")
@blueprint.post("/questions/<uuid:thread_id>/draft")
def keep_draft(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what the guest has typed; by POST, since a page that is being closed can send nothing else."""
    session, invitation, at = confirmed()
    get_question(session, invitation, thread_id, sight_of(session, invitation, now=at))
    if invitation.member is None:
        raise NotFoundError
    form = load(DraftForm())
    try:
        kept = save_draft(session, invitation.member, place_of(thread_id), form["fields"], base=form["base"], now=at)
    except DraftConflictError as error:
        session.commit()  # the text that came too late is kept as well
        return _draft(error.draft, HTTPStatus.CONFLICT)
    session.commit()
    return no_store(jsonify(revision=kept.revision))


@blueprint.delete("/questions/<uuid:thread_id>/draft")
def drop_draft(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Throw away what the guest has typed."""
    session, invitation, _at = confirmed()
    if invitation.member is not None:
        discard_draft(session, invitation.member, place_of(thread_id))
    session.commit()
    return "", HTTPStatus.NO_CONTENT


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """Show a text as it would look, and store nothing."""
    confirmed()
    body = load(PreviewForm())["body"]
    if len(body) > BODY_LIMIT:
        raise InvalidInputError({"body": [_("This text is too long to be shown.")]})
    return no_store(make_response(str(prose(markdown.render(body), address=file_address))))


def _draft(draft: Draft, status: HTTPStatus) -> Response:
    told = {
        "revision": draft.revision,
        "fields": draft.fields,
        "updated_at": draft.updated_at.isoformat(),
        "others": draft.others,
    }
    response = no_store(jsonify(told))
    response.status_code = status
    return response
