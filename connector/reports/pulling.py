"""Reads a store into facts: page after page, each in a transaction of its own, on from where it stopped.

Stores differ. Some show the newest first whatever they are asked for, some mean another time by `since`, some forget
the question altogether, and the pages of some lead to others for ever. So the place to go on from moves only as far as
what came proves, what is older than asked for is passed over, and a walk that brings nothing new ends.

Source: xAPI 1.0.3, Communication, 2.1.3 and 3.3 (Consistent-Through).
"""

import contextlib
import gc
import threading
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.delivery import lrs
from connector.delivery.errors import DestinationClosedError
from connector.delivery.models import Endpoint
from connector.delivery.reach import open_http
from connector.platforms.models import Tenant
from connector.reports.models import Source
from connector.reports.people import Directory
from connector.reports.places import Atlas
from connector.reports.reading import read_id, read_stored
from connector.reports.sources import EVERY, ensure_source
from connector.reports.storing import store_page
from xapi.errors import LRSError
from xapi.lrs import Page

PAGE = 500
"""How many statements are asked for at a time: above, stores gain little."""
OVERLAP = timedelta(minutes=5)
"""How much is read again, for statements that a store stored late and out of order."""
SWEEP, SWEEP_EVERY = timedelta(days=2), timedelta(days=1)
"""How much is read again now and then, for stores whose `since` looks at when something happened."""
LEASE = timedelta(minutes=5)
MAX_PAGES = 1000
"""Pages of one walk; the next goes on from there."""
_STALE_PAGES = 5

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """How far a walk has come."""

    pages: int = 0
    seen: int = 0
    kept: int = 0
    is_finished: bool = False
    """Whether the store has nothing more to show now."""
    error: str | None = None
    cursor: datetime | None = None


def pull(
    database: Database,
    settings: Settings,
    endpoint_id: uuid.UUID,
    *,
    clock: Clock = utc_now,
    max_pages: int = MAX_PAGES,
    is_anew: bool = False,
    on_page: Callable[[Progress], None] = lambda _progress: None,
    stop: threading.Event | None = None,
) -> Progress | None:
    """Read what is new in a store; return how far it came, or None while somebody else reads it.

    A store that fails ends the walk; what was read until then stays, and the next walk goes on from there.

    Args:
        is_anew: Whether to begin with the oldest statement again.
        on_page: Is told after every page.
        stop: Ends the walk after the page that is under way.
    """
    lease = _take(database, endpoint_id, now=clock(), is_anew=is_anew)
    if lease is None:
        return None
    walk = _Walk(database, settings, lease, clock, on_page, stop or threading.Event())
    progress = walk.progress
    # Each page is some ten thousand objects: the collector need not look at all others again for each of them.
    gc.freeze()
    try:
        with open_http(lease.endpoint, settings) as http:
            walk.read(lrs.client(lease.endpoint, settings, http), max_pages)
    except (LRSError, DestinationClosedError) as error:
        progress.error = str(error)[:500]
    finally:
        gc.unfreeze()
        walk.release()
    _log.info("pulled", endpoint=str(endpoint_id), seen=progress.seen, kept=progress.kept, error=progress.error)
    return progress


@dataclass(frozen=True, slots=True)
class _Lease:
    token: uuid.UUID
    endpoint: Endpoint
    home_page: str
    cursor: datetime | None
    is_sweep: bool


def _take(database: Database, endpoint_id: uuid.UUID, *, now: datetime, is_anew: bool) -> _Lease | None:
    """Take a store for reading; None where another has it."""
    token = uuid.uuid4()
    with database.session(writes=True) as session:
        endpoint = session.get_one(Endpoint, endpoint_id)
        ensure_source(session, endpoint, now=now)
        is_free = or_(Source.lease_until.is_(None), Source.lease_until < now)
        taken = session.execute(
            update(Source)
            .where(Source.endpoint_id == endpoint_id, is_free)
            .values(lease_token=token, lease_until=now + LEASE, **({"cursor": None} if is_anew else {}))
            .execution_options(synchronize_session=False)
            .returning(Source.cursor, Source.swept_at)
        ).one_or_none()
        home_page = f"{session.get_one(Tenant, endpoint.tenant_id).iri}/actors"
        session.commit()
    if taken is None:
        return None
    is_sweep = taken.swept_at is None or taken.swept_at < now - SWEEP_EVERY
    return _Lease(token, endpoint, home_page, taken.cursor, is_sweep)


@dataclass(slots=True)
class _Walk:
    database: Database
    settings: Settings
    lease: _Lease
    clock: Clock
    on_page: Callable[[Progress], None]
    stop: threading.Event
    progress: Progress = field(default_factory=Progress)
    lowest: datetime | None = None
    highest: datetime | None = None
    """When the oldest and the newest of what came was stored."""
    is_ascending: bool = True
    """Whether the pages came in the order that they were asked for."""
    around: set[uuid.UUID] = field(default_factory=set)
    """What came on the last pages, as long as those bring nothing older or newer."""
    stale: int = 0
    bound: datetime | None = None
    """Up to when the store says that nothing is left out."""

    def read(self, client: Any, max_pages: int) -> None:
        """Read pages until there are no more, or enough."""
        lease = self.lease
        self.progress.cursor = lease.cursor
        back = SWEEP if lease.is_sweep else OVERLAP
        since = None if lease.cursor is None else lease.cursor - back
        directory, atlas = Directory(lease.endpoint, lease.home_page), Atlas(lease.endpoint)
        pages = client.pages(since=since, ascending=True, limit=PAGE, max_pages=max_pages + 1)
        with contextlib.closing(_ahead(pages)) as coming:
            for page in coming:
                if self.progress.pages == max_pages or self.stop.is_set():
                    if not self.is_ascending and not self.stop.is_set():
                        self.progress.error = (
                            "it shows the newest first, and more than is read at a time: kring reports pull"
                        )
                    return
                fresh = [each for each in page.statements if not _is_before(each, since)]
                is_stale = self._note(page, fresh)
                self._store(page, fresh, directory, atlas)
                self.on_page(self.progress)
                if is_stale:
                    self.progress.error = "its pages show the same statements again and again"
                    return
                if not self.is_ascending and page.statements and not fresh:
                    break  # newest first, and all that follow are older still
        self.progress.is_finished = True
        self._advance(self.highest)

    def _note(self, page: Page, fresh: Sequence[Mapping[str, Any]]) -> bool:
        """Note which times a page covers; return whether the walk goes round in circles."""
        times = [moment for each in fresh if (moment := read_stored(each)) is not None]
        ids = {id_ for each in page.statements if (id_ := read_id(each)) is not None}
        if page.consistent_through is not None:
            self.bound = min(self.bound or page.consistent_through, page.consistent_through)
        is_back = bool(times) and self.highest is not None and min(times) < self.highest - OVERLAP
        if self.is_ascending and (is_back or (len(times) > 1 and times[0] > times[-1])):
            self.is_ascending = False
            self.progress.cursor = self.lease.cursor  # what was proved by the order is not
        lowest, highest = self.lowest, self.highest
        self.lowest = min([*times, *filter(None, [lowest])], default=None)
        self.highest = max([*times, *filter(None, [highest])], default=None)
        is_wider = (self.lowest, self.highest) != (lowest, highest)
        is_new = not ids <= self.around
        self.around = ids if is_wider else self.around | ids
        # Pages of what is older than asked for count too: a store that forgot the question may show them for ever.
        self.stale = 0 if is_wider or is_new else self.stale + 1
        return self.stale >= _STALE_PAGES

    def _store(self, page: Page, fresh: Sequence[Mapping[str, Any]], directory: Directory, atlas: Atlas) -> None:
        """Store one page, and how far it brings us, together."""
        progress = self.progress
        with self.database.session(writes=True) as session:
            self._hold(session)
            kept = store_page(session, self.lease.endpoint, fresh, directory, atlas)
            progress.pages += 1
            progress.seen += len(page.statements)
            progress.kept += kept
            if self.is_ascending:
                self._advance(self.highest)
            session.execute(
                update(Source)
                .where(Source.endpoint_id == self.lease.endpoint.id)
                .values(
                    cursor=progress.cursor,
                    seen=Source.seen + len(page.statements),
                    kept=Source.kept + kept,
                    lease_until=self.clock() + LEASE,
                )
                .execution_options(synchronize_session=False)
            )
            session.commit()

    def _hold(self, session: Session) -> None:
        """Hold the store's row until the page is stored: whoever forgets a person waits for it, and we for them."""
        mine = select(Source.endpoint_id).where(Source.endpoint_id == self.lease.endpoint.id)
        if session.scalar(mine.where(Source.lease_token == self.lease.token).with_for_update()) is None:
            raise DestinationClosedError("somebody else has begun to read it")

    def _advance(self, moment: datetime | None) -> None:
        """Move the place to go on from: never back, never beyond now or what the store vouches for."""
        if moment is None:
            return
        limits = [moment.astimezone(UTC), self.clock(), *([self.bound.astimezone(UTC)] if self.bound else [])]
        reached = min(limits)
        cursor = self.progress.cursor
        self.progress.cursor = reached if cursor is None else max(cursor, reached)

    def release(self) -> None:
        """Say how it went, and let others read."""
        now, progress = self.clock(), self.progress
        values: dict[str, Any] = {"lease_token": None, "lease_until": None, "error": progress.error}
        values["due_at"] = now if not (progress.is_finished or progress.error) else now + EVERY
        if progress.is_finished:
            values |= {"succeeded_at": now, "cursor": progress.cursor}
            values |= {"swept_at": now} if self.lease.is_sweep else {}
        with self.database.session(writes=True) as session:
            session.execute(
                update(Source)
                .where(Source.endpoint_id == self.lease.endpoint.id, Source.lease_token == self.lease.token)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            session.commit()


def _ahead(pages: Iterator[Page]) -> Generator[Page]:
    """Yield pages, the next one fetched while the present one is stored; a failure comes when its page would have."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="page") as fetching:
        coming = fetching.submit(next, pages, None)
        while (page := coming.result()) is not None:
            coming = fetching.submit(next, pages, None)
            yield page


def _is_before(statement: Mapping[str, Any], since: datetime | None) -> bool:
    """Return whether a statement is older than what was asked for: some stores forget the question."""
    moment = read_stored(statement)
    return since is not None and moment is not None and moment < since
