"""Who may see a piece of work, and so the files in it."""

import uuid

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from connector.activities.services import get_activity
from connector.courses.models import GroupMember, Membership
from connector.peer_review.exemplars.exemplars import is_open_to
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.examples import Example, Use
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.works.teams import is_mine
from connector.web.errors import NotFoundError
from connector.web.requests import now


def open_work(session: Session, member: Membership, submission_id: uuid.UUID) -> None:
    """Check that a member may see a piece of work now: its authors and their group, who leads the course, and who reviews it.

    Raises:
        NotFoundError: There is none that they may.
    """
    work = session.get(Submission, submission_id)
    if work is None:
        raise NotFoundError
    get_activity(session, member, work.activity_id)
    if member.is_staff or member.id in work.author_ids:
        return
    writes = or_(
        is_mine(member.id), exists().where(ReviewDraft.review_id == Review.id, ReviewDraft.drafter_id == member.id)
    )
    reviews_it = exists().where(Review.submission_id == work.id, writes, Review.state != ReviewState.GONE)
    if work.group_id is not None and session.get(GroupMember, (work.group_id, member.id)) is not None:
        return
    if work.state is not WorkState.HANDED_IN or not session.scalar(select(reviews_it)):
        raise NotFoundError


def open_example(session: Session, member: Membership, example_id: uuid.UUID) -> None:
    """Check that a member may see an example to practise on: who leads the course, and who takes part.

    Raises:
        NotFoundError: There is none that they may.
    """
    example = session.get(Example, example_id)
    if example is None or example.use is not Use.PRACTICE:
        raise NotFoundError
    get_activity(session, member, example.activity_id)
    if not member.is_staff and (example.retired_at is not None or not member.can_write):
        raise NotFoundError


def open_exemplar(session: Session, member: Membership, exemplar_id: uuid.UUID) -> None:
    """Check that a member may see a good example: who leads the course, its authors, and all learners once it is shown.

    Raises:
        NotFoundError: There is none that they may.
    """
    row = session.get(Exemplar, exemplar_id)
    if row is None:
        raise NotFoundError
    activity = get_activity(session, member, row.activity_id)
    if member.is_staff or (row.is_current and member.id in row.submission.author_ids):
        return
    if not row.is_shared or not is_open_to(session, activity, member, now=now()):
        raise NotFoundError
