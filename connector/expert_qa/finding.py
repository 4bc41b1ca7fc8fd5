"""What was asked before: shown while somebody asks, with what was answered."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.expert_qa.calibrating import Curve, Likeness, curve_of, share, words_of
from connector.expert_qa.models import Choice, Question
from connector.pool.making import entry_tags
from connector.pool.models import Entry
from connector.pool.solving import entries_of
from connector.reactions.models import Reaction, Sign
from connector.search.services import Alike, look_alike
from connector.threads.access import look_all
from connector.threads.finding import find_similar
from connector.threads.models import Post, PostState, Thread, ThreadKind
from connector.threads.tagged import tags_of

SHOWN = 5
LEAST_TYPED = 12
"""From how many characters on similar questions are looked for."""


class Rank(IntEnum):
    """How far one can rely on what a card says; the best first."""

    POOL = 0
    ACCEPTED = 1
    ENDORSED = 2
    ANSWERED = 3
    OPEN = 4


@dataclass(frozen=True, slots=True)
class Card:
    """A question that was asked before, with the best answer to it."""

    thread: Thread
    rank: Rank
    answer: Post | None
    """The best one that the reader may read."""
    answers: int
    entry: Entry | None = None
    """What the knowledge pool answers, where somebody who leads the course has said so."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The question that comes nearest to one that somebody asks."""

    thread: Thread
    likeness: Likeness
    chance: float
    is_calibrated: bool


def find_cards(session: Session, member: Membership, alike: Alike, *, now: datetime) -> Sequence[Card]:
    """Return what may be the same as a question that a member is about to ask: all over the course, the most reliable first.

    Args:
        alike: What shares words with the question.
    """
    threads = _questions(session, member, alike, now=now)[:SHOWN]
    answers = best_answers(session, member, threads, now=now)
    pooled = entries_of(session, member, [each.id for each in threads])
    cards = [_card(thread, answers.get(thread.id, (Rank.OPEN, None, 0)), pooled.get(thread.id)) for thread in threads]
    return sorted(cards, key=lambda card: card.rank)


def _card(thread: Thread, best: tuple[Rank, Post | None, int], entry: Entry | None) -> Card:
    rank, answer, answers = best
    if entry is None or rank is Rank.ACCEPTED:
        return Card(thread, rank, answer, answers)
    return Card(thread, Rank.POOL, None, answers, entry)


def find_nearest(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    title: str,
    text: str,
    tags: Collection[str],
    now: datetime,
    excepting: uuid.UUID | None = None,
) -> Nearest | None:
    """Return the question that comes nearest to one, and how likely they are the same; None where nothing is near."""
    threads = _similar(session, member, title, text, now=now, excepting=excepting)[:SHOWN]
    if not threads:
        return None
    curve = curve_of(session, activity)
    return _nearest(session, threads, title, tags, curve)


def likeness_of(
    session: Session,
    member: Membership,
    thread: Thread,
    title: str,
    tags: Collection[str],
    *,
    now: datetime,
) -> Likeness:
    """Return how much a question has in common with one that somebody types."""
    others = [each for each in _similar(session, member, title, "", now=now) if each.id != thread.id]
    return _likeness(session, thread, others, title, tags)


def likeness_of_entry(
    session: Session, member: Membership, entry: Entry, title: str, tags: Collection[str], *, now: datetime
) -> Likeness:
    """Return how much an entry of the knowledge pool has in common with a question that somebody types."""
    theirs = entry_tags(session, [entry.id]).get(entry.id, [])
    return _compare(entry.title, theirs, _similar(session, member, title, "", now=now), title, tags)


def note_choice(session: Session, activity: Activity, likeness: Likeness, *, is_same: bool) -> None:
    """Keep what somebody made of a similar question, and not who."""
    session.add(
        Choice(
            activity_id=activity.id,
            likeness=likeness.words,
            lead=likeness.lead,
            tags=likeness.tags,
            is_same=is_same,
        )
    )


def note_alike(session: Session, question: Question, nearest: Nearest | None, *, at_least: float) -> None:
    """Keep the question that a new one may repeat, for who leads the course."""
    is_other = nearest is not None and nearest.thread.id not in {question.thread_id, question.unlike_id}
    is_likely = is_other and nearest is not None and nearest.chance >= at_least
    question.alike_id = nearest.thread.id if nearest and is_likely else None
    question.alike_chance = round(nearest.chance, 3) if nearest and is_likely else None
    session.flush()


def best_answers(
    session: Session, member: Membership, threads: Sequence[Thread], *, now: datetime
) -> Mapping[uuid.UUID, tuple[Rank, Post | None, int]]:
    """Return the best answer to each question that a member may read, and how many there are; two queries for any number."""
    sights = look_all(session, member, list({each.activity for each in threads}), now=now)
    if not sights:
        return {}
    endorsed = select(Reaction.id).where(Reaction.post_id == Post.id, Reaction.sign == Sign.ENDORSED).exists()
    votes = (
        select(func.count())
        .where(Reaction.post_id == Post.id, Reaction.sign == Sign.HELPFUL)
        .correlate(Post)
        .scalar_subquery()
    )
    rank = case((Post.id == Thread.accepted_id, Rank.ACCEPTED), (endorsed, Rank.ENDORSED), else_=Rank.ANSWERED)
    place = func.row_number().over(partition_by=Post.thread_id, order_by=(rank, votes.desc(), Post.number))
    answers = (
        select(
            Post.id.label("id"),
            Post.thread_id.label("thread_id"),
            rank.label("rank"),
            place.label("place"),
            func.count().over(partition_by=Post.thread_id).label("answers"),
        )
        .join(Post.thread)
        .where(Post.thread_id.in_([each.id for each in threads]), Post.depth == 1, Post.iri.like("%/replies/%"))
        .where(Post.state == PostState.VISIBLE, or_(*(and_(sight.readable()) for sight in sights)))
        .subquery()
    )
    rows = session.execute(
        select(Post, answers.c.rank, answers.c.answers)
        .join(answers, answers.c.id == Post.id)
        .where(answers.c.place == 1)
    )
    return {post.thread_id: (Rank(rank), post, count) for post, rank, count in rows}


def _similar(
    session: Session, member: Membership, title: str, text: str, *, now: datetime, excepting: uuid.UUID | None = None
) -> list[Thread]:
    """Return the questions most similar to a text, each once, the nearest first."""
    alike = look_alike(session, title, text, course_id=member.course_id)
    return _questions(session, member, alike, now=now, excepting=excepting)


def _questions(
    session: Session, member: Membership, alike: Alike, *, now: datetime, excepting: uuid.UUID | None = None
) -> list[Thread]:
    found = find_similar(session, member, alike, activity=None, now=now, limit=2 * SHOWN, excepting=excepting)
    threads = {each.thread_id: each.thread for each in found}
    return [each for each in threads.values() if each.kind is ThreadKind.QUESTION]


def _nearest(session: Session, threads: Sequence[Thread], title: str, tags: Collection[str], curve: Curve) -> Nearest:
    words = words_of(title)
    thread = max(threads, key=lambda each: share(words, words_of(each.title)))
    likeness = _likeness(session, thread, [each for each in threads if each.id != thread.id], title, tags)
    return Nearest(thread, likeness, curve.chance(likeness), curve.is_calibrated)


def _likeness(
    session: Session, thread: Thread, others: Sequence[Thread], title: str, tags: Collection[str]
) -> Likeness:
    return _compare(thread.title, tags_of(session, [thread.id]).get(thread.id, []), others, title, tags)


def _compare(
    found: str, theirs: Collection[str], others: Sequence[Thread], title: str, tags: Collection[str]
) -> Likeness:
    words = words_of(title)
    own = share(words, words_of(found))
    next_one = max((share(words, words_of(each.title)) for each in others), default=0.0)
    return Likeness(own, max(own - next_one, 0.0), share(tags, theirs))
