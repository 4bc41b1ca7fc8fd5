"""Reporting a post, and the pages on which those who lead a course see to posts, threads and people."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy.orm import Session

from connector.activities.services import get_activity
from connector.courses.models import Membership
from connector.moderation import moving, proposing, services
from connector.moderation.announcing import announce
from connector.moderation.models import Act, Deed
from connector.moderation.pages import enter, lead, post_page, queue_page, report_page, thread_page
from connector.moderation.schemas import (
    EditForm,
    MuteForm,
    OptionalReasonForm,
    ReasonForm,
    ReportForm,
    SplitForm,
    TargetForm,
)
from connector.threads.access import Sight, get_post, get_thread, may_read
from connector.threads.addresses import link_to
from connector.threads.models import Post, Thread
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.requests import current_session, load
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("moderation", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>/moderation")


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show what waits, what was done, and who may not write."""
    session = current_session()
    return queue_page(session, lead(session, activity_id))


@blueprint.get("/posts/<uuid:post_id>/report")
def ask(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for a report."""
    sight, found = _reportable(current_session(), activity_id, post_id)
    return report_page(sight, found)


@blueprint.post("/posts/<uuid:post_id>/report")
def report(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Report a post."""
    session = current_session()
    sight, found = _reportable(session, activity_id, post_id)
    try:
        form = load(ReportForm())
    except InvalidInputError as error:
        return report_page(sight, found, typed=request.form.to_dict(), errors=error.errors)
    services.report(session, found, sight.member, form["complaint"], form["note"], now=sight.now)
    thread = found.thread
    session.commit()
    back = link_to(thread, reported=1)
    return redirect(back, HTTPStatus.SEE_OTHER)


@blueprint.get("/posts/<uuid:post_id>")
def post(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Show a post with all that can be done about it."""
    session = current_session()
    sight = lead(session, activity_id)
    return post_page(session, sight, get_post(session, sight, post_id))


@blueprint.post("/posts/<uuid:post_id>/<act>")
def act_on_post(activity_id: uuid.UUID, post_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Do something about a post."""
    session = current_session()
    sight = lead(session, activity_id)
    found = get_post(session, sight, post_id)
    if act not in _ON_POSTS:
        raise NotFoundError
    schema, do = _ON_POSTS[act]
    try:
        done = do(session, sight, found, load(schema()))
    except (InvalidInputError, ConflictError) as error:
        typed = request.form.to_dict()
        return post_page(session, sight, found, act=act, typed=typed, errors=_errors(error))
    session.commit()
    if act == "reveal":
        return post_page(session, sight, found, revealed=done)
    if act == "split":
        session.refresh(found)
        return redirect(url_for("discussion.find_post", activity_id=activity_id, post_id=post_id), HTTPStatus.SEE_OTHER)
    return redirect(url_for("moderation.post", activity_id=activity_id, post_id=post_id, done=1), HTTPStatus.SEE_OTHER)


@blueprint.get("/threads/<uuid:thread_id>")
def thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show all that can be done about a thread."""
    session = current_session()
    sight = lead(session, activity_id)
    return thread_page(session, sight, get_thread(session, sight, thread_id))


@blueprint.post("/threads/<uuid:thread_id>/<act>")
def act_on_thread(activity_id: uuid.UUID, thread_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Do something about a thread."""
    session = current_session()
    sight = lead(session, activity_id)
    found = get_thread(session, sight, thread_id)
    if act not in _ON_THREADS:
        raise NotFoundError
    schema, do = _ON_THREADS[act]
    try:
        do(session, sight, found, load(schema()))
    except (InvalidInputError, ConflictError) as error:
        typed = request.form.to_dict()
        return thread_page(session, sight, found, act=act, typed=typed, errors=_errors(error))
    session.commit()
    if act in {"merge", "move"}:
        return redirect(link_to(found), HTTPStatus.SEE_OTHER)
    return redirect(
        url_for("moderation.thread", activity_id=activity_id, thread_id=thread_id, done=1), HTTPStatus.SEE_OTHER
    )


@blueprint.post("/acts/<uuid:act_id>/undo")
def undo(activity_id: uuid.UUID, act_id: uuid.UUID) -> ResponseReturnValue:
    """Undo a split, a merge or a move; or take what was opened to the course from its sight."""
    session = current_session()
    sight = lead(session, activity_id)
    found = session.get(Act, act_id)
    if found is None or found.activity_id != activity_id:
        raise NotFoundError
    undone = proposing.undo if found.deed is Deed.PUBLISHED else moving.undo
    undone(session, found, sight.member, now=sight.now)
    session.commit()
    return redirect(url_for("moderation.index", activity_id=activity_id, done=1), HTTPStatus.SEE_OTHER)


@blueprint.post("/members/<uuid:member_id>/unmute")
def unmute(activity_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody write again."""
    session = current_session()
    sight = lead(session, activity_id)
    member = session.get(Membership, member_id)
    if member is None or member.course_id != sight.activity.course_id:
        raise NotFoundError
    services.unmute(session, member, sight.activity, sight.member, now=sight.now)
    session.commit()
    return redirect(url_for("moderation.index", activity_id=activity_id, done=1), HTTPStatus.SEE_OTHER)


def _reportable(session: Session, activity_id: uuid.UUID, post_id: uuid.UUID) -> tuple[Sight, Post]:
    """Return a post that the member may report: somebody else's, whose text they may read.

    Raises:
        NotFoundError: It is the member's own, or not to be seen or read.
    """
    sight = enter(session, activity_id)
    found = get_post(session, sight, post_id)
    if not sight.member.can_write or found.author_id == sight.member.id or not may_read(sight, found):
        raise NotFoundError
    return sight, found


def _errors(error: InvalidInputError | ConflictError) -> dict[str, list[str]]:
    return error.errors if isinstance(error, InvalidInputError) else {"reason": [str(error)]}


def _mute(session: Session, sight: Sight, found: Post, form: dict[str, Any]) -> Act:
    if found.is_anonymous:  # muting would tell who it is; revealing comes first, and is logged
        raise NotFoundError
    until = sight.now + timedelta(days=form["days"])
    return services.mute(
        session, found.author, sight.activity, by=sight.member, until=until, reason=form["reason"], now=sight.now
    )


def _merge(session: Session, sight: Sight, found: Thread, form: dict[str, Any]) -> Act:
    target = get_thread(session, sight, form["target"])
    return moving.merge(session, found, target, sight.member, form["reason"], now=sight.now)


def _move(session: Session, sight: Sight, found: Thread, form: dict[str, Any]) -> Act:
    place = get_activity(session, sight.member, form["target"])
    return moving.move(session, found, place, sight.member, form["reason"], now=sight.now)


def _close(session: Session, sight: Sight, found: Thread, form: dict[str, Any], *, is_closed: bool) -> Act:
    return services.set_closed(session, found, sight.member, is_closed=is_closed, reason=form["reason"], now=sight.now)


_ON_POSTS: dict[str, tuple[type[Schema], Callable[[Session, Sight, Post, dict[str, Any]], Any]]] = {
    "hold": (ReasonForm, lambda s, at, post, form: services.hold(s, post, at.member, form["reason"], now=at.now)),
    "approve": (OptionalReasonForm, lambda s, at, post, _form: services.approve(s, post, at.member, now=at.now)),
    "remove": (ReasonForm, lambda s, at, post, form: services.remove(s, post, at.member, form["reason"], now=at.now)),
    "restore": (OptionalReasonForm, lambda s, at, post, _form: services.restore(s, post, at.member, now=at.now)),
    "edit": (
        EditForm,
        lambda s, at, post, form: services.edit(s, post, at.member, form["body"], form["reason"], now=at.now),
    ),
    "reveal": (ReasonForm, lambda s, at, post, form: services.reveal(s, post, at.member, form["reason"], now=at.now)),
    "mute": (MuteForm, _mute),
    "split": (
        SplitForm,
        lambda s, at, post, form: moving.split(s, post, at.member, form["title"], form["reason"], now=at.now),
    ),
}
_ON_THREADS: dict[str, tuple[type[Schema], Callable[[Session, Sight, Thread, dict[str, Any]], Any]]] = {
    "close": (OptionalReasonForm, lambda s, at, it, form: _close(s, at, it, form, is_closed=True)),
    "reopen": (OptionalReasonForm, lambda s, at, it, form: _close(s, at, it, form, is_closed=False)),
    "pin": (
        OptionalReasonForm,
        lambda s, at, it, _f: services.set_pinned(s, it, at.member, is_pinned=True, now=at.now),
    ),
    "unpin": (
        OptionalReasonForm,
        lambda s, at, it, _f: services.set_pinned(s, it, at.member, is_pinned=False, now=at.now),
    ),
    "announce": (OptionalReasonForm, lambda s, at, it, _f: announce(s, it, at.member, now=at.now)),
    "feature": (
        OptionalReasonForm,
        lambda s, at, it, _f: services.set_featured(s, it, at.member, is_featured=True, now=at.now),
    ),
    "unfeature": (
        OptionalReasonForm,
        lambda s, at, it, _f: services.set_featured(s, it, at.member, is_featured=False, now=at.now),
    ),
    "propose": (
        OptionalReasonForm,
        lambda s, at, it, form: proposing.propose(s, it, at.member, form["reason"], now=at.now),
    ),
    "take-back": (OptionalReasonForm, lambda s, at, it, _form: proposing.take_back(s, it, at.member)),
    "merge": (TargetForm, _merge),
    "move": (TargetForm, _move),
}
