"""Builds threads and replies through the services, as members do."""

import uuid
from datetime import timedelta

from connector.discussion import services
from tests import make


def thread(session, *, activity, author, title="How do you file?", body="Tell me.", key=None, after=0):
    """Open a thread.

    Args:
        after: How many minutes after `make.NOW`.
    """
    now = make.NOW + timedelta(minutes=after)
    return services.post_thread(session, activity, author, title, body, key=key or uuid.uuid4(), now=now)


def reply(session, thread, *, author, body="By date.", parent=None, key=None, after=0):
    """Reply to a thread, or to one of its replies."""
    now = make.NOW + timedelta(minutes=after)
    parent_id = parent.id if parent else None
    return services.post_reply(session, thread, author, body, parent_id=parent_id, key=key or uuid.uuid4(), now=now)
