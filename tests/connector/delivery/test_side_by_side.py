"""Workers side by side, in real threads and a time that runs 1800 times as fast: each store still gets everything once."""

import random
import threading
import time
from datetime import timedelta

import pytest
import structlog

from connector.delivery import worker
from tests import make
from tests.connector.delivery import build, faults
from tests.connector.delivery.world import World, silence_logs

_FASTER = 1800
_LEASE = timedelta(minutes=100)
_STATEMENTS = 260


@pytest.fixture(autouse=True)
def _quiet():
    silence_logs()
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_side_by_side_store_every_act_once(database, any_store, workers):
    world = World(database, any_store)
    any_store.faults.extend(random.Random(workers).choices(faults.ALL, k=12))  # noqa: S311 -- the same each time
    begin = time.monotonic()
    stop = threading.Event()
    options = {
        "stop": stop,
        "clock": lambda: make.NOW + _FASTER * timedelta(seconds=time.monotonic() - begin),
        "lease": _LEASE,
        "idle": 0.02,
        "chance": lambda: 0.1,
        "connect": world.connect,
    }
    threads = [
        threading.Thread(target=worker.run, args=(database, build.SETTINGS), kwargs=options) for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(_STATEMENTS // 20):
            world.act(20)
            time.sleep(0.02)
        while world.waiting():
            assert time.monotonic() < begin + 60, "something was never delivered"
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    world.check()
