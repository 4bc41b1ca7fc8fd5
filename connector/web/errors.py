"""Errors that end a request, and the pages that tell of them.

AppError                400, with sentences for the learner and for the administrator
├── NotFoundError       404: not there, or not for this person; we never tell which
├── ConflictError       409: what the person wants does not fit the present state
├── InvalidInputError   422: a form's fields and what is wrong with each
└── SessionEndedError   401: the launch session is over, or belongs to another browser
"""

from http import HTTPStatus

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from connector.web import tracing
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render

_TEXTS = ("body", "note", "remark", "prompt")
"""The names of the fields into which people write more than a line."""

log = structlog.get_logger(__name__)


class AppError(Exception):
    """A request that cannot be served, with words for the people concerned."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_request"

    def __init__(
        self, learner: str | None = None, administrator: str | None = None, *, code: str | None = None
    ) -> None:
        """Take the sentence for the learner, the one for the administrator, and a stable code."""
        super().__init__(learner or self.code)
        self.learner = learner
        self.administrator = administrator
        self.code = code or self.code


class NotFoundError(AppError):
    """It is not there, or this person may not see it."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class ConflictError(AppError):
    """The present state does not allow it."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class SessionEndedError(AppError):
    """The launch session is over, or belongs to another browser."""

    status = HTTPStatus.UNAUTHORIZED
    code = "session_ended"


class InvalidInputError(AppError):
    """What was sent cannot be used."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_input"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        """Take the sentences by field."""
        super().__init__(_("Some of what you sent cannot be used."))
        self.errors = errors


def init_app(app: Flask) -> None:
    """Let every failure of a request end in a page, or in JSON where that was asked for."""
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)


def _app_error(error: AppError) -> Response:
    errors = error.errors if isinstance(error, InvalidInputError) else None
    return error_page(error.status, error.code, error.learner, error.administrator, errors=errors)


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    response = error_page(status, status.name.lower(), None, None)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _crash(error: Exception) -> Response:
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", None, None)


def error_page(
    status: HTTPStatus,
    code: str,
    learner: str | None,
    administrator: str | None,
    *,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    """Return a page with one sentence for each reader, the code, and the id that finds the request in the log."""
    correlation_id = tracing.correlation_id()
    log.info("request_refused", status=int(status), code=code, endpoint=request.endpoint)
    learner = learner or _sentence(status)
    if prefers_json():
        told = {"code": code, "message": learner, "correlation_id": correlation_id, "fields": errors or {}}
        response = jsonify(error=told)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        return response
    return render(
        "error.html",
        status=status,
        code=code,
        title=_title(status),
        learner_message=learner,
        administrator_message=administrator,
        correlation_id=correlation_id,
        home_url=None,
        typed=_typed(),
    )


def _typed() -> str:
    """Return the text that a form came with: whatever a form is refused for, what somebody wrote is not lost."""
    if request.method != "POST":
        return ""
    try:
        return next((text for name in _TEXTS if (text := request.form.get(name, "")).strip()), "")
    except HTTPException:  # larger than anything that is taken
        return ""


def _title(status: HTTPStatus) -> str:
    titles = {
        HTTPStatus.NOT_FOUND: _("There is nothing here"),
        HTTPStatus.CONFLICT: _("That does not fit any more"),
        HTTPStatus.UNAUTHORIZED: _("Please open the activity again"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("That is too large"),
        HTTPStatus.TOO_MANY_REQUESTS: _("Too many requests"),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("Something broke on our side"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("We are away for a moment"),
    }
    return titles.get(status, _("This did not work"))


def _sentence(status: HTTPStatus) -> str:
    sentences = {
        HTTPStatus.NOT_FOUND: _("What you look for does not exist, or is not open to you."),
        HTTPStatus.CONFLICT: _("Somebody changed it in the meantime. Go back and look again."),
        HTTPStatus.UNAUTHORIZED: _("Your visit has ended. Go back to the course and open the activity again."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("What you sent is larger than we take."),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This address cannot be used like that."),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("It is not your fault, and nothing was half saved. Please try again."),
    }
    return sentences.get(status, _("The request could not be understood."))
