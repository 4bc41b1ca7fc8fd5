"""What the page of a thread takes, whatever kind of activity it is in: what may be done, and the form for an answer."""

import uuid
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from connector.content.text import BODY_LIMIT
from connector.courses.models import Group
from connector.threads import limits
from connector.threads.access import Sight, get_post, may_add, may_read
from connector.threads.bylines import byline
from connector.threads.composing import composer_context, reply_place
from connector.threads.models import Post, Thread
from connector.threads.tagged import tags_of
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError


def thread_context(session: Session, sight: Sight, thread: Thread) -> dict[str, Any]:
    """Return what there is to show and to do on the page of a thread."""
    member = sight.member
    return {
        "member": member,
        "now": sight.now,
        "thread": thread,
        "is_open": limits.is_open(thread, now=sight.now),
        "may_add": may_add(session, sight, thread),
        "may_hide": limits.may_hide(session, member, limits.get_rules(session, sight.activity)),
        "tags": tags_of(session, [thread.id]).get(thread.id, []),
        "group": session.get(Group, thread.group_id) if thread.group_id else None,
        "byline": lambda post: byline(post, member),
        "may_read": lambda post: may_read(sight, post),
    }


def answer_context(
    session: Session,
    sight: Sight,
    thread: Thread,
    *,
    parent: Post | None,
    typed: str,
    error: InvalidInputError | ConflictError | None,
) -> dict[str, Any]:
    """Return what the form for an answer takes.

    Args:
        parent: The post that it answers; None for the opening post.
        typed: What it begins with.
        error: Why it was refused.
    """
    place = reply_place(parent or thread.opening)
    return {
        "parent": parent,
        "typed": typed,
        "errors": error.errors if isinstance(error, InvalidInputError) else {},
        "conflict": error.learner if isinstance(error, ConflictError) else None,
        "key": uuid.uuid4(),
        "composer_parts": composer_context(
            session, sight.member, sight.activity, place, is_retyped=bool(typed or error)
        ),
        "typed_anonymous": bool(request.form.get("anonymous")),
        "limit": BODY_LIMIT,
    }


def answered_post(session: Session, sight: Sight) -> Post | None:
    """Return the post that the form that was sent answers; None where that is the opening post, or cannot be seen."""
    try:
        return get_post(session, sight, uuid.UUID(request.form.get("parent", "")))
    except (ValueError, NotFoundError):
        return None
