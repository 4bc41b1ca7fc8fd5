"""What a lane and a destination say to each other: parcels go in, steps come out."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery as the destination sees it."""

    id: int
    message_id: uuid.UUID
    body: bytes
    created_at: datetime
    attempts: int
    """How often it was claimed, this time included."""
    is_suspect: bool
    """Whether it failed on its own account before; it then travels alone, so that the others do not wait for it."""
    voids_id: uuid.UUID | None = None
    """The statement that it takes back, if that is what it does."""


@dataclass(frozen=True, slots=True)
class Setback:
    """Why one delivery was not accepted."""

    parcel: Parcel
    reason: str
    status: int | None = None
    retry_after: float | None = None
    """The least number of seconds until it may be sent again; None where it does not matter."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after another request; an empty one only says that time has passed."""

    done: Sequence[int] = ()
    postponed: Sequence[Setback] = ()
    """Failed on their own account, and may go better later."""
    dead: Sequence[Setback] = ()
    """Refused for good."""
    byte_limit: int | None = None
    """The most that the destination takes together, where it said that it was too much."""


class Destination(Protocol):
    """Carries parcels to where they have to go."""

    def deliver(self, parcels: Sequence[Parcel], *, byte_limit: int) -> Iterator[Step]:
        """Send `parcels`, and yield after every request, so that the lease can be renewed before the next one.

        What no step names has not been settled and stays the lane's.

        Raises:
            DestinationDownError: The whole lane has to wait.
            DestinationClosedError: The whole lane has to be mended by somebody.
        """
