"""Names that a text may address by an @: the longest wins, however they are capitalised."""

from collections import defaultdict
from collections.abc import Iterable

_OPENING = frozenset(" \n\t([{\"'“‘«„>*_~|/\u00a0")


class Names:
    """A set of names, and where a text begins with one."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names as they are shown."""
        known = list(names)
        self._names = {name.casefold() for name in known}
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in known:
            if name:
                lengths[name[0].casefold()].add(len(name))
        self._lengths = {initial: sorted(found, reverse=True) for initial, found in lengths.items()}

    def match(self, text: str, at: int) -> str | None:
        """Return the name that follows the @ at a place of `text`, as it is spelt there; None where there is none."""
        if text[at] != "@" or not (at == 0 or text[at - 1] in _OPENING):
            return None
        start = at + 1
        for length in self._lengths.get(text[start : start + 1].casefold(), ()):
            found = text[start : start + length]
            if found.casefold() in self._names and not _goes_on(text, start + len(found)):
                return found
        return None


def _goes_on(text: str, at: int) -> bool:
    """Whether the word goes on: `@Anna` does not address Ann."""
    return at < len(text) and (text[at].isalnum() or text[at] == "_")
