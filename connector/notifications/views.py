"""A member's notices, what they want in the mail, and what they follow."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.pages import visit_bar
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.notifications import preferences, services
from connector.notifications.models import Level, Notice, Scope, Subscription
from connector.notifications.places import Place, get_place, subscribe
from connector.notifications.schemas import ReadForm, SubscriptionForm, WishesForm
from connector.notifications.tellers import tell
from connector.notifications.words import level_words, settings_context
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load, now, writing_session
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("notifications", __name__, url_prefix="/s/<sid>/notices")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List what the member is told of, the newest first."""
    session = current_session()
    member = current_member(session)
    is_unread = request.args.get("show") != "all"
    page = services.list_notices(session, member, is_unread=is_unread, page=request.args.get("page", 1, type=int))
    if page.gone:
        with writing_session() as writing:
            services.mark_read(writing, member.id, page.gone, now=now())
            writing.commit()
        return redirect(request.full_path, HTTPStatus.SEE_OTHER)  # the bell counts again, without them
    return render(
        "notifications/index.html",
        bar=visit_bar(session, member, "notifications.index"),
        page=page,
        is_unread=is_unread,
        unread=services.count_unread(session, member.id),
        now=now(),
    )


@blueprint.get("/count")
def count() -> ResponseReturnValue:
    """Say how much is unread; cheap to ask again and again."""
    session = current_session()
    unread = services.count_unread(session, current_member(session).id)
    response = jsonify(unread=min(unread, services.MOST_COUNTED), more=unread > services.MOST_COUNTED)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{unread}")
    return response.make_conditional(request)


@blueprint.get("/<uuid:notice_id>")
def follow(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Lead to what a notice is about, and note that it was read."""
    session = current_session()
    member = current_member(session)
    notice = session.get(Notice, notice_id)
    telling = tell(session, member, [notice]).get(notice.id) if notice and notice.member_id == member.id else None
    if notice is None or telling is None:
        raise NotFoundError
    if notice.read_at is None and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        with writing_session() as writing:
            services.mark_read(writing, member.id, [notice.id], now=now())
            writing.commit()
    return redirect(url_for(telling.endpoint, **telling.values), HTTPStatus.SEE_OTHER)


@blueprint.post("/read")
def read() -> ResponseReturnValue:
    """Note that one notice, or all of them, were read."""
    session = current_session()
    member = current_member(session)
    notice_id = load(ReadForm())["notice"]
    services.mark_read(session, member.id, None if notice_id is None else [notice_id], now=now())
    session.commit()
    if prefers_json():
        return jsonify(unread=services.count_unread(session, member.id))
    return redirect(url_for("notifications.index", show=request.args.get("show")), HTTPStatus.SEE_OTHER)


@blueprint.post("/subscriptions")
def change_subscription() -> ResponseReturnValue:
    """Note what the member wants to be told of a course, an activity or a thread; usable from any page."""
    session = current_session()
    member = current_member(session)
    form = load(SubscriptionForm())
    place = subscribe(session, member, form["scope"], form["id"], form["level"], now=now())
    session.commit()
    if prefers_json():
        return jsonify(level=form["level"], words=level_words(form["level"]))
    back = form["back"] if _is_ours(form["back"]) else url_for(place.endpoint, **place.values)
    return redirect(back, HTTPStatus.SEE_OTHER)


@blueprint.get("/settings")
def show_settings() -> ResponseReturnValue:
    """Show what the member wants in the mail, and what they follow."""
    return _settings_page()


@blueprint.post("/settings")
def change_settings() -> ResponseReturnValue:
    """Note what the member wants in the mail."""
    session = current_session()
    member = current_member(session)
    try:
        wishes = load(WishesForm())["wishes"]
    except InvalidInputError as error:
        if prefers_json():
            raise
        return _settings_page(typed=request.form.to_dict(), errors=error.errors)
    preferences.save_wishes(session, member.person_id, wishes, now=now())
    session.commit()
    return _saved()


@blueprint.post("/settings/shortcuts")
def change_shortcuts() -> ResponseReturnValue:
    """Note whether single keys do things on pages."""
    session = current_session()
    member = current_member(session)
    preferences.save_shortcuts(session, member.person_id, has_shortcuts="has_shortcuts" in request.form)
    session.commit()
    return _saved()


@blueprint.post("/settings/address")
def forgive_address() -> ResponseReturnValue:
    """Try an address again that a mail server had refused."""
    session = current_session()
    preferences.forgive(session, current_member(session).person_id)
    session.commit()
    return _saved()


@dataclass(frozen=True, slots=True)
class Followed:
    """A place that the member said something about."""

    subscription: Subscription
    place: Place


def _followed(session: Session, member: Membership) -> Sequence[Followed]:
    """Return what the member said about places that they still may see."""
    found = []
    for each in services.list_subscriptions(session, member.id):
        try:
            found.append(Followed(each, get_place(session, member, each.scope, each.scope_id)))
        except NotFoundError:
            continue
    return found


def _settings_page(*, typed: dict[str, Any] | None = None, errors: dict[str, list[str]] | None = None) -> Response:
    session = current_session()
    member = current_member(session)
    preference = preferences.preference_of(session, member.person_id)
    scope, course_id = Scope.COURSE, member.course_id
    return render(
        "notifications/settings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=visit_bar(session, member, "notifications.index"),
        member=member,
        followed=_followed(session, member),
        level=services.levels(session, [member.id], [(scope, course_id)])[member.id],
        level_words=level_words,
        levels=list(Level),
        can_be_mailed=preferences.can_be_mailed(member),
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
        **settings_context(preference, member.person, typed=typed, errors=errors),
    )


def _saved() -> ResponseReturnValue:
    return redirect(url_for("notifications.show_settings", saved=1), HTTPStatus.SEE_OTHER)


def _is_ours(path: str) -> bool:
    """Whether a path lies within this visit: nothing that a form sends may lead elsewhere."""
    return path.startswith(f"/s/{g.sid}/") and "\\" not in path and path.isprintable()
