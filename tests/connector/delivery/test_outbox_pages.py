"""The operators' pages about deliveries, walked as strangers and as the operator, and looked at in a browser."""

import re
import uuid
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from connector.delivery.models import ActorMode, Endpoint, Reconciliation, State
from connector.platforms import admins
from tests import make
from tests.connector.delivery import build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOW = make.NOW


@pytest.fixture
def endpoint(session):
    """An LRS that refuses the password, with something waiting and something given up."""
    row = build.endpoint(
        session,
        name="University store",
        url="https://a-rather-long-name.of-a-learning-record-store.university.example/data/xAPI",
        accepted=1200,
        succeeded_at=NOW - timedelta(hours=3),
        paused_reason="the LRS answered 401: unauthorized",
        failures=4,
        due_at=NOW + timedelta(minutes=10),
    )
    build.waiting(session, row, count=3)
    dead = build.rows(session)[0]
    dead.state, dead.last_error, dead.done_at = State.DEAD, "the LRS answered 400: no verb", NOW
    proof = {"since": NOW - timedelta(days=1), "until": NOW, "began_at": NOW, "ended_at": NOW, "examples": {}}
    counts = {"expected": 12, "held": 11, "voided": 0, "missing": 1, "unknown": 0, "doubled": 0, "foreign": 0}
    session.add(Reconciliation(endpoint=row, **proof, **counts))
    session.commit()
    return row


@pytest.fixture
def link(session):
    path = admins.create_admin_link(session, now=NOW)
    session.commit()
    return path


@pytest.fixture
def operator(client, link):
    client.post(link, base_url="https://localhost")
    return Operator(client)


class Operator:
    def __init__(self, client):
        self.client = client

    def get(self, path=""):
        return self.client.get(f"/admin/outbox{path}", base_url="https://localhost")

    def post(self, path):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path.rpartition("/")[0]).text)
        data = {"csrf_token": token[1] if token else ""}
        return self.client.post(f"/admin/outbox{path}", data=data, base_url="https://localhost")


def stored(database, endpoint):
    with database.session(writes=False) as session:
        return session.get_one(Endpoint, endpoint.id)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/{}"), ("GET", "/statements/{}"), ("POST", "/{}/retry"), ("POST", "/{}/off")],
)
def test_strangers_learn_nothing(client, endpoint, database, method, path):
    known = client.open(f"/admin/outbox{path.format(endpoint.id)}", method=method)
    unknown = client.open(f"/admin/outbox{path.format(uuid.uuid4())}", method=method)
    assert (known.status_code, unknown.status_code) == (401, 401)
    assert "University store" not in known.text
    assert stored(database, endpoint).is_active


def test_the_list_says_how_each_store_does(operator, endpoint):
    page = operator.get().text
    assert all(word in page for word in ("University store", "has to be mended", "1,200 sent", "2 wait", "1 given up"))


def test_an_installation_without_a_store_is_told_how_to_get_one(operator):
    assert "kring lrs add" in operator.get().text


def test_one_store_says_what_is_wrong_and_what_was_proved(operator, endpoint):
    page = operator.get(f"/{endpoint.id}").text
    assert "the LRS answered 401: unauthorized" in page
    assert "the LRS answered 400: no verb" in page
    assert "the store accepted 12 and holds 11 of them" in page


def test_a_store_that_is_not_there(operator):
    assert operator.get(f"/{uuid.uuid4()}").status_code == 404


def test_a_store_says_how_it_is_set_up(operator, endpoint, session):
    row = session.get_one(Endpoint, endpoint.id)
    row.include_events, row.actor_mode = ["post.replied"], ActorMode.INTEROPERABLE
    session.commit()
    page = operator.get(f"/{endpoint.id}").text
    assert all(word in page for word in ("xAPI 1.0.3", "their number in the LMS", "every course", "post.replied"))


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"missing": 0, "held": 12}, "Everything that the store accepted is there once."),
        ({"missing": 2}, "2 statements were missing."),
        ({"missing": 0, "doubled": 1}, "1 statement is there twice."),
        ({"missing": 0, "unknown": 3}, "3 statements could not be looked up."),
        ({"error": "the LRS answered 503"}, "The comparison ended early."),
    ],
)
def test_a_proof_begins_with_what_came_of_it(operator, endpoint, session, counts, says):
    proof = session.scalars(select(Reconciliation)).one()
    for name, value in counts.items():
        setattr(proof, name, value)
    session.commit()
    assert says in operator.get(f"/{endpoint.id}").text


def test_one_statement_is_shown_with_its_ways_and_bytes_and_sent_again(operator, endpoint, session):
    dead_id = build.rows(session)[0].message_id
    session.rollback()
    page = operator.get(f"/statements/{dead_id}").text
    assert all(word in page for word in ("University store", "the LRS answered 400: no verb", "given up", "timestamp"))
    assert operator.post(f"/statements/{dead_id}/retry").status_code == 303
    assert build.rows(session)[0].state is State.NEW


def test_a_statement_that_is_not_there(operator):
    assert operator.get(f"/statements/{uuid.uuid4()}").status_code == 404


def test_trying_again_wakes_the_lane_and_what_was_given_up(operator, endpoint, session, database):
    session.rollback()
    assert operator.post(f"/{endpoint.id}/retry").status_code == 303
    row = stored(database, endpoint)
    assert (row.paused_reason, row.failures, row.due_at) == (None, 0, NOW)
    assert {one.state for one in build.rows(session)} == {State.NEW}


def test_a_store_is_switched_off_and_on(operator, endpoint, database, session):
    session.rollback()
    operator.post(f"/{endpoint.id}/off")
    assert not stored(database, endpoint).is_active
    assert "switched off" in operator.get(f"/{endpoint.id}").text
    operator.post(f"/{endpoint.id}/on")
    assert stored(database, endpoint).is_active


def test_another_sites_form_changes_nothing(operator, endpoint, database, session):
    session.rollback()
    answer = operator.client.post(f"/admin/outbox/{endpoint.id}/off", data={}, base_url="https://localhost")
    assert (answer.status_code >= 400, stored(database, endpoint).is_active) == (True, True)


def test_the_pages_stand_in_the_administrators_bar(operator, endpoint):
    page = operator.client.get("/admin", base_url="https://localhost").text
    assert 'href="/admin/outbox"' in page


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_the_pages_are_accessible_and_fit(page, site, session, endpoint, link, width, scheme):
    statement_id = build.rows(session)[0].message_id
    session.rollback()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}{link}")
    page.get_by_role("button", name="Sign in").click()
    found = {}
    for path in ("", f"/{endpoint.id}", f"/statements/{statement_id}"):
        page.goto(f"{site}/admin/outbox{path}")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        problems = [one["id"] for one in Axe().run(page).response["violations"]]
        if overflow or problems:
            found[path] = (overflow, problems)
    assert found == {}
