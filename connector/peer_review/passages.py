"""Comments on passages of a text: marked while a review is written, sent with it, and found again in later versions."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.content import markdown
from connector.content.anchoring import Anchor, anchor_at, find, find_words
from connector.content.marking import Reading, read
from connector.content.mentions import labels_of
from connector.content.text import is_blank, normalise
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.reviews import Intention, Review, Submission, SubmissionVersion
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

LIMIT = 2_000
"""The longest comment, in characters."""
QUOTE_LIMIT = 2_000
"""The longest passage, in characters."""
MOST = 50
"""Passages of one review."""
WORDS = "words"
"""The field in which somebody says which words they mean."""
_FIELD = "passage-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says that they mean: a place, words that they marked, or words that they typed."""

    version: int
    """Of the work as they saw it."""
    place: tuple[int, int] | None = None
    """From and to, in characters of the text."""
    anchor: Anchor | None = None
    words: str = ""


def field_of(passage: Passage) -> str:
    """Return the name of a comment's field in the review's form."""
    return f"{_FIELD}{passage.id}"


def list_of(session: Session, review: Review) -> Sequence[Passage]:
    """Return the passages of a review in the order of the text, sent or not, for who writes it."""
    return _list(session, [review.id]).get(review.id, ())


def list_sent(session: Session, review_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Passage]]:
    """Return what may be read by others, by review, in the order of the text; that they may is the caller's to check."""
    found = _list(session, review_ids)
    return {id_: [each for each in rows if each.is_sent] for id_, rows in found.items()}


def typed_of(passages: Sequence[Passage], typed: Mapping[str, str]) -> dict[str, str]:
    """Return what the form shows for each comment: what was typed last, or else what was sent."""
    return {field_of(each): typed.get(field_of(each), each.comment) for each in passages}


def without_passages(typed: Mapping[str, str]) -> dict[str, str]:
    """Return a form without its comments on passages: they stay with the version of the text that they are about."""
    return {name: text for name, text in typed.items() if not name.startswith(_FIELD)}


def reading_of(session: Session, work: Submission, version: int) -> tuple[Reading, int]:
    """Return a version of a text, and which it is: the newest where the one that was asked for is not kept."""
    if version != work.version:
        row = session.get(SubmissionVersion, (work.id, version))
        if row is not None and row.body:
            return read(markdown.render(row.body, labels_of(work.body_html))), version
    return read(work.body_html), work.version


def mark(session: Session, review: Review, claim: Claim) -> Passage:
    """Mark a passage in the draft of a review; the same one is marked once.

    Raises:
        InvalidInputError: The words do not stand in the text, stand there several times, or are too many.
    """
    reading, version = reading_of(session, review.submission, claim.version)
    anchor = _anchor(reading.text, claim)
    if len(anchor.exact) > QUOTE_LIMIT:
        raise _refused(_("Mark a shorter passage: %(limit)s characters at most.", limit=QUOTE_LIMIT))
    known = list_of(session, review)
    for each in known:
        if (each.version, each.start, each.exact) == (version, anchor.start, anchor.exact):
            each.is_dropped = False
            session.flush()
            return each
    if len(known) >= MOST:
        raise _refused(_("You have commented on %(most)s passages. Say the rest in the criteria.", most=MOST))
    row = Passage(
        id=uuid.uuid4(),
        review_id=review.id,
        version=version,
        start=anchor.start,
        exact=anchor.exact,
        prefix=anchor.prefix,
        suffix=anchor.suffix,
        comment="",
        is_dropped=False,
    )
    session.add(row)
    session.flush()
    return row


def drop(session: Session, review: Review, passage_id: uuid.UUID, *, is_dropped: bool) -> None:
    """Take a comment away, or put it back: one that was sent goes when the review is sent again, another one at once.

    Raises:
        NotFoundError: The review has no such comment.
    """
    row = session.get(Passage, passage_id)
    if row is None or row.review_id != review.id:
        raise NotFoundError
    if row.is_sent or not is_dropped:
        row.is_dropped = is_dropped
    else:
        review.typed = {name: text for name, text in review.typed.items() if name != field_of(row)}
        _delete(session, [row.id])
    session.flush()


def check(passages: Sequence[Passage], typed: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is wrong with comments, by field; nothing where all can be sent."""
    errors: dict[str, list[str]] = {}
    for each in passages:
        text = normalise(typed.get(field_of(each), each.comment))
        if each.is_dropped:
            continue
        if is_blank(text):
            errors[field_of(each)] = [_("Write something about these words, or take the comment away.")]
        elif len(text) > LIMIT:
            errors[field_of(each)] = [_("This is too long; %(limit)s characters fit.", limit=LIMIT)]
    return errors


def send(session: Session, passages: Sequence[Passage], typed: Mapping[str, str]) -> list[str]:
    """Let what the form says stand as sent, and return the comments; that they are in order was checked."""
    _delete(session, [each.id for each in passages if each.is_dropped])
    kept = [each for each in passages if not each.is_dropped]
    for each in kept:
        each.comment = normalise(typed.get(field_of(each), each.comment))
    session.flush()
    return [each.comment for each in kept]


def place_in(reading: Reading, version: int, passage: Passage) -> int | None:
    """Return where a passage begins in a version of the text; None where it is not there any more."""
    return find(reading.text, passage.anchor, is_same=version == passage.version)


def _list(session: Session, review_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Passage]]:
    found: defaultdict[uuid.UUID, list[Passage]] = defaultdict(list)
    if review_ids:
        query = select(Passage).where(Passage.review_id.in_(review_ids))
        for each in session.scalars(query.order_by(Passage.version, Passage.start, Passage.id)):
            found[each.review_id].append(each)
    return found


def _anchor(text: str, claim: Claim) -> Anchor:
    """Return the passage of a text that somebody means.

    Raises:
        InvalidInputError: There is none, or there are several.
    """
    found = None
    if claim.place is not None:
        found = anchor_at(text, *claim.place)
    elif claim.anchor is not None:
        start = find(text, claim.anchor, is_same=True)
        found = anchor_at(text, start, start + len(claim.anchor.exact)) if start is not None else None
    elif claim.words.strip():
        places = find_words(text, claim.words[: QUOTE_LIMIT * 2])
        if len(places) > 1:
            raise _refused(_("These words stand there more than once. Copy a few more of those around them."))
        found = anchor_at(text, *places[0]) if places else None
    else:
        raise _refused(_("Copy the words that you mean from the text."))
    if found is None or is_blank(found.exact):
        raise _refused(_("These words do not stand in the text. Copy them as they are."))
    return found


def _delete(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Delete passages; what authors noted from them stays on their list as words of their own."""
    if ids:
        session.execute(update(Intention).where(Intention.passage_id.in_(ids)).values(review_id=None, passage_id=None))
        session.execute(delete(Passage).where(Passage.id.in_(ids)))


def _refused(sentence: str) -> InvalidInputError:
    return InvalidInputError({WORDS: [sentence]})
