"""Pages that mails lead to, without a visit. Each opens by a signed address, and shows nothing of a course's life.

Mail scanners follow every link, so looking at a page changes nothing.
Source: https://www.rfc-editor.org/rfc/rfc8058
"""

import uuid
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.courses.models import Person
from connector.notifications import preferences
from connector.notifications.links import Purpose, find_activity, read_token, sign
from connector.notifications.models import Cadence
from connector.notifications.schemas import WishesForm
from connector.notifications.words import settings_context
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import nearest, speak
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load, now, settings
from lti.profiles import profile_for

blueprint = Blueprint("mail", __name__)


@blueprint.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask whether mail should end."""
    session = current_session()
    person = _person(session, Purpose.UNSUBSCRIBE, token)
    preference = preferences.preference_of(session, person.id)
    return render(
        "notifications/unsubscribe.html",
        is_off=preference.cadence is Cadence.OFF,
        token=token,
        preferences_token=sign(settings().secret_key, Purpose.PREFERENCES, person.id),
    )


@blueprint.post("/unsubscribe/<token>")
def do_unsubscribe(token: str) -> ResponseReturnValue:
    """End mail, or take that back; mail programs ask for the former on their own."""
    session = current_session()
    person = _person(session, Purpose.UNSUBSCRIBE, token)
    act = preferences.resubscribe if "undo" in request.form else preferences.unsubscribe
    act(session, person.id, now=now())
    session.commit()
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response(status=HTTPStatus.NO_CONTENT)
    return redirect(url_for("mail.unsubscribe", token=token), HTTPStatus.SEE_OTHER)


@blueprint.get("/mail/<token>", endpoint="preferences")
def show_preferences(token: str) -> ResponseReturnValue:
    """Show what somebody wants in the mail."""
    return _preferences_page(token)


@blueprint.post("/mail/<token>")
def change_preferences(token: str) -> ResponseReturnValue:
    """Note what somebody wants in the mail."""
    session = current_session()
    person = _person(session, Purpose.PREFERENCES, token)
    try:
        wishes = load(WishesForm())["wishes"]
    except InvalidInputError as error:
        if prefers_json():
            raise
        return _preferences_page(token, typed=request.form.to_dict(), errors=error.errors)
    preferences.save_wishes(session, person.id, wishes, now=now())
    session.commit()
    return redirect(url_for("mail.preferences", token=token, saved=1), HTTPStatus.SEE_OTHER)


@blueprint.get("/open/<token>")
def open_activity(token: str) -> ResponseReturnValue:
    """Say where an activity is found, where its LMS has no address that would open it."""
    session = current_session()
    activity_id = read_token(settings().secret_key, Purpose.OPEN, token)
    activity = find_activity(session, activity_id) if activity_id else None
    if activity is None or not activity.is_open:
        raise NotFoundError
    platform = activity.course.deployment.platform
    profile = profile_for(platform.product, platform.issuer)
    # A cloud's issuer is where nobody's courses are.
    has_site = profile.issuer is None and platform.issuer.startswith(("https://", "http://"))
    return render(
        "notifications/open.html",
        activity=activity,
        lms_name=profile.name if profile.family != "generic" else platform.name,
        site=platform.issuer if has_site else None,
    )


def _preferences_page(
    token: str, *, typed: dict[str, str] | None = None, errors: dict[str, list[str]] | None = None
) -> Response:
    session = current_session()
    person = _person(session, Purpose.PREFERENCES, token)
    return render(
        "notifications/mail_preferences.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        token=token,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
        **settings_context(preferences.preference_of(session, person.id), person, typed=typed, errors=errors),
    )


def _person(session: Session, purpose: Purpose, token: str) -> Person:
    """Return whom a signed address belongs to, and speak their language.

    Raises:
        NotFoundError: It was not signed here for this purpose, or the person has been forgotten.
    """
    person_id: uuid.UUID | None = read_token(settings().secret_key, purpose, token)
    person = session.get(Person, person_id) if person_id else None
    if person is None or person.erased_at is not None:
        raise NotFoundError
    if nearest(person.locale):
        speak(person.locale)
    return person
