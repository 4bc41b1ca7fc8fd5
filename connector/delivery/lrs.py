"""The destination that is a learning record store: one request for many statements, and what each answer means.

Stores differ in what they do with a statement that they already hold, and most refuse a batch as a whole; so an answer
that does not say which statement is meant is followed by questions until it is known.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import requests

from connector.config import Settings
from connector.delivery.destinations import Parcel, Setback, Step
from connector.delivery.errors import DestinationClosedError, DestinationDownError
from connector.delivery.models import Endpoint
from connector.sealing import SealError, unseal
from xapi.errors import (
    LRSAmbiguousError,
    LRSConflictError,
    LRSError,
    LRSMisconfiguredError,
    LRSRefusedError,
    LRSRejectedError,
    LRSTooLargeError,
)
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.schema import Version
from xapi.store.equality import is_same

_TURNED_AWAY = frozenset({None, 429, 502, 503, 504})
"""Statuses of a store, or of a proxy before it, that did not look at the batch."""
_UNCERTAIN = frozenset({502, 504})
"""Statuses of a proxy that gave up waiting: the store behind it may have gone on."""
_QUIET_SECONDS = 60.0
"""How long a store is left alone that may still be at work: some keep two copies of what comes twice at the same time."""
_WHOLESALE = 10
"""So many refused and none accepted: that is the store's fault, and no reason to give the statements up."""
_TIMEOUT = (10.0, 30.0)
"""Seconds to connect, in which a batch has to go out too, and between two bytes of the answer."""


def connect(endpoint: Endpoint, settings: Settings, http: requests.Session) -> "LRSDestination":
    """Return the destination that `endpoint` describes.

    Raises:
        DestinationClosedError: Its password cannot be read.
    """
    return LRSDestination(client(endpoint, settings, http), is_proven=endpoint.succeeded_at is not None)


def client(endpoint: Endpoint, settings: Settings, http: requests.Session) -> LRSClient:
    """Return the means to speak to the store that `endpoint` describes.

    Raises:
        DestinationClosedError: Its password cannot be read.
    """
    try:
        password = unseal(settings.secret_key, endpoint.password).decode()
    except SealError as error:
        raise DestinationClosedError(str(error)) from error
    address = Address(endpoint.url, endpoint.username, password, cast("Version", endpoint.version))
    return LRSClient(address, http, timeout=_TIMEOUT)


@dataclass(slots=True)
class _Tally:
    """What became of a batch so far."""

    accepted: int = 0
    rejected: list[Setback] = field(default_factory=list)
    """Kept back until it is known that the store accepts anything at all."""

    def reject(self, setback: Setback) -> None:
        self.rejected.append(setback)
        if not self.accepted and len(self.rejected) >= _WHOLESALE:
            raise self.wholesale_error()

    def wholesale_error(self) -> DestinationClosedError:
        last = self.rejected[-1]
        return DestinationClosedError(f"refuses every statement: {last.reason}", status=last.status)


class LRSDestination:
    """Sends statements to one store; see `Destination`.

    Args:
        is_proven: Whether the store ever accepted anything. One that did not, and refuses, is likely to be set up
            wrongly, and nothing is given up for it.
    """

    def __init__(self, client: LRSClient, *, is_proven: bool = True) -> None:
        self._client = client
        self._is_proven = is_proven

    def deliver(self, parcels: Sequence[Parcel], *, byte_limit: int) -> Iterator[Step]:
        """Send statements, and yield after every request.

        Raises:
            DestinationDownError: The store cannot be reached or does not work.
            DestinationClosedError: The store refuses the credentials, is none, or refuses everything.
        """
        tally = _Tally()
        for batch in _batches([parcel for parcel in parcels if not parcel.is_suspect], byte_limit):
            yield from self._send(batch, tally)
        for parcel in parcels:
            if parcel.is_suspect:
                yield from self._send_alone(parcel, tally)
        if tally.rejected and not tally.accepted and not self._is_proven:
            raise tally.wholesale_error()
        if tally.rejected:
            yield Step(dead=tally.rejected)

    def _send(self, parcels: Sequence[Parcel], tally: _Tally) -> Iterator[Step]:
        try:
            self._client.send([parcel.body for parcel in parcels])
        except LRSConflictError as error:
            yield from self._compare(parcels, error, tally)
        except LRSRejectedError as error:
            if len(parcels) > 1:
                yield Step()
                yield from self._send_halves(parcels, tally)
            elif self._is_pointless(parcels[0]):
                yield Step(done=[parcels[0].id])
            else:
                tally.reject(Setback(parcels[0], str(error), error.status))
                yield Step()
        except LRSTooLargeError as error:
            if len(parcels) == 1:
                yield Step(dead=[Setback(parcels[0], str(error), error.status)])
            else:
                yield Step(byte_limit=_size(parcels) // 2)
            yield from self._send_halves(parcels, tally)
        except LRSMisconfiguredError as error:
            yield from self._send_without_pointless(parcels, error, tally)
        except LRSError as error:
            raise _lane_error(error) from error
        else:
            tally.accepted += len(parcels)
            yield Step(done=[parcel.id for parcel in parcels])

    def _send_without_pointless(
        self, parcels: Sequence[Parcel], error: LRSMisconfiguredError, tally: _Tally
    ) -> Iterator[Step]:
        """Send a batch again without what voids nothing: to some stores, a target that is not there is an address."""
        pointless = []
        if error.status == HTTPStatus.NOT_FOUND:
            for parcel in parcels:
                if self._is_pointless(parcel):
                    pointless.append(parcel)
                    yield Step(done=[parcel.id])
                elif parcel.voids_id is not None:
                    yield Step()
        if not pointless:
            raise _lane_error(error) from error
        rest = [parcel for parcel in parcels if parcel not in pointless]
        yield from self._send(rest, tally) if rest else ()

    def _send_halves(self, parcels: Sequence[Parcel], tally: _Tally) -> Iterator[Step]:
        """Send both halves of a batch; nothing where there was but one."""
        middle = len(parcels) // 2
        if middle:
            yield from self._send(parcels[:middle], tally)
            yield from self._send(parcels[middle:], tally)

    def _send_alone(self, parcel: Parcel, tally: _Tally) -> Iterator[Step]:
        """Send what failed on its own account before: where it fails again, the others need not wait for it."""
        try:
            yield from self._send([parcel], tally)
        except DestinationDownError as error:
            if not error.is_batch_suspect:
                raise
            yield Step(postponed=[Setback(parcel, str(error), error.status, error.retry_after)])

    def _compare(self, parcels: Sequence[Parcel], conflict: LRSConflictError, tally: _Tally) -> Iterator[Step]:
        """Ask for each statement of a batch that was refused as a whole, and send again what the store lacks."""
        absent = []
        for parcel in parcels:
            held = self._get(parcel.message_id)
            if held is None:
                absent.append(parcel)
                yield Step()
            elif is_same(json.loads(parcel.body), held):
                tally.accepted += 1
                yield Step(done=[parcel.id])
            else:
                reason = "the store holds another statement under this id"
                yield Step(dead=[Setback(parcel, reason, conflict.status)])
        if len(absent) < len(parcels):
            yield from self._send(absent, tally) if absent else ()
        elif len(absent) > 1:
            yield from self._send_halves(absent, tally)
        else:
            reason = f"the store says that it knows this id, and does not show it: {conflict}"
            yield Step(postponed=[Setback(absent[0], reason, conflict.status)])

    def _is_pointless(self, parcel: Parcel) -> bool:
        """Return whether the parcel voids what the store does not have, or no longer shows.

        Raises:
            DestinationClosedError: There is no store at this address at all.
            DestinationDownError: The store does not say.
        """
        if parcel.voids_id is None:
            return False
        try:
            next(self._client.statements(limit=1), None)  # a mistyped address has nothing either
        except LRSError as error:
            raise _lane_error(error) from error
        return self._get(parcel.voids_id) is None

    def _get(self, statement_id: UUID) -> dict[str, Any] | None:
        try:
            return self._client.get(statement_id)
        except LRSError as error:
            raise _lane_error(error) from error


def _lane_error(error: LRSError) -> DestinationDownError | DestinationClosedError:
    """Return what an error of the store means for the lane."""
    if isinstance(error, LRSRefusedError | LRSMisconfiguredError):
        return DestinationClosedError(str(error), status=error.status)
    is_ambiguous = isinstance(error, LRSAmbiguousError)
    may_go_on = is_ambiguous or error.status in _UNCERTAIN
    return DestinationDownError(
        str(error),
        status=error.status,
        retry_after=max(error.retry_after or 0.0, _QUIET_SECONDS) if may_go_on else error.retry_after,
        is_batch_suspect=is_ambiguous or error.status not in _TURNED_AWAY,
    )


def _batches(parcels: Sequence[Parcel], byte_limit: int) -> Iterator[list[Parcel]]:
    """Yield the parcels in requests of at most `byte_limit` bytes; one that is larger travels alone."""
    batch: list[Parcel] = []
    size = 1
    for parcel in parcels:
        if batch and size + len(parcel.body) + 1 > byte_limit:
            yield batch
            batch, size = [], 1
        batch.append(parcel)
        size += len(parcel.body) + 1
    if batch:
        yield batch


def _size(parcels: Sequence[Parcel]) -> int:
    return sum(len(parcel.body) + 1 for parcel in parcels) + 1  # brackets and commas
