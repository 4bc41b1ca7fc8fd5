"""The worker makes vectors: of what was written or changed within seconds, of everything after the model was changed.

Any number of workers may run: of two that make the same vector, the later one's stays.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from connector.config import Settings
from connector.db import Database
from connector.search import vectors
from connector.search.meanings import Model, pack
from connector.search.vectors import Told

A_TURN = 100
"""How many vectors are made and stored at a time."""
_IDLE_SECONDS = 1.0
_WHOLE_SECONDS = 600.0
"""How often every document is looked at, and not the newest alone."""
_NEWEST = 1_000
"""So many of the newest are looked at each time: of two that are written at once, the lower number may come last."""

_log = structlog.get_logger(__name__)


def run(database: Database, settings: Settings, *, stop: threading.Event, idle: float = _IDLE_SECONDS) -> None:
    """Make vectors until `stop` is set; where no model is chosen, drop those that there are, and do nothing.

    Args:
        idle: Seconds between two looks while nothing is due.

    Raises:
        SettingsError: The model that was chosen cannot be used.
    """
    if not settings.semantic_model:
        drop_others(database, None, stop=stop)
        stop.wait()
        return
    maker = Maker(database, Model(settings.semantic_model))
    while not stop.is_set():
        if not maker.make_some():
            stop.wait(idle)


def drop_others(database: Database, model: Model | None, *, stop: threading.Event | None = None) -> int:
    """Drop the vectors that are not by a model, a few at a time, and return how many there were."""
    count = 0
    while stop is None or not stop.is_set():
        with database.session(writes=True) as session:
            dropped = vectors.drop_others(session, model.fingerprint if model else None)
            session.commit()
        count += dropped
        if not dropped:
            break
    if count:
        _log.info("vectors_dropped", count=count)
    return count


@dataclass(slots=True)
class Maker:
    """Makes the vectors that are missing; used by one thread."""

    database: Database
    model: Model
    clock: Callable[[], float] = time.monotonic
    _after: int = 0
    """Documents up to this number are known to have one."""
    _whole_at: float | None = None
    """When every document was last looked at."""

    def make_some(self) -> int:
        """Make the next few, and return how many were stored; 0 where none is missing, as far as one can see."""
        told = self._due()
        if not told:
            return 0
        made = {each: pack(self.model.vector(each.title, each.text)) for each in told}
        with self.database.session(writes=True) as session:
            count = vectors.store(session, self.model.fingerprint, made)
            session.commit()
        return count

    def _due(self) -> Sequence[Told]:
        if self._whole_at is None or self.clock() - self._whole_at > _WHOLE_SECONDS:
            # Also those that a worker made which has not heard yet of another model.
            drop_others(self.database, self.model)
            self._after, self._whole_at = 0, self.clock()
        with self.database.session(writes=False) as session:
            highest = vectors.highest(session)
            changed = vectors.outdated(session, limit=A_TURN)
            new = vectors.without_vector(session, after=self._after, limit=A_TURN - len(changed))
        if len(changed) + len(new) < A_TURN:
            self._after = max(highest - _NEWEST, 0)
        elif new:
            self._after = max(new[0].number - 1, self._after)
        return [*changed, *new]
