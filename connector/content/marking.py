"""Rendered texts as their readers see them: the words, the paragraphs, and marks put around passages.

What is read here was sanitised when it was rendered (`connector.content.markdown`), so its elements nest. Marks are put
around what stands between two tags and never around a tag, so that they nest as well, whatever is marked.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Literal

from connector.content.embedding import UNDESCRIBED
from connector.content.text import is_blank

PICTURE = "\ufffc"
"""What stands in the words for what has none: a picture that nobody described."""

_VOID = frozenset({"br", "hr", "img"})
_PARAGRAPHS = frozenset({"p", "h3", "h4", "h5", "h6", "figcaption", "pre", "tr"})
_CELLS = frozenset({"td", "th"})
_ENDS_ITEM = frozenset({"blockquote", "figure", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"})
_NO_WORDS_IN = frozenset({"blockquote", "figure", "ol", "table", "tbody", "thead", "tr", "ul"})
"""Between the parts of these stands white space, and nothing else may."""


@dataclass(frozen=True, slots=True)
class Token:
    """A tag, or words between tags; a formula or a picture is one word."""

    kind: Literal["tag", "words", "whole"]
    html: str
    start: int
    words: str = ""
    can_be_marked: bool = True

    @property
    def end(self) -> int:
        """Where its words end."""
        return self.start + len(self.words)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, heading, entry of a list, row of a table or block of code."""

    start: int
    end: int
    token: int
    """Before which token something about it can be put."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A rendered text."""

    tokens: Sequence[Token]
    text: str
    """Its words as they follow each other; a browser's `textContent` says the same, but for formulas and pictures."""
    paragraphs: Sequence[Paragraph]


@dataclass(frozen=True, slots=True)
class Span:
    """A passage to be marked, from and to."""

    start: int
    end: int
    comment: str
    """The id of the element that speaks of it."""
    after: str = ""
    """HTML that is put after it."""


def read(html: str) -> Reading:
    """Return what a rendered text says, and where.

    Args:
        html: Sanitised, as it is stored.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "".join(token.words for token in reader.tokens)
    found = sorted(reader.paragraphs, key=lambda each: each.token)
    return Reading(reader.tokens, text, [each for each in (_trimmed(text, one) for one in found) if each is not None])


def mark(reading: Reading, spans: Sequence[Span], *, offer: Callable[[Paragraph], str] | None = None) -> str:
    """Return the HTML with its passages marked; of what the text says, nothing changes.

    Args:
        spans: They may overlap.
        offer: What is put beside each paragraph, as HTML.
    """
    writer = _Writer([each for each in (_bounded(reading.text, span) for span in spans) if each is not None])
    offers = {each.token: offer(each) for each in reading.paragraphs} if offer is not None else {}
    for place, token in enumerate(reading.tokens):
        writer.pieces.append(offers.get(place, ""))
        writer.add(token)
    writer.pieces.append(offers.get(len(reading.tokens), ""))
    return "".join(writer.pieces)


def _trimmed(text: str, paragraph: Paragraph) -> Paragraph | None:
    words = text[paragraph.start : paragraph.end]
    if is_blank(words):
        return None
    start = paragraph.start + len(words) - len(words.lstrip())
    return Paragraph(start, start + len(words.strip()), paragraph.token)


def _bounded(text: str, span: Span) -> Span | None:
    start = max(span.start, 0)
    words = text[start : max(span.end, 0)]
    if not words.strip():
        return None
    start += len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()), span.comment, span.after)


@dataclass
class _Writer:
    """Writes tokens with marks around words."""

    spans: list[Span]
    pieces: list[str] = field(default_factory=list)
    links: int = 0
    waiting: list[str] = field(default_factory=list)
    """What is put after a passage that ends inside of a link: a link in a link is none."""

    def __post_init__(self) -> None:
        self.spans.sort(key=lambda span: (span.start, span.end))
        self.cuts = sorted({place for span in self.spans for place in (span.start, span.end)})
        self.open: list[Span] = []
        self.next = 0

    def add(self, token: Token) -> None:
        """Write the next token."""
        if token.kind == "tag":
            self.pieces.append(token.html)
            self.links += token.html.startswith("<a ") - (token.html == "</a>")
            self._flush()
            return
        if token.kind == "whole":
            self._piece(token, token.end, token.html)
            return
        for start, end in self._parts(token):
            self._piece(token, end, escape(token.words[start - token.start : end - token.start], quote=False))

    def _parts(self, token: Token) -> Iterator[tuple[int, int]]:
        start = token.start
        for cut in self.cuts[bisect_left(self.cuts, token.start + 1) :]:
            if cut >= token.end:
                break
            yield start, cut
            start = cut
        yield start, token.end

    def _piece(self, token: Token, end: int, html: str) -> None:
        while self.next < len(self.spans) and self.spans[self.next].start < end:
            self.open.append(self.spans[self.next])
            self.next += 1
        if not self.open or not token.can_be_marked:
            self.pieces.append(html)
            return
        # Only one: what reads pages aloud knows no list here yet. The numbers lead to the others.
        comment, deep = escape(self.open[-1].comment), " deep" if len(self.open) > 1 else ""
        self.pieces.append(f'<mark class="passage{deep}" aria-details="{comment}">{html}</mark>')
        self.waiting += [span.after for span in self.open if span.end <= end]
        self.open = [span for span in self.open if span.end > end]
        self._flush()

    def _flush(self) -> None:
        if not self.links:
            self.pieces += self.waiting
            self.waiting = []


@dataclass
class _Open:
    """An element that has begun."""

    tag: str
    start: int
    is_formula: bool = False
    has_own: bool = False
    """Of an entry of a list: whether its own words are over."""
    cell_ends: int | None = None
    """Of a row: before which token its last cell ends."""


class _Reader(HTMLParser):
    """Parts a rendered text into tokens."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[Token] = []
        self.paragraphs: list[Paragraph] = []
        self._place = 0
        self._opened: list[_Open] = []
        self._formula: list[str] = []
        self._spoken = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        html, said = self.get_starttag_text() or "", dict(attrs)
        if tag == "math" or self._depth:
            self._begin_formula(tag, html, said)
            return
        if tag in _ENDS_ITEM:
            self._end_item()
        if tag == "img":
            is_described = said.get("alt") and UNDESCRIBED not in (said.get("class") or "")
            self._add(Token("whole", html, self._place, (said.get("alt") if is_described else None) or PICTURE))
            return
        self._add(Token("tag", html, self._place))
        if tag not in _VOID:
            self._opened.append(_Open(tag, self._place, is_formula=said.get("class") == "math"))

    def handle_endtag(self, tag: str) -> None:
        if self._depth:
            self._formula.append(f"</{tag}>")
            self._depth -= tag == "math"
            if not self._depth:
                self._add(Token("whole", "".join(self._formula), self._place, self._spoken or PICTURE))
            return
        if tag in _VOID:
            return
        if tag == "li":
            self._end_item()
        here = len(self.tokens)
        self._add(Token("tag", f"</{tag}>", self._place))
        opened = self._opened.pop() if self._opened else _Open(tag, self._place)
        if tag in _CELLS and self._opened:
            self._opened[-1].cell_ends = here
        if tag in _PARAGRAPHS:
            is_around = tag == "pre" or opened.is_formula  # what scrolls: it is put behind
            place = here + 1 if is_around else here if opened.cell_ends is None else opened.cell_ends
            self.paragraphs.append(Paragraph(opened.start, self._place, place))

    def handle_data(self, data: str) -> None:
        if self._depth:
            self._formula.append(escape(data, quote=False))
            return
        holder = self._opened[-1].tag if self._opened else ""
        is_between = not data.strip() and (not holder or holder in _NO_WORDS_IN or "\n" in data)
        html = escape(data, quote=False)
        self._add(Token("words", html, self._place, data, can_be_marked=not is_between))

    def _begin_formula(self, tag: str, html: str, said: dict[str, str | None]) -> None:
        if not self._depth:
            self._formula, self._spoken = [], said.get("alttext") or ""
        self._depth += tag == "math"
        self._formula.append(html)

    def _end_item(self) -> None:
        """Take what stands in an entry of a list, before a list in it begins, for its own words."""
        item = self._opened[-1] if self._opened else None
        if item is not None and item.tag == "li" and not item.has_own:
            item.has_own = True
            self.paragraphs.append(Paragraph(item.start, self._place, len(self.tokens)))

    def _add(self, token: Token) -> None:
        self.tokens.append(token)
        self._place = token.end
