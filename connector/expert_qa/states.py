"""What a question waits for: found from what is known of it, never stored, so that no question is ever without a state."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a question stands. Each has its sentence: `pages.state_line`."""

    HELD = "held"
    """It waits until somebody who leads the course lets it stand."""
    GONE = "gone"
    """It was taken from sight, or back."""
    SOLVED = "solved"
    """Who asked has taken an answer for the one that helped, or needs nothing more."""
    CLOSED = "closed"
    """Nobody can answer any more, and nothing was accepted."""
    NEEDS_INFO = "needs-info"
    """Who asked must add something before anybody can answer."""
    ENDORSED = "endorsed"
    """Somebody who should know says that an answer is right."""
    ANSWERED = "answered"
    """There are answers, and who asked has not said whether they help."""
    COLLECTED = "collected"
    """It is kept for an hour in which somebody answers."""
    OPEN = "open"
    """Nobody has answered."""


UNSOLVED = frozenset({State.NEEDS_INFO, State.ENDORSED, State.ANSWERED, State.COLLECTED, State.OPEN})
"""The states that can become solved."""
UNANSWERED = frozenset({State.NEEDS_INFO, State.COLLECTED, State.OPEN})
"""The states of questions that somebody must still answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the state of a question follows from, as one reader may know it."""

    is_held: bool = False
    is_gone: bool = False
    is_closed: bool = False
    answers: int = 0
    """That the reader may read."""
    endorsed: int = 0
    """Of `answers`, those that somebody vouches for."""
    has_accepted: bool = False
    """Whether an answer is accepted that the reader may read."""
    is_resolved: bool = False
    """Whether who asked said that they need nothing more."""
    is_info_wanted: bool = False
    is_for_hour: bool = False
    """Whether it was asked for an hour that is not over."""


def state_of(facts: Facts) -> State:
    """Return the state of a question: what happened last to it does not matter, only what holds now."""
    if facts.is_held:
        return State.HELD
    if facts.is_gone:
        return State.GONE
    if facts.has_accepted or facts.is_resolved:
        return State.SOLVED
    if facts.is_closed:
        return State.CLOSED
    if facts.is_info_wanted:
        return State.NEEDS_INFO
    if facts.endorsed:
        return State.ENDORSED
    if facts.answers:
        return State.ANSWERED
    return State.COLLECTED if facts.is_for_hour else State.OPEN
