"""Authors and reviewers talk about a review, each under the name that the other may see."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.content.text import count_words, is_blank, normalise
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import rules, statements
from connector.peer_review.filling import TEXT_LIMIT
from connector.peer_review.models.reviews import Message, Review, ReviewState
from connector.peer_review.works.teams import list_people
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

WRITTEN = "review answered"


def say(session: Session, review: Review, by: Membership, body: str, *, key: uuid.UUID, now: datetime) -> Message:
    """Write to the other one. The author begins; who may read the review at all is the caller's to check.

    Args:
        key: The form's: the same again changes nothing.

    Raises:
        NotFoundError: They are neither the author nor the reviewer, or nobody has begun yet.
        ConflictError: All is over.
        InvalidInputError: There is nothing in it, or too much.
    """
    is_by_author = by.id in review.submission.author_ids
    if review.state is not ReviewState.SUBMITTED or review.is_own or by.id not in _both(session, review):
        raise NotFoundError
    known = session.scalar(select(Message).where(Message.key == key))
    if known is not None:
        return known
    if not is_by_author and not list_messages(session, [review.id]).get(review.id):
        raise NotFoundError
    activity = review.activity
    dates = rules.dates_of(activity, rules.get_rules(session, activity), rules.get_participant(session, activity, by))
    if dates.has_closed(now):
        raise ConflictError(_("This has ended, so your message was not sent."))
    body = normalise(body)
    if is_blank(body):
        raise InvalidInputError({"message": [_("Write something first.")]})
    if len(body) > TEXT_LIMIT:
        raise InvalidInputError({"message": [_("This is too long; %(limit)s characters fit.", limit=TEXT_LIMIT)]})
    message = Message(
        id=uuid.uuid4(), review_id=review.id, member_id=by.id, is_by_author=is_by_author, key=key, body=body, at=now
    )
    session.add(message)
    session.flush()
    anonymity = rules.get_rules(session, activity).anonymity
    told = statements.discussed(review, by, anonymity, now, words=count_words(body))
    record(session, told, by=by, now=now)
    notify(session, _both(session, review), WRITTEN, about=review.id, activity=activity, by=by.id, now=now)
    return message


def list_messages(session: Session, review_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Message]]:
    """Return what was written about some reviews, the oldest first; one query."""
    found: defaultdict[uuid.UUID, list[Message]] = defaultdict(list)
    query = select(Message).where(Message.review_id.in_(list(review_ids))).order_by(Message.at, Message.id)
    for message in session.scalars(query):
        found[message.review_id].append(message)
    return found


def _both(session: Session, review: Review) -> set[uuid.UUID]:
    return {*review.submission.author_ids, *list_people(session, [review])[review.id]}
