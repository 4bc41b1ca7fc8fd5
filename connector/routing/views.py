"""The inbox of those who answer: what waits for them, why, and what they can do with it."""

import uuid
from datetime import time, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.pages import visit_bar
from connector.activities.services import find_activity
from connector.calendars.services import calendar_of
from connector.courses.access import current_member
from connector.courses.models import Membership, Role
from connector.courses.people import name_of, role_of
from connector.experts.models import Expert
from connector.experts.services import change_availability, expert_of
from connector.routing import services
from connector.routing.models import Refusal
from connector.routing.pages import end_of, list_leaders, list_waiting
from connector.routing.schemas import NOTE_LIMIT, AvailabilityForm, PassForm, RefusalForm
from connector.routing.waves import release
from connector.threads.access import get_thread, look
from connector.threads.models import Thread
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now
from connector.web.sessions import launch_blueprint

_MOMENT = timedelta(minutes=1)

blueprint = launch_blueprint("inbox", __name__, url_prefix="/s/<sid>/inbox")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what waits for the member."""
    session = current_session()
    return _page(session, current_member(session))


@blueprint.post("/<uuid:thread_id>/claim")
def claim(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Take a question on, and go to it."""
    session = current_session()
    member = current_member(session)
    thread = _find(session, member, thread_id)
    try:
        services.claim(session, thread, member, now=now())
    except ConflictError as error:
        return _page(session, member, problem=str(error))
    session.commit()
    return redirect(_address(thread), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:thread_id>/decline")
def decline(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Say no, with one of three reasons."""
    session = current_session()
    member = current_member(session)
    thread = _asked(session, member, thread_id)
    try:
        services.decline(session, thread, member, load(RefusalForm())["reason"], now=now())
    except ConflictError as error:
        return _page(session, member, problem=str(error))
    session.commit()
    return redirect(url_for("inbox.index", done="declined"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:thread_id>/pass")
def ask_whom(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whom to pass a question on to."""
    session = current_session()
    member = current_member(session)
    return _pass_page(session, member, _asked(session, member, thread_id))


@blueprint.post("/<uuid:thread_id>/pass")
def pass_on(thread_id: uuid.UUID) -> ResponseReturnValue:
    """Pass a question on, or let somebody be asked as well."""
    session = current_session()
    member = current_member(session)
    thread = _asked(session, member, thread_id)
    try:
        form = load(PassForm())
        bring_in = services.pass_on if form["act"] == "pass" else services.suggest
        bring_in(session, thread, member, form["to"], note=form["note"], now=now())
    except InvalidInputError as error:
        said = {"to": [_("Choose somebody.")]} if "to" in error.errors else {}
        return _pass_page(session, member, thread, errors={**error.errors, **said})
    except ConflictError as error:
        return _page(session, member, problem=str(error))
    session.commit()
    done = "passed" if form["act"] == "pass" else "also"
    return redirect(url_for("inbox.index", done=done), HTTPStatus.SEE_OTHER)


@blueprint.post("/availability")
def change() -> ResponseReturnValue:
    """Say when one can be asked; who is away from now on hands over what waits for them."""
    session = current_session()
    member = current_member(session)
    if not _may_answer(member):
        raise NotFoundError
    try:
        form = load(AvailabilityForm())
    except InvalidInputError as error:
        return _page(session, member, typed=request.form.to_dict(), errors=error.errors)
    zone = calendar_of(session, member.course.deployment.platform.tenant_id).zone
    away_until = end_of(form["away_until"], zone)
    quiet = (_minutes(form["quiet_from"]), _minutes(form["quiet_until"])) if form["quiet_from"] is not None else None
    change_availability(session, member, weekly_capacity=form["weekly_capacity"], away_until=away_until, quiet=quiet)
    if away_until is not None and away_until > now():
        release(session, member, now=now())
    session.commit()
    return redirect(url_for("inbox.index", done="saved"), HTTPStatus.SEE_OTHER)


def _page(
    session: Session,
    member: Membership,
    *,
    problem: str | None = None,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    zone = calendar_of(session, member.course.deployment.platform.tenant_id).zone
    done = {"declined": _("Somebody else is asked."), "passed": _("Passed on."), "saved": _("Saved.")}
    done["also"] = _("They are asked as well; the question stays with you.")
    said = done.get(request.args.get("done", ""))
    expert = expert_of(session, member)
    bad = HTTPStatus.CONFLICT if problem else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(
        "routing/inbox.html",
        status=bad if problem or errors else HTTPStatus.OK,
        bar=visit_bar(session, member, "inbox.index"),
        waiting=list_waiting(session, member, now=now()),
        refusals={
            Refusal.TOPIC.value: _("It is not my topic"),
            Refusal.TIME.value: _("I have no time"),
            Refusal.CONFLICT.value: _("I should not be the one to answer this person"),
        },
        may_answer=_may_answer(member),
        expert=expert,
        typed=typed if typed is not None else _typed(expert, zone),
        errors=errors or {},
        zone=zone.key,
        problem=problem,
        path=_address,
        toasts=[said] if said and not errors and not problem else [],
    )


def _pass_page(
    session: Session, member: Membership, thread: Thread, *, errors: dict[str, list[str]] | None = None
) -> Response:
    suggested = services.whom_else(session, thread, member, now=now())
    options = [(str(each.member.id), name_of(each.member), " · ".join(each.reasons)) for each in suggested]
    options += [(str(each.id), name_of(each), role_of(each) or "") for each in list_leaders(session, member)]
    return render(
        "routing/pass.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=visit_bar(session, member, "inbox.index"),
        thread=thread,
        options=[each for each in options if each[0] != str(thread.author_id)],
        typed={name: request.form.get(name, "") for name in ("to", "note")},
        errors=errors or {},
        note_limit=NOTE_LIMIT,
    )


def _find(session: Session, member: Membership, thread_id: uuid.UUID) -> Thread:
    """Return a question that the member may see.

    Raises:
        NotFoundError: There is none.
    """
    found = session.get(Thread, thread_id)
    if found is None:
        raise NotFoundError
    activity = find_activity(session, member, found.activity_id)
    return get_thread(session, look(session, member, activity, now=now()), thread_id)


def _asked(session: Session, member: Membership, thread_id: uuid.UUID) -> Thread:
    """Return a question that the member was asked to answer.

    Raises:
        NotFoundError: There is none, or they have done with it.
    """
    thread = _find(session, member, thread_id)
    if not any(each.thread.id == thread.id and each.is_asked for each in list_waiting(session, member, now=now())):
        raise NotFoundError
    return thread


def _address(thread: Thread, **more: Any) -> str:
    return url_for(f"{thread.activity.kind}.show", activity_id=thread.activity_id, thread_id=thread.id, **more)


def _typed(expert: Expert, zone: Any) -> dict[str, Any]:
    away = expert.away_until
    is_away = away is not None and away > now()
    last_day = (away.astimezone(zone) - _MOMENT).date().isoformat() if away is not None and is_away else ""
    return {
        "weekly_capacity": "" if expert.weekly_capacity is None else expert.weekly_capacity,
        "away_until": last_day,
        "quiet_from": _clock(expert.quiet_from),
        "quiet_until": _clock(expert.quiet_until),
    }


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else time(minutes // 60, minutes % 60).strftime("%H:%M")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _may_answer(member: Membership) -> bool:
    return member.can_write and member.role is not Role.TEST_STUDENT
