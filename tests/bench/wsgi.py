"""Requests to an application in this process, timed without the client that sends them."""

import contextlib
import io
import time
from collections.abc import Iterator

import structlog
from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from connector.config import Settings
from connector.web.tracing import configure_logs


def send(
    app: Flask,
    path: str,
    *,
    base_url: str,
    cookies: str = "",
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[float, Response]:
    """Return how many seconds the application needed to answer, and what it said; a form is posted."""
    method = "GET" if form is None else "POST"
    headers = {"Cookie": cookies, **(headers or {})}
    environ = EnvironBuilder(path, base_url=base_url, method=method, data=form, headers=headers).get_environ()
    begin = time.perf_counter()
    body, status, answered = run_wsgi_app(app, environ, buffered=True)
    return time.perf_counter() - begin, Response(body, status, answered)


@contextlib.contextmanager
def logging_to_memory(settings: Settings) -> Iterator[None]:
    """Let the application write its log as it does when it serves, and show it to nobody."""
    with contextlib.redirect_stderr(io.StringIO()):
        configure_logs(settings)
    try:
        yield
    finally:
        structlog.reset_defaults()


@contextlib.contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """Give the list of statements that the database is sent meanwhile; beginnings of transactions are left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
