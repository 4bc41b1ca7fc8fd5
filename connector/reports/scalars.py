"""Single values as statements of any tool write them: what cannot be read is None, and what is stored fits a database."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from xapi.formats import parse_timestamp

_LONGEST_IRI = 600
LONGEST_WORD = 100
_LARGEST = 2**53
_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")
_DURATION = re.compile(
    r"P(?:(?P<weeks>[\d.,]+)W)?(?:(?P<years>[\d.,]+)Y)?(?:(?P<months>[\d.,]+)M)?(?:(?P<days>[\d.,]+)D)?"
    r"(?:T(?:(?P<hours>[\d.,]+)H)?(?:(?P<minutes>[\d.,]+)M)?(?:(?P<seconds>[\d.,]+)S)?)?",
    re.ASCII,
)
_SECONDS = {
    "weeks": 604_800.0,
    "years": 31_536_000.0,
    "months": 2_592_000.0,
    "days": 86_400.0,
    "hours": 3600.0,
    "minutes": 60.0,
    "seconds": 1.0,
}


def time_of(value: object) -> datetime | None:
    """Return the aware time that a text names."""
    return _parsed(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> datetime | None:
    """Return a time, of which each page asks more than once; nearly all are written `2026-02-03T08:00:00.000Z`."""
    if _USUAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return parse_timestamp(text)


def duration_of(value: object) -> float | None:
    """Return an ISO 8601 duration in seconds, a year of 365 days and a month of 30."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return sum(float(each.replace(",", ".")) * _SECONDS[unit] for unit, each in match.groupdict().items() if each)
    except ValueError:
        return None


def number_of(value: object) -> float | None:
    """Return a number that computers reckon with exactly enough."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= _LARGEST else None


def iri_of(value: object) -> str | None:
    """Return an IRI, or whatever a store took for one."""
    return clean(value) if isinstance(value, str) and 0 < len(value) <= _LONGEST_IRI else None


def word_of(value: object) -> str | None:
    """Return a word; longer ones are cut."""
    return clean(value)[:LONGEST_WORD] if isinstance(value, str) else None


def clean(text: str) -> str:
    """Return a text without what PostgreSQL cannot store: NUL, and halves of characters."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def at(value: object, *keys: str) -> object:
    """Return what stands somewhere inside a value."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def mapping(value: object) -> Mapping[str, Any]:
    """Return a value as a mapping: an empty one where it is none."""
    return value if isinstance(value, dict) else {}
