"""The rules of a peer review, and the dates that hold for one person."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import GroupSet, Membership
from connector.courses.policies import check, policy_of
from connector.db import stored
from connector.peer_review.aggregation.guard import Method
from connector.peer_review.allocation.problem import GroupMode
from connector.peer_review.models.reviews import Submission
from connector.peer_review.models.setup import (
    Anonymity,
    Giving,
    Late,
    Pairing,
    Participant,
    PeerReview,
    Product,
    SecondRound,
    Unit,
)
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

SEEDS = 2**31
_PROMISED = ("anonymity", "unit", "group_set_id", "reviewed_by")


class PromiseError(ConflictError):
    """Something cannot be changed any more, since work was handed in under it."""

    def __init__(self, field: str, sentence: str) -> None:
        """Take the field, and what is wrong with it."""
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Dates:
    """What holds for one person; None where there is no such date."""

    opens_at: datetime | None
    due_at: datetime | None
    """For handing in."""
    reviews_due_at: datetime | None
    closes_at: datetime | None

    def has_opened(self, now: datetime) -> bool:
        """Return whether people may take part already."""
        return self.opens_at is None or now >= self.opens_at

    def has_closed(self, now: datetime) -> bool:
        """Return whether all is over."""
        return self.closes_at is not None and now >= self.closes_at

    def is_work_late(self, now: datetime) -> bool:
        """Return whether the date for handing in is past."""
        return self.due_at is not None and now > self.due_at

    def is_review_late(self, now: datetime) -> bool:
        """Return whether the date for reviewing is past."""
        return self.reviews_due_at is not None and now > self.reviews_due_at


def get_rules(session: Session, activity: Activity) -> PeerReview:
    """Return the rules of a peer review: what was set, or else the defaults, which are not stored."""
    return session.get(PeerReview, activity.id) or defaults(activity)


def hold(session: Session, activity: Activity) -> PeerReview:
    """Return the rules, locked until the transaction ends: whoever gives or takes work waits for the one before."""
    query = select(PeerReview).where(PeerReview.activity_id == activity.id)
    stored(session, query, lambda: defaults(activity))
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def set_rules(session: Session, activity: Activity, by: Membership, values: dict[str, Any]) -> PeerReview:
    """Change the rules.

    Args:
        values: By the names of `PeerReview`'s columns.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: The course has no such set of groups, or the organisation keeps texts for less long.
        PromiseError: Work was handed in under another promise: of who sees whose name, or of who hands in together.
    """
    check_staff(by)
    rules = hold(session, activity)
    product = values.get("product", rules.product)
    if Product.PRACTICE in {product, rules.product} and product is not rules.product and has_work(session, activity):
        raise PromiseError("product", _("Work was handed in already, so that people go on with it."))
    if values.get("shows_others") and not rules.shows_others and has_work(session, activity):
        raise PromiseError("shows_others", _("Work was handed in already, and reviewers were not told so."))
    changed = {name for name in _PROMISED if values.get(name, getattr(rules, name)) != getattr(rules, name)}
    if changed and has_work(session, activity):
        if "anonymity" in changed:
            sentence = _("Work was handed in already: who is hidden from whom cannot be changed any more.")
            raise PromiseError("anonymity", sentence)
        raise PromiseError("unit", _("Work was handed in already: who hands in cannot be changed any more."))
    if changed & {"group_set_id"} and values["group_set_id"] is not None:
        _check_set(session, activity, values["group_set_id"])
    if "keep_days" in values:
        errors = check(policy_of(session, activity.course), keep_days=values["keep_days"])
        if errors:
            raise InvalidInputError(errors)
    for name, value in values.items():
        setattr(rules, name, value)
    session.flush()
    return rules


def _check_set(session: Session, activity: Activity, set_id: uuid.UUID) -> None:
    found = session.get(GroupSet, set_id)
    if found is None or found.course_id != activity.course_id or not found.is_active:
        raise InvalidInputError({"group_set_id": [_("The course does not have these groups any more.")]})


def keep_for(session: Session, activity: Activity, days: int | None) -> None:
    """Say how many days the texts are kept; None for good."""
    hold(session, activity).keep_days = days
    session.flush()


def check_kept(session: Session, activity: Activity) -> None:
    """Check that the texts are still there: to what is deleted nobody adds anything.

    Raises:
        ConflictError: They are deleted.
    """
    if get_rules(session, activity).forgotten_at is not None:
        raise ConflictError(_("The texts were deleted here, and it is over."))


def has_work(session: Session, activity: Activity) -> bool:
    """Return whether anybody has handed anything in."""
    return bool(session.scalar(select(exists().where(Submission.activity_id == activity.id))))


def get_participant(session: Session, activity: Activity, member: Membership) -> Participant:
    """Return what is special about a member; a row that is not stored where nothing is."""
    found = session.get(Participant, (activity.id, member.id))
    return found or Participant(activity_id=activity.id, member_id=member.id)


def keep_participant(session: Session, activity: Activity, member: Membership) -> Participant:
    """Return the stored row of a member."""
    query = select(Participant).where(Participant.activity_id == activity.id, Participant.member_id == member.id)
    return stored(session, query, lambda: Participant(activity_id=activity.id, member_id=member.id))


def extend(
    session: Session, activity: Activity, members: Iterable[Membership], *, by: Membership, values: dict[str, Any]
) -> None:
    """Give some members dates or a number of reviews of their own.

    Args:
        values: By the names of `Participant`'s columns.

    Raises:
        NotFoundError: The giver does not lead the course, or somebody is of another one.
    """
    check_staff(by)
    for member in members:
        if member.course_id != activity.course_id:
            raise NotFoundError
        row = keep_participant(session, activity, member)
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()


def dates_of(activity: Activity, rules: PeerReview, participant: Participant | None = None) -> Dates:
    """Return the dates that hold for a person; later ones of their own also keep the activity open for them.

    Where the texts are deleted, all is over, whatever else was said.
    """
    due_at = (participant and participant.due_at) or rules.due_at
    reviews_due_at = (participant and participant.reviews_due_at) or rules.reviews_due_at
    closes_at = activity.closes_at
    if closes_at is not None:
        own = [
            each for each in (participant and participant.due_at, participant and participant.reviews_due_at) if each
        ]
        closes_at = max([closes_at, *own])
    return Dates(activity.opens_at, due_at, reviews_due_at, rules.forgotten_at or closes_at)


def quota_of(rules: PeerReview, participant: Participant | None) -> int:
    """Return how many reviews somebody is to write."""
    return rules.reviews_each if participant is None or participant.quota is None else participant.quota


def list_pairings(session: Session, activity: Activity) -> list[Pairing]:
    """Return the trainer's rules about two people."""
    found = select(Pairing).where(Pairing.activity_id == activity.id).order_by(Pairing.reviewer_id, Pairing.author_id)
    return list(session.scalars(found))


def set_pairing(
    session: Session,
    activity: Activity,
    by: Membership,
    *,
    reviewer_id: uuid.UUID,
    author_id: uuid.UUID,
    is_must: bool | None,
) -> None:
    """Say that somebody must, or must not, review somebody; None takes the rule back.

    Raises:
        NotFoundError: The member does not lead the course, or one of the two is not in it.
    """
    check_staff(by)
    found = select(Membership.id).where(
        Membership.id.in_({reviewer_id, author_id}), Membership.course_id == activity.course_id
    )
    if len(session.scalars(found).all()) != 2:  # noqa: PLR2004 -- two people
        raise NotFoundError
    mine = (
        Pairing.activity_id == activity.id,
        Pairing.reviewer_id == reviewer_id,
        Pairing.author_id == author_id,
    )
    session.execute(delete(Pairing).where(*mine))
    if is_must is not None:
        session.add(Pairing(activity_id=activity.id, reviewer_id=reviewer_id, author_id=author_id, is_must=is_must))
    session.flush()


def check_staff(member: Membership) -> None:
    """Check that somebody leads the course.

    Raises:
        NotFoundError: They do not.
    """
    if not member.is_staff:
        raise NotFoundError


def defaults(activity: Activity) -> PeerReview:
    """Return the rules of a peer review whose trainer set none; the row is not stored."""
    return PeerReview(
        activity_id=activity.id,
        product=Product.TEXT,
        unit=Unit.PERSON,
        reviewed_by=Unit.PERSON,
        reviews_each=4,
        needed=3,
        second_round=SecondRound.NONE,
        late=Late.ACCEPT,
        has_self_review=False,
        anonymity=Anonymity.DOUBLE,
        grouping=GroupMode.ANY,
        giving=Giving.ON_DEMAND,
        method=Method.MEAN,
        has_reminders=True,
        asks_experts=False,
        shows_others=False,
        seed=activity.id.int % SEEDS,
    )
