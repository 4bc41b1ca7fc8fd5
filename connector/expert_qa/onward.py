"""Sends questions on their way to experts, and says when they need none any more."""

# ruff: noqa: ARG001 -- each takes what its fellow in routing does

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.threads.models import Post, Thread


def begin(session: Session, thread: Thread, *, now: datetime) -> None:
    """Look for experts, from the moment on when others can read a question."""


def pause(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let the clock stand while who asked adds something."""


def resume(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let the clock go on."""


def answered(session: Session, thread: Thread, post: Post, *, now: datetime) -> None:
    """Note an answer."""


def resolved(session: Session, thread: Thread, *, now: datetime) -> None:
    """Note that nobody need answer any more."""


def reopened(session: Session, thread: Thread, *, now: datetime) -> None:
    """Look for experts again."""


def progress(session: Session, threads: Sequence[Thread]) -> Mapping[UUID, Any]:
    """Return how far questions have come, by thread."""
    return {}


def line(session: Session, thread: Thread, *, now: datetime) -> str:
    """Return who was asked, and by when an answer is expected, in a sentence; empty where nobody was."""
    return ""


def lines(session: Session, threads: Sequence[Thread], *, now: datetime) -> Mapping[UUID, str]:
    """Return the same of many questions, by thread."""
    return {}


def asked_of(session: Session, activity: Activity, member: Membership) -> Collection[UUID]:
    """Return the threads of an activity that a member was asked to answer and has not."""
    return ()


def loads(session: Session, activity: Activity, *, now: datetime) -> Sequence[Any]:
    """Return how much every expert of a course has to do."""
    return ()
