"""One thread, and the form for a reply."""

import uuid
from http import HTTPStatus

from flask import Response, request

from connector.activities.pages import activity_bar
from connector.discussion.pages import KIND_ICONS, POLL_SECONDS, kind_names
from connector.moderation.alikes import alikes_of
from connector.moderation.proposing import find_proposal
from connector.reactions.pages import reaction_context
from connector.threads import reading
from connector.threads.access import Sight, get_thread
from connector.threads.addresses import Paths
from connector.threads.models import Post
from connector.threads.showing import answer_context, answered_post, thread_context
from connector.web.errors import ConflictError, InvalidInputError
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
    thread, session = page.thread, current_session()
    return render(
        "discussion/thread.html",
        status=error.status if error else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "discussion.index"),
        toasts=[_("Reported. Those who lead the course look at it.")] if "reported" in request.args else [],
        page=page,
        paths=Paths(thread, is_here=request.endpoint == "discussion.show"),
        is_veiled=reading.is_veiled(session, sight, thread),
        alikes=alikes_of(session, sight.member, [shown.post.id for shown in page.posts]),
        proposal=find_proposal(session, thread) if thread.is_private else None,
        kinds=kind_names(),
        kind_icons=KIND_ICONS,
        poll_seconds=POLL_SECONDS,
        **thread_context(session, sight, thread),
        **answer_context(session, sight, thread, parent=parent, typed=typed, error=error),
        **reaction_context(session, sight, [shown.post for shown in page.posts]),
    )


def refuse_reply(sight: Sight, thread_id: uuid.UUID, error: InvalidInputError | ConflictError) -> Response:
    """Return the thread again, with what is wrong and with everything that was typed."""
    session = current_session()
    parent = answered_post(session, sight)
    thread = get_thread(session, sight, thread_id)
    page = reading.read_thread(session, sight, thread, post=parent.number if parent else None)
    return thread_page(sight, page, parent=parent, typed=request.form.get("body", ""), error=error)
