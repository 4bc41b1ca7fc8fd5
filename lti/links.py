"""Addresses of a platform's services: the next page, a part of a line item, a query with more in it.

All of it leaves what it does not change as it was, to the letter: platforms sign, count and compare their addresses.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_plus, urlencode, urljoin, urlsplit

_TARGET: Final = re.compile(r"<([^<>]*)>")
_PARAMETER: Final = re.compile(
    r"""\s*;\s*([^\s=;,<>"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|“[^“”]*[”“]|[^\s;,]*))?""",
)
_QUOTES: Final = "\"'“”„‟‘’"


def next_url(link_header: str, base: str) -> str | None:
    """Return where the next page is, or None if the header, which may be anything, tells of none.

    Moodle writes typographic quotes around `next` and `&amp;` into the address, others leave the quotes out, put other
    parameters first, or give a relative address. Whether the address may be visited is the caller's to judge.

    Args:
        base: The address that was asked, to which a relative one is relative.

    Source: https://www.rfc-editor.org/rfc/rfc8288, 3; https://www.imsglobal.org/spec/lti-nrps/v2p0, 2.4.2.
    """
    header = _as_utf8(link_header)
    position = 0
    while target := _TARGET.search(header, position):
        position = target.end()
        relations: list[str] = []
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            if parameter[1].lower() == "rel":
                relations += (parameter[2] or "").strip(_QUOTES).lower().split()
        if "next" in relations:
            return _absolute(target[1].strip().replace("&amp;", "&"), base)
    return None


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """Return `url` with `parameters` in its query, in place of those of the same name."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in parameters]
    return parts._replace(query="&".join([*kept, *([urlencode(parameters)] if parameters else [])])).geturl()


def under(url: str, name: str) -> str:
    """Return the address of the part `name` of what is at `url`: it goes to the path's end, before the query.

    Moodle's line items end in `?type_id=1`.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.3.1 and 3.4.1.
    """
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{name}").geturl()


def _as_utf8(header: str) -> str:
    """Undo what HTTP libraries do to a header: they read it as Latin-1, and platforms write UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _absolute(target: str, base: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:  # no address at all; whoever judges it will say so
        return target
