"""What the knowledge pool tells learning record stores: who added, promoted or kept an entry. The text stays here."""

import uuid
from datetime import datetime

import tincan

from connector.activities.statements import member_actor, origin, setting
from connector.courses.models import Membership, Role
from connector.pool.models import Entry
from xapi.statement import activity, statement
from xapi.vocabulary import Event
from xapi.vocabulary.activity_types import COLLECTION, DISCUSSION, RESOURCE
from xapi.vocabulary.events import RESOURCE_BOOKMARKED, RESOURCE_CURATED, RESOURCE_PROMOTED, RESOURCE_SHARED


def shared(entry: Entry, by: Membership) -> tincan.Statement:
    """Return the statement that somebody who should know wrote an entry."""
    return _of(RESOURCE_SHARED, entry, by, entry.created_at)


def promoted(entry: Entry, by: Membership) -> tincan.Statement:
    """Return the statement that something became an entry; a post's author is named unless they hid their name.

    Who lends a piece of work never is: they can take it back, and what a store was told stays there.
    """
    return _of(RESOURCE_PROMOTED, entry, by, entry.created_at, target=None if entry.is_lent else entry.author)


def curated(entry: Entry, by: Membership, proposed_by: Membership | None, at: datetime) -> tincan.Statement:
    """Return the statement that a proposed change, or an entry of another course, was taken into the pool.

    Args:
        at: Aware.
    """
    return _of(RESOURCE_CURATED, entry, by, at, target=proposed_by)


def bookmarked(entry: Entry, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a member keeps an entry to find it again.

    Args:
        at: Aware.
    """
    return _of(RESOURCE_BOOKMARKED, entry, by, at)


def _of(
    event: Event, entry: Entry, by: Membership, at: datetime, *, target: Membership | None = None
) -> tincan.Statement:
    is_told = target is not None and target.role is not Role.TEST_STUDENT and target.id != by.id
    return statement(
        # Made of what stays here: members' ids stand in addresses, and could be tried.
        id_=uuid.uuid5(by.person.veil, f"{event.key} {entry.id} {at.isoformat()}"),
        event=event,
        object_=activity(entry.iri, RESOURCE),
        timestamp=at,
        extensions=origin(by),
        target=member_actor(target) if target is not None and is_told else None,
        parent=activity(f"{by.course.iri}/pool", COLLECTION),
        **setting(by, entry.activity, DISCUSSION),
    )
