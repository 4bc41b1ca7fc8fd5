from dataclasses import replace
from datetime import timedelta

import pytest

from connector.app import create_app
from connector.config import SettingsError, load_settings
from connector.delivery.models import State
from tests import make
from tests.connector.delivery import build

TOKEN = "a token for the monitoring"


@pytest.fixture
def scrape(settings, clock):
    apps = []

    def get(token=TOKEN, *, header=f"Bearer {TOKEN}"):
        app = create_app(replace(settings, metrics_token=token), clock=clock)
        apps.append(app)
        return app.test_client().get("/metrics", headers={"Authorization": header} if header else {})

    yield get
    for app in apps:
        app.extensions["kring"].database.dispose()


def lines(response):
    return [line for line in response.text.splitlines() if not line.startswith("#")]


def test_the_outbox_in_figures(scrape, session, clock):
    endpoint = build.endpoint(session, name='A "store"', accepted=123456, failures=2)
    build.waiting(session, endpoint, count=5)
    for row, state in zip(
        build.rows(session), [State.LEASED, State.NEW, State.NEW, State.DEAD, State.DONE], strict=True
    ):
        row.state = state
    session.commit()
    clock.time = make.NOW + timedelta(seconds=90)
    labels = f'endpoint="{endpoint.id}",name="A \\"store\\""'
    response = scrape()
    assert response.mimetype == "text/plain"
    assert lines(response) == [
        f"kring_outbox_waiting{{{labels}}} 3.0",
        f"kring_outbox_oldest_seconds{{{labels}}} 90.0",
        f"kring_outbox_sent_total{{{labels}}} 123456.0",
        f"kring_outbox_dead{{{labels}}} 1.0",
        f"kring_outbox_failures{{{labels}}} 2.0",
        f'kring_outbox_condition{{condition="well",{labels}}} 0.0',
        f'kring_outbox_condition{{condition="failing",{labels}}} 1.0',
        f'kring_outbox_condition{{condition="paused",{labels}}} 0.0',
        f'kring_outbox_condition{{condition="off",{labels}}} 0.0',
    ]


def test_an_installation_without_an_lrs_has_no_figures(scrape):
    assert lines(scrape()) == []


def test_figures_cost_three_queries_however_many_endpoints(scrape, session, count_queries):
    for count in (1, 10):
        for _ in range(count):
            build.waiting(session, build.endpoint(session))
    session.commit()
    from connector.delivery.watching import standings

    with count_queries() as queries:
        assert len(standings(session, now=make.NOW)) == 11
    assert len(queries) == 3


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ü", f"Bearer {TOKEN}x"])
def test_whoever_does_not_know_the_token_finds_nothing(scrape, header):
    assert scrape(header=header).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer"])
def test_without_a_token_there_is_nothing_to_find(scrape, header):
    assert scrape("", header=header).status_code == 404


@pytest.mark.parametrize("token", ["short", "ä" * 20, f" {TOKEN}"])
def test_a_token_that_is_none_is_refused_at_the_start(token):
    with pytest.raises(SettingsError, match="KRING_METRICS_TOKEN"):
        load_settings({"KRING_SECRET_KEY": "s" * 32, "KRING_METRICS_TOKEN": token})
