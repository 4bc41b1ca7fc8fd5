"""What the features above tell this one: who may see what a file belongs to. And the place where files are."""

import uuid
from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy.orm import Session

from connector.content.prose import prose
from connector.content.storage import FileStore, open_store
from connector.courses.models import Membership

Door = Callable[[Session, Membership, uuid.UUID], None]
"""Raises NotFoundError where a member may not see the thing of an id."""


def init_app(app: Flask) -> None:
    """Give the application its file store, an empty registry of doors, and the filter that shows texts."""
    app.extensions.setdefault("kring_doors", {})
    app.extensions.setdefault("kring_drafted", ())  # who wants to hear that a draft was kept
    app.extensions["kring_files"] = open_store(app.extensions["kring"].settings)
    app.jinja_env.filters["prose"] = prose


def doors() -> dict[str, Door]:
    """Return the doors by what a file may belong to, such as a post."""
    found: dict[str, Door] = current_app.extensions["kring_doors"]
    return found


def file_store() -> FileStore:
    """Return the place where files are kept."""
    found: FileStore = current_app.extensions["kring_files"]
    return found
