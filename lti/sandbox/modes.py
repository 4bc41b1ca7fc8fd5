"""What differs between the LMSs that the sandbox can behave like: switches, read where they matter."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One LMS's habits."""

    product_family_code: str
    version: str
    largest_page: int | None = None
    """At most so many members, line items or results in one answer, whatever the tool asks for; None sets no bound."""
    is_equal_timestamp_refused: bool = False
    """Whether a score as old as the stored one is a conflict; an older one always is."""


PLAIN = Mode(product_family_code="kring-sandbox", version="1.0")


def mode_named(name: Literal["plain", "moodle", "canvas"]) -> Mode:
    """Return the switches of a mode.

    Raises:
        NotImplementedError: Nobody has written that mode yet.
    """
    if name == "plain":
        return PLAIN
    raise NotImplementedError(f"the sandbox cannot behave like {name} yet")
