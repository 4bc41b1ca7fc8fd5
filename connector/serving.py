"""The application as a server process runs it, for good."""

import gc

from flask import Flask

from connector.app import create_app
from connector.search.nearness import warm

COLLECTIONS = (10_000, 20, 20)
"""How many new objects start a collection, and how many collections one of the older ones: Python's own are for scripts."""


def serve_app() -> Flask:
    """Return the application, in a process that does nothing else."""
    app = create_app()
    warm(app.extensions["kring"].database)
    settle()
    return app


def settle() -> None:
    """Leave what was made at the start out of all later garbage collections, which would look at all of it each time.

    Half of the time of a page that reads ten thousand rows goes into that otherwise.

    Source: https://docs.python.org/3/library/gc.html, `gc.freeze`.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
