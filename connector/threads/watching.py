"""What happens in threads, told to the kind of activity that they stand in, in the same transaction.

A kind that keeps more about a thread than is kept here, such as whether a question waits for somebody, says so with a
`Watcher`; the application puts them together, so that the threads need to know no kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, has_app_context
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.courses.models import Membership
from connector.threads.models import Post, Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """What one kind of activity does when something happens in its threads."""

    came: Callable[[Session, Post, datetime], None]
    """A post was written, or was held and is let stand; its state says whether others can read it."""
    changed: Callable[[Session, Post, Membership, datetime], None]
    """Somebody changed a post's text."""
    accepted: Callable[[Session, Post, datetime], None]
    """An answer was taken for the one that helped."""
    unaccepted: Callable[[Session, Thread, datetime], None]
    """It no longer is."""
    check_withdrawal: Callable[[Session, Post], None]
    """Raises a ConflictError that says why the author of a post cannot take it back."""
    merged: Callable[[Session, Thread, Thread, Membership, datetime], None]
    """Somebody who leads the course put the posts of the first thread into the second."""


def watcher_of(activity: Activity) -> Watcher | None:
    """Return who watches the threads of an activity; None where nobody does."""
    if not has_app_context():  # the services alone, without the application that joins the kinds
        return None
    watchers: Mapping[Kind, Watcher] = current_app.extensions.get("kring_watchers", {})
    return watchers.get(activity.kind)
