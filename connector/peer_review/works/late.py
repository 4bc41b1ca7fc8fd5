"""Late work that a trainer accepts or does not, where the rules ask for that: one by one, or many at once."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.content.text import normalise
from connector.courses.models import STAFF, Membership
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import rules, statements
from connector.peer_review.models.reviews import Submission, WorkState
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _

WAITS, DECIDED = "late work waits", "late work decided"
"""What those who lead the course are told, and what authors are."""
NOTE_LIMIT = 1_000


def may_wait(work: Submission | None) -> bool:
    """Return whether somebody can still hand in late, to be accepted or not: not in place of what counts already, nor
    again after it was not accepted.

    Args:
        work: What they have handed in before, if anything.
    """
    return work is None or work.state in {WorkState.WAITING, WorkState.WITHDRAWN}


def check_may_wait(work: Submission | None) -> None:
    """Check the same.

    Raises:
        ConflictError: They cannot; the sentence says why.
    """
    if may_wait(work):
        return
    if work is not None and work.state is WorkState.DENIED:
        raise ConflictError(
            _(
                "Your trainer has not accepted your late work. What you wrote is kept as a draft; ask them for more time."
            )
        )
    raise ConflictError(
        _(
            "The date is past, and what you handed in counts as it is. "
            "What you wrote now is kept as a draft; ask your trainer for more time."
        )
    )


def decide(
    session: Session,
    activity: Activity,
    by: Membership,
    work_ids: Collection[uuid.UUID],
    *,
    accepts: bool,
    note: str,
    now: datetime,
) -> Sequence[Submission]:
    """Accept late work, or do not; its authors are told, with a note. What was not accepted can be accepted after all.

    Args:
        note: What its authors read; may be empty where it is accepted.

    Returns:
        What was decided about: what was decided already, or taken back meanwhile, is left out.

    Raises:
        NotFoundError: The member does not lead the course.
        ConflictError: The texts are deleted.
        InvalidInputError: The note is too long, or there is none where work is not accepted.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    rules.check_kept(session, activity)
    said = normalise(note).strip()
    if len(said) > NOTE_LIMIT:
        raise InvalidInputError({"note": [_("At most %(number)s characters", number=NOTE_LIMIT)]})
    if not said and not accepts:
        raise InvalidInputError({"note": [_("Say why: the authors read it.")]})
    open_ = {WorkState.WAITING, WorkState.DENIED} if accepts else {WorkState.WAITING}
    works = session.scalars(
        select(Submission)
        .where(Submission.activity_id == activity.id, Submission.id.in_(list(work_ids)), Submission.state.in_(open_))
        .order_by(Submission.handed_in_at, Submission.id)
        .options(joinedload(Submission.author).joinedload(Membership.person))
    ).all()
    for work in works:
        work.state = WorkState.HANDED_IN if accepts else WorkState.DENIED
        work.late_note, work.late_by_id, work.late_at = said or None, by.id, now
        session.flush()
        tell = statements.accepted_late if accepts else statements.denied_late
        record(session, tell(work, by, found.anonymity, now), by=by, now=now)
        notify(session, work.author_ids, DECIDED, about=work.id, activity=activity, by=by.id, now=now)
    return works


def tell_leaders(session: Session, work: Submission, by: Membership, *, now: datetime) -> None:
    """Tell those who lead the course that late work waits for them: once, until they have read it."""
    leaders = select(Membership.id).where(
        Membership.course_id == work.activity.course_id, Membership.role.in_(STAFF), Membership.is_active
    )
    told = session.scalars(leaders).all()
    notify(session, told, WAITS, about=work.activity_id, activity=work.activity, by=by.id, now=now)
