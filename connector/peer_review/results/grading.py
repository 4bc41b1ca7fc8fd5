"""Grades for the gradebook: one for the work, and where it is wanted one for reviewing; a trainer sees them before."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.grades import services as grades
from connector.grades.models import MAIN, Grade, LineItem
from connector.peer_review import rules
from connector.peer_review.aggregation import reviewers
from connector.peer_review.aggregation.grading import ReviewerState
from connector.peer_review.aggregation.reviewers import ReviewerScore
from connector.peer_review.models.results import ReviewerResult, WorkResult
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Participant, PeerReview
from connector.peer_review.statements import MOST_USEFUL
from connector.peer_review.works.teams import list_people
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

REVIEWING = "reviewing"
"""The tag of the gradebook's column for reviewing."""


NOTICEABLE = 0.5
"""Of 100 points: by how much a grade must change before it is sent again, so that gradebooks do not flicker."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One grade of one learner."""

    points: float | None
    """What would be sent; None where nothing can be said yet."""
    wanted: float | None
    """What the gradebook is to hold now."""
    comment: str
    maximum: float = 100.0
    is_asked_about: bool = False
    """Whether the author asked a trainer to look, or a trainer set the score: then every change is sent."""

    @property
    def is_new(self) -> bool:
        """Whether it is worth sending: the first time, and after a change that the learner would notice."""
        if self.points is None or self.points == self.wanted:
            return False
        if self.wanted is None or self.is_asked_about:
            return True
        return round(100 * abs(self.points - self.wanted) / self.maximum, 6) >= NOTICEABLE


@dataclass(frozen=True, slots=True)
class Proposal:
    """One learner."""

    member: Membership
    work: Proposed
    reviewing: Proposed | None
    """None where reviewing is not graded."""
    score: ReviewerScore | None
    written: int
    quota: int

    @property
    def is_new(self) -> bool:
        """Whether sending would change the gradebook."""
        return self.work.is_new or (self.reviewing is not None and self.reviewing.is_new)


def propose(session: Session, activity: Activity, found: PeerReview) -> list[Proposal]:
    """Return what each active learner would get, by name; the same few queries for any number."""
    results = _results(session, activity)
    scores = reviewer_scores(session, activity, found)
    work_wanted = _wanted(session, activity, MAIN)
    reviewing_wanted = _wanted(session, activity, REVIEWING) if found.reviewing_maximum else {}
    asked = _asked_about(session, activity)
    proposals = []
    for member in _learners(session, activity):
        score, written, quota = scores.get(member.id, (None, 0, found.reviews_each))
        author, result = results.get(member.id, (None, None))
        final = author.final(result) if author else None
        maximum = work_maximum(activity)
        work = Proposed(
            None if final is None or maximum is None else round(final / 100 * maximum, 2),
            work_wanted.get(member.id),
            _work_comment(author, result),
            maximum or 100.0,
            is_asked_about=member.id in asked
            or (author is not None and author.own_score is not None)
            or (result is not None and result.override is not None),
        )
        reviewing = None
        if found.reviewing_maximum:
            share = None if score is None else score.score / 100 * min(1.0, written / quota if quota else 1.0)
            points = None if share is None else round(share * found.reviewing_maximum, 2)
            comment = _reviewing_comment(written, quota)
            reviewing = Proposed(points, reviewing_wanted.get(member.id), comment, found.reviewing_maximum)
        proposals.append(Proposal(member, work, reviewing, score, written, quota))
    return proposals


def send(
    session: Session, activity: Activity, by: Membership, member_ids: Collection[uuid.UUID], *, now: datetime
) -> int:
    """Send the proposed grades of some learners to the gradebook, and return for how many that changes anything.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    found = rules.get_rules(session, activity)
    chosen = [each for each in propose(session, activity, found) if each.member.id in member_ids and each.is_new]
    for each in chosen:
        maximum = work_maximum(activity)
        if each.work.is_new and maximum is not None:
            grades.set_score(
                session,
                activity,
                each.member,
                points=each.work.points,
                maximum=maximum,
                comment=each.work.comment,
                now=now,
            )
        if each.reviewing is not None and each.reviewing.is_new and found.reviewing_maximum is not None:
            grades.set_score(
                session,
                activity,
                each.member,
                points=each.reviewing.points,
                maximum=found.reviewing_maximum,
                comment=each.reviewing.comment,
                tag=REVIEWING,
                label=_("%(title)s: reviewing", title=activity.title),
                now=now,
            )
    return len(chosen)


def work_maximum(activity: Activity) -> float | None:
    """Return what the work is graded out of; None where it is not graded."""
    return activity.score_maximum


def reviewer_scores(
    session: Session, activity: Activity, found: PeerReview
) -> dict[uuid.UUID, tuple[ReviewerScore | None, int, int]]:
    """Return how well each member reviews, how many reviews they wrote, and how many they were to write."""
    special = select(Participant).where(Participant.activity_id == activity.id)
    participants = {each.member_id: each for each in session.scalars(special)}
    states = {
        each.member_id: each.state
        for each in session.scalars(select(ReviewerResult).where(ReviewerResult.activity_id == activity.id))
    }
    sent: defaultdict[uuid.UUID, list[Review]] = defaultdict(list)
    for review in session.scalars(
        select(Review).where(
            Review.activity_id == activity.id,
            Review.state == ReviewState.SUBMITTED,
            Review.is_own.is_(False),
            Review.is_expert.is_(False),
            Review.round == 1,
        )
    ):
        sent[review.reviewer_id].append(review)
    people = _people(session, [each for written in sent.values() for each in written])
    for reviewer_id, members in people.items():
        states |= {each: states[reviewer_id] for each in members if reviewer_id in states}
        sent |= dict.fromkeys(members, sent[reviewer_id])
    scores: dict[uuid.UUID, tuple[ReviewerScore | None, int, int]] = {}
    for member_id in {*sent, *participants}:
        quota, written = rules.quota_of(found, participants.get(member_id)), sent[member_id]
        state = states.get(member_id)
        score = None
        if state is not None:
            score = reviewers.score(
                ReviewerState(
                    reviewer=member_id,
                    reviews=int(state["reviews"]),
                    bias=float(state["bias"]),
                    spread=float(state["spread"]),
                    effort=float(state["effort"]),
                    flat=float(state["flat"]),
                    uninformed=(),
                ),
                usefulness=[(each.usefulness - 1) / (MOST_USEFUL - 1) for each in written if each.usefulness],
                finished=len(written),
                assigned=max(quota, len(written)),
                late=sum(each.is_late for each in written),
            )
        scores[member_id] = (score, len(written), quota)
    return scores


def _people(session: Session, reviews: Collection[Review]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return, by who stands for it, the people of each group that reviews together."""
    people = list_people(session, reviews)
    return {each.reviewer_id: people[each.id] for each in reviews if each.group_id is not None}


def _results(session: Session, activity: Activity) -> dict[uuid.UUID, tuple[Author, WorkResult | None]]:
    """Return what the work of each author came to, and what is special about them."""
    rows = session.execute(
        select(Author, WorkResult)
        .join(Submission, Submission.id == Author.submission_id)
        .outerjoin(WorkResult, WorkResult.submission_id == Submission.id)
        .where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN)
    )
    return {author.member_id: (author, result) for author, result in rows}


def _learners(session: Session, activity: Activity) -> Sequence[Membership]:
    found = session.scalars(
        select(Membership)
        .where(Membership.course_id == activity.course_id, Membership.is_active, Membership.role == Role.LEARNER)
        .options(joinedload(Membership.person))
    )
    return sorted(found, key=lambda each: (name_of(each).casefold(), each.id))


def _asked_about(session: Session, activity: Activity) -> set[uuid.UUID]:
    """Return the authors who asked a trainer to look at a review."""
    query = select(Submission.author_id).join(Review, Review.submission_id == Submission.id)
    return set(session.scalars(query.where(Submission.activity_id == activity.id, Review.flagged_at.is_not(None))))


def _wanted(session: Session, activity: Activity, tag: str) -> dict[uuid.UUID, float | None]:
    found = (
        select(Grade.member_id, Grade.points)
        .join(LineItem, LineItem.id == Grade.line_item_id)
        .where(LineItem.activity_id == activity.id, LineItem.tag == tag, Grade.wanted_at.is_not(None))
    )
    return dict(iter(session.execute(found)))


def _work_comment(author: Author | None, result: WorkResult | None) -> str:
    """Return what the gradebook says with a grade: nothing that tells who reviewed."""
    if author is not None and author.own_score is not None:
        return author.own_reason or ""
    if result is None:
        return ""
    if result.override is not None:
        return result.override_reason or ""
    return ngettext("From %(num)s review.", "From %(num)s reviews.", result.reviews)


def _reviewing_comment(written: int, quota: int) -> str:
    if written > quota > 0:
        return ngettext(
            "%(written)s reviews written, %(num)s more than asked for.",
            "%(written)s reviews written, %(num)s more than asked for.",
            written - quota,
            written=written,
        )
    return _("%(written)s of %(quota)s reviews written.", written=written, quota=quota)
