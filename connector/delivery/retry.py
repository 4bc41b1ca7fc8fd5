"""How long to wait before the next attempt."""

from collections.abc import Callable
from datetime import timedelta

BASE = timedelta(seconds=1)
CAP = timedelta(minutes=15)
LONGEST_WISH = timedelta(hours=1)
"""However long a destination asks us to wait, it is asked again after this."""
FARTHEST = 2 * LONGEST_WISH
"""Nothing is ever put off for so long: a time that lies further ahead was written by a clock that was wrong."""
MAX_AGE = timedelta(days=7)
"""How old a message may be that keeps failing on its own account while others are accepted."""

Chance = Callable[[], float]
"""Gives a number of at least 0 and less than 1; tests bring their own."""


def back_off(failures: int, *, chance: Chance, retry_after: float | None = None) -> timedelta:
    """Return how long to wait after `failures` in a row: full jitter, so that the many do not come back at once.

    Args:
        failures: At least 1.
        retry_after: The least number of seconds, as the destination asked.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    jittered = chance() * min(CAP, BASE * 2.0 ** min(failures - 1, 30))
    wished = min(LONGEST_WISH, timedelta(seconds=min(retry_after or 0, LONGEST_WISH.total_seconds())))
    return max(jittered, wished)
