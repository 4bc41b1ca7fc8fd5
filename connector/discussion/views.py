"""The pages of a discussion."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.activities.pages import activity_bar
from connector.activities.services import get_activity
from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, normalise
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of, role_of
from connector.delivery.services import backlog
from connector.discussion import reading, services
from connector.discussion.models import Reply, Thread
from connector.discussion.schemas import ReplyForm, ThreadForm
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load, now, writing_session
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("discussion", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>")


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the threads, those with something new first."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    starters = _starters()
    chosen = request.args.get("starter", type=int)
    typed = starters[chosen] if chosen is not None and 0 <= chosen < len(starters) else {}
    return _list_page(session, member, activity, typed=typed)


@blueprint.post("/threads")
def post_thread(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Open a thread."""
    session = current_session()
    member, activity = _enter_to_write(session, activity_id)
    try:
        form = load(ThreadForm())
    except InvalidInputError as error:
        if prefers_json():
            raise
        return _list_page(session, member, activity, typed=request.form.to_dict(), errors=error.errors)
    thread = services.post_thread(
        session, activity, member, form["title"], form["body"], key=form["idempotency_key"], now=now()
    )
    session.commit()
    return redirect(link_to(thread), HTTPStatus.SEE_OTHER)


@blueprint.get("/threads/<uuid:thread_id>")
def show(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show a page of a thread, and note that its posts were seen."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    thread = services.get_thread(session, activity, thread_id)
    answered = request.args.get("to", type=uuid.UUID)
    parent = services.get_reply(session, thread, answered) if answered else None
    page = reading.read_thread(session, thread, member, page=request.args.get("page", 1, type=int), now=now())
    if page.has_news and _is_looked_at():
        _note(activity_id, page)
    return _thread_page(member, page, parent=parent)


@blueprint.post("/threads/<uuid:thread_id>/replies")
def post_reply(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Add a reply to a thread."""
    session = current_session()
    member, activity = _enter_to_write(session, activity_id)
    thread = services.get_thread(session, activity, thread_id)
    try:
        form = load(ReplyForm())
        reply = services.post_reply(
            session,
            thread,
            member,
            form["body"],
            parent_id=form["parent"],
            key=form["idempotency_key"],
            now=now(),
        )
    except (InvalidInputError, ConflictError) as error:
        if prefers_json():
            raise
        return _refuse_reply(session, member, thread, error)
    session.commit()
    return redirect(link_to(reply), HTTPStatus.SEE_OTHER)


@blueprint.post("/threads/<uuid:thread_id>/close")
def close_thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody reply to a thread any more."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    thread = services.get_thread(session, activity, thread_id)
    services.close_thread(session, thread, member, now=now())
    session.commit()
    return redirect(link_to(thread), HTTPStatus.SEE_OTHER)


@blueprint.post("/threads/<uuid:thread_id>/reopen")
def reopen_thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Let people reply to a thread again."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    thread = services.get_thread(session, activity, thread_id)
    services.reopen_thread(session, thread, member)
    session.commit()
    return redirect(link_to(thread), HTTPStatus.SEE_OTHER)


@blueprint.get("/overview")
def overview(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the figures to who leads the course."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    return render(
        "discussion/overview.html",
        bar=activity_bar(member, activity, "discussion.overview"),
        overview=reading.get_overview(session, activity, member, now=now()),
        backlog=backlog(session, member.course, now=now()),
        link=link_to,
        name_of=name_of,
    )


def _enter(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    member = current_member(session)
    return member, get_activity(session, member, activity_id, Kind.DISCUSSION)


def _enter_to_write(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    member, activity = _enter(session, activity_id)
    if not member.can_write:
        raise NotFoundError
    return member, activity


def _is_looked_at() -> bool:
    """Whether somebody will see this answer: browsers also ask ahead of a click that may never come."""
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def _note(activity_id: uuid.UUID, page: reading.Reading) -> None:
    """Note that the new posts of a page were seen; in a session of its own, so that reading takes no write lock."""
    with writing_session() as session:
        member, activity = _enter(session, activity_id)
        thread = services.get_thread(session, activity, page.thread.id)
        numbers = [shown.post.number for shown in page.posts if shown.is_new]
        reading.mark_read(session, thread, member, numbers, now=now())
        session.commit()


def link_to(post: Thread | Reply, **query: Any) -> str:
    """Return the address of a post; it never changes."""
    thread = post.thread if isinstance(post, Reply) else post
    page = reading.page_of(post.number)
    return url_for(
        "discussion.show",
        activity_id=thread.activity_id,
        thread_id=thread.id,
        page=page if page > 1 else None,
        **{"_anchor": f"post-{post.id}", **query},
    )


def _list_page(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    typed: dict[str, str],
    errors: dict[str, list[str]] | None = None,
) -> Response:
    threads = reading.list_threads(session, activity, member, page=request.args.get("page", 1, type=int))
    prompt = normalise(activity.prompt)
    return render(
        "discussion/index.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "discussion.index"),
        activity=activity,
        member=member,
        now=now(),
        threads=threads,
        prompt=Markup(markdown.render(prompt)) if prompt else None,  # noqa: S704 -- sanitised there
        starters=_starters(),
        typed=typed,
        errors=errors or {},
        key=uuid.uuid4(),
        limits={"title": TITLE_LIMIT, "body": BODY_LIMIT},
        link=link_to,
        name_of=name_of,
        role_of=role_of,
    )


def _refuse_reply(
    session: Session, member: Membership, thread: Thread, error: InvalidInputError | ConflictError
) -> Response:
    """Show the thread again, with what is wrong and with everything that was typed."""
    try:
        parent = services.get_reply(session, thread, uuid.UUID(request.form.get("parent", "")))
    except (ValueError, NotFoundError):
        parent = None
    page = reading.read_thread(session, thread, member, page=request.args.get("page", 1, type=int), now=now())
    return _thread_page(member, page, parent=parent, typed=request.form.get("body", ""), error=error)


def _thread_page(
    member: Membership,
    page: reading.Reading,
    *,
    parent: Reply | None,
    typed: str = "",
    error: InvalidInputError | ConflictError | None = None,
) -> Response:
    thread = page.thread
    return render(
        "discussion/thread.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(member, thread.activity, "discussion.index"),
        member=member,
        thread=thread,
        page=page,
        parent=parent,
        typed=typed,
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        key=uuid.uuid4(),
        limit=BODY_LIMIT,
        link=link_to,
        name_of=name_of,
        role_of=role_of,
    )


def _starters() -> list[dict[str, str]]:
    """Return openings that a trainer can begin a discussion with."""
    return [
        {
            "title": _("How do you do it today?"),
            "body": _("Describe in a few lines how you go about it now. What works, and what costs you time?"),
        },
        {
            "title": _("What went wrong, and what did you learn?"),
            "body": _("Tell of something that failed. What did you expect, what happened, what would you do now?"),
        },
        {
            "title": _("One thing to try this week"),
            "body": _("Name one thing from the course that you will try. Come back and tell how it went."),
        },
    ]
