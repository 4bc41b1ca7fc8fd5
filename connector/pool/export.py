"""The pool as Markdown: one file, or a file for each entry, under names that every system takes."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import datetime

from connector.content.text import strip_controls
from connector.pool.access import Standing, standing_of
from connector.pool.models import Entry
from connector.pool.reading import attribution
from connector.web.i18n import gettext as _
from connector.web.pages import in_words

_NAME_LENGTH = 60
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\Z")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP file knows; files of the same content are the same to the byte."""


def as_markdown(title: str, entries: Sequence[Entry], *, now: datetime) -> str:
    """Return all entries as one text.

    Args:
        title: Of the whole.
    """
    parts = [f"# {_line(title)}", *(_entry(each, "##", now) for each in entries)]
    return "\n\n".join(parts) + "\n"


def as_zip(entries: Sequence[Entry], *, now: datetime) -> bytes:
    """Return a ZIP file with a text for each entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, each in enumerate(entries, start=1):
            info = zipfile.ZipInfo(f"{number:03d}-{safe_name(each.title)}.md", _EARLIEST)
            archive.writestr(info, _entry(each, "#", now) + "\n", zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def safe_name(title: str) -> str:
    """Return a file's name for a title: lower case letters and digits of ASCII with hyphens between them; never empty."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii").lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:_NAME_LENGTH].strip("-")
    return f"entry-{name}" if _RESERVED.match(name) else name or "entry"


def _entry(entry: Entry, heading: str, now: datetime) -> str:
    words = {Standing.DUE: _("due for a review"), Standing.OUTDATED: _("outdated")}
    facts = [
        _("from %(name)s", name=name) if (name := attribution(entry)) else None,
        _("last confirmed %(time)s", time=in_words(entry.confirmed_at)) if entry.confirmed_at else None,
        words.get(standing_of(entry, now=now)),
    ]
    told = " · ".join(_line(each) for each in facts if each)
    return "\n\n".join(filter(None, [f"{heading} {_line(entry.title)}", f"*{told}*" if told else "", entry.body]))


def _line(text: str) -> str:
    return " ".join(strip_controls(text).split())
