"""Times as whole microseconds since 1970 in UTC, and the clock that stamps statements with them."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return the microseconds from 1970 to `moment`, which is aware."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(stored: int) -> datetime:
    """Return the time that is `stored` microseconds after 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=stored)


def timestamp(stored: int) -> str:
    """Return the xAPI timestamp of `stored`, in UTC and always with six decimals."""
    return moment_of(stored).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _now() -> int:
    return time.time_ns() // 1000


class StoredClock:
    """Gives every statement a `stored` time of its own, each later than the one before.

    That makes `stored` the order of the store: `since` a statement's own time never skips its neighbour, and a page
    continues after a time. A clock that is set back does not set the order back.
    """

    def __init__(self, now: Callable[[], int] = _now) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._promised = 0
        self._begun: int | None = None

    def begin(self, last: int) -> int:
        """Return the first time that a transaction may stamp statements with; `last` is the latest one stored."""
        with self._lock:
            self._begun = max(self._now(), last + 1, self._promised + 1)
            return self._begun

    def end(self, last: int) -> None:
        """Tell that the transaction has ended; `last` is the latest time stored."""
        with self._lock:
            self._begun = None
            self._promised = max(self._promised, last)

    def consistent_through(self) -> int:
        """Return a time: every statement that has or will have a `stored` up to it can be read now.

        Source: xAPI 1.0.3, Communication, 2.1.3 (X-Experience-API-Consistent-Through).
        """
        with self._lock:
            # A transaction under way may yet store something at the very time at which it began.
            self._promised = max(self._promised, self._now()) if self._begun is None else self._begun - 1
            return self._promised
