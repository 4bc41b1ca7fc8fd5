"""Words of a post that somebody keeps: only such as stand there, and only as long as they do."""

import re

from connector.content.text import plain_text
from connector.threads.models import Post

LIMIT = 2_000
"""The longest quotation, in characters."""
_GAPS = re.compile(r"\[?(?:…|\.\.\.)\]?|\n+")
"""What somebody puts where they leave words out."""
_SPACES = re.compile(r"\s+")


def words_of(post: Post) -> str:
    """Return the words of a post, as far as they fit, for somebody to choose from."""
    return plain_text(post.body_html)[:LIMIT]


def is_said(quotation: str, post: Post) -> bool:
    """Return whether each piece of a quotation stands in a post, in the order of the quotation.

    Args:
        quotation: Plain text; "…", "..." or a line break stands for what was left out.
    """
    text, place = _plain(plain_text(post.body_html)), 0
    for piece in filter(None, map(_plain, _GAPS.split(quotation))):
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.replace("…", " ").replace("...", " ")).strip()
