"""The profile at its own IRIs: a page for people, JSON-LD for machines."""

import re
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from xapi import profile
from xapi.vocabulary import NAMESPACE
from xapi.vocabulary.events import EVENTS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DOCUMENT = profile.document()
DESCRIBED = [
    one["id"].removeprefix(NAMESPACE) for kind in ("concepts", "templates", "patterns") for one in DOCUMENT[kind]
]
PATHS = ["/xapi/profile", "/xapi/profile/v1", "/xapi/v1"]


def get(client, path, accept=None, **options):
    return client.get(path, headers={"Accept": accept} if accept else {}, **options)


@pytest.mark.parametrize("path", PATHS)
def test_a_machine_gets_the_profile_as_json(client, path):
    response = get(client, path)
    assert (response.status_code, response.mimetype) == (200, "application/ld+json")
    assert response.get_json(force=True) == DOCUMENT


@pytest.mark.parametrize("path", [*PATHS, "/xapi/ext/event"])
@pytest.mark.parametrize(
    ("accept", "query", "mimetype"),
    [
        (None, "", "application/ld+json"),
        ("*/*", "", "application/ld+json"),
        ("application/ld+json", "", "application/ld+json"),
        ("application/json", "", "application/json"),
        ("text/html;q=0.5, application/ld+json", "", "application/ld+json"),
        (BROWSER, "", "text/html"),
        (BROWSER, "?format=json", "application/ld+json"),
        (BROWSER, "?format=jsonld", "application/ld+json"),
        ("application/ld+json", "?format=html", "text/html"),
        (BROWSER, "?format=turtle", "text/html"),
        ("text/turtle", "", "application/ld+json"),
    ],
)
def test_what_comes_is_what_was_asked_for(client, path, accept, query, mimetype):
    response = get(client, path + query, accept)
    assert (response.status_code, response.mimetype) == (200, mimetype)
    assert "Accept" in response.vary
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_each_thing_that_the_profile_describes_is_at_its_own_address(client):
    found = {path: get(client, f"/xapi/{path}") for path in DESCRIBED}
    assert {path: response.get_json(force=True) for path, response in found.items()} == {
        path: profile.describe(NAMESPACE + path) for path in DESCRIBED
    }


def test_each_thing_has_a_page_that_names_it(client):
    pages = {path: get(client, f"/xapi/{path}", BROWSER).text for path in DESCRIBED}
    assert [path for path, page in pages.items() if f"<code>{NAMESPACE}{path}</code>" not in page] == []


@pytest.mark.parametrize("accept", [None, BROWSER])
@pytest.mark.parametrize("path", ["ext/mood", "profile/v9", "v9", "templates", "ext/", "patterns/act", "x" * 3000])
def test_nothing_else_is_there(client, path, accept):
    assert get(client, f"/xapi/{path}", accept).status_code == 404


def test_the_json_is_not_sent_again_while_it_is_the_same(client):
    first = get(client, "/xapi/profile")
    again = client.get("/xapi/profile", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_shows_every_event_with_an_example(client):
    page = get(client, "/xapi/profile", BROWSER).text
    assert re.findall(r'<section class="card" id="([^"]+)">', page) == list(EVENTS)
    assert page.count('<details class="disclosure">') == len(EVENTS)


def test_every_link_of_the_pages_leads_somewhere(client):
    pages = [get(client, f"/xapi/{path}", BROWSER).text for path in ("profile", *DESCRIBED)]
    links = {link for page in pages for link in re.findall(r'href="(/xapi/[^"#]*)', page)}
    assert {link: get(client, link).status_code for link in links} == dict.fromkeys(links, 200)
    anchors = {link for page in pages for link in re.findall(r'href="(?:/xapi/profile)?#([^"]*)"', page)}
    ids = set(re.findall(r'id="([^"]+)"', pages[0]))
    assert anchors - {"main"} <= ids


def test_the_page_speaks_the_readers_language(client):
    page = client.get("/xapi/profile", headers={"Accept": BROWSER, "Accept-Language": "da"}).text
    assert '<html lang="da"' in page
    assert "<td>svarede</td>" in page


@pytest.fixture
def port(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
@pytest.mark.parametrize("path", ["profile", "templates/review.submitted", "ext/criteria", "patterns/v1/act"])
def test_a_page_is_accessible_and_fits(page, port, path, width, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"http://127.0.0.1:{port}/xapi/{path}")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (overflow, [one["id"] for one in Axe().run(page).response["violations"]]) == (0, [])
