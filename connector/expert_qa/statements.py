"""What questions tell learning record stores, beside what threads and reactions tell of them already."""

import uuid
from datetime import datetime

import tincan

from connector.activities.models import Activity
from connector.activities.statements import origin, setting
from connector.courses.models import Membership
from connector.pool.models import Entry
from connector.threads.models import Thread
from connector.threads.statements import by_author, target_of, topic
from xapi.statement import activity, statement
from xapi.vocabulary import Event, Extension
from xapi.vocabulary.activity_types import COLLECTION, DISCUSSION, RESOURCE
from xapi.vocabulary.events import (
    QUESTION_CLOSED_DUPLICATE,
    QUESTION_INFO_REQUESTED,
    QUESTION_REOPENED,
    QUESTION_RESOLVED,
)
from xapi.vocabulary.extensions import DUPLICATE_OF, REASON

REUSE, ASKER, POOL = "reuse", "asker", "pool"
"""Why no further answer is needed: somebody found it, their own question is answered, or the knowledge pool answers it."""


def info_requested(thread: Thread, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that somebody asked for what a question lacks.

    Args:
        at: Aware.
    """
    return _about(QUESTION_INFO_REQUESTED, thread, by, at, target=target_of(thread.opening))


def resolved(thread: Thread, by: Membership, at: datetime, *, reason: str) -> tincan.Statement:
    """Return the statement that somebody needs no further answer.

    Args:
        at: Aware.
        reason: `REUSE`, `ASKER` or `POOL`.
    """
    return _about(QUESTION_RESOLVED, thread, by, at, extensions={REASON: reason})


def resolved_by_entry(entry: Entry, place: Activity, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that somebody found what they needed in the knowledge pool, instead of asking.

    Args:
        place: Where they were about to ask.
        at: Aware.
    """
    return statement(
        id_=uuid.uuid5(by.person.veil, f"{QUESTION_RESOLVED.key} {entry.id} {at.isoformat()}"),
        event=QUESTION_RESOLVED,
        object_=activity(entry.iri, RESOURCE),
        timestamp=at,
        extensions={**origin(by), REASON: REUSE},
        parent=activity(f"{by.course.iri}/pool", COLLECTION),
        **setting(by, place, DISCUSSION),
    )


def reopened(thread: Thread, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a question is not solved after all.

    Args:
        at: Aware.
    """
    return _about(QUESTION_REOPENED, thread, by, at)


def merged(thread: Thread, into: Thread, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a question was closed, since it had been asked before.

    Args:
        at: Aware.
    """
    return _about(QUESTION_CLOSED_DUPLICATE, thread, by, at, extensions={REASON: "duplicate", DUPLICATE_OF: into.iri})


def _about(
    event: Event,
    thread: Thread,
    by: Membership,
    at: datetime,
    *,
    extensions: dict[Extension, str] | None = None,
    target: tincan.Agent | None = None,
) -> tincan.Statement:
    is_asker = thread.author_id == by.id and thread.merged_into_id is None
    # An id that follows from the member's would tell who a hidden asker is: members' ids stand in addresses.
    who = by.person.veil if is_asker else by.id
    return statement(
        id_=uuid.uuid5(thread.id, f"{event.key} {who} {at.isoformat()}"),
        event=event,
        object_=topic(thread),
        timestamp=at,
        extensions={**origin(by), **(extensions or {})},
        target=target,
        parent=activity(thread.activity.iri, DISCUSSION),
        **(by_author(thread.opening) if is_asker else setting(by, thread.activity, DISCUSSION)),
    )
