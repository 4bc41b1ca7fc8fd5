"""Whether the process lives, and whether it can serve."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer that the process lives."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer whether the database can be reached and has the schema that this version needs."""
    check: Callable[[], str | None] = current_app.extensions["kring_ready"]
    try:
        problem = check()
    except SQLAlchemyError as error:
        log.warning("not_ready", error=type(error).__name__)
        problem = "the database does not answer"
    if problem is None:
        return Response("ready\n", mimetype="text/plain")
    return Response(f"{problem}\n", status=HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
