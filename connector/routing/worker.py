"""The worker's part in routing: does what is due for questions. Any number of workers may, on any number of machines."""

import threading
import uuid
from collections.abc import Sequence
from datetime import datetime

from flask import Flask, current_app

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.routing.due import take_due
from connector.routing.waves import Standby, advance

EVERY_SECONDS = 30.0
_MOST = 200
"""How many questions one tick sees to; what is left is seen to in the next."""


def run(
    database: Database,
    settings: Settings,  # noqa: ARG001 -- every loop of the worker is given them
    *,
    app: Flask,
    stop: threading.Event,
    clock: Clock = utc_now,
) -> None:
    """Do what is due until `stop` is set.

    Args:
        app: Knows who calls in experts from outside.
    """
    while not stop.is_set():
        with app.app_context():
            tick(database, now=clock())
        stop.wait(EVERY_SECONDS)


def tick(database: Database, *, now: datetime) -> int:
    """Do everything that is due for questions, each in a transaction of its own, and return how many there were."""
    done: set[uuid.UUID] = set()
    while len(done) < _MOST:
        with database.session(writes=True) as session:
            desk = take_due(session, now=now, excepting=done)
            if desk is None:
                break
            done.add(desk.case.thread_id)
            advance(desk, standby=_standby())
            session.commit()
    return len(done)


def _standby() -> Sequence[Standby]:
    """Return what the application registered as `kring_standby`."""
    found: Sequence[Standby] = current_app.extensions.get("kring_standby", ())
    return found
