"""What a course calls its topics: other words for them, in other languages too, so that a question with any of them finds who knows."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.db import stored
from connector.experts.models import Claim, Topic, TopicWord
from connector.search import naming
from connector.search.naming import Wording
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

MOST_WORDS, MOST_LISTED = 12, 200
"""How many other words one topic may have, and how many words a course: what is called everything is found by nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTopic:
    """A topic of a course, for those who lead it."""

    tag: str
    words: Sequence[str]
    """Other words for it, in the order of the alphabet."""
    suggested: Sequence[TopicWord]
    """Those that a member suggests, and nobody has decided on."""
    confirmed: int
    """How many members know it."""
    declared: int
    """How many say so, without anybody having confirmed it."""


def wording_of(session: Session, course_id: uuid.UUID) -> Wording:
    """Return what a course calls its topics, as those who lead it say; one query."""
    rows = session.execute(
        select(TopicWord.tag, TopicWord.word).where(TopicWord.course_id == course_id, TopicWord.said_by_id.is_(None))
    )
    return naming.wording((row.tag, row.word) for row in rows)


def list_suggested(session: Session, course_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, str]]:
    """Return who suggests which words for what they say to know, as far as nobody has said that they do not; one query."""
    rows = session.execute(
        select(TopicWord.said_by_id, TopicWord.word)
        .join(Topic, (Topic.member_id == TopicWord.said_by_id) & (Topic.tag == TopicWord.tag))
        .where(TopicWord.course_id == course_id, Topic.claim != Claim.DECLINED)
    )
    return [(member_id, word) for member_id, word in rows if member_id is not None]


def count_suggested(session: Session, by: Membership) -> int:
    """Return how many words of the course wait for a decision; one query."""
    mine = (TopicWord.course_id == by.course_id, TopicWord.said_by_id.is_not(None))
    return session.scalar(select(func.count()).select_from(TopicWord).where(*mine)) or 0


def count_knowing(session: Session, course_id: uuid.UUID, words: Collection[str]) -> Mapping[str, int]:
    """Return of how many members who are here it is confirmed that they know what some words stand for; two queries."""
    wording = wording_of(session, course_id)
    knowing: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    rows = session.execute(
        select(Topic.tag, Topic.member_id)
        .join(Membership, Membership.id == Topic.member_id)
        .where(Membership.course_id == course_id, Membership.is_active, Topic.claim == Claim.CONFIRMED)
    )
    for tag, member_id in rows:
        for name in wording.names([tag]):
            knowing[name].add(member_id)
    return {word: len(set().union(*(knowing[name] for name in wording.names([word])))) for word in words}


def list_words(session: Session, course_id: uuid.UUID) -> Mapping[str, Sequence[TopicWord]]:
    """Return all words of a course by their topics, suggested ones included; one query."""
    found: defaultdict[str, list[TopicWord]] = defaultdict(list)
    rows = session.scalars(
        select(TopicWord)
        .where(TopicWord.course_id == course_id)
        .order_by(TopicWord.tag, TopicWord.word)
        .options(joinedload(TopicWord.said_by).joinedload(Membership.person))
    )
    for row in rows:
        found[row.tag].append(row)
    return found


def list_topics_of_course(session: Session, by: Membership) -> Sequence[ListedTopic]:
    """Return the topics of a course in the order of the alphabet, whether listed or only known by somebody; two queries.

    Raises:
        NotFoundError: `by` does not lead the course.
    """
    if not by.is_staff:
        raise NotFoundError
    words = list_words(session, by.course_id)
    claims: Counter[tuple[str, Claim]] = Counter()
    rows = session.execute(
        select(Topic.tag, Topic.claim, func.count())
        .join(Membership, Membership.id == Topic.member_id)
        .where(Membership.course_id == by.course_id, Membership.is_active, Topic.claim != Claim.DECLINED)
        .group_by(Topic.tag, Topic.claim)
    )
    for tag, claim, count in rows:
        claims[tag, claim] = count
    return [
        ListedTopic(
            tag=tag,
            words=[each.word for each in words.get(tag, ()) if each.said_by_id is None and each.word != tag],
            suggested=[each for each in words.get(tag, ()) if each.said_by_id is not None],
            confirmed=claims[tag, Claim.CONFIRMED],
            declared=claims[tag, Claim.DECLARED],
        )
        for tag in sorted({*words, *(tag for tag, _claim in claims)})
    ]


def name_topic(session: Session, by: Membership, tag: str, words: Sequence[str]) -> None:
    """List a topic of the course, with other words for it, as somebody who leads the course; those it has stay.

    Args:
        tag: In lower case, as the words.

    Raises:
        NotFoundError: `by` does not lead the course.
        ConflictError: These are too many, or one of them has a meaning of its own.
    """
    if not by.is_staff or not by.can_write:
        raise NotFoundError
    others = [word for word in dict.fromkeys(words) if word != tag]
    _check(session, by.course_id, tag, others)
    for word in (tag, *others):
        _keep(session, by.course_id, tag, word).said_by = None
    session.flush()


def suggest_words(session: Session, member: Membership, tag: str, words: Sequence[str]) -> None:
    """Say what a topic that one knows is called as well: those who lead the course decide on it.

    Raises:
        NotFoundError: The member has not said that they know it, or somebody who leads the course has said that they do not.
        ConflictError: As `name_topic`.
    """
    topic = session.get(Topic, (member.id, tag))
    if topic is None or topic.claim is Claim.DECLINED:
        raise NotFoundError
    others = [word for word in dict.fromkeys(words) if word != tag]
    _check(session, member.course_id, tag, others)
    for word in others:
        _keep(session, member.course_id, tag, word, member)
    session.flush()


def get_word(session: Session, by: Membership, tag: str, word: str) -> TopicWord:
    """Return a word for a topic of the course, for somebody who leads it.

    Raises:
        NotFoundError: `by` does not lead the course, or the topic has no such word.
    """
    row = session.get(TopicWord, (by.course_id, tag, word))
    if row is None or not by.is_staff:
        raise NotFoundError
    return row


def decide_word(session: Session, row: TopicWord, *, is_kept: bool) -> None:
    """Let a word that somebody suggests count, or take any word of a topic out of the list.

    Args:
        row: As `get_word` found it.
    """
    if is_kept:
        row.said_by = None
    else:
        session.delete(row)
    session.flush()


def take_back_word(session: Session, member: Membership, tag: str, word: str) -> None:
    """Suggest a word no longer; what was decided on stays."""
    session.execute(
        delete(TopicWord).where(
            TopicWord.course_id == member.course_id,
            TopicWord.tag == tag,
            TopicWord.word == word,
            TopicWord.said_by_id == member.id,
        )
    )


def settle_words(session: Session, topic: Topic, *, is_confirmed: bool) -> None:
    """Take up what a member suggests for a topic that was confirmed; forget it where it was declined or taken back."""
    mine = (TopicWord.said_by_id == topic.member_id, TopicWord.tag == topic.tag)
    session.execute(
        update(TopicWord).where(*mine).values(said_by_id=None) if is_confirmed else delete(TopicWord).where(*mine)
    )


def _keep(session: Session, course_id: uuid.UUID, tag: str, word: str, said_by: Membership | None = None) -> TopicWord:
    """Return the row of a word; whoever said it first stays with it."""
    find = select(TopicWord).where(TopicWord.course_id == course_id, TopicWord.tag == tag, TopicWord.word == word)
    return stored(session, find, lambda: TopicWord(course_id=course_id, tag=tag, word=word, said_by=said_by))


def _check(session: Session, course_id: uuid.UUID, tag: str, words: Iterable[str]) -> None:
    """Check that words can be added to a topic: they lead to it, and it leads nowhere else."""
    rows = session.execute(select(TopicWord.tag, TopicWord.word).where(TopicWord.course_id == course_id)).all()
    others = [(row.tag, row.word) for row in rows if row.tag != row.word]
    for name, word in others:
        if word == tag:
            raise ConflictError(
                _("“%(word)s” is another word for “%(topic)s” already: add it there.", word=tag, topic=name)
            )
    named = {name for name, _word in others}
    for word in words:
        if word in named:
            raise ConflictError(_("“%(word)s” has other words itself: remove them there first.", word=word))
    own = {word for name, word in others if name == tag}
    if len(own.union(words)) > MOST_WORDS or len(rows) + len(set(words) - own) > MOST_LISTED:
        raise ConflictError(_("These are too many words: keep those that people use."))
