"""Which tags threads have."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.threads.models import ThreadTag


def tags_of(session: Session, thread_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the tags of threads, in the order of the alphabet; one query."""
    found: dict[uuid.UUID, list[str]] = {}
    rows = session.execute(
        select(ThreadTag.thread_id, ThreadTag.tag)
        .where(ThreadTag.thread_id.in_(list(thread_ids)))
        .order_by(ThreadTag.tag)
    )
    for thread_id, tag in rows:
        found.setdefault(thread_id, []).append(tag)
    return found
