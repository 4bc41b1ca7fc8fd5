"""Experts of last resort: somebody who knows the subject reviews what colleagues cannot.

What they say stands beside the reviews of colleagues, and their score is the result. They are neither counted among those
who review each other, nor in how far reviewers agree; to the model their score is a known worth, as a trainer's own is.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import STAFF, Membership, Person, Role
from connector.courses.people import name_of
from connector.db import Database
from connector.experts.models import Expert
from connector.notifications.models import Level, Scope
from connector.notifications.services import levels, notify
from connector.peer_review import rules
from connector.peer_review.allocation.problem import GroupMode, Id
from connector.peer_review.board import board
from connector.peer_review.board.rows import Board, Row, works_of
from connector.peer_review.matching import assigning
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.matching.pool import Pool
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import PeerReview
from connector.routing.models import Request
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

ASKED, NOBODY = "expert review asked", "expert review declined"
"""What experts are told, and what those who lead the course are told when nobody else can be asked."""
SOON = timedelta(hours=48)
"""How long before the date for reviews the board offers experts."""
LAST = timedelta(hours=12)
"""How long before it they are asked without a trainer, where the set-up says so."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who can be asked for a review."""

    member: Membership
    lately: int
    """How often they were asked something in the last seven days, questions included."""
    most: int | None
    """How often a week they want to be; None for any number."""

    def has_room(self, more: int = 0) -> bool:
        """Return whether they can be asked once more, after some that are not among those of late."""
        return self.most is None or self.lately + more < self.most


def list_able(session: Session, activity: Activity, *, now: datetime) -> list[Able]:
    """Return who can be asked, who should be first: experts and mentors of the course, then who leads it; whoever was asked
    least goes before others. Not who is away, was asked as often this week as they want to be, or mutes the activity.
    """
    rows = session.execute(
        select(Membership, Expert)
        .join(Membership.person)
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .where(Membership.course_id == activity.course_id, Membership.is_active)
        .where(Person.erased_at.is_(None), Person.is_guest.is_(False))
        .where(Membership.role.not_in({Role.OBSERVER, Role.TEST_STUDENT}))
        .where(or_(Membership.role.in_(STAFF | {Role.EXPERT}), Expert.standing.is_not(None)))
        .where(or_(Expert.away_until.is_(None), Expert.away_until <= now))
        .options(joinedload(Membership.person))
    ).all()
    lately = _asked_lately(session, [member.id for member, _expert in rows], now)
    told = levels(
        session,
        [member.id for member, _expert in rows],
        [(Scope.ACTIVITY, activity.id), (Scope.COURSE, activity.course_id)],
    )
    able = [
        Able(member, lately[member.id], expert.weekly_capacity if expert is not None else None)
        for member, expert in rows
        if told.get(member.id) is not Level.MUTED
    ]
    able = [each for each in able if each.has_room()]
    return sorted(able, key=lambda each: (each.member.is_staff, each.lately, name_of(each.member), each.member.id))


def find_lacking(
    session: Session, activity: Activity, found: Board, *, within: timedelta = SOON, now: datetime
) -> list[Row]:
    """Return the work that will lack reviews, and that no expert has: the date is near or past, or nobody may review it.

    Args:
        within: How near a date is.
    """
    dates = rules.dates_of(activity, found.rules)
    if dates.has_closed(now) or not dates.has_opened(now):
        return []
    pool = load_pool(session, activity, found.rules, now=now)
    with_expert = {each.submission_id for each in pool.given if each.is_expert and each.state is not ReviewState.GONE}
    lacking = [
        row
        for row in works_of(found.rows)
        if row.work is not None and row.work.id not in with_expert and row.received + row.coming < found.rules.needed
    ]
    due_at = found.rules.reviews_due_at
    if due_at is not None and now >= due_at - within:
        return lacking
    near = in_groups_of(pool, {row.member.id for row in found.rows if row.owes})
    return [row for row in lacking if _is_stuck(row, found.rules, pool, near, now)]


def ask(
    session: Session,
    activity: Activity,
    by: Membership,
    work_ids: Collection[uuid.UUID],
    *,
    member_id: uuid.UUID | None = None,
    now: datetime,
) -> list[Review]:
    """Ask an expert for a review of each of some works that none has, and return what was given.

    Args:
        member_id: Whom; None for whoever should be first.

    Raises:
        NotFoundError: The asker does not lead the course.
        ConflictError: Nobody can be asked for any of them.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if rules.dates_of(activity, found).has_closed(now):
        raise ConflictError(_("This has ended."))
    given = _give(session, activity, found, work_ids, member_id=member_id, by=by.id, now=now)
    if not given:
        raise ConflictError(
            _("Nobody can be asked for this now: they are away, have enough to do, or may not review it.")
        )
    return given


def decline(session: Session, review: Review, *, now: datetime) -> None:
    """Let somebody else review what an expert was asked for; what they had typed is let go.

    Raises:
        NotFoundError: It is no expert's, or it is sent already.
    """
    found = rules.hold(session, review.activity)
    session.refresh(review, ["state"])
    if not review.is_expert or review.state is not ReviewState.OPEN:
        raise NotFoundError
    review.state, review.typed, review.typed_at = ReviewState.GONE, {}, None
    session.flush()
    if _give(session, review.activity, found, [review.submission_id], by=None, now=now):
        return
    leaders = select(Membership.id).where(
        Membership.course_id == review.activity.course_id, Membership.role.in_(STAFF), Membership.is_active
    )
    told = session.scalars(leaders).all()
    notify(session, told, NOBODY, about=review.id, activity=review.activity, by=review.reviewer_id, now=now)


def ask_due(database: Database, *, now: datetime) -> int:
    """Ask experts where the set-up says so, and return how many; any number of workers may do this."""
    query = select(PeerReview.activity_id).where(PeerReview.asks_experts, PeerReview.forgotten_at.is_(None))
    with database.session(writes=False) as session:
        due = [activity_id for activity_id in session.scalars(query).all() if _lacking_of(session, activity_id, now)]
    count = 0
    for activity_id in due:
        with database.session(writes=True) as session:
            activity = session.get_one(Activity, activity_id)
            found = rules.hold(session, activity)
            works = _lacking_of(session, activity_id, now)
            count += len(_give(session, activity, found, works, by=None, now=now))
            session.commit()
    return count


def list_asked(session: Session, activity: Activity, member: Membership) -> Sequence[Review]:
    """Return what somebody was asked for as an expert, the earliest first."""
    mine = (Review.activity_id == activity.id, Review.reviewer_id == member.id, Review.is_expert)
    query = select(Review).where(*mine, Review.state != ReviewState.GONE).order_by(Review.given_at, Review.id)
    return session.scalars(query.options(joinedload(Review.submission))).all()


def can_be_asked_for(work: Submission, given: Collection[Review]) -> bool:
    """Return whether an expert can be asked for a piece of work: it is handed in, and none was.

    Args:
        given: All its reviews that are sent, or being written.
    """
    return work.state is WorkState.HANDED_IN and not any(each.is_expert for each in given)


def _lacking_of(session: Session, activity_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    activity = session.get_one(Activity, activity_id)
    if not activity.is_open:
        return []
    lacking = find_lacking(session, activity, board.read(session, activity, now=now), within=LAST, now=now)
    return [row.work.id for row in lacking if row.work is not None]


def in_groups_of(pool: Pool, owing: Collection[uuid.UUID]) -> Callable[[uuid.UUID], Collection[uuid.UUID]]:
    """Return who of those that owe a review are in the groups of a piece of work, or in none, where groups review within.

    Asked about everybody, a thousand people in small groups take two seconds.
    """
    if pool.rules.grouping is not GroupMode.WITHIN:
        return lambda _work_id: owing
    members: dict[Id | None, set[uuid.UUID]] = defaultdict(set)
    for member_id in owing:
        for group in pool.groups.get(member_id) or (None,):
            members[group].add(member_id)
    groups = {work.id: pool.groups_of(work) for work in pool.works}
    return lambda work_id: members[None].union(*(members[group] for group in groups.get(work_id, ())))


def _is_stuck(
    row: Row, found: PeerReview, pool: Pool, near: Callable[[uuid.UUID], Collection[uuid.UUID]], now: datetime
) -> bool:
    """Return whether nobody who owes a review may write one about a piece of work, and nobody new is to be expected."""
    if row.work is None:
        return False
    handed_in_at = row.work.handed_in_at
    is_late = now > found.due_at if found.due_at is not None else now > handed_in_at + board.SILENT
    return is_late and not any(pool.may_review(id_, row.work.id) for id_ in near(row.work.id))


def _give(
    session: Session,
    activity: Activity,
    found: PeerReview,
    work_ids: Collection[uuid.UUID],
    *,
    member_id: uuid.UUID | None = None,
    by: uuid.UUID | None,
    now: datetime,
) -> list[Review]:
    able = [each for each in list_able(session, activity, now=now) if member_id in {None, each.member.id}]
    pool = load_pool(session, activity, found, now=now)
    taken = {each.submission_id for each in pool.given if each.is_expert and each.state is not ReviewState.GONE}
    works = session.scalars(
        select(Submission)
        .where(Submission.id.in_(list(work_ids)), Submission.activity_id == activity.id)
        .where(Submission.state == WorkState.HANDED_IN)
        .order_by(Submission.first_at, Submission.id)
    ).all()
    extra: Counter[uuid.UUID] = Counter()
    given = []
    fits = {work: [each for each in able if pool.may_review(each.member.id, work.id)] for work in works}
    for work in sorted(works, key=lambda each: len(fits[each])):  # for whom there are few comes first
        fit = [each for each in fits[work] if each.has_room(extra[each.member.id])]
        if work.id in taken or not fit:
            continue
        # Those who lead the course come last, however little they were asked.
        best = min(fit, key=lambda each: (each.member.is_staff, each.lately + extra[each.member.id]))
        extra[best.member.id] += 1
        review = assigning.give(
            session, activity, found, best.member, work, why="expert", lease=None, is_expert=True, now=now
        )
        notify(session, [best.member.id], ASKED, about=review.id, activity=activity, by=by, now=now)
        given.append(review)
    return given


def _asked_lately(session: Session, member_ids: Sequence[uuid.UUID], now: datetime) -> Counter[uuid.UUID]:
    """Return how often each was asked in the last seven days: questions, and reviews as an expert."""
    found: Counter[uuid.UUID] = Counter()
    questions = select(Request.member_id, func.count()).where(Request.asked_at > now - _WEEK)
    reviews = select(Review.reviewer_id, func.count()).where(Review.is_expert, Review.given_at > now - _WEEK)
    for query, who in ((questions, Request.member_id), (reviews, Review.reviewer_id)):
        for member_id, count in session.execute(query.where(who.in_(member_ids)).group_by(who)):
            found[member_id] += count
    return found
