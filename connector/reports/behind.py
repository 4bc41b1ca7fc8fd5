"""The statements behind a figure, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.reports.definitions import Definition
from connector.reports.models import Fact
from connector.reports.scope import Scope
from connector.web.paging import turn_to

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of statements, the newest first."""

    facts: Sequence[Fact]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, and one at the least."""
        return max(-(-self.count // PAGE), 1)


def list_behind(session: Session, scope: Scope, definition: Definition, *, page: int) -> Listing:
    """Return a page of the statements that a figure is made from.

    Args:
        page: From 1.
    """
    mine = scope.holds(*definition.events)
    count = session.scalar(select(func.count()).select_from(Fact).where(*mine)) or 0
    number, _pages = turn_to(page, count, most=PAGE)
    facts = session.scalars(
        select(Fact)
        .where(*mine)
        .order_by(Fact.day.desc(), Fact.at.desc(), Fact.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    ).all()
    return Listing(facts, count, number)
