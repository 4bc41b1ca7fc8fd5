"""Who met whom in the peer reviews before, and which languages people read: what makes one allocation nicer than another.

Both are wishes, never rules: nobody goes without a review because of them.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.courses.models import Membership, Person
from connector.peer_review.allocation.problem import Id
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission
from connector.web.i18n import nearest

LAST = 2
"""How many earlier peer reviews of the course count."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """What is known of reviewers from before."""

    pairs: frozenset[tuple[uuid.UUID, uuid.UUID]]
    """A reviewer and an author of what they reviewed lately."""
    languages: Mapping[uuid.UUID, frozenset[str]]
    """What each member reads, as far as that is known."""

    def authors_of(self, reviewer_id: uuid.UUID) -> frozenset[Id]:
        """Return whose work somebody reviewed lately."""
        return frozenset(author_id for who, author_id in self.pairs if who == reviewer_id)

    def reads(self, member_id: uuid.UUID) -> frozenset[str]:
        """Return the languages that somebody reads; none where that is not known."""
        return self.languages.get(member_id, frozenset())


def find_meetings(
    session: Session, activity: Activity, member: Membership | None = None, *, has_languages: bool = True
) -> Meetings:
    """Return what is known from before; in three queries, whatever the size of the class.

    Args:
        member: The only reviewer that it is asked of; None for all.
        has_languages: Whether any of the work says which language it is in: what people read matters only then.
    """
    languages = _languages(session, activity, member) if has_languages else {}
    return Meetings(_pairs(session, activity, member), languages)


def _pairs(session: Session, activity: Activity, member: Membership | None) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
    earlier = session.scalars(
        select(Activity.id)
        .where(
            Activity.course_id == activity.course_id,
            Activity.kind == Kind.PEER_REVIEW,
            Activity.created_at < activity.created_at,
            select(Review.id).where(Review.activity_id == Activity.id).exists(),
        )
        .order_by(Activity.created_at.desc(), Activity.id)
        .limit(LAST)
    ).all()
    if not earlier:
        return frozenset()
    query = (
        select(Review.reviewer_id, Author.member_id)
        .join(Author, Author.submission_id == Review.submission_id)
        .where(Review.activity_id.in_(earlier), Review.state == ReviewState.SUBMITTED, Review.is_own.is_(False))
        .distinct()
    )
    if member is not None:
        query = query.where(Review.reviewer_id == member.id)
    return frozenset((reviewer_id, author_id) for reviewer_id, author_id in session.execute(query))


def _languages(session: Session, activity: Activity, member: Membership | None) -> Mapping[uuid.UUID, frozenset[str]]:
    """Return the language that the LMS shows each member, and those of what they have handed in in the course."""
    shown = select(Membership.id, Person.locale).join(Membership.person)
    shown = shown.where(Membership.course_id == activity.course_id)
    written = (
        select(Author.member_id, Submission.language)
        .join(Submission, Submission.id == Author.submission_id)
        .join(Author.member)
        .where(Membership.course_id == activity.course_id, Submission.language.is_not(None))
        .distinct()
    )
    if member is not None:
        shown, written = shown.where(Membership.id == member.id), written.where(Author.member_id == member.id)
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for member_id, locale in session.execute(shown):
        if (language := nearest(locale)) is not None:
            found[member_id].add(language)
    for member_id, language in session.execute(written):
        if language is not None:
            found[member_id].add(language)
    return {member_id: frozenset(languages) for member_id, languages in found.items()}
