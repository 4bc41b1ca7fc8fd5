"""Text as people type it, and the plain text of what they wrote."""

import re
import unicodedata
from functools import lru_cache
from html.parser import HTMLParser

TITLE_LIMIT = 200
"""The longest title, in characters."""
BODY_LIMIT = 20_000
"""The longest text, in characters of its Markdown."""
SNIPPET_LIMIT = 160
"""The longest beginning of a text that a list shows, in characters."""

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_LEADING_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")

_NONCHARACTERS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
# Controls, lone surrogates, noncharacters, the byte order mark; and bidirectional embeddings and overrides, which reach
# beyond the text they stand in: a post could turn its neighbours around, or show a link other than the one it leads to.
# Isolates and marks end with their paragraph: who writes from right to left keeps them.
_UNWANTED = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufdd0-\ufdef\ufeff\ud800-\udfff{_NONCHARACTERS}]")
# Letters and symbols by their category, and yet nothing is to be seen.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")

_BLOCKS = frozenset(
    {"p", "li", "h3", "h4", "h5", "h6", "pre", "blockquote", "th", "td", "br", "hr", "figure", "figcaption"}
)


def normalise(text: str) -> str:
    """Return `text` in NFC, with line feeds for line breaks and without what does not belong into a text.

    Control characters, bidirectional embeddings and overrides, lone surrogates and noncharacters go, and so do blank
    lines before and white space after the text. Indentation stays: Markdown reads it.
    """
    text = strip_controls(_LINE_BREAKS.sub("\n", text))
    return _LEADING_BLANK_LINES.sub("", unicodedata.normalize("NFC", text)).rstrip()


def normalise_line(text: str) -> str:
    """Return `text` normalised, on one line, with single spaces."""
    return _SPACES.sub(" ", normalise(text)).strip()


def strip_controls(text: str) -> str:
    """Return `text` without the characters that act instead of being read; line feeds and tabs stay."""
    return _UNWANTED.sub("", text)


def is_blank(text: str) -> bool:
    """Return whether there is nothing to see in `text`."""
    return not any(unicodedata.category(each)[0] in "LNPS" and each not in _BLANK for each in text)


def shows_something(html: str) -> bool:
    """Return whether there is anything to see in rendered `html`: words, or a picture, sound or film."""
    return not is_blank(plain_text(html)) or any(f"<{tag} src=" in html for tag in ("img", "audio", "video"))


@lru_cache(maxsize=64)  # a text that is stored is looked at three times: is it empty, how does it begin, what finds it
def plain_text(html: str) -> str:
    """Return the words of rendered `html` on one line."""
    collector = _Collector()
    collector.feed(html)
    collector.close()
    return _SPACES.sub(" ", "".join(collector.pieces)).strip()


def snippet(plain: str) -> str:
    """Return the beginning of a plain text, cut between words where there are any."""
    if len(plain) <= SNIPPET_LIMIT:
        return plain
    head = plain[: SNIPPET_LIMIT - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head) + "…"


def count_words(plain: str) -> int:
    """Return how many words a plain text has."""
    return sum(1 for _ in _WORD.finditer(plain))


class _Collector(HTMLParser):
    """Collects the text between tags, with a space where a block begins; of formulas and pictures, what stands for them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.formulas = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append(" ")
        if tag in {"math", "img"}:
            spoken = dict(attrs)
            self.pieces.append(spoken.get("alttext") or spoken.get("alt") or "")
        self.formulas += tag == "math"

    def handle_endtag(self, tag: str) -> None:
        self.formulas -= tag == "math"

    def handle_data(self, data: str) -> None:
        if not self.formulas:
            self.pieces.append(data)
