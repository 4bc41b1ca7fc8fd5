"""Correlation ids and structured logs, without personal data."""

import logging
import re
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

from connector.config import Settings

log = structlog.get_logger(__name__)

_SAFE_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_SECRET = re.compile(r"/(s|lti/register|lti/manual|lti/relaunch|admin/enter|unsubscribe|mail|open|guest)/[^/]+")
_FILE_NAME = re.compile(r"(/attachments/[^/]+)/.+")


def configure_logs(settings: Settings) -> None:
    """Send structlog's events to standard error, one line each."""
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default one prints local variables, and they hold what people wrote.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.log_format == "json":
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def correlation_id() -> str:
    """Return the id that joins this request's page with its lines in the log."""
    if "correlation_id" not in g:
        sent = request.headers.get("X-Request-ID", "")
        g.correlation_id = sent if _SAFE_ID.match(sent) else secrets.token_hex(8)
    return str(g.correlation_id)


def init_app(app: Flask) -> None:
    """Give every request an id, and log how it ended."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id())


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = correlation_id()
    if request.endpoint not in {"static", "health.healthz"}:
        log.info(
            "request",
            method=request.method,
            # What opens something by being known stays out of the log: a session's id where cookies are blocked, a ticket;
            # and so do names that people gave to files.
            path=_FILE_NAME.sub(r"\1/-", _SECRET.sub(r"/\1/-", request.path)),
            status=response.status_code,
            ms=round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
        )
    return response
