"""An end to several requests together: all that a registration asks of a platform in one step."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from connector.outbound import Cutter

CALL_SECONDS = 20.0
"""How long a platform may take for all that a registration asks of it in one step."""


@contextmanager
def deadline(http: requests.Session, seconds: float = CALL_SECONDS) -> Iterator[None]:
    """Cut whatever connection `http` has open once `seconds` have gone by, and let it open no other.

    Who waits for an answer then gets an ordinary connection error. `http` must be new: it has no connections yet.
    """
    cutter = Cutter()
    for adapter in http.adapters.values():
        manager = adapter.poolmanager  # type: ignore[attr-defined]
        manager.pool_classes_by_scheme = {
            scheme: cutter.watch(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
        }
    timer = threading.Timer(seconds, cutter.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        cutter.close()
