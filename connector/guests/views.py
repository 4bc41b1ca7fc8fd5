"""The guests of an activity, for who leads the course: whom they invited, what became of it, and the form to invite."""

import uuid
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.leading import lead_activity
from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.guests import bounces, services
from connector.guests.schemas import NAME_LIMIT, NOTE_LIMIT, InviteForm
from connector.guests.services import NewGuest
from connector.guests.standing import OVER, State, state_of
from connector.guests.words import declined_in_words, language_choices, life_choices, state_in_words
from connector.threads.access import get_thread, look
from connector.threads.models import Thread
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now, settings
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("guests", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/guests")


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """List the invitations of an activity, with the form for another one."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    thread = _thread(session, member, activity, request.args.get("thread", type=uuid.UUID))
    return _page(session, member, activity, thread)


@blueprint.post("")
def invite(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Invite somebody from outside."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    thread = _thread(session, member, activity, request.form.get("thread", type=uuid.UUID))
    try:
        form = load(InviteForm())
        new = NewGuest(**{name: form[name] for name in ("name", "address", "note", "locale", "days")})
        services.invite(session, activity, member, new, thread=thread, key=settings().secret_key, now=now())
    except (InvalidInputError, ConflictError) as error:
        session.rollback()
        return _page(session, member, activity, thread, error=error)
    session.commit()
    return _back(activity_id, "invited")


@blueprint.post("/<uuid:invitation_id>/resend")
def resend(activity_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Send a new link; the one before opens nothing any more."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    invitation = services.get_invitation(session, activity, member, invitation_id)
    try:
        services.resend(session, invitation, member, key=settings().secret_key, now=now())
    except ConflictError as error:
        session.rollback()
        return _page(session, member, activity, None, error=error)
    session.commit()
    return _back(activity_id, "resent")


@blueprint.post("/<uuid:invitation_id>/revoke")
def revoke(activity_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Let a link open nothing any more."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    services.revoke(session, services.get_invitation(session, activity, member, invitation_id), member, now=now())
    session.commit()
    return _back(activity_id, "revoked")


@blueprint.post("/<uuid:invitation_id>/bounced")
def report_bounce(activity_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Note that the mail did not arrive; the question goes on to others."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    invitation = services.get_invitation(session, activity, member, invitation_id)
    try:
        bounces.report(session, invitation, member, now=now())
    except ConflictError as error:
        session.rollback()
        return _page(session, member, activity, None, error=error)
    session.commit()
    return _back(activity_id, "bounced")


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    thread: Thread | None,
    *,
    error: InvalidInputError | ConflictError | None = None,
) -> Response:
    at = now()
    return render(
        "guests/index.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(member, activity, "guests.index"),
        activity=activity,
        thread=thread,
        guests=[(each, state_of(each, now=at)) for each in services.list_invitations(session, activity, member)],
        over=OVER,
        State=State,
        state_in_words=state_in_words,
        declined_in_words=declined_in_words,
        name_of=name_of,
        languages=language_choices(),
        lives=life_choices(),
        typed=request.form if error else {},
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        limits={"name": NAME_LIMIT, "note": NOTE_LIMIT},
        is_mail_on=settings().mail_server is not None,
        toasts=_toasts(),
    )


def _thread(session: Session, member: Membership, activity: Activity, thread_id: uuid.UUID | None) -> Thread | None:
    """Return the one question that somebody is to be invited to.

    Raises:
        NotFoundError: There is none, or it is none for outsiders.
    """
    if thread_id is None:
        return None
    thread = get_thread(session, look(session, member, activity, now=now()), thread_id)
    if not services.may_be_shown(thread):
        raise NotFoundError
    return thread


def _toasts() -> list[str]:
    told = {
        "invited": _("The invitation is on its way."),
        "resent": _("A new link is on its way. The one before opens nothing any more."),
        "revoked": _("The link opens nothing any more."),
        "bounced": _("Noted. A question that waited for them goes on to others."),
    }
    done = request.args.get("done", "")
    return [told[done]] if done in told else []


def _back(activity_id: uuid.UUID, done: str) -> ResponseReturnValue:
    return redirect(url_for("guests.index", activity_id=activity_id, done=done), HTTPStatus.SEE_OTHER)
