"""The picker: what a trainer chooses to place in a course, and the frame that waits while they choose in a tab."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.kinds import kinds
from connector.authoring.ideas import fill, find_template, list_templates
from connector.authoring.schemas import MOST_POINTS, ItemForm
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, strip_controls
from connector.courses.access import current_member
from connector.launch import deep_link_answers, deep_linking
from connector.launch.answers import render_answer
from connector.launch.models import DeepLink
from connector.platforms.services import frame_origins
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, now, settings, writing_session
from connector.web.sessions import launch_blueprint, origin_of
from connector.web.times import zone_here, zone_named
from lti.messages import DeepLinkingSettings

blueprint = launch_blueprint("deep_linking", __name__, url_prefix="/s/<sid>/choose/<uuid:link_id>")
waiting = Blueprint("waiting", __name__, url_prefix="/lti/dl")

FIELDS = ("key", "template", "kind", "title", "prompt", "opens_at", "closes_at", "is_graded", "score_maximum")


@blueprint.get("")
def show(link_id: uuid.UUID) -> ResponseReturnValue:
    """Show the forms as they were left."""
    link = _link(current_session(), link_id)
    if link.finished_at is not None:
        return redirect(url_for("deep_linking.answer", link_id=link.id), HTTPStatus.SEE_OTHER)
    return _picker(link, {})


@blueprint.post("")
def choose(link_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was typed, and do what the button says: add or drop a form, fill one in, or finish."""
    session = current_session()
    link = _link(session, link_id)
    if link.finished_at is None:
        act, _separator, place = request.form.get("act", "finish").partition("-")
        link.items = _typed(_wanted(link))
        errors = _finish(session, link) if act == "finish" else {}
        if act != "finish":
            place = _rearrange(link, act, place)
        session.commit()
        if errors:
            return _picker(link, errors)
        if act != "finish":
            target = url_for("deep_linking.show", link_id=link.id, _anchor=f"item-{place}")
            return redirect(target, HTTPStatus.SEE_OTHER)
    return redirect(url_for("deep_linking.answer", link_id=link.id), HTTPStatus.SEE_OTHER)


@blueprint.post("/existing")
def place(link_id: uuid.UUID) -> ResponseReturnValue:
    """Give an activity that was made here a link in the LMS's course."""
    session = current_session()
    link = _link(session, link_id)
    if link.finished_at is None:
        chosen = request.form.get("activity", type=uuid.UUID)
        deep_linking.place(session, link, chosen, now=now())
        session.commit()
    return redirect(url_for("deep_linking.answer", link_id=link.id), HTTPStatus.SEE_OTHER)


@blueprint.post("/cancel")
def cancel(link_id: uuid.UUID) -> ResponseReturnValue:
    """Choose nothing, and tell the LMS so."""
    session = current_session()
    link = _link(session, link_id)
    deep_linking.finish(session, link, [], takes_grades=False, public_url=settings().public_url, now=now())
    session.commit()
    return redirect(url_for("deep_linking.answer", link_id=link.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/answer")
def answer(link_id: uuid.UUID) -> ResponseReturnValue:
    """Send the answer to the LMS, or say that the frame does."""
    session = current_session()
    link = _link(session, link_id)
    if link.finished_at is None:
        return redirect(url_for("deep_linking.show", link_id=link.id), HTTPStatus.SEE_OTHER)
    if link.is_in_tab and "here" not in request.args:
        return render("launch/chosen_in_tab.html", bar=None, count=len(link.items), link_id=link.id)
    return _answer(session, link)


@waiting.get("/<ticket>")
def show_waiting(ticket: str) -> ResponseReturnValue:
    """Wait in the LMS's frame for what is chosen in a tab, then send the answer from here."""
    session = current_session()
    link = deep_linking.find_waiting(session, ticket, now=now())
    is_finished = link.finished_at is not None
    if prefers_json():
        response = jsonify(is_finished=is_finished)
        response.headers["Cache-Control"] = "no-store"
        return response
    wanted = _wanted(link)
    g.frame_origins = [*frame_origins(session), origin_of(wanted.return_url)]
    if not is_finished:
        return render("launch/waiting.html", bar=None, waiting_url=url_for("waiting.show_waiting", ticket=ticket))
    return _answer(session, link)


def _answer(session: Session, link: DeepLink) -> Response:
    """Return the page with the answer; the first one sends it by itself, so that a reload does not add it all again."""
    signed = deep_link_answers.answer(session, link, settings(), now=now())
    with writing_session() as writing:
        is_first = deep_linking.take_turn(writing, link, now=now())
        writing.commit()
    return render_answer(signed, sends_itself=is_first, count=len(link.items))


def _link(session: Session, link_id: uuid.UUID) -> DeepLink:
    return deep_linking.get_link(session, current_member(session), link_id, now=now())


def _wanted(link: DeepLink) -> DeepLinkingSettings:
    return deep_linking.request_of(link, secret=settings().secret_key)


def _takes_grades(wanted: DeepLinkingSettings) -> bool:
    return wanted.accept_lineitem is not False


def _typed(wanted: DeepLinkingSettings) -> list[dict[str, Any]]:
    """Return the forms as they were typed; where the LMS takes one activity, the first."""
    most = deep_linking.MOST_ITEMS if wanted.accept_multiple else 1
    zone = request.form.get("zone", "")
    forms: list[dict[str, Any]] = []
    for place in range(most):
        if f"items-{place}-key" not in request.form:
            break
        values = {name: strip_controls(request.form.get(f"items-{place}-{name}", "")) for name in FIELDS}
        if values["key"] not in {form["key"] for form in forms}:
            forms.append({**values, "zone": zone})
    return forms or [deep_linking.blank_item()]


def _rearrange(link: DeepLink, act: str, place: str) -> str:
    """Do what a button other than the last one says; return the place of the form to look at then."""
    items, number = list(link.items), int(place) if place.isdecimal() else 0
    index = min(number, len(items) - 1)
    if act == "add" and _wanted(link).accept_multiple and len(items) < deep_linking.MOST_ITEMS:
        items.append(deep_linking.blank_item(zone=items[0].get("zone", "")))
        index = len(items) - 1
    elif act == "remove" and len(items) > 1:
        del items[index]
        index = max(index - 1, 0)
    elif act == "idea":
        index = len(items) - 1
        if template := find_template(number):
            items[index] = fill(items[index], template)
    link.items = items
    return str(index)


def _finish(session: Session, link: DeepLink) -> dict[str, list[str]]:
    """Make activities of the forms, if all of them are right; return what is wrong, by field."""
    chosen: list[dict[str, Any]] = []
    errors: dict[str, list[str]] = {}
    for place, form in enumerate(link.items):
        try:
            chosen.append(ItemForm(zone=zone_named(form.get("zone", "")), now=now()).load(form))
        except ValidationError as error:
            errors |= {f"items-{place}-{name}": sentences for name, sentences in error.messages_dict.items()}
    if not errors:
        grades = _takes_grades(_wanted(link))
        deep_linking.finish(session, link, chosen, takes_grades=grades, public_url=settings().public_url, now=now())
    return errors


def _picker(link: DeepLink, errors: dict[str, list[str]]) -> Response:
    wanted = _wanted(link)
    has_times = any(form.get(name) for form in link.items for name in ("opens_at", "closes_at"))
    return render(
        "launch/picker.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar={
            "title": link.member.course.title,
            "subtitle": None,
            "home_url": url_for("deep_linking.show", link_id=link.id),
        },
        link=link,
        unplaced=deep_linking.list_unplaced(current_session(), link),
        kinds=list(kinds().values()),
        templates=list_templates(),
        errors=errors,
        zone=str(zone_named(link.items[0].get("zone", ""))) if has_times else zone_here(),
        takes_grades=_takes_grades(wanted),
        takes_several=wanted.accept_multiple,
        limits={"title": TITLE_LIMIT, "prompt": BODY_LIMIT, "points": MOST_POINTS, "items": deep_linking.MOST_ITEMS},
    )
