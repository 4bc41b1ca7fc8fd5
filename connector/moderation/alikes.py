"""Finds posts of a course that have much of their words in common, for those who lead it to look at.

The worker does it, some minutes after a post was written, so that nobody waits for it: a post's fingerprints find those few
others that share a passage with it, and only these are read. What a post quotes is left out, and so is what everybody
repeats: the task, the post that it answers, and passages that many have. Nobody's own words are held against them, as far as
that tells nobody who hides: pairs by one author are left out where both posts show the name.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.moderation.likeness import (
    FEWEST,
    Passage,
    fingerprints,
    is_much,
    own_text,
    shared,
    shingles,
    spans_of,
    words_of,
)
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
    for post in posts:
        _compare(session, post, now)
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
    one, other = own_text(alike.post.body_html), own_text(alike.other.body_html)
    passages = shared(words_of(one), words_of(other), common=_common(alike.post))
    mirrored = [Passage(each.second, each.first, each.length) for each in passages]
    return Compared(alike, _marked(one, passages), _marked(other, mirrored))


def settle(session: Session, alike: Alike, *, now: datetime) -> None:
    """Note that somebody has looked at a pair: it waits no more."""
    session.execute(update(Alike).where(Alike.id == alike.id, Alike.settled_at.is_(None)).values(settled_at=now))


def forget_posts(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
    """Forget what was found about posts whose texts are forgotten."""
    ids = list(post_ids)
    session.execute(delete(Alike).where(or_(Alike.post_id.in_(ids), Alike.other_id.in_(ids))))
    session.execute(delete(Fingerprint).where(Fingerprint.post_id.in_(ids)))
    session.execute(delete(Print).where(Print.post_id.in_(ids)))


def _compare(session: Session, post: Post, now: datetime) -> None:
    words = words_of(own_text(post.body_html))
    session.execute(delete(Fingerprint).where(Fingerprint.post_id == post.id))
    session.execute(delete(Alike).where(Alike.post_id == post.id, Alike.settled_at.is_(None)))
    session.merge(Print(post_id=post.id, version=post.version))
    session.flush()
    if len(words) < FEWEST:
        return
    course_id = post.thread.activity.course_id
    common = _common(post)
    marks = fingerprints(words) - common
    if marks:
        for other in _candidates(session, post, course_id, marks):
            if is_much(shared(words, theirs := words_of(own_text(other.body_html)), common=common), words, theirs):
                _note(session, post, other, now)
        rows = [{"post_id": post.id, "hash": each, "course_id": course_id} for each in sorted(marks)]
        session.execute(insert(Fingerprint), rows)


def _candidates(session: Session, post: Post, course_id: uuid.UUID, marks: Collection[int]) -> Sequence[Post]:
    """Return the posts that share the most fingerprints with one, but for those that many share."""
    holders: defaultdict[int, set[uuid.UUID]] = defaultdict(set)
    same = select(Fingerprint.hash, Fingerprint.post_id).where(
        Fingerprint.course_id == course_id, Fingerprint.hash.in_(list(marks)), Fingerprint.post_id != post.id
    )
    for each, post_id in session.execute(same):
        holders[each].add(post_id)
    counts: defaultdict[uuid.UUID, int] = defaultdict(int)
    for ids in holders.values():
        for post_id in ids if len(ids) < MOST_SHARING else ():
            counts[post_id] += 1
    best = sorted(counts, key=lambda id_: (-counts[id_], id_))[:MOST_COMPARED]
    others = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.id.in_(best), Post.state.not_in(_GONE), Thread.forgotten_at.is_(None))
        .options(contains_eager(Post.thread).joinedload(Thread.activity), joinedload(Post.author))
    ).all()
    copies = _copies(session, post.thread_id)
    return [each for each in others if each.thread_id not in copies and _is_worth_it(post, each)]


def _is_worth_it(one: Post, other: Post) -> bool:
    later = max(one, other, key=lambda each: (each.created_at, each.id))
    is_ones_own = one.author_id == other.author_id and not one.is_anonymous and not other.is_anonymous
    return not is_ones_own and not later.author.is_staff


def _copies(session: Session, thread_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the threads that are a copy of one with its author's consent, or that it is a copy of."""
    pairs = session.execute(
        select(Proposal.thread_id, Proposal.copy_id).where(
            or_(Proposal.thread_id == thread_id, Proposal.copy_id == thread_id)
        )
    )
    return {each for pair in pairs for each in pair if each is not None and each != thread_id}


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


def _marked(text: str, passages: Sequence[Passage]) -> Markup:
    """Return a text with passages marked."""
    spans = spans_of(text)
    pieces, done = [], 0
    for each in sorted(passages, key=lambda passage: passage.first):
        start, end = spans[each.first][0], spans[each.first + each.length - 1][1]
        if start < done:
            continue
        pieces += [escape(text[done:start]), Markup("<mark>%s</mark>") % text[start:end]]
        done = end
    return Markup("").join([*pieces, escape(text[done:])])


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
