"""The pages of a guest: coming in, agreeing to take part, the questions, and what they do about them."""

import uuid
from http import HTTPStatus

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from connector.content.doors import file_store
from connector.content.receiving import allow_files
from connector.content.serving import serve
from connector.content.text import BODY_LIMIT
from connector.guests import answering, entering
from connector.guests.access import get_file, get_question, list_questions, sight_of
from connector.guests.answering import place_of, taking_part
from connector.guests.frame import (
    NotConfirmedError,
    confirmed,
    current_invitation,
    file_address,
    guest_blueprint,
    is_known_browser,
    nothing_here,
    remember,
)
from connector.guests.models import Invitation
from connector.guests.pages import back_to, composer_of, guest_page, sentences_of
from connector.guests.schemas import SUGGESTION_LIMIT, AgreeForm, CodeForm, DeclineForm, LanguageForm, TextForm
from connector.guests.showing import neutral, show_question, summarise
from connector.guests.words import declined_choices, language_choices
from connector.threads.composing import receive, settle
from connector.threads.limits import is_open
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError, error_page
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, load, now, settings

blueprint = guest_blueprint("guest", __name__)
allow_files(blueprint, ["answer", "change", "send_file"])


@blueprint.errorhandler(NotConfirmedError)
def confirm_first(_error: NotConfirmedError) -> ResponseReturnValue:
    """Lead a browser that is nobody's yet to where it is confirmed, whatever it asked for."""
    return back_to("guest.index")


@blueprint.errorhandler(NotFoundError)
def find_nothing(_error: NotFoundError) -> ResponseReturnValue:
    """Say the same of everything that is not there for this guest, and of every link that opens nothing."""
    error = nothing_here()
    return error_page(error.status, error.code, error.learner, None)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Ask for the code, for the guest's agreement, or show what there is to answer."""
    session, invitation = current_session(), current_invitation()
    if not is_known_browser():
        return _door(invitation)
    sight = sight_of(session, invitation, now=now())
    if invitation.agreed_at is None:
        asked = None
        if invitation.thread_id is not None:
            asked = show_question(
                session, get_question(session, invitation, invitation.thread_id, sight), sight, file_address
            )
        return guest_page("agree", invitation, asked=asked, languages=language_choices())
    if invitation.thread_id is not None:
        return back_to("guest.question", thread_id=invitation.thread_id)
    threads = list_questions(session, invitation, sight)
    return guest_page("list", invitation, questions=summarise(session, threads, sight), at=sight.now)


# --- coming in ----------------------------------------------------------------------------------------------------------
@blueprint.post("/code")
def send_code() -> ResponseReturnValue:
    """Send a code to the guest's mailbox; nothing is sent for merely looking, since programs look at links in mails."""
    session, invitation = current_session(), current_invitation()
    try:
        entering.send_code(session, invitation, key=settings().secret_key, now=now())
    except ConflictError as error:
        session.rollback()
        return _door(invitation, problem=error.learner or "")
    session.commit()
    return back_to("guest.index", sent=1)


@blueprint.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Let this browser be the guest's, where the code is right."""
    session, invitation = current_session(), current_invitation()
    secret = entering.confirm(session, invitation, load(CodeForm())["code"], key=settings().secret_key, now=now())
    session.commit()
    if secret is None:
        has_code = entering.open_code(session, invitation, now=now()) is not None
        wrong = _("This is not the code that we sent you last. Look again, or ask for another one.")
        spent = _("This code counts no longer. Ask for another one.")
        return _door(invitation, errors=[wrong if has_code else spent])
    response = back_to("guest.index")
    remember(response, invitation, secret)
    return response


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    """Speak another language, on these pages and in the mails."""
    session, invitation, _at = confirmed()
    invitation.locale = load(LanguageForm())["locale"]
    if invitation.member is not None:
        invitation.member.person.locale = invitation.locale
    session.commit()
    return back_to("guest.index")


@blueprint.post("/agree")
def agree() -> ResponseReturnValue:
    """Let the guest take part."""
    session, invitation, at = confirmed()
    answering.agree(session, invitation, is_recorded=load(AgreeForm())["is_recorded"], now=at)
    session.commit()
    return back_to("guest.privacy" if "again" in request.form else "guest.index")


# --- a question -----------------------------------------------------------------------------------------------------------
@blueprint.get("/questions/<uuid:thread_id>")
def question(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show a question, with the forms to answer it, to ask back and to say no."""
    return _question(thread_id)


@blueprint.post("/questions/<uuid:thread_id>/answer")
def answer(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Answer a question."""
    session, invitation, at = confirmed()
    member = taking_part(session, invitation, thread_id, now=at)
    try:
        sent = receive(session, member)
        form = load(TextForm(), instead=sent.instead)
        post = answering.answer(session, invitation, thread_id, form["body"], key=form["idempotency_key"], now=at)
        settle(session, member, post, sent, place_of(thread_id))
    except (InvalidInputError, ConflictError) as error:
        session.rollback()
        return _question(thread_id, error=error, typed=request.form.get("body", ""))
    session.commit()
    return back_to("guest.question", thread_id=thread_id, done="answered")


@blueprint.post("/questions/<uuid:thread_id>/ask")
def ask(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for what is missing to answer."""
    session, invitation, at = confirmed()
    try:
        form = load(TextForm())
        answering.ask(session, invitation, thread_id, form["body"], key=form["idempotency_key"], now=at)
    except (InvalidInputError, ConflictError) as error:
        session.rollback()
        return _question(thread_id, asking=error, asked=request.form.get("body", ""))
    session.commit()
    return back_to("guest.question", thread_id=thread_id, done="asked")


@blueprint.post("/decline")
def decline() -> ResponseReturnValue:
    """Say no, and perhaps whom to ask instead."""
    session, invitation, at = confirmed()
    form = load(DeclineForm())
    answering.decline(session, invitation, form["reason"], form["suggestion"], now=at)
    session.commit()
    return back_to("guest.declined")


@blueprint.get("/declined")
def declined() -> ResponseReturnValue:
    """Thank who said no."""
    _session, invitation, _at = confirmed()
    if invitation.declined_at is None:
        return back_to("guest.index")
    return guest_page("declined", invitation)


@blueprint.get("/files/<uuid:attachment_id>")
@blueprint.get("/files/<uuid:attachment_id>/<path:name>")
def file(attachment_id: uuid.UUID, name: str = "") -> ResponseReturnValue:  # noqa: ARG001 -- is for people to read
    """Return a file of a post that the guest may read, or one of their own."""
    session, invitation, at = confirmed()
    found = get_file(session, invitation, attachment_id, sight_of(session, invitation, now=at))
    return serve(neutral(found), file_store())


# --- what the pages share ------------------------------------------------------------------------------------------------
def _question(
    thread_id: uuid.UUID,
    *,
    error: InvalidInputError | ConflictError | None = None,
    typed: str = "",
    asking: InvalidInputError | ConflictError | None = None,
    asked: str = "",
) -> Response:
    """Return a question's page.

    Args:
        error: Why the answer was refused.
        asking: Why the question back was refused.
    """
    session, invitation, at = confirmed()
    if invitation.member is None:
        return back_to("guest.index")
    sight = sight_of(session, invitation, now=at)
    thread = get_question(session, invitation, thread_id, sight)
    refused = error or asking
    return guest_page(
        "question",
        invitation,
        status=refused.status if refused else HTTPStatus.OK,
        question=show_question(session, thread, sight, file_address),
        is_open=is_open(thread, now=at),
        composer=composer_of(
            session,
            invitation.member,
            place_of(thread_id),
            url_for("guest.keep_draft", thread_id=thread_id),
            is_retyped=error is not None,
        ),
        key=uuid.uuid4(),
        limit=BODY_LIMIT,
        suggestion_limit=SUGGESTION_LIMIT,
        typed=typed,
        asked=asked,
        errors=sentences_of(error),
        asking_errors=sentences_of(asking),
        conflict=refused.learner if isinstance(refused, ConflictError) else None,
        reasons=declined_choices(),
        done=request.args.get("done", ""),
    )


def _door(invitation: Invitation, *, problem: str = "", errors: list[str] | None = None) -> Response:
    """Return the page that asks for the code; it says nothing of what it is for."""
    is_sent = entering.open_code(current_session(), invitation, now=now()) is not None
    return guest_page(
        "door",
        invitation,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors or problem else HTTPStatus.OK,
        is_sent=is_sent,
        problem=problem,
        errors=errors or [],
        minutes=int(entering.CODE_LIFE.total_seconds()) // 60,
    )
