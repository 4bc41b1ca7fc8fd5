"""What a report shows: figures and tables, whatever they are written as."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask_babel import format_decimal, format_percent, format_timedelta

from connector.reports.definitions import Definition, Unit
from connector.web.i18n import gettext as _


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    PERSON = "person"
    DAY = "day"
    TIME = "time"
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    NUMBER = "number"

    @property
    def is_number(self) -> bool:
        """Whether the cells are numbers."""
        return self in {Kind.COUNT, Kind.SHARE, Kind.SECONDS, Kind.NUMBER}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and what stands in it."""

    key: str
    """Its name in files, the same in every language."""
    title: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    """A value for each column; None where there is none."""
    empty: str = ""
    """What stands there where it has no rows."""
    note: str = ""
    links: Sequence[str | None] = ()
    """Where the first cell of each row leads."""
    drawn: Sequence[str] = ()
    """The columns that are drawn above it, week by week."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on a page."""

    definition: Definition
    value: float | int | None
    is_withheld: bool = False
    """Whether too few people stand behind it for its reader."""

    @property
    def text(self) -> str:
        """Return the value as its reader writes such values."""
        if self.is_withheld:
            return _("Too few people")
        return in_words(self.value, self.definition.unit)


@dataclass(frozen=True, slots=True)
class Report:
    """A report on a page."""

    key: str
    title: str
    figures: Sequence[Shown]
    tables: Sequence[Table] = field(default_factory=list)


def in_words(value: Any, unit: str) -> str:
    """Return a number as its reader writes such numbers; a dash for none."""
    if value is None:
        return "–"
    match unit:
        case Unit.SHARE | Kind.SHARE:
            return str(format_percent(value))
        case Unit.SECONDS | Kind.SECONDS:
            return str(format_timedelta(timedelta(seconds=round(value)), threshold=1.5))
        case Unit.MINUTES:
            return str(format_timedelta(timedelta(minutes=round(value)), granularity="minute", threshold=1.5))
        case Unit.COUNT | Kind.COUNT:
            return str(format_decimal(round(value)))
        case _:
            return str(format_decimal(round(value, 2)))
