"""What a page shows of reactions, and what a member has kept."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.courses.models import Membership, Role
from connector.reactions.models import SIGNED, Bookmark, Reaction, Sign
from connector.threads.access import readable_ids
from connector.threads.models import Post, Thread
from connector.web.paging import turn_to

SHOWN_THANKS = 3
"""How many thanks stand below a post; a page of its own has all."""
SAVED_A_PAGE = 20
_SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Tally:
    """What was said of one post, as one reader may know it."""

    counts: Mapping[Sign, int] = field(default_factory=dict)
    own: frozenset[Sign] = frozenset()
    """What the reader said."""
    is_saved: bool = False
    """Whether the reader keeps it."""
    thanks: Sequence[Reaction] = ()
    """The newest ones, signed."""
    endorsements: Sequence[Reaction] = ()
    """The oldest first, signed."""


NOTHING = Tally()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """Some of the posts that a member keeps."""

    rows: Sequence[Bookmark]
    count: int
    """Of those that can still be read."""
    page: int
    pages: int


def tallies(session: Session, reader: Membership, post_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Tally]:
    """Return what was said of posts, of those of which something was; one query, and one more where some is signed.

    Args:
        post_ids: Of posts whose text the reader may read.
    """
    if not post_ids:
        return {}
    counts: defaultdict[uuid.UUID, dict[Sign, int]] = defaultdict(dict)
    own: defaultdict[uuid.UUID, set[Sign]] = defaultdict(set)
    saved: set[uuid.UUID] = set()
    for post_id, sign, count, is_own in session.execute(_counted(reader, post_ids)):
        if sign == _SAVED:
            saved.add(post_id)
            continue
        counts[post_id][Sign(sign)] = count
        if is_own:
            own[post_id].add(Sign(sign))
    signed_ids = [post_id for post_id, found in counts.items() if not SIGNED.isdisjoint(found)]
    signed = _signed(session, reader, signed_ids) if signed_ids else {}
    return {
        post_id: Tally(
            counts[post_id],
            frozenset(own[post_id]),
            post_id in saved,
            [each for each in signed.get(post_id, ()) if each.sign is Sign.THANKS],
            [each for each in reversed(signed.get(post_id, ())) if each.sign is Sign.ENDORSED],
        )
        for post_id in {*counts, *saved}
    }


def list_thanks(session: Session, reader: Membership, post: Post) -> Sequence[Reaction]:
    """Return all thanks for a post that the reader may read, the newest first."""
    return session.scalars(
        select(Reaction)
        .join(Reaction.member)
        .where(Reaction.post_id == post.id, Reaction.sign == Sign.THANKS, _counts_for(reader))
        .order_by(Reaction.created_at.desc(), Reaction.id)
        .options(contains_eager(Reaction.member).joinedload(Membership.person))
    ).all()


def list_saved(session: Session, member: Membership, *, page: int, now: datetime) -> SavedPage:
    """Return a page of what a member keeps, all over the course, the newest first; what they cannot read any more is left out.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
    """
    newest = select(Bookmark.post_id).where(Bookmark.member_id == member.id)
    kept = session.scalars(newest.order_by(Bookmark.created_at.desc(), Bookmark.post_id)).all()
    can_be_read = readable_ids(session, member, kept, now=now)
    ids = [post_id for post_id in kept if post_id in can_be_read]
    page, pages = turn_to(page, len(ids), most=SAVED_A_PAGE)
    rows = session.scalars(
        select(Bookmark)
        .where(Bookmark.member_id == member.id)
        .where(Bookmark.post_id.in_(ids[(page - 1) * SAVED_A_PAGE : page * SAVED_A_PAGE]))
        .order_by(Bookmark.created_at.desc(), Bookmark.post_id)
        .options(joinedload(Bookmark.post).joinedload(Post.thread).joinedload(Thread.activity))
        .options(joinedload(Bookmark.post).joinedload(Post.author).joinedload(Membership.person))
    ).all()
    return SavedPage(rows=rows, count=len(ids), page=page, pages=pages)


def _counted(reader: Membership, post_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """Return the query for how many said what of each post, whether the reader did, and which ones they keep."""
    is_own = func.max(case((Reaction.member_id == reader.id, 1), else_=0))
    said = (
        select(
            Reaction.post_id,
            cast(Reaction.sign, String).label("sign"),
            func.count().label("count"),
            is_own.label("own"),
        )
        .join(Reaction.member)
        .where(Reaction.post_id.in_(post_ids), _counts_for(reader))
        .group_by(Reaction.post_id, Reaction.sign)
    )
    kept = select(Bookmark.post_id, literal(_SAVED), literal(1), literal(1)).where(
        Bookmark.member_id == reader.id, Bookmark.post_id.in_(post_ids)
    )
    both = union_all(said, kept).subquery()
    return select(both)


def _signed(
    session: Session, reader: Membership, post_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Reaction]]:
    """Return what was signed of posts, the newest first; of thanks not more than are shown."""
    place = func.row_number().over(
        partition_by=(Reaction.post_id, Reaction.sign), order_by=(Reaction.created_at.desc(), Reaction.id)
    )
    ranked = (
        select(Reaction.id, Reaction.sign, place.label("place"))
        .join(Reaction.member)
        .where(Reaction.post_id.in_(post_ids), Reaction.sign.in_(SIGNED), _counts_for(reader))
        .subquery()
    )
    rows = session.scalars(
        select(Reaction)
        .join(ranked, ranked.c.id == Reaction.id)
        .where(or_(ranked.c.sign == Sign.ENDORSED, ranked.c.place <= SHOWN_THANKS))
        .order_by(Reaction.created_at.desc(), Reaction.id)
        .options(joinedload(Reaction.member).joinedload(Membership.person))
    )
    found: defaultdict[uuid.UUID, list[Reaction]] = defaultdict(list)
    for row in rows:
        found[row.post_id].append(row)
    return found


def _counts_for(reader: Membership) -> ColumnElement[bool]:
    """Return the condition on `Membership` that a reaction counts: what a test student does, only they see."""
    return or_(Membership.role != Role.TEST_STUDENT, Reaction.member_id == reader.id)
