"""What views ask of a request: the database session, the time, and checked input."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, g, request
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import Clock, Database
from connector.web.errors import AppError, InvalidInputError
from connector.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Kring:
    """What the application stands on; kept in `app.extensions["kring"]`."""

    settings: Settings
    database: Database
    clock: Clock


def kring() -> Kring:
    """Return what the current application stands on."""
    found: Kring = current_app.extensions["kring"]
    return found


def settings() -> Settings:
    """Return the settings."""
    return kring().settings


def database() -> Database:
    """Return the database."""
    return kring().database


def now() -> datetime:
    """Return the time now, aware, in UTC."""
    return kring().clock()


def current_session() -> Session:
    """Return this request's database session: one that writes, unless the method only reads."""
    if "session" not in g:
        g.session = database().session(writes=request.method not in {"GET", "HEAD", "OPTIONS"})
    found: Session = g.session
    return found


def load(schema: Schema, *, instead: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the request's form or JSON, checked by `schema`.

    Args:
        instead: Fields that take the place of what was sent.

    Raises:
        InvalidInputError: A field is missing or wrong, with a sentence for each.
        AppError: The JSON cannot be read.
    """
    if request.is_json:
        try:
            data = request.get_json(silent=True)
        except RecursionError:  # thousands of brackets, one in another
            data = None
        if not isinstance(data, dict):
            raise AppError(_("The request could not be understood."), code="bad_json")
    else:
        data = request.form.to_dict()
        data.pop("csrf_token", None)
    try:
        loaded: dict[str, Any] = schema.load({**data, **(instead or {})})
    except ValidationError as error:
        raise InvalidInputError(error.messages_dict) from error
    return loaded


def init_app(app: Flask) -> None:
    """Close each request's session at its end."""
    app.teardown_appcontext(_close)


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def writing_session() -> Session:
    """Return a session of its own, for a request that reads but must note something; use it in a `with` block."""
    return database().session(writes=True)
