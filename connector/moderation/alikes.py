"""Finds posts of a course that have much of their words in common, for those who lead it to look at.

The worker does it, some minutes after a post was written, so that nobody waits for it: a post's fingerprints find those few
others that share a passage with it, and only these are read. What a post quotes is left out, and so is what everybody
repeats: the task, the post that it answers, and passages that many have. Nobody's own words are held against them, as far as
that tells nobody who hides: pairs by one author are left out where both posts show the name.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from connector.activities.models import Activity
from connector.bulk import insert_many
from connector.content.likeness import (
    FEWEST,
    Piece,
    fingerprints,
    is_much,
    own_text,
    shared,
    shingles,
    side_by_side,
    words_of,
)
from connector.courses.models import Membership
from connector.moderation.log import check_staff
from connector.moderation.models import Alike, Fingerprint, Print, Proposal
from connector.threads.access import Sight
from connector.threads.models import Post, PostState, Thread
from connector.web.errors import NotFoundError

A_TURN = 200
"""How many posts are compared in one turn of the worker."""
MOST_COMPARED = 10
"""With how many others a post is compared word by word: those that share the most fingerprints."""
MOST_SHARING = 8
"""A passage that more posts have says nothing of any of them: it is a template, or a saying."""
MOST_SHOWN = 50
"""How many pairs the queue shows."""
_GONE = frozenset({PostState.REMOVED, PostState.WITHDRAWN})
_theirs = aliased(Fingerprint)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two posts beside each other, with the passages that they share in `<mark>`."""

    alike: Alike
    post_text: Markup
    other_text: Markup


def compare_some(session: Session, *, now: datetime, limit: int = A_TURN) -> int:
    """Compare posts that are new or changed with the others of their courses; return how many there were."""
    due = (
        select(Post)
        .join(Post.thread)
        .outerjoin(Print, Print.post_id == Post.id)
        .where(or_(Print.post_id.is_(None), Print.version != Post.version))
        .where(Post.state.not_in(_GONE), Thread.forgotten_at.is_(None))
        .order_by(Post.created_at, Post.id)
        .limit(limit)
        .options(contains_eager(Post.thread).joinedload(Thread.activity), joinedload(Post.author))
        .options(joinedload(Post.parent))
    )
    posts = session.scalars(due).all()
    if posts:
        _compare_all(session, posts, now)
    return len(posts)


def list_alikes(session: Session, sight: Sight) -> Sequence[Alike]:
    """Return the pairs of an activity that nobody has looked at yet, the newest first.

    Args:
        sight: Of somebody who leads the course.
    """
    return session.scalars(
        _found()
        .where(sight.posts(), Alike.settled_at.is_(None), Post.state.not_in(_GONE))
        .order_by(Alike.found_at.desc(), Alike.id)
        .limit(MOST_SHOWN)
    ).all()


def alikes_of(session: Session, reader: Membership, post_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Alike]:
    """Return the newest pair of each of some posts that has one, as the later of the two; nothing for learners."""
    if not reader.is_staff or not post_ids:
        return {}
    rows = session.scalars(_found().where(Alike.post_id.in_(post_ids)).order_by(Alike.found_at, Alike.id))
    return {each.post_id: each for each in rows}


def get_alike(session: Session, by: Membership, activity_id: uuid.UUID, alike_id: uuid.UUID) -> Alike:
    """Return a pair.

    Raises:
        NotFoundError: There is none in this activity, or the member does not lead the course.
    """
    alike = session.scalar(_found().where(Alike.id == alike_id, Post.activity_id == activity_id))
    if alike is None:
        raise NotFoundError
    check_staff(by, alike.post.thread.activity)
    return alike


def compare(alike: Alike) -> Compared:
    """Return two posts with what they share, as they say it now."""
    texts = own_text(alike.post.body_html), own_text(alike.other.body_html)
    one, other = side_by_side(*texts, common=_common(alike.post))
    return Compared(alike, _marked(one), _marked(other))


def settle(session: Session, alike: Alike, *, now: datetime) -> None:
    """Note that somebody has looked at a pair: it waits no more."""
    session.execute(update(Alike).where(Alike.id == alike.id, Alike.settled_at.is_(None)).values(settled_at=now))


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Forget what was found about posts whose texts are forgotten."""
    ids = list(post_ids)
    session.execute(delete(Alike).where(or_(Alike.post_id.in_(ids), Alike.other_id.in_(ids))))
    session.execute(delete(Fingerprint).where(Fingerprint.post_id.in_(ids)))
    session.execute(delete(Print).where(Print.post_id.in_(ids)))


@dataclass(frozen=True, slots=True)
class _Looked:
    """A post that is compared, and what of it."""

    post: Post
    words: Sequence[str]
    common: frozenset[int]
    """Shingles that are nobody's own."""
    marks: frozenset[int]
    """Its fingerprints; none where it is too short to be compared."""


def _compare_all(session: Session, posts: Sequence[Post], now: datetime) -> None:
    """Compare posts with each other and with those that were compared before; so many queries, however many posts."""
    looked = [_look(post) for post in posts]
    _keep_marks(session, looked)
    found = _candidates(session, [each.post for each in looked if each.marks])
    for each in looked:
        for other in found.get(each.post.id, ()):
            theirs = words_of(own_text(other.body_html))
            if is_much(shared(each.words, theirs, common=each.common), each.words, theirs):
                _note(session, each.post, other, now)


def _look(post: Post) -> _Looked:
    words, common = words_of(own_text(post.body_html)), _common(post)
    return _Looked(post, words, common, frozenset() if len(words) < FEWEST else fingerprints(words) - common)


def _keep_marks(session: Session, looked: Sequence[_Looked]) -> None:
    """Keep the fingerprints of posts in place of those that they had."""
    ids = [each.post.id for each in looked]
    session.execute(delete(Fingerprint).where(Fingerprint.post_id.in_(ids)))
    session.execute(delete(Print).where(Print.post_id.in_(ids)))
    session.execute(delete(Alike).where(Alike.post_id.in_(ids), Alike.settled_at.is_(None)))
    versions = [each.post.version for each in looked]
    insert_many(session, Print, {}, {"post_id": ids, "version": versions}, count=len(ids))
    rows = [(each.post, mark) for each in looked for mark in sorted(each.marks)]
    columns: dict[str, Sequence[Any]] = {
        "post_id": [post.id for post, _mark in rows],
        "hash": [mark for _post, mark in rows],
        "course_id": [post.thread.activity.course_id for post, _mark in rows],
    }
    insert_many(session, Fingerprint, {}, columns, count=len(rows))


def _candidates(session: Session, posts: Sequence[Post]) -> Mapping[uuid.UUID, Sequence[Post]]:
    """Return for each of some posts, by its id, those that share the most fingerprints with it, but for those that many share."""
    nearest = _nearest(session, [post.id for post in posts])
    if not nearest:
        return {}
    wanted = {id_ for ids in nearest.values() for id_ in ids}
    rows = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.id.in_(wanted), Post.state.not_in(_GONE), Thread.forgotten_at.is_(None))
        .options(contains_eager(Post.thread).joinedload(Thread.activity), joinedload(Post.author))
    )
    others = {post.id: post for post in rows}
    copies = _copies(session, {post.thread_id for post in posts})
    return {
        post.id: [
            other
            for id_ in nearest.get(post.id, ())
            if (other := others.get(id_))
            and other.thread_id not in copies.get(post.thread_id, ())
            and _is_worth_it(post, other)
        ]
        for post in posts
    }


def _nearest(session: Session, post_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[uuid.UUID]]:
    """Return the ids of the posts that share the most fingerprints with each of some."""
    same = and_(_theirs.course_id == Fingerprint.course_id, _theirs.hash == Fingerprint.hash)
    rows = session.execute(
        select(Fingerprint.post_id, Fingerprint.hash, _theirs.post_id)
        .join(_theirs, same)
        .where(Fingerprint.post_id.in_(post_ids), _theirs.post_id != Fingerprint.post_id)
    )
    holders: defaultdict[tuple[uuid.UUID, int], list[uuid.UUID]] = defaultdict(list)
    for post_id, mark, other_id in rows:
        holders[post_id, mark].append(other_id)
    counts: defaultdict[uuid.UUID, Counter[uuid.UUID]] = defaultdict(Counter)
    for (post_id, _mark), ids in holders.items():
        if len(ids) < MOST_SHARING:
            counts[post_id].update(ids)
    return {
        post_id: sorted(count, key=lambda id_: (-count[id_], id_))[:MOST_COMPARED] for post_id, count in counts.items()
    }


def _is_worth_it(one: Post, other: Post) -> bool:
    later = max(one, other, key=lambda each: (each.created_at, each.id))
    is_ones_own = one.author_id == other.author_id and not one.is_anonymous and not other.is_anonymous
    return not is_ones_own and not later.author.is_staff


def _copies(session: Session, thread_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Collection[uuid.UUID]]:
    """Return for threads those that are a copy of them with their author's consent, or that they are a copy of."""
    ids = list(thread_ids)
    pairs = session.execute(
        select(Proposal.thread_id, Proposal.copy_id).where(or_(Proposal.thread_id.in_(ids), Proposal.copy_id.in_(ids)))
    )
    found: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for one, other in pairs:
        if other is not None:
            found[one].add(other)
            found[other].add(one)
    return found


def _note(session: Session, one: Post, other: Post, now: datetime) -> None:
    earlier, later = sorted((one, other), key=lambda each: (each.created_at, each.id))
    known = select(func.count()).where(Alike.post_id == later.id, Alike.other_id == earlier.id)
    if not session.scalar(known):
        session.add(Alike(id=uuid.uuid4(), post_id=later.id, other_id=earlier.id, found_at=now))
        session.flush()


def _common(post: Post) -> frozenset[int]:
    """Return the shingles of what a post answers: the task, and the post above it."""
    texts = [post.thread.activity.prompt, own_text(post.parent.body_html) if post.parent else ""]
    return frozenset(each for text in texts for each in shingles(words_of(text)))


def _marked(pieces: Sequence[Piece]) -> Markup:
    """Return a text with what is shared marked."""
    return Markup("").join(
        Markup("<mark>%s</mark>") % each.text if each.is_shared else escape(each.text) for each in pieces
    )


def _found() -> Select[Alike]:
    """Return the query for pairs, with what pages show of both."""
    author = joinedload(Post.author).joinedload(Membership.person)
    thread = joinedload(Post.thread).joinedload(Thread.activity).joinedload(Activity.course)
    return (
        select(Alike)
        .join(Alike.post)
        .join(Post.thread)
        .where(and_(Thread.forgotten_at.is_(None), Thread.merged_into_id.is_(None)))
        .options(contains_eager(Alike.post).options(author, contains_eager(Post.thread).joinedload(Thread.activity)))
        .options(contains_eager(Alike.post).joinedload(Post.parent))
        .options(joinedload(Alike.other).options(author, thread))
    )
