"""What authors mean to change: noted while they read, ticked off, and kept; nobody else reads it unless they show it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.content.text import is_blank, normalise
from connector.courses.models import Membership
from connector.peer_review import rules
from connector.peer_review.models.reviews import Intention, Submission
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

LIMIT = 2_000
MOST = 100
"""How many things one list holds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A comment: about a criterion, about a passage of the text, or else all in all."""

    review_id: uuid.UUID | None
    criterion_id: uuid.UUID | None = None
    passage_id: uuid.UUID | None = None


def list_intentions(session: Session, work: Submission) -> Sequence[Intention]:
    """Return what the authors of a piece of work mean to change, the earliest first."""
    mine = select(Intention).where(Intention.submission_id == work.id)
    return session.scalars(mine.order_by(Intention.at, Intention.id)).all()


def shown_intentions(session: Session, work: Submission) -> Sequence[Intention]:
    """Return what reviewers see of it: what was done, once the authors handed in the revised work and show it."""
    if work.revised_at is None or not work.shows_intentions:
        return ()
    return [each for each in list_intentions(session, work) if each.done_at is not None]


def intend(
    session: Session,
    work: Submission,
    by: Membership,
    body: str,
    *,
    source: Source | None = None,
    now: datetime,
) -> Intention:
    """Note something to change. The same comment is noted once.

    Args:
        body: The comment's words, or the author's own.
        source: The comment that it came from; that the author may read it is the caller's to check.

    Raises:
        NotFoundError: They are no author of it.
        ConflictError: The texts are deleted.
        InvalidInputError: There is nothing in it, or too much, or too many are noted.
    """
    if by.id not in work.author_ids:
        raise NotFoundError
    rules.check_kept(session, work.activity)
    text = normalise(body)
    known = list_intentions(session, work)
    if source is not None:
        text = text[:LIMIT]
        for each in known:
            if Source(each.review_id, each.criterion_id, each.passage_id) == source:
                return each
    if is_blank(text):
        raise InvalidInputError({"intention": [_("Write something first.")]})
    if len(text) > LIMIT:
        raise InvalidInputError({"intention": [_("This is too long; %(limit)s characters fit.", limit=LIMIT)]})
    if len(known) >= MOST:
        raise InvalidInputError({"intention": [_("There are %(most)s things on the list already.", most=MOST)]})
    row = Intention(
        id=uuid.uuid4(),
        submission_id=work.id,
        member_id=by.id,
        review_id=source.review_id if source else None,
        criterion_id=source.criterion_id if source else None,
        passage_id=source.passage_id if source else None,
        body=text,
        outcome="",
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, work: Submission, by: Membership, intention_id: uuid.UUID) -> Intention:
    """Return one thing on an author's list.

    Raises:
        NotFoundError: There is none, or they are no author of the work.
    """
    row = session.get(Intention, intention_id)
    if row is None or row.submission_id != work.id or by.id not in work.author_ids:
        raise NotFoundError
    return row


def settle(session: Session, row: Intention, *, is_done: bool, outcome: str | None = None, now: datetime) -> None:
    """Tick something off, or open it again.

    Args:
        outcome: What was changed; None leaves what stands there.

    Raises:
        InvalidInputError: The words are too many.
    """
    if outcome is not None:
        text = normalise(outcome)
        if len(text) > LIMIT:
            raise InvalidInputError({"outcome": [_("This is too long; %(limit)s characters fit.", limit=LIMIT)]})
        row.outcome = text
    if is_done != (row.done_at is not None):
        row.done_at = now if is_done else None
    session.flush()


def drop(session: Session, row: Intention) -> None:
    """Take something off the list."""
    session.delete(row)
    session.flush()
