"""What a trainer mends where groups hand in: people without a group, people whom it left out, and one person's grade."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import GroupSet, Membership
from connector.groups.building import deal_rest
from connector.peer_review import rules
from connector.peer_review.models.reviews import Submission
from connector.peer_review.models.setup import PeerReview
from connector.peer_review.results.news import tell_changes
from connector.peer_review.works import units
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

REASON_LIMIT = 1_000


def can_deal(session: Session, found: PeerReview) -> bool:
    """Return whether people can be put into the groups that hand in: not into the LMS's."""
    chosen = session.get(GroupSet, found.group_set_id) if found.group_set_id else None
    return chosen is not None and chosen.is_own


def deal(session: Session, activity: Activity, by: Membership, *, now: datetime) -> int:
    """Put everybody who is in no group into the smallest ones, and return how many that were.

    Raises:
        NotFoundError: The member does not lead the course, or the groups are the LMS's.
    """
    rules.check_staff(by)
    found = rules.get_rules(session, activity)
    if found.group_set_id is None or not can_deal(session, found):
        raise NotFoundError
    return deal_rest(session, by, found.group_set_id, now=now)


def let_alone(session: Session, activity: Activity, by: Membership, members: Iterable[Membership]) -> None:
    """Let some learners hand in by themselves, though groups do.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.extend(session, activity, members, by=by, values={"is_alone": True})


def count_in(
    session: Session, activity: Activity, by: Membership, members: Iterable[Membership], *, now: datetime
) -> None:
    """Let some learners be authors of what their group handed in before they came into it.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    out = units.list_left_out(session, activity, units.groups_by_member(session, activity, found))
    for member in members:
        if member.id in out:
            units.count_in(session, out[member.id], member, now=now)


def set_own_score(
    session: Session,
    work: Submission,
    author_id: uuid.UUID,
    *,
    by: Membership,
    score: float | None,
    reason: str,
    now: datetime,
) -> None:
    """Let one author get another score for the work than what it got, or the same as the others again.

    Args:
        score: From 0 to 100; None takes it back.

    Raises:
        NotFoundError: The member does not lead the course, or the other is no author of it.
        InvalidInputError: The score is off the scale, or there is no reason.
    """
    rules.check_staff(by)
    author = work.authorship(author_id)
    if author is None:
        raise NotFoundError
    errors = {}
    if score is not None and not 0 <= score <= 100:  # noqa: PLR2004 -- the scale
        errors["score"] = [_("Give a number from 0 to 100.")]
    if score is not None and not reason.strip():
        errors["reason"] = [_("Say why: the author reads it.")]
    if errors:
        raise InvalidInputError(errors)
    author.own_score, author.own_reason = score, reason.strip()[:REASON_LIMIT] if score is not None else None
    author.own_by_id, author.own_at = (by.id, now) if score is not None else (None, None)
    session.flush()
    tell_changes(session, work.activity, now=now)
