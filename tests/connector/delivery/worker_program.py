"""A worker as a process of its own: `python -m tests.connector.delivery.worker_program DATABASE_URL LEASE_SECONDS`."""

import signal
import sys
import threading
from datetime import timedelta

from connector.db import Database
from connector.delivery import worker
from tests.connector.delivery.build import SETTINGS


def main() -> None:
    url, lease = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = Database(url)
    worker.run(database, SETTINGS, stop=stop, lease=timedelta(seconds=float(lease)), idle=0.1)
    database.dispose()
    print("stopped", flush=True)


if __name__ == "__main__":
    main()
