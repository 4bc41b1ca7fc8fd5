"""How a text and the comments on its passages are shown: marks with numbers, and the comments by the same numbers."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from connector.content.marking import PICTURE, Paragraph, Reading, Span
from connector.content.marking import mark as mark_up
from connector.peer_review import passages
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.reviews import Review, Submission
from connector.web.i18n import gettext as _

_SHOWN_QUOTE = 240
_SPOKEN = 40
FORM = "review-form"
"""The id of the form in which a review is written."""


@dataclass(frozen=True, slots=True)
class Note:
    """A comment on a passage."""

    passage: Passage
    review: Review
    number: int
    comment: str
    field: str
    """The name of its field in the review's form."""
    quote: str
    """The words that it is about, or their beginning."""
    is_found: bool
    """Whether the words stand in the text that is shown."""

    @property
    def id(self) -> uuid.UUID:
        """The passage's."""
        return self.passage.id


@dataclass(frozen=True, slots=True)
class Noted:
    """A version of a text with its marks, and the comments on it in the order of their numbers."""

    html: str
    version: int
    versions: Sequence[int]
    """Every version that some comment is about."""
    notes: Sequence[Note]

    def of(self, review: Review) -> list[Note]:
        """Return the comments of one review."""
        return [each for each in self.notes if each.review.id == review.id]


def show_sent(session: Session, work: Submission, reviews: Sequence[Review], version: int | None = None) -> Noted:
    """Return a text with what reviews that were sent say about its passages; that they may be read is the caller's to check.

    Args:
        version: The one to show; otherwise the last one that somebody commented on, or the newest.
    """
    found = passages.list_sent(session, [each.id for each in reviews])
    pairs = [(review, each) for review in reviews for each in found.get(review.id, ())]
    versions = sorted({each.version for _review, each in pairs})
    wanted = version or (versions[-1] if versions else work.version)
    return _show(session, work, wanted, pairs, {}, offers_at=None)


def show_draft(
    session: Session, review: Review, typed: Mapping[str, str], *, version: int | None = None, offers_at: str | None
) -> Noted:
    """Return the work and what its reviewer has said about its passages so far, sent or not.

    Args:
        offers_at: The address that takes a paragraph to be commented on; None where nothing is written.
    """
    pairs = [(review, each) for each in passages.list_of(session, review)]
    work = review.submission
    return _show(session, work, version or work.version, pairs, typed, offers_at=offers_at)


def _show(
    session: Session,
    work: Submission,
    version: int,
    pairs: Sequence[tuple[Review, Passage]],
    typed: Mapping[str, str],
    *,
    offers_at: str | None,
) -> Noted:
    reading, shown = passages.reading_of(session, work, version)
    placed = [(passages.place_in(reading, shown, each), review, each) for review, each in pairs]
    # Where the words stand; what is gone comes last. No order tells who was first.
    placed.sort(key=lambda one: (one[0] is None, one[0] or one[2].start, len(one[2].exact), str(one[2].id)))
    notes = [
        Note(
            passage=each,
            review=review,
            number=number,
            comment=typed.get(passages.field_of(each), each.comment),
            field=passages.field_of(each),
            quote=_shortened(each.exact),
            is_found=place is not None,
        )
        for number, (place, review, each) in enumerate(placed, start=1)
    ]
    spans = [
        Span(place, place + len(note.passage.exact), f"note-{note.id}", _number(note))
        for note, (place, _review, _passage) in zip(notes, placed, strict=True)
        if place is not None and not note.passage.is_dropped
    ]
    offer = _Offer(reading, offers_at) if offers_at is not None else None
    versions = sorted({each.version for _review, each in pairs})
    return Noted(mark_up(reading, spans, offer=offer), shown, versions, notes)


def _number(note: Note) -> str:
    """Return the number behind a passage, which leads to the comment and back."""
    label = _("Comment %(number)s", number=note.number)
    number = Markup('<a class="passage-number" id="mark-{}" href="#note-{}" aria-label="{}">{}</a>')
    return number.format(note.id, note.id, label, note.number)


class _Offer:
    """Makes the buttons beside paragraphs."""

    def __init__(self, reading: Reading, address: str) -> None:
        self._text, self._address = reading.text, address
        self._icon = Markup(
            '<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#chat"></use></svg>'
        )
        self._icon = self._icon.format(url_for("static", filename="icons.svg"))

    def __call__(self, paragraph: Paragraph) -> str:
        words = _plain(self._text[paragraph.start : paragraph.end])
        label = _("Comment on “%(words)s”", words=words if len(words) <= _SPOKEN else words[: _SPOKEN - 1] + "…")
        end = min(paragraph.end, paragraph.start + passages.QUOTE_LIMIT)
        button = Markup(
            '<button class="comment-on" type="submit" form="{}" formaction="{}" name="place" value="{}-{}" '
            'title="{}" aria-label="{}">{}</button>'
        )
        title = _("Comment on this")
        return button.format(FORM, self._address, paragraph.start, end, title, label, self._icon)


def _shortened(exact: str) -> str:
    plain = _plain(exact)
    return plain if len(plain) <= _SHOWN_QUOTE else plain[: _SHOWN_QUOTE - 1].rstrip() + "…"


def _plain(words: str) -> str:
    """Return words on one line, with a word for a picture."""
    return " ".join(words.replace(PICTURE, _("[picture]")).split())
