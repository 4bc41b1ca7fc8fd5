"""Marking passages of a text while one reviews it, and taking marks away: buttons of the review's own form."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.peer_review import passages, preparing
from connector.peer_review.models.reviews import Review
from connector.peer_review.reviews import reviewing
from connector.peer_review.views import pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.passage_schemas import ClaimForm
from connector.peer_review.views.review_views import fields_before, review_form
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, now


@blueprint.post("/reviews/<uuid:review_id>/passages")
def change_passages(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was typed; then mark a passage, take a comment away, or put it back."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = preparing.get_to_write(session, activity, member, review_id)
    typed = request.form.to_dict()
    reviewing.save(session, review, typed, by=member, was=fields_before(), now=now())
    try:
        anchor = _change(session, review, typed)
    except InvalidInputError as error:
        session.commit()
        return review_form(session, member, activity, review, errors=error.errors, words=typed.get(passages.WORDS, ""))
    session.commit()
    page = url_for("peer_review.write", activity_id=activity_id, review_id=review_id, _anchor=anchor)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _change(session: Session, review: Review, typed: dict[str, str]) -> str:
    """Do what the button says, and return what the page shows then.

    Raises:
        InvalidInputError: What is meant stands nowhere in the text, or in several places.
        NotFoundError: The comment that is meant is none of this review.
    """
    for name in ("drop", "keep"):
        passage_id = request.form.get(name, type=uuid.UUID)
        if passage_id is not None:
            passages.drop(session, review, passage_id, is_dropped=name == "drop")
            return f"note-{passage_id}" if name == "keep" else "passages"
    try:
        claim = ClaimForm().load(typed)
    except ValidationError as error:
        raise InvalidInputError(
            {passages.WORDS: [_("These words do not stand in the text. Copy them as they are.")]}
        ) from error
    return passages.field_of(passages.mark(session, review, claim))
