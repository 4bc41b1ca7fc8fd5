"""Writing a review: begun, saved as it is typed, sent, and changed until the end."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.content.comparing import Piece, compare
from connector.content.text import count_words, normalise
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import passages, rubrics, rules, statements
from connector.peer_review.filling import SUMMARY, TEXT_LIMIT, check, criteria_of, fields_of, sent_of, shown_of
from connector.peer_review.matching import checking
from connector.peer_review.matching.assigning import check_consulted, check_looking_again, check_reviewing, renew
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.models.reviews import Answer, Review, ReviewState, Submission, SubmissionVersion, WorkState
from connector.peer_review.models.setup import PeerReview, Rubric
from connector.peer_review.results.news import tell_authors, tell_changes
from connector.peer_review.results.results import aggregate
from connector.peer_review.works import teams
from connector.peer_review.works.units import find_work
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

LOOKED_AGAIN = "revised work reviewed"
"""What authors are told when somebody has reviewed their revised work."""


def get_review(session: Session, activity: Activity, reviewer: Membership, review_id: uuid.UUID) -> Review:
    """Return a review that was given to this reviewer.

    Raises:
        NotFoundError: There is none, it is somebody else's, or the work was taken back.
    """
    review = session.scalar(
        select(Review)
        .where(Review.id == review_id, Review.activity_id == activity.id, teams.is_mine(reviewer.id))
        .options(
            joinedload(Review.submission).joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.group),
            joinedload(Review.rubric).selectinload(Rubric.criteria),
            selectinload(Review.answers),
        )
    )
    if review is None or review.state is ReviewState.GONE:
        raise NotFoundError
    if review.state is ReviewState.OPEN and review.submission.state is not WorkState.HANDED_IN:
        raise NotFoundError
    return review


def start(session: Session, review: Review, *, by: Membership | None = None, now: datetime) -> Rubric:
    """Begin a review, if it was not begun, and return the criteria that it is by.

    Args:
        by: Who does, where a group reviews together or somebody drafts it for its reviewer.
    """
    by = by or review.reviewer
    if review.rubric is not None and review.started_at is not None:
        return review.rubric
    found = rules.hold(session, review.activity)
    rubric = review.rubric or rubrics.need_rubric(session, review.activity, now=now)
    review.rubric, review.started_at = rubric, now
    review.submission_version = review.submission.version
    session.flush()
    if by.id == review.reviewer_id or review.group_id is not None:  # who drafts it for another is not told of
        record(session, statements.started(review, by, found.anonymity, now), by=by, now=now)
    return rubric


def save(
    session: Session,
    review: Review,
    typed: Mapping[str, str],
    *,
    by: Membership | None = None,
    was: Mapping[str, str] | None = None,
    now: datetime,
) -> Sequence[str]:
    """Keep what was typed, field by field, and with it the place in the queue; nothing is checked.

    Args:
        typed: The fields that changed; an empty one is forgotten, unless something was sent in it.
        by: Who typed, where a group reviews together.
        was: The fingerprints of the fields when they began, as `teams.prints_of` has them.

    Returns:
        The fields in which somebody else of the group wrote meanwhile: theirs stays, and this is put beside it.

    Raises:
        ConflictError: The texts of the activity are deleted.
    """
    rules.check_kept(session, review.activity)
    if review.group_id is not None:  # another one may be saving or sending it
        session.refresh(review, ["typed", "beside", "summary"], with_for_update=True)
        session.expire(review, ["answers"])
    said = passages.list_of(session, review)
    sent = {*sent_of(review), *(passages.field_of(each) for each in said if each.is_sent)}
    known = {
        SUMMARY,
        *(name for each in criteria_of(review) for name in fields_of(each)),
        *map(passages.field_of, said),
    }
    beside: Sequence[str] = ()
    if review.group_id is not None and by is not None:
        wanted = {name: text for name, text in typed.items() if name in known}
        shown = shown_of(session, review)
        typed, beside = teams.merge(review, wanted, shown, was, by, limit=TEXT_LIMIT * 2, now=now)
    kept = {
        **review.typed,
        **{name: normalise(text)[: TEXT_LIMIT * 2] for name, text in typed.items() if name in known},
    }
    review.typed = {name: text for name, text in kept.items() if text or name in sent}
    review.typed_at = now
    if review.state is ReviewState.OPEN and review.lease_until is not None:
        found = rules.hold(session, review.activity)
        renew(review, load_pool(session, review.activity, found, now=now), now=now)
    session.flush()
    return beside


def submit(
    session: Session, review: Review, typed: Mapping[str, str], *, by: Membership | None = None, now: datetime
) -> Review:
    """Send a review, or change one that was sent.

    Args:
        by: Who does, where a group reviews together.

    Raises:
        ConflictError: Reviewing has ended, or the work was taken back; the sentence says so.
        InvalidInputError: An answer is missing, or off the scale.
    """
    activity, by = review.activity, by or review.reviewer
    found = rules.hold(session, activity)
    session.refresh(review, ["state"])
    if review.state is ReviewState.GONE:
        raise ConflictError(_("Its author took this work back in the meantime. Take another one; thank you."))
    _check_round(review)
    is_late = _check_date(session, review, found, by, now=now)
    if review.rubric is None:
        start(session, review, by=by, now=now)
    said = passages.list_of(session, review)
    filled = check(criteria_of(review), typed, passages.check(said, typed))
    for answer in list(review.answers):
        review.answers.remove(answer)
    session.flush()
    review.answers.extend(
        Answer(criterion_id=each.id, level=filled.levels[each.id], comment=filled.comments[each.id])
        for each in criteria_of(review)
    )
    review.summary, review.score = filled.summary, filled.score
    texts = (filled.summary, *filled.comments.values(), *passages.send(session, said, typed))
    if review.state is ReviewState.OPEN:
        review.state, review.submitted_at, review.is_late = ReviewState.SUBMITTED, now, is_late
        review.number = review.number or _next_number(session, review)
    review.changed_at, review.lease_until = now, None
    review.typed, review.typed_at, review.beside = {}, None, []
    review.submission_version = review.submission.version
    session.flush()
    words = sum(count_words(text) for text in texts)
    if not review.is_own:
        record(session, statements.submitted(review, by, found.anonymity, now, words=words), by=by, now=now)
        aggregate(session, activity, found, now=now)
        _tell(session, review, found, now)
    return review


def _check_date(session: Session, review: Review, found: PeerReview, reviewer: Membership, *, now: datetime) -> bool:
    """Check that a review can be sent now, and return whether it is late."""
    activity = review.activity
    if review.is_expert:
        return check_consulted(activity, found, reviewer, now=now)
    if review.round > 1:
        return check_looking_again(session, activity, found, reviewer, now=now)
    return check_reviewing(session, activity, found, reviewer, now=now)


def _check_round(review: Review) -> None:
    """Check that the work is still the one that a review is about: what was said of it before it was revised stays.

    Raises:
        ConflictError: It is not.
    """
    last = review.submission.revised_from
    is_of_first = review.state is ReviewState.SUBMITTED and (review.submission_version or 0) <= (last or 0)
    if last is not None and is_of_first:
        raise ConflictError(_("The author has revised the work since you sent this. Look at it in the second round."))


def _tell(session: Session, review: Review, found: PeerReview, now: datetime) -> None:
    """Tell whoever can read now: the authors of the work, and the reviewer whose own feedback waited for this."""
    if review.round > 1:
        authors = review.submission.author_ids
        notify(session, authors, LOOKED_AGAIN, about=review.submission_id, activity=review.activity, by=None, now=now)
    pool = load_pool(session, review.activity, found, now=now)
    if not checking.is_check(session, review):
        tell_authors(session, review.activity, found, pool, review.submission, now=now)
    tell_changes(session, review.activity, now=now)
    own = find_work(session, review.activity, review.reviewer)  # its group's as well, where one reviews together
    if own is not None:
        tell_authors(session, review.activity, found, pool, own, now=now)


def changes_since(session: Session, review: Review) -> Sequence[Piece]:
    """Return what the author changed since this review was begun or sent; nothing where nothing changed."""
    work, seen = review.submission, review.submission_version
    if seen is None or seen == work.version:
        return ()
    known = session.get(SubmissionVersion, (work.id, seen))
    return compare(known.body, work.body) if known is not None else ()


def find_first(session: Session, review: Review) -> Review | None:
    """Return what the same reviewer said in the first round; None where this is it."""
    if review.round == 1:
        return None
    mine = (Review.submission_id == review.submission_id, Review.reviewer_id == review.reviewer_id, Review.round == 1)
    return session.scalar(
        select(Review)
        .where(*mine, Review.state == ReviewState.SUBMITTED, Review.is_own.is_(False))
        .options(joinedload(Review.rubric).selectinload(Rubric.criteria), selectinload(Review.answers))
    )


def revision_of(session: Session, work: Submission) -> Sequence[Piece]:
    """Return what authors changed after the first round; nothing where they have not revised it."""
    known = session.get(SubmissionVersion, (work.id, work.revised_from)) if work.revised_from is not None else None
    return compare(known.body, work.body) if known is not None else ()


def _next_number(session: Session, review: Review) -> int:
    """Return what the author will know this reviewer by: they are counted as their reviews come in."""
    if review.is_own or checking.is_check(session, review):
        return 0
    return 1 + (
        session.scalar(select(func.max(Review.number)).where(Review.submission_id == review.submission_id)) or 0
    )
