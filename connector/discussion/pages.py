"""The two pages that every act in a discussion leads back to: its list of threads, and one thread."""

import uuid
from http import HTTPStatus

from flask import Response, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.activities.pages import activity_bar
from connector.activities.services import get_activity
from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, normalise
from connector.courses.access import current_member
from connector.discussion.addresses import link_to
from connector.discussion.starters import starters
from connector.threads import limits, reading
from connector.threads.access import Sight, get_post, get_thread, look, may_read
from connector.threads.bylines import byline
from connector.threads.models import Post, ThreadKind
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now


def enter(session: Session, activity_id: uuid.UUID) -> tuple[Sight, Activity]:
    """Return the discussion, and what the member of this launch session sees of it.

    Raises:
        NotFoundError: There is no such discussion in the member's course.
    """
    member = current_member(session)
    activity = get_activity(session, member, activity_id, Kind.DISCUSSION)
    return look(session, member, activity, now=now()), activity


def list_page(sight: Sight, *, typed: dict[str, str], errors: dict[str, list[str]] | None = None) -> Response:
    """Return the page with the threads, and the form for a new one.

    Args:
        typed: What the form begins with.
        errors: What was wrong with it, by field.
    """
    session, activity, member = current_session(), sight.activity, sight.member
    rules = limits.get_rules(session, activity)
    prompt = normalise(activity.prompt)
    return render(
        "discussion/index.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "discussion.index"),
        activity=activity,
        member=member,
        now=sight.now,
        threads=reading.list_threads(session, sight, page=request.args.get("page", 1, type=int)),
        prompt=Markup(markdown.render(prompt)) if prompt else None,  # noqa: S704 -- sanitised there
        starters=starters(),
        typed=typed,
        errors=errors or {},
        key=uuid.uuid4(),
        limits={"title": TITLE_LIMIT, "body": BODY_LIMIT},
        may_start=member.can_write and (member.is_staff or rules.learners_start),
        may_hide=limits.may_hide(member, rules),
        rules=rules,
        kinds=kind_names(),
        link=link_to,
        byline=lambda post: byline(post, member),
    )


def thread_page(
    sight: Sight,
    page: reading.Reading,
    *,
    parent: Post | None = None,
    typed: str = "",
    error: InvalidInputError | ConflictError | None = None,
) -> Response:
    """Return a page of a thread, and the form for a reply.

    Args:
        parent: The post that the form answers; None for the opening post.
        typed: What the form begins with.
        error: Why the form was refused.
    """
    thread, member = page.thread, sight.member
    rules = limits.get_rules(current_session(), sight.activity)
    return render(
        "discussion/thread.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(member, sight.activity, "discussion.index"),
        member=member,
        thread=thread,
        page=page,
        parent=parent,
        typed=typed,
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        key=uuid.uuid4(),
        limit=BODY_LIMIT,
        is_open=limits.is_open(thread, now=sight.now),
        may_hide=limits.may_hide(member, rules),
        kinds=kind_names(),
        link=link_to,
        byline=lambda post: byline(post, member),
        may_read=lambda post: may_read(sight, post),
    )


def refuse_reply(sight: Sight, thread_id: uuid.UUID, error: InvalidInputError | ConflictError) -> Response:
    """Return the thread again, with what is wrong and with everything that was typed."""
    session = current_session()
    try:
        parent = get_post(session, sight, uuid.UUID(request.form.get("parent", "")))
    except (ValueError, NotFoundError):
        parent = None
    thread = get_thread(session, sight, thread_id)
    page = reading.read_thread(session, sight, thread, page=request.args.get("page", 1, type=int))
    return thread_page(sight, page, parent=parent, typed=request.form.get("body", ""), error=error)


def kind_names() -> dict[ThreadKind, str]:
    """Return the kinds of thread in words."""
    return {
        ThreadKind.DISCUSSION: _("Discussion"),
        ThreadKind.QUESTION: _("Question"),
        ThreadKind.SHARE: _("Shared"),
    }
