"""Takes what tells who somebody is out of texts that are to stand there without their name."""

import re
import unicodedata
from collections.abc import Collection

from connector.courses.models import Membership

GAP = "[…]"
"""What stands where something was taken out."""
_SHORT = 2
_WORD = re.compile(r"[^\W_]+(?:[-'’.@][^\W_]+)*")
_FILE = re.compile(r"!?\[[^\]\n]*\]\(attachment:[^)\s]*\)")


def without_files(body: str) -> str:
    """Return a text in Markdown without the files that it shows or links to: those stay where they are."""
    return _FILE.sub(GAP, body)


def names_in(member: Membership) -> frozenset[str]:
    """Return the words that somebody is known by: of their name, and of their address before the @."""
    address = (member.person.email or "").partition("@")[0]
    words = re.findall(r"[^\W_]+", f"{member.person.name or ''}")
    return frozenset(_plain(word) for word in [*words, address] if len(word) > _SHORT)


def without_names(text: str, names: Collection[str]) -> str:
    """Return a text without the words that have one of some names in them, however it is spelt.

    Args:
        names: From `names_in`. Whoever is called as a common word is loses that word too: better a gap than a name.
    """

    def judge(found: re.Match[str]) -> str:
        word = _plain(found[0])
        return GAP if any(name in word for name in names) else found[0]

    return _WORD.sub(judge, text) if names else text


def _plain(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))
