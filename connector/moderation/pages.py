"""The pages that acts of moderation lead back to: the queue, one post, one thread."""

import uuid
from http import HTTPStatus

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.pages import activity_bar
from connector.activities.services import get_threaded
from connector.courses.access import current_member
from connector.courses.models import STAFF, Membership
from connector.courses.people import name_of
from connector.moderation import reading
from connector.moderation.alikes import list_alikes
from connector.moderation.announcing import may_announce
from connector.moderation.proposing import find_proposal, may_propose
from connector.moderation.schemas import NOTE_LIMIT
from connector.moderation.words import complaints, deed_of
from connector.threads.access import Sight, look
from connector.threads.bylines import byline
from connector.threads.models import Post, Thread
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import now

MOST_THREADS = 200
"""How many threads a form offers as a place to go; the newest are enough."""


def enter(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return what the member of this launch session sees of an activity.

    Raises:
        NotFoundError: There is none in the member's course.
    """
    member = current_member(session)
    return look(session, member, get_threaded(session, member, activity_id), now=now())


def lead(session: Session, activity_id: uuid.UUID) -> Sight:
    """Return the same for who leads the course.

    Raises:
        NotFoundError: The member does not, or there is no such activity.
    """
    sight = enter(session, activity_id)
    if not sight.member.is_staff:
        raise NotFoundError
    return sight


def queue_page(session: Session, sight: Sight) -> Response:
    """Return what waits, what was done, and who may not write."""
    page = max(request.args.get("page", 1, type=int), 1)
    return render(
        "moderation/queue.html",
        bar=activity_bar(sight.member, sight.activity, "moderation.index"),
        activity=sight.activity,
        waiting=reading.list_waiting(session, sight),
        alikes=list_alikes(session, sight) if page == 1 else (),
        acts=reading.list_acts(session, sight, page=page),
        mutes=reading.list_mutes(session, sight, sight.now),
        page=page,
        page_size=reading.ACTS_A_PAGE,
        complaints=complaints(),
        deed_of=deed_of,
        name_of=name_of,
        byline=lambda post: byline(post, sight.member),
        toasts=_toasts(),
    )


def report_page(
    sight: Sight, post: Post, *, typed: dict[str, str] | None = None, errors: dict[str, list[str]] | None = None
) -> Response:
    """Return the form for a report."""
    return render(
        "moderation/report.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, f"{sight.activity.kind}.index"),
        post=post,
        by=byline(post, sight.member),
        typed=typed or {},
        errors=errors or {},
        complaints=complaints(),
        limit=NOTE_LIMIT,
        back_url=url_for("discussion.find_post", activity_id=post.activity_id, post_id=post.id),
    )


def post_page(
    session: Session,
    sight: Sight,
    post: Post,
    *,
    act: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    revealed: Membership | None = None,
) -> Response:
    """Return a post with all that can be done about it.

    Args:
        act: Whose form `typed` and `errors` belong to.
        revealed: The author of a hidden post, right after somebody gave a reason to see it.
    """
    return render(
        "moderation/post.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "moderation.index"),
        post=post,
        by=byline(post, sight.member),
        reports=reading.list_reports(session, post),
        acts=reading.list_acts_on(session, post),
        complaints=complaints(),
        deed_of=deed_of,
        name_of=name_of,
        act=act,
        typed=typed or {},
        errors=errors or {},
        limit=NOTE_LIMIT,
        revealed=revealed,
        may_be_muted=not post.is_anonymous and post.author.role not in STAFF,
        toasts=_toasts(),
    )


def thread_page(
    session: Session,
    sight: Sight,
    thread: Thread,
    *,
    act: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    """Return all that can be done about a thread.

    Args:
        act: Whose form `typed` and `errors` belong to.
    """
    others = select(Thread.id, Thread.title).where(
        Thread.activity_id == thread.activity_id, Thread.id != thread.id, Thread.merged_into_id.is_(None)
    )
    return render(
        "moderation/thread.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "moderation.index"),
        thread=thread,
        others=session.execute(others.order_by(Thread.last_activity_at.desc()).limit(MOST_THREADS)).all(),
        places=reading.list_places(session, sight),
        moves=reading.list_moves(session, thread),
        proposal=find_proposal(session, thread) if thread.is_private else None,
        may_propose=may_propose(sight.member, thread),
        may_announce=may_announce(session, thread),
        deed_of=deed_of,
        act=act,
        typed=typed or {},
        errors=errors or {},
        limit=NOTE_LIMIT,
        toasts=_toasts(),
    )


def _toasts() -> list[str]:
    return [_("Done.")] if "done" in request.args else []
