"""Good examples in the knowledge pool: a copy, where every author agreed to that too, as long as they do."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.activities.services import get_activity
from connector.content.attachments import list_attached
from connector.courses.models import Membership
from connector.notifications.services import notify
from connector.peer_review import rules
from connector.peer_review.examples.copies import copy_file
from connector.peer_review.exemplars import exemplars
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.results.releasing import is_over
from connector.peer_review.works import giving_back
from connector.peer_review.works.teams import list_people
from connector.pool import lending
from connector.pool.finding import index_entries
from connector.pool.lending import Lent
from connector.pool.making import Text
from connector.pool.models import Entry
from connector.pool.services import REVIEW_AFTER
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


def ask_for_pool(session: Session, row: Exemplar, by: Membership, *, now: datetime) -> None:
    """Ask the authors of a good example whether a copy may stand in the knowledge pool too; once.

    Raises:
        NotFoundError: They do not lead the course, or it is not of the authors' work as it is.
    """
    rules.check_staff(by)
    if not row.is_current:
        raise NotFoundError
    if row.asks_pool:
        return
    row.asks_pool = True
    session.flush()
    authors = row.submission.author_ids
    notify(session, authors, exemplars.ASKED, about=row.id, activity=row.activity, by=by.id, now=now)


def is_ready(session: Session, activity: Activity, *, now: datetime) -> bool:
    """Return whether work may be read by everybody in the course: results are shown, and nobody has a review left to send.

    The pool is open to all at once; so the last reviewer decides.
    """
    if not is_over(activity, rules.get_rules(session, activity), now):
        return False
    mine = select(Review).where(Review.activity_id == activity.id, Review.state == ReviewState.OPEN)
    ids = {each for members in list_people(session, session.scalars(mine).all()).values() for each in members}
    reviewers = session.scalars(select(Membership).where(Membership.id.in_(ids)))
    return not any(exemplars.still_reviews(session, activity, each, now=now) for each in reviewers.all())


def lend(
    session: Session,
    row: Exemplar,
    place: Activity,
    by: Membership,
    *,
    title: str,
    tags: Sequence[str] = (),
    now: datetime,
) -> Entry:
    """Put a copy of a good example into the knowledge pool, once.

    Args:
        place: Where it is talked about.

    Raises:
        NotFoundError: They do not lead the course.
        ConflictError: Not all authors agree to it, or somebody could still write a review.
    """
    rules.check_staff(by)
    rules.hold(session, row.activity)  # an author may think better of it at the same moment
    session.refresh(row, ["consents", "asks_pool", "entry"])
    if row.entry is not None:
        return row.entry
    if not row.may_be_lent:
        raise ConflictError(_("Not all its authors agree that it stands in the knowledge pool."))
    if not is_ready(session, row.activity, now=now):
        raise ConflictError(_("It can go there when the results are shown and nobody has a review left to write."))
    body = "\n\n".join(filter(None, [row.body.strip(), f"<{row.link}>" if row.link else ""]))
    text = Text(title=title, body=body, tags=tags, language=row.language)
    author = next(iter(row.submission.authors)).member if row.shows_names and len(row.agreeing) == 1 else None
    entry, is_new = lending.lend(
        session, place, by, text, author=author, review_at=now + REVIEW_AFTER, key=uuid.uuid5(row.id, "pool"), now=now
    )
    if is_new:
        _copy_files(session, row, entry, now)
    row.entry = entry
    session.flush()
    return entry


def check_open(session: Session, activity: Activity, *, now: datetime) -> None:
    """Take copies out of the pool where results are shown no longer: a trainer has changed the rules."""
    if not is_over(activity, rules.get_rules(session, activity), now):
        giving_back.give_all_back(session, activity)


def tell_lent(session: Session, member: Membership, entry_id: uuid.UUID, now: datetime) -> Lent | None:
    """Return which good example an entry is a copy of; the page is left out for those to whom it is not open."""
    row = session.scalar(select(Exemplar).where(Exemplar.entry_id == entry_id).options(joinedload(Exemplar.activity)))
    if row is None:
        return None
    told = Lent(row.activity.title, exemplars.names_of(row))
    try:
        activity = get_activity(session, member, row.activity_id)
    except NotFoundError:
        return told
    if not exemplars.is_open_to(session, activity, member, now=now):
        return told
    values = {"activity_id": activity.id, "_anchor": f"exemplar-{row.id}"}
    return Lent(told.title, told.names, "peer_review.show_exemplars", values)


def _copy_files(session: Session, row: Exemplar, entry: Entry, now: datetime) -> None:
    """Give an entry files of its own: they lost what they told of their maker when the example was made."""
    body = entry.body
    for file in list_attached(session, exemplars.HOLDER, [row.id]).get(row.id, ()):
        copy = copy_file(session, file, entry.activity, (lending.HOLDER, entry.id), now)
        body = body.replace(str(file.id), str(copy.id))
    if body != entry.body:
        entry.write(body)
        session.flush()
        index_entries(session, [entry])
