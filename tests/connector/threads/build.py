"""Builds threads and replies through the services, as members do."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select

from connector.threads import services
from connector.threads.access import look
from connector.threads.services import NewThread
from tests import make


def thread(session, *, activity, author, title="How do you file?", body="Tell me.", key=None, after=0, **more):
    """Open a thread.

    Args:
        after: How many minutes after `make.NOW`.
        more: What else its author decides, as `NewThread` has it.
    """
    now = make.NOW + timedelta(minutes=after)
    new = NewThread(title=title, body=body, **more)
    return services.start_thread(session, activity, author, new, key=key or uuid.uuid4(), now=now)


def reply(session, thread, *, author, body="By date.", parent=None, key=None, after=0, **more):
    """Reply to a thread, or to one of its posts."""
    now = make.NOW + timedelta(minutes=after)
    return services.post_reply(
        session, parent or thread.opening, author, body, key=key or uuid.uuid4(), now=now, **more
    )


def sight(session, activity, reader, *, after=0):
    """Return what a member sees of an activity."""
    return look(session, reader, activity, now=make.NOW + timedelta(minutes=after))


def count(session, kind):
    """How many rows of a kind are stored."""
    return session.scalar(select(func.count()).select_from(kind))
