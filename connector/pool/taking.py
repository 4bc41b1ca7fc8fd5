"""What members take for themselves: entries that they keep to find again, and entries of a course that theirs was made from."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.mentions import labels_of
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.pool import statements
from connector.pool.access import check_keeper
from connector.pool.making import Text, entry_tags, new_entry, store
from connector.pool.models import Entry, EntryMark

_NOBODY = "@…"


def keep(session: Session, entry: Entry, by: Membership, *, is_kept: bool, now: datetime) -> None:
    """Keep an entry to find it again, or no longer; who only looks on may do so too."""
    mark = session.get(EntryMark, (by.id, entry.id))
    if not is_kept:
        session.execute(delete(EntryMark).where(EntryMark.member_id == by.id, EntryMark.entry_id == entry.id))
        return
    if mark is not None:
        return
    try:
        with session.begin_nested():
            session.add(EntryMark(member_id=by.id, entry_id=entry.id, created_at=now))
    except IntegrityError:  # the same click, twice at once
        return
    record(session, statements.bookmarked(entry, by, now), by=by, now=now)


def copy_entries(
    session: Session, entries: Sequence[Entry], activity: Activity, by: Membership, *, now: datetime
) -> Sequence[Entry]:
    """Take entries of another course over, without its people: nobody here has confirmed them, so all are due at once.

    Args:
        entries: That the member may see; the caller has checked that.
        activity: Where they are talked about from now on.

    Raises:
        NotFoundError: The member does not keep the pool.
    """
    check_keeper(by)
    tags = entry_tags(session, [each.id for each in entries])
    made = []
    for each in entries:
        text = Text(title=each.title, body=_without_names(each), language=each.language)
        entry = new_entry(activity, by, text, key=uuid.uuid5(activity.course_id, f"copy of {each.id}"), now=now)
        entry.copied_from_id, entry.confirmed_at, entry.confirmed_by = each.id, None, None
        entry.review_at = now
        kept, is_new = store(session, entry, tags.get(each.id, []))
        if is_new:
            record(session, statements.curated(kept, by, None, now), by=by, now=now)
            made.append(kept)
    return made


def _without_names(entry: Entry) -> str:
    """Return an entry's text without those whom it addresses: they are people of the other course."""
    body = entry.body
    for label in sorted(labels_of(entry.body_html), key=len, reverse=True):
        body = body.replace(f"@{label}", _NOBODY)
    return body
