import contextlib
import io
import json
import re

import pytest
import structlog
from werkzeug.exceptions import abort

from connector.app import create_app
from connector.config import Settings
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.tracing import configure_logs
from tests import make

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JSON = {"Accept": "application/json"}
SECRET = "what nobody may read: Ana Holm"


class UnforeseenError(Exception):
    """Something that nobody thought of."""


@pytest.fixture
def app(app):
    """The application, with addresses at which things go wrong."""

    def crash():
        word = SECRET  # a traceback with local variables would show it
        raise UnforeseenError(f"went wrong after {len(word)} letters")

    def missing():
        raise NotFoundError

    def conflict():
        raise ConflictError("Somebody was faster.", "The row was changed.")

    def invalid():
        raise InvalidInputError({"title": ["Give it a title."]})

    for view in (crash, missing, conflict, invalid):
        app.add_url_rule(f"/test/{view.__name__}", view.__name__, view)
    app.add_url_rule("/test/abort/<int:status>", "abort", abort)
    return app


@pytest.fixture
def log_lines(settings):
    """Return how to read the events that were logged."""
    with contextlib.redirect_stderr(io.StringIO()) as stream:
        configure_logs(settings)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()


def test_address_that_does_not_exist(client):
    response = client.get("/nowhere")
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "There is nothing here" in response.text


def test_what_may_not_be_seen_looks_as_if_it_were_not_there(client):
    def page(path):
        response = client.get(path, headers={"X-Request-ID": "the-same-id"})
        return response.status_code, response.text

    assert page("/test/missing") == page("/nowhere")


def test_method_that_is_not_allowed(client):
    response = client.get("/lti/launch/confirm")
    assert (response.status_code, set(response.headers["Allow"].split(", "))) == (405, {"POST", "OPTIONS"})
    assert "This address cannot be used like that." in response.text


def test_form_that_is_too_large(client):
    response = client.post("/lti/login", data={"iss": "x" * 2_000_001})
    assert (response.status_code, "larger than we take" in response.text) == (413, True)


def test_form_of_too_many_fields(client):
    response = client.post("/lti/login", data={f"field-{number}": "x" for number in range(20_000)})
    assert response.status_code in {400, 413}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 413, 415, 429, 500, 501, 503])
def test_every_status_has_a_page(status, client):
    response = client.get(f"/test/abort/{status}")
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert re.search(r"<h1>[^<]+</h1>\s*<p class=\"lead\">[^<]+</p>", response.text)


def test_conflict_tells_learner_and_administrator(client):
    response = client.get("/test/conflict")
    assert response.status_code == 409
    assert response.text.index("Somebody was faster.") < response.text.index("The row was changed.")


# --- a crash ----------------------------------------------------------------------------------------------------------
def test_crash_ends_in_a_page_without_its_inside(client):
    response = client.get("/test/crash")
    assert (response.status_code, "Something broke on our side" in response.text) == (500, True)
    for inside in ("Traceback", "Unforeseen", "letters", SECRET, ".py"):
        assert inside not in response.text


@pytest.mark.parametrize("path", ["/test/crash", "/nowhere", "/test/conflict", "/lti/login"])
def test_one_id_joins_page_header_and_log(path, client, log_lines):
    response = client.get(path)
    id_ = response.headers["X-Request-ID"]
    assert f"<code>{id_}</code>" in response.text
    assert {line["correlation_id"] for line in log_lines()} == {id_}


def test_crash_is_logged_with_its_place_and_without_what_people_wrote(client, log_lines):
    client.get("/test/crash")
    logged = next(line for line in log_lines() if line["event"] == "request_failed")
    assert (logged["level"], logged["error"]) == ("error", "UnforeseenError")
    assert "in crash" in logged["exception"]
    assert SECRET not in logged["exception"]


def test_crash_in_words_for_the_console(client, capsys):
    configure_logs(Settings(log_format="console"))
    client.get("/test/crash")
    structlog.reset_defaults()
    logged = capsys.readouterr().err
    assert ("UnforeseenError: went wrong" in logged, SECRET in logged) == (True, False)


def test_crash_within_a_visit_leaves_nothing_half_saved(app, session, visiting, count_queries):
    from connector.activities.models import Activity
    from connector.web.requests import current_session

    activity = make.activity(session, title="Before")
    here = visiting(make.member(session, course=activity.course), activity)

    def half():
        current_session().query(Activity).update({"title": "Half"})
        raise UnforeseenError

    app.view_functions["discussion.post_thread"] = lambda **_: half()
    assert here.post("/threads").status_code == 500
    assert "Before" in here.get().text


def test_database_that_is_gone(settings):
    app = create_app(Settings(database_url="sqlite:////nowhere/kring.sqlite", secret_key=settings.secret_key))
    response = app.test_client().get("/lti/login")
    assert (response.status_code, "sqlite" in response.text) == (500, False)


# --- JSON -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "status", "code", "message"),
    [
        ("/nowhere", 404, "not_found", "What you look for does not exist, or is not open to you."),
        ("/lti/launch/confirm", 405, "method_not_allowed", "This address cannot be used like that."),
        ("/test/conflict", 409, "conflict", "Somebody was faster."),
        ("/test/crash", 500, "internal_error", "It is not your fault, and nothing was half saved. Please try again."),
    ],
)
def test_error_as_json(path, status, code, message, client):
    response = client.get(path, headers=JSON)
    id_ = response.headers["X-Request-ID"]
    told = {"code": code, "message": message, "correlation_id": id_, "fields": {}}
    assert (response.status_code, response.json) == (status, {"error": told})


def test_fields_as_json(client):
    response = client.get("/test/invalid", headers=JSON)
    assert (response.status_code, response.json["error"]["fields"]) == (422, {"title": ["Give it a title."]})


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("image/png", "text/html"),
        ("not a type", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/html, application/json", "text/html"),
        ("text/html;q=0.5, application/json;q=0.4", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
    ],
)
def test_json_only_where_it_is_asked_for(accept, mimetype, client):
    response = client.get("/nowhere", headers={"Accept": accept} if accept else {})
    assert response.mimetype == mimetype


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", ["/nowhere", "/test/crash", "/lti/login"])
def test_errors_are_not_kept_by_anybody(path, accept, client):
    assert client.get(path, headers={"Accept": accept}).headers["Cache-Control"] == "no-store"


# --- headers ----------------------------------------------------------------------------------------------------------
def get(path, **more):
    return lambda client: client.get(path, **more)


ANSWERS = {
    "page": get("PAGE"),
    "redirect": lambda client: client.post("/lti/login", data=client.good_login),
    "not found": get("/nowhere"),
    "not found as JSON": get("/nowhere", headers=JSON),
    "method": get("/lti/launch/confirm"),
    "too large": lambda client: client.post("/lti/login", data={"iss": "x" * 2_000_001}),
    "crash": get("/test/crash"),
    "JSON": get("/lti/jwks"),
    "profile": get("/xapi/profile"),
    "style": get("/static/kring.css", buffered=True),
    "picture": get("/static/mark.svg", buffered=True),
    "style that has not changed": get(
        "/static/kring.css", buffered=True, headers={"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
    ),
    "alive": get("/healthz"),
    "ready": get("/readyz"),
    "options": lambda client: client.options("/lti/launch"),
    "head": lambda client: client.head("/healthz"),
}


@pytest.fixture
def answers(app, session, visiting):
    """A browser in a visit; `good_login` is what its LMS sends."""
    activity = make.activity(session)
    here = visiting(make.member(session, course=activity.course), activity)
    platform = activity.course.deployment.platform
    here.client.good_login = {
        "iss": platform.issuer,
        "client_id": platform.client_id,
        "login_hint": "user-1",
        "target_link_uri": "http://localhost/lti/launch",
    }
    return lambda ask: here.get() if ask is ANSWERS["page"] else ask(here.client)


STATUSES = {
    "redirect": 302,
    "not found": 404,
    "not found as JSON": 404,
    "method": 405,
    "too large": 413,
    "crash": 500,
    "style that has not changed": 304,
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_security_headers(kind, answers):
    response = answers(ANSWERS[kind])
    headers = response.headers
    assert response.status_code == STATUSES.get(kind, 200)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert ("base-uri 'none'" in policy, "frame-ancestors 'self'" in policy, "unsafe" in policy) == (True, True, False)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Permissions-Policy"].startswith("camera=()")
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if kind == "profile" else "same-origin")
    assert len(headers["X-Request-ID"]) == 16
    assert "X-Frame-Options" not in headers
    assert "Server" not in headers


def test_policy_of_an_error_within_a_visit_lets_the_platform_show_it(session, visiting):
    activity = make.activity(session)
    here = visiting(make.member(session, course=activity.course), activity)
    response = here.get("/threads/00000000-0000-0000-0000-000000000000")
    issuer = activity.course.deployment.platform.issuer
    assert response.status_code == 404
    assert response.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {issuer}")


@pytest.mark.parametrize(
    ("public_url", "value"), [("https://kring.example", "max-age=31536000"), ("http://localhost", None)]
)
def test_encryption_is_demanded_where_we_have_it(public_url, value, database_url):
    app = create_app(Settings(public_url=public_url, database_url=database_url))
    for path in ("/healthz", "/nowhere"):
        assert app.test_client().get(path).headers.get("Strict-Transport-Security") == value
    app.extensions["kring"].database.dispose()
