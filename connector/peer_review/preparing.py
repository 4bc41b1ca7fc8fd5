"""Reviews that somebody drafts, and an expert or a trainer edits and sends.

Whom a trainer names writes the draft with the same form as every review, and hands it over. From then on it is the expert's,
who changes what they like and sends it: to the author it is a review by an expert, and nothing tells who drafted it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.courses.models import Membership, Person, Role
from connector.courses.people import name_of
from connector.notifications.services import notify
from connector.peer_review import consulting, passages, rules
from connector.peer_review.filling import check, criteria_of, typed_of
from connector.peer_review.matching import assigning
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Anonymity, Rubric
from connector.peer_review.results.releasing import list_reviews
from connector.peer_review.reviews import reviewing
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

ASKED, READY = "review draft asked", "review draft ready"
"""What who drafts is told, and what who edits and sends it is."""
WHY = "drafted"


def list_drafters(session: Session, activity: Activity, work: Submission, *, now: datetime) -> Sequence[Membership]:
    """Return who may draft a review of a piece of work: whoever may review it, by name; not who is from outside."""
    pool = load_pool(session, activity, rules.get_rules(session, activity), now=now)
    members = session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.course_id == activity.course_id, Membership.is_active)
        .where(Membership.role.not_in({Role.OBSERVER, Role.TEST_STUDENT}))
        .where(Person.erased_at.is_(None), Person.is_guest.is_(False))
        .options(joinedload(Membership.person))
    )
    found = [each for each in members if pool.may_review(each.id, work.id)]
    return sorted(found, key=lambda each: (name_of(each).casefold(), each.id))


def ask(
    session: Session,
    activity: Activity,
    by: Membership,
    work: Submission,
    *,
    drafter_id: uuid.UUID,
    sender_id: uuid.UUID,
    now: datetime,
) -> Review:
    """Let somebody draft a review, which another one edits and sends.

    Args:
        sender_id: An expert who can be asked, or somebody who leads the course.

    Raises:
        NotFoundError: The asker does not lead the course.
        ConflictError: It has ended, an expert has the work already, or one of the two cannot do it.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if rules.dates_of(activity, found).has_closed(now):
        raise ConflictError(_("This has ended."))
    given = select(Review).where(Review.submission_id == work.id, Review.state == ReviewState.OPEN, Review.is_expert)
    if not consulting.can_be_asked_for(work, [*list_reviews(session, work), *session.scalars(given)]):
        raise ConflictError(_("An expert has been asked for this already."))
    drafter = next((each for each in list_drafters(session, activity, work, now=now) if each.id == drafter_id), None)
    able = {each.member.id: each.member for each in consulting.list_able(session, activity, now=now)} | {by.id: by}
    sender = able.get(sender_id)
    if drafter is None or sender is None or drafter is sender:
        raise ConflictError(_("Choose somebody who may review this, and somebody else who edits and sends it."))
    if not load_pool(session, activity, found, now=now).may_review(sender.id, work.id):
        raise ConflictError(_("Who is to send it may not review this."))
    review = assigning.give(session, activity, found, sender, work, why=WHY, lease=None, is_expert=True, now=now)
    session.add(
        ReviewDraft(
            review_id=review.id,
            activity_id=activity.id,
            submission_id=work.id,
            drafter_id=drafter.id,
            asked_at=now,
            said={},
        )
    )
    session.flush()
    notify(session, [drafter.id], ASKED, about=review.id, activity=activity, by=by.id, now=now)
    return review


def find(session: Session, review: Review) -> ReviewDraft | None:
    """Return who drafts a review, and how far they are; None where nobody does."""
    return session.get(ReviewDraft, review.id, options=[joinedload(ReviewDraft.drafter).joinedload(Membership.person)])


def get_to_write(session: Session, activity: Activity, member: Membership, review_id: uuid.UUID) -> Review:
    """Return a review that a member may write at: their own, or one that they draft and have not handed over.

    Raises:
        NotFoundError: There is none.
    """
    draft = session.get(ReviewDraft, review_id)
    if draft is None or draft.drafter_id != member.id or draft.ready_at is not None:
        return reviewing.get_review(session, activity, member, review_id)
    review = session.scalar(
        select(Review)
        .where(Review.id == review_id, Review.activity_id == activity.id, Review.state == ReviewState.OPEN)
        .options(
            joinedload(Review.submission).joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.group),
            joinedload(Review.rubric).selectinload(Rubric.criteria),
            selectinload(Review.answers),
        )
    )
    if review is None or review.submission.state is not WorkState.HANDED_IN:
        raise NotFoundError
    return review


def hand_over(session: Session, review: Review, by: Membership, *, now: datetime) -> None:
    """Hand a draft to who edits and sends it; what it says is kept, so that its writer sees what became of it.

    Raises:
        NotFoundError: They do not draft it, or have handed it over.
        InvalidInputError: An answer is missing, or off the scale.
    """
    draft = _hold(session, review, by)
    typed = typed_of(review)
    check(criteria_of(review), typed, passages.check(passages.list_of(session, review), typed))
    draft.said, draft.ready_at = dict(typed), now
    session.flush()
    notify(session, [review.reviewer_id], READY, about=review.id, activity=review.activity, by=by.id, now=now)


def let_go(session: Session, review: Review, by: Membership, *, now: datetime) -> None:
    """Draft it no longer: what was written stays for who sends it, and they are told that it is theirs.

    Raises:
        NotFoundError: They do not draft it, or have handed it over.
    """
    session.delete(_hold(session, review, by))
    session.flush()
    notify(session, [review.reviewer_id], consulting.ASKED, about=review.id, activity=review.activity, by=None, now=now)


def list_mine(session: Session, activity: Activity, member: Membership) -> Sequence[tuple[Review, ReviewDraft]]:
    """Return what somebody drafts or has drafted, the earliest first."""
    query = (
        select(Review, ReviewDraft)
        .join(ReviewDraft, ReviewDraft.review_id == Review.id)
        .where(ReviewDraft.activity_id == activity.id, ReviewDraft.drafter_id == member.id)
        .where(Review.state != ReviewState.GONE)
        .order_by(ReviewDraft.asked_at, Review.id)
        .options(joinedload(Review.submission))
    )
    return [(review, draft) for review, draft in session.execute(query)]


def get_sent(
    session: Session, activity: Activity, member: Membership, review_id: uuid.UUID
) -> tuple[Review, ReviewDraft]:
    """Return what became of a draft: once it is sent, its writer reads it, who sent it, and those who lead the course.

    Raises:
        NotFoundError: There is none, or it is not sent.
    """
    draft, review = session.get(ReviewDraft, review_id), session.get(Review, review_id)
    if draft is None or review is None or draft.activity_id != activity.id or draft.ready_at is None:
        raise NotFoundError
    if review.state is not ReviewState.SUBMITTED:
        raise NotFoundError
    if not member.is_staff and member.id not in {draft.drafter_id, review.reviewer_id}:
        raise NotFoundError
    return review, draft


def name_for(session: Session, member: Membership, activity: Activity, draft: ReviewDraft | None) -> str:
    """Return how who sends a review knows who drafts it: by name where nobody is hidden, or where they lead the course."""
    if draft is None:
        return ""
    is_open = rules.get_rules(session, activity).anonymity is Anonymity.NONE
    return name_of(draft.drafter) if is_open or member.is_staff else _("A colleague")


def names_of(session: Session, reviews: Sequence[Review]) -> Mapping[uuid.UUID, str]:
    """Return the names of who drafts or drafted, by the review's id; one query."""
    query = (
        select(ReviewDraft)
        .where(ReviewDraft.review_id.in_([each.id for each in reviews]))
        .options(joinedload(ReviewDraft.drafter).joinedload(Membership.person))
    )
    return {each.review_id: name_of(each.drafter) for each in session.scalars(query)}


def _hold(session: Session, review: Review, by: Membership) -> ReviewDraft:
    rules.hold(session, review.activity)
    session.refresh(review, ["state"])
    draft = session.get(ReviewDraft, review.id, populate_existing=True)
    if draft is None or draft.drafter_id != by.id or draft.ready_at is not None:
        raise NotFoundError
    if review.state is not ReviewState.OPEN:
        raise NotFoundError
    return draft
