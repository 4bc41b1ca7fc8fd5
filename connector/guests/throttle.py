"""Slows down who tries links: after many that open nothing, an address gets the same answer without a look.

It is kept in memory, process by process: what it guards has 256 bits, and asking the database for each guess would help
whoever wants to keep it busy.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

MISSES = 30
WINDOW = timedelta(minutes=10)
_MOST_ADDRESSES = 10_000


@dataclass
class Throttle:
    """How often each address has missed lately."""

    _misses: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_spent(self, address: str | None, *, now: datetime) -> bool:
        """Return whether an address has missed too often within the window."""
        with self._lock:
            since, count = self._misses.get(_network(address), (now, 0))
            return count >= MISSES and now - since < WINDOW

    def miss(self, address: str | None, *, now: datetime) -> None:
        """Count a link that opened nothing."""
        network = _network(address)
        with self._lock:
            since, count = self._misses.pop(network, (now, 0))
            self._misses[network] = (since, count + 1) if now - since < WINDOW else (now, 1)
            while len(self._misses) > _MOST_ADDRESSES:
                self._misses.popitem(last=False)


def _network(address: str | None) -> str:
    """Return what counts as one: of IPv6, where everybody has billions of addresses, the network."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)  # noqa: PLR2004 -- IPv6
