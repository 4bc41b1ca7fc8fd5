"""The store as a web application."""

import sqlite3
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from xapi.errors import InvalidStatementError
from xapi.schema import Version
from xapi.store import homepage, strictjson, times
from xapi.store.config import StoreConfig
from xapi.store.database import Database
from xapi.store.errors import BadRequestError, MethodNotAllowedError, NotKeptError, RequestError
from xapi.store.requests import METHODS, Call, authenticate, negotiate, read_call
from xapi.store.statements import StatementResource
from xapi.store.storage import Storage

EXTENSION = "xapi.store"
# Of each major version, the latest that the store follows. Source: xAPI 1.0.3, Communication, 2.8.
VERSIONS: tuple[Version, ...] = ("1.0.3", "2.0.0")
_DOCUMENTS = ("activities", "activities/profile", "activities/state", "agents", "agents/profile")


def create_app(config: StoreConfig) -> Flask:
    """Return the store as a WSGI application.

    Its `Storage` stands in `app.extensions["xapi.store"]`; `close_app` ends it.

    Raises:
        ValueError: The file was written by another version of the store.
    """
    app = Flask("xapi.store", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = config.max_body
    storage = Storage(Database(config.database, busy_timeout=config.busy_timeout))
    app.extensions[EXTENSION] = storage
    _add_resources(app, config, storage)
    _add_pages(app, config, storage)
    _add_headers(app, config, storage)
    _add_errors(app)
    return app


def close_app(app: Flask) -> None:
    """Wait for what is being stored, and close the file."""
    storage: Storage = app.extensions[EXTENSION]
    storage.database.close()


def _add_resources(app: Flask, config: StoreConfig, storage: Storage) -> None:
    resource = StatementResource(storage, config)

    def open_call() -> Call:
        call = read_call(request)
        g.credential = authenticate(call, config.credentials)
        g.version = negotiate(call)
        return call

    def statements() -> Response:
        return resource.answer(
            open_call(), g.credential, g.version, latest=g.consistent_through, languages=request.accept_languages
        )

    def documents() -> Response:
        open_call()
        raise NotKeptError("documents of states and profiles, nor a directory of agents and activities")

    def about() -> Response:
        call = read_call(request)
        if call.method not in {"GET", "HEAD"}:
            raise MethodNotAllowedError("What is told about the store can only be read.")
        if call.parameters:
            raise BadRequestError(f"The parameter {next(iter(call.parameters))!r} is not known.")
        return Response(strictjson.serialize({"version": VERSIONS}), mimetype="application/json")

    def add(name: str, view: Callable[[], Response], *methods: str) -> None:
        path = f"{config.base_path}/{name}"
        app.add_url_rule(path, view_func=view, methods=methods, provide_automatic_options=False)

    add("statements", statements, "GET", "PUT", "POST")
    add("about", about, "GET", "POST")  # POST is for the alternate syntax
    for name in _DOCUMENTS:
        add(name, documents, *METHODS)


def _add_pages(app: Flask, config: StoreConfig, storage: Storage) -> None:
    @app.get("/")
    def home() -> Response:
        return homepage.home(storage.count(), config)

    @app.get("/healthz")
    def health() -> Response:
        storage.check()
        return Response("ok\n", mimetype="text/plain")


def _add_headers(app: Flask, config: StoreConfig, storage: Storage) -> None:
    @app.before_request
    def begin() -> None:
        # Taken before anything is read: all that was stored up to then is found.
        if request.path == f"{config.base_path}/statements":
            g.consistent_through = storage.clock.consistent_through()

    @app.after_request
    def add(response: Response) -> Response:
        if request.path.startswith(f"{config.base_path}/"):
            response.headers["X-Experience-API-Version"] = g.get("version", VERSIONS[-1])
        if "consistent_through" in g:
            response.headers["X-Experience-API-Consistent-Through"] = times.timestamp(g.consistent_through)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _add_errors(app: Flask) -> None:
    """Answer every failure with the same JSON, and tell of no stack.

    Source: xAPI 1.0.3, Communication, 3.2.
    """

    @app.errorhandler(RequestError)
    def refuse(error: RequestError) -> Response:
        response = _problem(error.status, error.code, str(error))
        if error.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
        if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = "GET, HEAD, POST, PUT"
        return response

    @app.errorhandler(InvalidStatementError)
    def invalid(error: InvalidStatementError) -> Response:
        return _problem(HTTPStatus.BAD_REQUEST, "invalid_statement", str(error))

    @app.errorhandler(RecursionError)
    def too_deep(_error: RecursionError) -> Response:
        return _problem(HTTPStatus.BAD_REQUEST, "bad_request", "The JSON is nested too deeply.")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> BaseResponse:
        response = error.get_response()
        body = _problem(response.status_code, error.name.lower().replace(" ", "_"), error.description or error.name)
        response.data = body.data
        response.content_type = "application/json"
        return response

    @app.errorhandler(sqlite3.OperationalError)
    def unavailable(error: sqlite3.OperationalError) -> Response:
        app.logger.error("the file of the statements: %s", error)  # locked, full, or gone
        response = _problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "The store cannot get at its file just now.")
        response.headers["Retry-After"] = "1"
        return response

    @app.errorhandler(Exception)
    def fail(error: Exception) -> Response:
        app.logger.error("unexpected error", exc_info=error)
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "The store failed; its log says why.")


def _problem(status: int, code: str, message: str) -> Response:
    body = strictjson.serialize({"error": {"code": code, "message": message}})
    return Response(body, status=status, mimetype="application/json")
