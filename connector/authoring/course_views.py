"""The settings of a whole course, for who leads it, and for who administers its LMS."""

import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.changes import list_log
from connector.activities.kinds import kinds
from connector.activities.services import list_used
from connector.authoring import switching
from connector.authoring.checks import list_stores
from connector.authoring.course_schemas import AllForm, CourseForm
from connector.authoring.course_words import label_of, languages, moderation_words, put_together, value_in_words
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.courses.policies import recording_of, tell_limits
from connector.privacy.services import change_recording, list_changes
from connector.privacy.views import may_change, states
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now
from connector.web.sessions import current_launch, launch_blueprint

blueprint = launch_blueprint("course_settings", __name__, url_prefix="/s/<sid>/course/settings")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show what holds for the whole course."""
    session = current_session()
    return _page(session, _enter(session))


@blueprint.post("")
def change() -> ResponseReturnValue:
    """Change what is recorded, as far as the member decides it, and the language."""
    session = current_session()
    member = _enter(session)
    form = load(CourseForm())
    if form["recording"] is not None and may_change(member):
        try:
            change_recording(session, member, form["recording"], now=now())
        except InvalidInputError as error:
            return _page(session, member, errors=error.errors)
    if member.is_staff and "language" in request.form:
        switching.set_language(session, member, form["language"], now=now())
    session.commit()
    return _saved()


@blueprint.post("/activities/<uuid:activity_id>/<any(on, off):state>")
def switch(activity_id: uuid.UUID, state: str) -> ResponseReturnValue:
    """Let people find an activity, or nobody."""
    session = current_session()
    switching.switch(session, _enter(session), activity_id, is_on=state == "on", now=now())
    session.commit()
    return _saved()


@blueprint.post("/threads")
def rule_all() -> ResponseReturnValue:
    """Show what would change in all activities with threads; change it once that is confirmed."""
    session = current_session()
    member = _enter(session)
    typed = request.form.to_dict()
    try:
        wanted = AllForm().load(typed)
        changes = switching.plan(session, member, wanted)
    except (ValidationError, InvalidInputError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else error.messages_dict
        return _page(session, member, typed=typed, errors=errors)
    if "confirmed" in typed:
        switching.rule_all(session, member, wanted, now=now())
        session.commit()
        return _saved()
    if not changes:
        return _page(session, member, typed=typed, told=_("Nothing would change: all have these settings already."))
    names = [each.value for each in wanted]
    return render(
        "authoring/course_confirm.html",
        bar=_bar(member),
        changes=[
            (each.activity, [(label_of(what), *_words(what, before, after)) for what, before, after in each.values])
            for each in changes
        ],
        hidden={**{name: typed[name] for name in names}, "confirmed": "1"},
    )


def _words(what: Any, before: Any, after: Any) -> tuple[str, str]:
    return value_in_words(what, switching.stored(before)), value_in_words(what, switching.stored(after))


def _enter(session: Session) -> Membership:
    """Return the member of this visit.

    Raises:
        NotFoundError: They neither lead the course nor administer its LMS.
    """
    member = current_member(session)
    if not member.is_staff and not current_launch().is_lms_admin:
        raise NotFoundError
    return member


def _page(
    session: Session,
    member: Membership,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    told: str | None = None,
) -> Response:
    course, words = member.course, states()
    toasts = [told or _("Saved.")] if told or ("saved" in request.args and not errors) else []
    return render(
        "authoring/course_settings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=_bar(member),
        course=course,
        recorded=recording_of(session, course),
        member=member,
        may_change=may_change(member),
        activities=list_used(session, course.id),
        kinds=kinds(),
        states=words,
        stores=[(each.name, urlsplit(each.url).hostname) for each in list_stores(session, course)],
        languages=languages(),
        moderation=moderation_words(),
        typed=typed or {},
        errors=errors or {},
        log=put_together(list_log(session, course), list_changes(session, course), words),
        name_of=name_of,
        limits=tell_limits(session, course),
        toasts=toasts,
    )


def _bar(member: Membership) -> dict[str, Any]:
    return {"title": member.course.title, "subtitle": None, "home_url": url_for("course.index")}


def _saved() -> ResponseReturnValue:
    return redirect(url_for("course_settings.show", saved=1), HTTPStatus.SEE_OTHER)
