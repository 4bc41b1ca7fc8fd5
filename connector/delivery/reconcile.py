"""Compares what a store accepted with what it holds, statement by statement, and sends again what it lost.

Stores differ in what they mean by a time: the specification has `since` and `until` look at when a statement was stored,
some look at when it happened. So the store is asked for more than the window, and what counts is which ids come back.
"""

import uuid
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.delivery import lrs
from connector.delivery.errors import DestinationClosedError
from connector.delivery.models import Delivery, Endpoint, Message, Reconciliation, State
from connector.delivery.reach import open_http
from xapi.errors import LRSError
from xapi.formats import parse_timestamp
from xapi.lrs import LRSClient, Page
from xapi.vocabulary.extensions import EVENT

DAY = timedelta(days=1)
LATENESS = timedelta(hours=1)
"""How long after the acts a store is asked about them."""
SLACK = timedelta(minutes=5)
"""How far a store's clock may be from ours."""
MAX_PAGES = 10_000
EXAMPLES = 100
"""How many ids of a kind are kept to look at."""
_PAGE = 100
_CHUNK = 500
_LOOKUPS = 1000
"""How many statements are asked for one by one, before the list is believed."""

_log = structlog.get_logger(__name__)


class Window(NamedTuple):
    """Compared is what was accepted after `since`, and not after `until`."""

    since: datetime
    until: datetime


def next_window(session: Session, endpoint: Endpoint, *, now: datetime) -> Window:
    """Return the day that ended an hour ago, or more where the last comparison that answered everything ended before."""
    until = now - LATENESS
    whole = (Reconciliation.error.is_(None), Reconciliation.unknown == 0)
    last = session.scalar(
        select(Reconciliation.until)
        .where(Reconciliation.endpoint_id == endpoint.id, *whole)
        .order_by(Reconciliation.until.desc())
        .limit(1)
    )
    return Window(min(until - DAY, last or until), until)


def last_reconciliation(session: Session, endpoint: Endpoint) -> Reconciliation | None:
    """Return what the last comparison with a store found; None where there was none."""
    mine = select(Reconciliation).where(Reconciliation.endpoint_id == endpoint.id)
    return session.scalar(mine.order_by(Reconciliation.began_at.desc()).limit(1))


def reconcile(
    database: Database,
    settings: Settings,
    endpoint: Endpoint,
    window: Window | None = None,
    *,
    clock: Clock = utc_now,
    max_pages: int = MAX_PAGES,
) -> Reconciliation:
    """Compare what a store accepted in a window with what it holds, let what is missing be sent again, and say so.

    Takes as long as the store does; the database is not kept busy meanwhile. A store that fails ends the comparison:
    then what could be looked up counts, and nothing else is sent again.

    Args:
        window: None for the next one.
        max_pages: After how many pages to stop: some stores forget the question, and some pages lead to others for ever.
    """
    began_at = clock()
    with database.session(writes=False) as session:
        window = window or next_window(session, endpoint, now=began_at)
        accepted = _accepted(session, endpoint, window)
    comparison = _Comparison(database, window, accepted)
    with open_http(endpoint, settings) as http:
        try:
            client = lrs.client(endpoint, settings, http)
            comparison.read(client, max_pages)
            comparison.look_up(client)
        except (LRSError, DestinationClosedError) as error:
            comparison.error = str(error)
    with database.session(writes=True) as session:
        _requeue(session, endpoint, comparison.missing, clock())
        result = comparison.result(endpoint, began_at, clock())
        session.add(result)
        session.commit()
    _log.info("reconciled", endpoint=str(endpoint.id), expected=result.expected, missing=result.missing)
    return result


class _Accepted(NamedTuple):
    times: dict[uuid.UUID, datetime]
    """When the store accepted each statement."""
    oldest: datetime | None
    """When the oldest of the acts happened."""


def _accepted(session: Session, endpoint: Endpoint, window: Window) -> _Accepted:
    times: dict[uuid.UUID, datetime] = {}
    oldest = None
    rows = session.execute(
        select(Delivery.message_id, Delivery.done_at, Message.created_at)
        .join(Delivery.message)
        .where(Delivery.endpoint_id == endpoint.id, Delivery.state == State.DONE)
        .where(Delivery.done_at > window.since, Delivery.done_at <= window.until)
        .execution_options(yield_per=_CHUNK)
    )
    for id_, done_at, created_at in rows:
        times[id_] = done_at or window.until
        oldest = min(oldest or created_at, created_at)
    return _Accepted(times, oldest)


@dataclass(slots=True)
class _Comparison:
    database: Database
    window: Window
    accepted: _Accepted
    error: str | None = None
    seen: dict[uuid.UUID, Any] = field(default_factory=dict)
    """Statements of ours that the store showed, and when it says that it stored them."""
    held: int = 0
    voided: int = 0
    missing: list[uuid.UUID] = field(default_factory=list)
    unknown: deque[uuid.UUID] = field(default_factory=deque)
    doubled: set[uuid.UUID] = field(default_factory=set)
    foreign: set[uuid.UUID] = field(default_factory=set)
    consistent_through: datetime | None = None

    def read(self, client: LRSClient, max_pages: int) -> None:
        """Read what the store holds, page after page."""
        since = min(self.window.since, self.accepted.oldest or self.window.since) - SLACK
        pages = client.pages(
            max_pages=max_pages, since=since, until=self.window.until + SLACK, limit=_PAGE, ascending=True
        )
        read = 0
        try:
            for page in pages:
                self._note(page)
                read += 1
        except LRSError as error:
            self.error = str(error)
        if read == max_pages:
            self.error = f"the store's answer did not end within {max_pages} pages"

    def look_up(self, client: LRSClient) -> None:
        """Ask for each statement that the store did not show; about those that are too many, a whole list is believed."""
        absent = deque(id_ for id_ in self.accepted.times if id_ not in self.seen)
        self.held = len(self.accepted.times) - len(absent)
        self.unknown = absent
        late: list[uuid.UUID] = []
        for _ in range(min(len(absent), _LOOKUPS)):
            id_ = absent[0]
            if client.get(id_) is not None:
                self.held += 1
            elif client.get(id_, voided=True) is not None:
                self.voided += 1
            else:
                (self.missing if self._is_consistent(id_) else late).append(id_)
            absent.popleft()
        if self.error is None:
            self.missing += (id_ for id_ in absent if self._is_consistent(id_))
            self.unknown = deque(id_ for id_ in absent if not self._is_consistent(id_))
        self.unknown += late

    def result(self, endpoint: Endpoint, began_at: datetime, ended_at: datetime) -> Reconciliation:
        """Return what is to be stored."""
        found = {
            "missing": self.missing,
            "unknown": self.unknown,
            "doubled": self.doubled - self.foreign,
            "foreign": self.foreign,
        }
        return Reconciliation(
            endpoint_id=endpoint.id,
            since=self.window.since,
            until=self.window.until,
            began_at=began_at,
            ended_at=ended_at,
            error=self.error,
            expected=len(self.accepted.times),
            held=self.held,
            voided=self.voided,
            examples={name: [str(id_) for id_ in islice(ids, EXAMPLES)] for name, ids in found.items()},
            **{name: len(ids) for name, ids in found.items()},
        )

    def _note(self, page: Page) -> None:
        """Note which of a page's statements are ours, which come twice, and which nobody here has sent."""
        if self.consistent_through is None:
            self.consistent_through = page.consistent_through
        on_page: set[uuid.UUID] = set()
        strangers: set[uuid.UUID] = set()
        for told in page.statements:
            id_ = _id(told)
            if id_ is None or not (id_ in self.accepted.times or _tells_of_our_event(told)):
                continue
            stored = told.get("stored")
            # Pages may overlap where statements come in meanwhile; two copies on one page, or of two times, are two.
            if id_ in on_page or self.seen.get(id_, stored) != stored:
                self.doubled.add(id_)
            on_page.add(id_)
            self.seen.setdefault(id_, stored)
            if id_ not in self.accepted.times and self._is_within(stored):
                strangers.add(id_)
        if strangers:
            self.foreign |= strangers - self._known(strangers)

    def _known(self, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Return which statements we sent, or sent once and have voided."""
        with self.database.session(writes=False) as session:
            found = session.execute(
                select(Message.id, Message.voids_id).where(or_(Message.id.in_(ids), Message.voids_id.in_(ids)))
            ).all()
        return {id_ for row in found for id_ in row if id_ is not None}

    def _is_within(self, stored: object) -> bool:
        moment = parse_timestamp(stored) if isinstance(stored, str) else None
        return moment is None or self.window.since < moment <= self.window.until

    def _is_consistent(self, id_: uuid.UUID) -> bool:
        """Return whether the store claims to show everything from the time when it accepted the statement.

        Some say no more than when they stored something last; so what is older than a day counts as no claim.
        """
        claim = self.consistent_through
        return claim is None or claim < self.window.until - DAY or self.accepted.times[id_] <= claim


def _requeue(session: Session, endpoint: Endpoint, ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Let statements be sent once more, the same bytes as before."""
    for start in range(0, len(ids), _CHUNK):
        session.execute(
            update(Delivery)
            .where(Delivery.endpoint_id == endpoint.id, Delivery.state == State.DONE)
            .where(Delivery.message_id.in_(ids[start : start + _CHUNK]))
            .values(state=State.NEW, due_at=now, attempts=0, done_at=None)
            .execution_options(synchronize_session=False)
        )


def _id(told: dict[str, Any]) -> uuid.UUID | None:
    try:
        return uuid.UUID(told.get("id"))
    except (ValueError, TypeError, AttributeError):
        return None


def _tells_of_our_event(told: dict[str, Any]) -> bool:
    context = told.get("context")
    extensions = context.get("extensions") if isinstance(context, dict) else None
    return isinstance(extensions, dict) and EVENT.id in extensions
