"""The pages by which a trainer shapes a discussion, and one of its threads."""

import uuid
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.changes import noting
from connector.activities.models import Kind
from connector.activities.pages import activity_bar
from connector.discussion.pages import enter_any, kind_names
from connector.discussion.rules_schemas import RulesForm, ShapeForm
from connector.groups.access import writable_groups
from connector.threads import limits, ruling
from connector.threads.access import Sight, get_thread
from connector.threads.addresses import link_to
from connector.threads.models import Thread, ThreadTag
from connector.threads.rules_words import PART, read_rules
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint
from connector.web.times import local_time, zone_here, zone_named

blueprint = launch_blueprint("rules", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>")


@blueprint.get("/rules")
def show(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show how the threads work."""
    sight = _lead(current_session(), activity_id)
    rules = limits.get_rules(current_session(), sight.activity)
    typed = {
        "learners_start": rules.learners_start,
        "allows_anonymous": rules.allows_anonymous,
        "allows_private": rules.allows_private,
        "moderation": rules.moderation.value,
        "hold_after_reports": rules.hold_after_reports or "",
        "close_after_days": rules.close_after_days or "",
        "posts_a_day": rules.posts_a_day or "",
        "keep_days": rules.keep_days or "",
    }
    return _rules_page(sight, typed)


@blueprint.post("/rules")
def change(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Say how the threads work."""
    session = current_session()
    sight = _lead(session, activity_id)
    try:
        form = RulesForm().load(request.form.to_dict())
    except ValidationError as error:
        return _rules_page(sight, request.form.to_dict(), errors=error.messages_dict)
    read = partial(read_rules, session, sight.activity)
    try:
        with noting(session, sight.member, sight.activity, PART, read, now=now()):
            ruling.set_rules(session, sight.activity, sight.member, **form)
    except InvalidInputError as error:
        return _rules_page(sight, request.form.to_dict(), errors=error.errors)
    session.commit()
    return redirect(url_for("rules.show", activity_id=activity_id, saved=1), HTTPStatus.SEE_OTHER)


@blueprint.get("/threads/<uuid:thread_id>/shape")
def thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show a thread's kind, tags, dates and conditions."""
    session = current_session()
    sight = _lead_discussion(session, activity_id)
    found = get_thread(session, sight, thread_id)
    tags = session.scalars(select(ThreadTag.tag).where(ThreadTag.thread_id == found.id).order_by(ThreadTag.tag))
    typed = {
        "kind": found.kind.value,
        "tags": ", ".join(tags),
        "group": str(found.group_id or ""),
        "opens_at": local_time(found.opens_at),
        "due_at": local_time(found.due_at),
        "closes_at": local_time(found.closes_at),
        "shows_after_posts": found.shows_after_posts or "",
        "shows_from": local_time(found.shows_from),
    }
    return _thread_page(session, sight, found, typed)


@blueprint.post("/threads/<uuid:thread_id>/shape")
def shape(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Give a thread its kind, tags, dates and conditions."""
    session = current_session()
    sight = _lead_discussion(session, activity_id)
    found = get_thread(session, sight, thread_id)
    try:
        form = ShapeForm(zone=zone_named(request.form.get("zone", ""))).load(request.form.to_dict())
    except ValidationError as error:
        return _thread_page(session, sight, found, request.form.to_dict(), errors=error.messages_dict)
    group_id = form.pop("group")
    known = {group.id for group in writable_groups(session, sight.member, sight.activity)} | {found.group_id, None}
    if group_id not in known:
        errors = {"group": [_("Choose one of the groups.")]}
        return _thread_page(session, sight, found, request.form.to_dict(), errors=errors)
    ruling.shape_thread(session, found, sight.member, group_id=group_id, **form)
    session.commit()
    return redirect(link_to(found), HTTPStatus.SEE_OTHER)


def _lead(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return what the member sees of the discussion.

    Raises:
        NotFoundError: They do not lead the course.
    """
    sight = enter_any(session, activity_id)
    if not sight.member.is_staff:
        raise NotFoundError
    return sight


def _lead_discussion(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return the same of a discussion: elsewhere threads are of one kind, and have no dates of their own.

    Raises:
        NotFoundError: They do not lead the course, or it is no discussion.
    """
    sight = _lead(session, activity_id)
    if sight.activity.kind is not Kind.DISCUSSION:
        raise NotFoundError
    return sight


def _rules_page(sight: Sight, typed: dict[str, Any], *, errors: dict[str, list[str]] | None = None) -> Response:
    return render(
        "discussion/rules.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "settings.show"),
        activity=sight.activity,
        typed=typed,
        errors=errors or {},
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )


def _thread_page(
    session: Session,
    sight: Sight,
    found: Thread,
    typed: dict[str, Any],
    *,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return render(
        "discussion/shape.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "discussion.index"),
        thread=found,
        typed=typed,
        errors=errors or {},
        zone=zone_here(),
        kinds=kind_names(),
        groups=writable_groups(session, sight.member, sight.activity),
        back_url=link_to(found),
    )
