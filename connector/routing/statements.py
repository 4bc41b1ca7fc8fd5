"""What learning record stores hear of questions on their way."""

import uuid
from datetime import datetime
from typing import Any

import tincan

from connector.activities.statements import origin, setting
from connector.courses.models import Membership
from connector.routing.models import Request
from connector.threads.models import Post, Thread
from connector.threads.statements import by_author, topic
from xapi.statement import activity, render_timestamp, statement
from xapi.vocabulary import Event, Extension
from xapi.vocabulary.activity_types import DISCUSSION
from xapi.vocabulary.events import QUESTION_CLAIMED, QUESTION_DECLINED, QUESTION_ESCALATED, QUESTION_ROUTED
from xapi.vocabulary.extensions import DUE, REASON, ROUTE, SEVERITY

UNANSWERED, OVERDUE = "unanswered", "overdue"
"""How pressing it is: those who lead the course are asked, or the time is over."""


def routed(request: Request, due_at: datetime | None) -> tincan.Statement:
    """Return the statement that a member was asked to answer a question.

    Args:
        due_at: By when a first answer is expected.
    """
    extensions: dict[Extension, Any] = {ROUTE: request.why[0]["code"] if request.why else "turn"}
    if due_at is not None:
        extensions[DUE] = render_timestamp(due_at)
    return _by(QUESTION_ROUTED, request, request.member, request.asked_at, extensions)


def claimed(request: Request) -> tincan.Statement:
    """Return the statement that a member said they are going to answer."""
    return _by(QUESTION_CLAIMED, request, request.member, request.at, {})


def declined(request: Request, reason: str) -> tincan.Statement:
    """Return the statement that a member does not answer.

    Args:
        reason: One of a list, never free text.
    """
    return _by(QUESTION_DECLINED, request, request.member, request.at, {REASON: reason})


def escalated(thread: Thread, at: datetime, *, severity: str) -> tincan.Statement:
    """Return the statement that a question asks for the attention of those who lead the course, or of experts from outside.

    It is told of who asked, veiled where they hide their name.
    """
    asked: Post = thread.opening
    return statement(
        id_=uuid.uuid5(thread.id, f"{QUESTION_ESCALATED.key} {severity} {at.isoformat()}"),
        event=QUESTION_ESCALATED,
        object_=topic(thread),
        timestamp=at,
        extensions={**origin(asked.author), SEVERITY: severity},
        parent=activity(thread.activity.iri, DISCUSSION),
        **by_author(asked),
    )


def _by(
    event: Event, request: Request, member: Membership, at: datetime, extensions: dict[Extension, Any]
) -> tincan.Statement:
    place = request.thread.activity
    return statement(
        id_=uuid.uuid5(request.id, f"{event.key} {at.isoformat()}"),
        event=event,
        object_=topic(request.thread),
        timestamp=at,
        extensions={**origin(member), **extensions},
        parent=activity(place.iri, DISCUSSION),
        **setting(member, place, DISCUSSION),
    )
