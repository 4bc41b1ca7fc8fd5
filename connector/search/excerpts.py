"""The part of a text that shows why it was found."""

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from connector.search.words import Token, tokens

LIMIT = 220
"""How many characters an excerpt has, about."""
_BEFORE = 60


def mark(text: str, is_wanted: Callable[[str], bool]) -> Markup:
    """Return the whole of `text` with the words that are wanted in `<mark>`."""
    return _marked(text, [token for token in tokens(text) if is_wanted(token.word)], 0, len(text))


def excerpt(text: str, is_wanted: Callable[[str], bool]) -> Markup:
    """Return the part of `text` with most different words that are wanted, and these in `<mark>`; else its beginning.

    Args:
        is_wanted: Asked of words in lower case.
    """
    found = [token for token in tokens(text) if is_wanted(token.word)]
    start = _start(text, found)
    end = min(len(text), start + LIMIT)
    if end < len(text):
        space = text.rfind(" ", start + LIMIT // 2, end)
        end = space if space > 0 else end
    inside = [token for token in found if start <= token.start and token.end <= end]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return Markup("{}{}{}").format(before, _marked(text, inside, start, end), after)


def _start(text: str, found: Sequence[Token]) -> int:
    """Return where the excerpt begins: at the beginning of a word."""
    best, most = 0, 0
    first = 0
    for last, token in enumerate(found):
        while token.end - found[first].start > LIMIT - _BEFORE:
            first += 1
        different = len({each.word for each in found[first : last + 1]})
        if different > most:
            best, most = found[first].start, different
    if best <= _BEFORE:
        return 0
    space = text.find(" ", best - _BEFORE, best)
    return space + 1 if space >= 0 else best


def _marked(text: str, inside: Sequence[Token], start: int, end: int) -> Markup:
    pieces, at = [], start
    for token in inside:
        pieces += [escape(text[at : token.start]), Markup("<mark>{}</mark>").format(text[token.start : token.end])]
        at = token.end
    return Markup("").join([*pieces, escape(text[at:end])])
