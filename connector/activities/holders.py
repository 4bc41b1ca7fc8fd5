"""Who holds something of people: each folder that does says so here, and the application puts them together.

A folder that stores what somebody wrote, or what is about them, has a `HOLDER`, and stands in `connector.holders`: then
the page of personal data shows it, the export has it, and erasing somebody removes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from connector.activities.kinds import Holding
from connector.courses.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What one folder does about what it holds of people."""

    list_holdings: Callable[[Session, Person], Sequence[Holding]]
    """Lists it, in the reader's language."""
    forget: Callable[[Session, Person], None]
    """Removes or blanks it, in the transaction in which the person is erased: they still have their name and their
    memberships then. Doing it again must harm nothing. It neither commits nor sends anything."""
