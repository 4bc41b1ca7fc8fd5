"""What a guest does with a text: its draft, how it would look, its files, and a change of it once it is sent."""

import uuid
from datetime import datetime
from http import HTTPStatus

from flask import Response, jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.content import markdown
from connector.content.attachments import list_attached
from connector.content.composing import draft_answer
from connector.content.drafts import DraftConflictError, discard_draft, save_draft
from connector.content.models import Attachment
from connector.content.prose import prose
from connector.content.schemas import DraftForm, PreviewForm
from connector.content.sending import describe_file, send_files
from connector.content.text import BODY_LIMIT
from connector.courses.models import Membership
from connector.guests import answering
from connector.guests.access import get_question, sight_of
from connector.guests.answering import edit_place_of, place_of
from connector.guests.frame import confirmed, file_address
from connector.guests.guest_views import blueprint
from connector.guests.models import Invitation
from connector.guests.pages import back_to, composer_of, guest_page, sentences_of
from connector.guests.schemas import ChangeForm
from connector.threads.composing import receive, settle
from connector.threads.models import Post
from connector.threads.telling import HOLDER
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, load
from connector.web.security import no_store


@blueprint.put("/questions/<uuid:thread_id>/draft")
@blueprint.post("/questions/<uuid:thread_id>/draft")
def keep_draft(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what the guest has typed; by POST, since a page that is being closed can send nothing else."""
    session, invitation, at = confirmed()
    if invitation.member is None:
        raise NotFoundError
    form = load(DraftForm())
    try:
        kept = save_draft(
            session,
            invitation.member,
            _place(session, invitation, thread_id, at),
            form["fields"],
            base=form["base"],
            now=at,
        )
    except DraftConflictError as error:
        session.commit()  # the text that came too late is kept as well
        return draft_answer(error.draft, HTTPStatus.CONFLICT)
    session.commit()
    return no_store(jsonify(revision=kept.revision))


@blueprint.delete("/questions/<uuid:thread_id>/draft")
def drop_draft(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Throw away what the guest has typed."""
    session, invitation, at = confirmed()
    if invitation.member is not None:
        discard_draft(session, invitation.member, _place(session, invitation, thread_id, at))
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


# --- files --------------------------------------------------------------------------------------------------------------
@blueprint.post("/files")
def send_file() -> ResponseReturnValue:
    """Take a file, as the guest's own until it is in an answer."""
    session, invitation, _at = confirmed()
    return no_store(send_files(session, _member(invitation), _address))


@blueprint.post("/files/<uuid:attachment_id>")
def describe(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Say what a picture shows, or that it is decoration."""
    session, invitation, _at = confirmed()
    return no_store(describe_file(session, _member(invitation), attachment_id, _address))


# --- a change -------------------------------------------------------------------------------------------------------------
@blueprint.get("/questions/<uuid:thread_id>/answers/<uuid:post_id>/edit")
def edit(thread_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form that changes what the guest answered."""
    session, invitation, at = confirmed()
    post = answering.get_own(session, invitation, thread_id, post_id, now=at)[1]
    return _edit_page(invitation, post, {"body": post.body, "version": str(post.version)})


@blueprint.post("/questions/<uuid:thread_id>/answers/<uuid:post_id>/edit")
def change(thread_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Change what the guest answered."""
    session, invitation, at = confirmed()
    member, post = answering.get_own(session, invitation, thread_id, post_id, now=at)
    try:
        sent = receive(session, member)
        form = load(ChangeForm(), instead=sent.instead)
        answering.edit(session, invitation, thread_id, post_id, form["body"], version=form["version"], now=at)
        settle(session, member, post, sent, edit_place_of(post_id))
    except (InvalidInputError, ConflictError) as error:
        session.rollback()
        return _edit_page(invitation, post, request.form.to_dict(), error)
    session.commit()
    return back_to("guest.question", thread_id=thread_id, done="changed")


def _edit_page(
    invitation: Invitation, post: Post, typed: dict[str, str], error: InvalidInputError | ConflictError | None = None
) -> Response:
    session = current_session()
    drafts_url = url_for("guest.keep_draft", thread_id=post.thread_id, answer=post.id)
    return guest_page(
        "edit",
        invitation,
        status=error.status if error else HTTPStatus.OK,
        post=post,
        typed=typed,
        errors=sentences_of(error),
        conflict=error.learner if isinstance(error, ConflictError) else None,
        composer=composer_of(
            session, _member(invitation), edit_place_of(post.id), drafts_url, is_retyped=error is not None
        ),
        files=[
            {"id": str(each.id), "name": each.name, "media_type": each.media_type, "size": each.size}
            for each in list_attached(session, HOLDER, [post.id]).get(post.id, ())
        ],
    )


def _place(session: Session, invitation: Invitation, thread_id: uuid.UUID, at: datetime) -> str:
    """Return the name of the draft that the request is about: that of an answer, or of a change of one.

    Raises:
        NotFoundError: The question, or the answer, is not the guest's to write to.
    """
    post_id = request.args.get("answer", type=uuid.UUID)
    if post_id is not None:
        return edit_place_of(answering.get_own(session, invitation, thread_id, post_id, now=at)[1].id)
    get_question(session, invitation, thread_id, sight_of(session, invitation, now=at))
    return place_of(thread_id)


def _member(invitation: Invitation) -> Membership:
    """Return who the guest is.

    Raises:
        NotFoundError: They have not agreed to take part.
    """
    if invitation.member is None:
        raise NotFoundError
    return invitation.member


def _address(attachment: Attachment) -> str:
    return url_for("guest.file", attachment_id=attachment.id)
