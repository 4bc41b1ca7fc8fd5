"""One thread, and the form for a reply."""

import uuid
from http import HTTPStatus

from flask import Response, request

from connector.activities.pages import activity_bar
from connector.content.text import BODY_LIMIT
from connector.courses.models import Group
from connector.discussion.pages import KIND_ICONS, POLL_SECONDS, kind_names
from connector.moderation.alikes import alikes_of
from connector.moderation.proposing import find_proposal
from connector.reactions.pages import reaction_context
from connector.threads import limits, reading
from connector.threads.access import Sight, get_post, get_thread, may_add, may_read
from connector.threads.addresses import Paths
from connector.threads.bylines import byline
from connector.threads.composing import composer_context, reply_place
from connector.threads.models import Post
from connector.threads.tagged import tags_of
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session


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
    session = current_session()
    rules = limits.get_rules(session, sight.activity)
    return render(
        "discussion/thread.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(member, sight.activity, "discussion.index"),
        member=member,
        toasts=[_("Reported. Those who lead the course look at it.")] if "reported" in request.args else [],
        now=sight.now,
        thread=thread,
        page=page,
        paths=Paths(thread, is_here=request.endpoint == "discussion.show"),
        parent=parent,
        typed=typed,
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        key=uuid.uuid4(),
        composer_parts=composer_context(
            session, member, sight.activity, reply_place(parent or thread.opening), is_retyped=bool(typed or error)
        ),
        typed_anonymous=bool(request.form.get("anonymous")),
        limit=BODY_LIMIT,
        is_open=limits.is_open(thread, now=sight.now),
        may_add=may_add(session, sight, thread),
        is_veiled=reading.is_veiled(session, sight, thread),
        may_hide=limits.may_hide(session, member, rules),
        alikes=alikes_of(session, member, [shown.post.id for shown in page.posts]),
        proposal=find_proposal(session, thread) if thread.is_private else None,
        tags=tags_of(session, [thread.id]).get(thread.id, []),
        group=session.get(Group, thread.group_id) if thread.group_id else None,
        kinds=kind_names(),
        kind_icons=KIND_ICONS,
        poll_seconds=POLL_SECONDS,
        byline=lambda post: byline(post, member),
        may_read=lambda post: may_read(sight, post),
        **reaction_context(session, sight, [shown.post for shown in page.posts]),
    )


def refuse_reply(sight: Sight, thread_id: uuid.UUID, error: InvalidInputError | ConflictError) -> Response:
    """Return the thread again, with what is wrong and with everything that was typed."""
    session = current_session()
    try:
        parent = get_post(session, sight, uuid.UUID(request.form.get("parent", "")))
    except (ValueError, NotFoundError):
        parent = None
    thread = get_thread(session, sight, thread_id)
    page = reading.read_thread(session, sight, thread, post=parent.number if parent else None)
    return thread_page(sight, page, parent=parent, typed=request.form.get("body", ""), error=error)
