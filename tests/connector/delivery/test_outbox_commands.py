"""Operators see how delivery goes, and mend it, from a shell."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.db import utc_now
from connector.delivery.models import Delivery, Endpoint, State
from connector.sealing import unseal
from tests.connector.delivery import build


@pytest.fixture
def endpoint(session):
    return build.endpoint(session, name="Store")


def states(session):
    session.expire_all()
    return session.scalars(select(Delivery.state).order_by(Delivery.id)).all()


def dead(session, endpoint, count=1):
    ids = build.waiting(session, endpoint, count=count)
    for row in build.rows(session):
        if row.message_id in ids:
            row.state, row.last_status, row.last_error, row.done_at, row.attempts = (
                State.DEAD,
                400,
                "no verb",
                utc_now(),
                7,
            )
    session.commit()
    return ids


def test_status_of_an_lrs_that_is_well(kring, session, endpoint):
    build.waiting(session, endpoint, count=3, at=utc_now() - timedelta(minutes=5))
    endpoint.accepted, endpoint.succeeded_at = 1200, utc_now()
    session.commit()
    said = kring("outbox", "status").output
    assert said.startswith("Store  http://127.0.0.1:9/xAPI\n  well since ")
    assert "  3 waiting, the oldest for 0:05:" in said
    assert said.endswith("; 1200 sent; 0 given up\n")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"paused_reason": "the LRS answered 401", "failures": 2}, "  paused: the LRS answered 401\n  tried again at "),
        ({"failures": 3, "last_error": "deadlock"}, "  failed 3 times in a row: deadlock\n  tried again at "),
        ({"is_active": False}, "  switched off\n"),
        ({}, "  nothing sent yet\n"),
    ],
)
def test_status_says_how_an_lrs_is(kring, session, endpoint, columns, words):
    for name, value in columns.items():
        setattr(endpoint, name, value)
    session.commit()
    assert words in kring("outbox", "status").output


def test_status_without_any_lrs_says_how_to_begin(kring, database):
    assert "kring lrs add" in kring("outbox", "status").stderr


def test_what_was_given_up_is_sent_again(kring, session, endpoint):
    dead(session, endpoint, count=2)
    other = build.endpoint(session, name="Other")
    dead(session, other)
    said = kring("outbox", "retry", "--lrs", "Store").output
    assert said == "Store is tried at once.\n2 that had been given up wait again.\n"
    assert states(session) == [State.NEW, State.NEW, State.DEAD]
    first = next(row for row in build.rows(session) if row.endpoint_id == endpoint.id)
    assert (first.attempts, first.last_error, first.done_at) == (0, None, None)


def test_one_statement_is_sent_again(kring, session, endpoint):
    _, second = dead(session, endpoint, count=2)
    assert kring("outbox", "retry", "--statement", str(second)).output == "1 that had been given up waits again.\n"
    assert states(session) == [State.DEAD, State.NEW]


def test_an_lrs_that_is_paused_is_tried_at_once(kring, session, endpoint):
    build.waiting(session, endpoint, at=utc_now() + timedelta(minutes=30))
    endpoint.paused_reason, endpoint.failures, endpoint.due_at = "401", 9, utc_now() + timedelta(minutes=15)
    session.commit()
    kring("outbox", "retry", "--lrs", str(endpoint.id)[:8])
    session.expire_all()
    assert (endpoint.paused_reason, endpoint.failures, endpoint.due_at <= utc_now()) == (None, 0, True)
    assert build.rows(session)[0].due_at <= utc_now()


def test_a_held_lane_stays_its_holders(kring, session, endpoint):
    endpoint.lane_token, endpoint.lane_until = uuid.uuid4(), utc_now() + timedelta(minutes=3)
    session.commit()
    token = endpoint.lane_token
    kring("outbox", "retry", "--lrs", "Store")
    session.expire_all()
    assert endpoint.lane_token == token


def test_retry_has_to_know_what(kring, database):
    assert kring("outbox", "retry").exit_code == 2


@pytest.mark.parametrize("words", ["Nowhere", "", "%"])
def test_an_lrs_that_is_not_there(kring, session, endpoint, words):
    session.commit()
    result = kring("outbox", "retry", "--lrs", words)
    assert (result.exit_code, "there is no such LRS" in result.stderr) == (1, True)


def test_two_lrss_of_one_name_are_told_apart_by_id(kring, session, endpoint):
    build.endpoint(session, name="Store")
    session.commit()
    assert "beginning of its id" in kring("outbox", "retry", "--lrs", "Store").stderr
    assert kring("outbox", "retry", "--lrs", str(endpoint.id)).exit_code == 0


def test_an_lrs_gets_another_password(kring, session, endpoint, settings):
    endpoint.paused_reason = "401"
    session.commit()
    said = kring("lrs", "change", "Store", "--password", "--username", "new", KRING_LRS_PASSWORD="søren's own")
    assert said.output == "Store is tried at once.\n"
    session.expire_all()
    password = unseal(build.SETTINGS.secret_key, endpoint.password).decode()
    assert (endpoint.username, password, endpoint.url, endpoint.paused_reason) == (
        "new",
        "søren's own",
        "http://127.0.0.1:9/xAPI",
        None,
    )


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/xapi", "lrs.example", "http://lrs.example:0/", "http://[x/", "http://a:99999/"]
)
def test_an_lrs_gets_no_address_that_cannot_be_used(kring, session, endpoint, url):
    session.commit()
    result = kring("lrs", "change", "Store", "--url", url)
    assert (result.exit_code, repr(url) in result.stderr) == (1, True)


def test_the_embedded_lrs_looks_after_itself(kring, session, endpoint):
    endpoint.is_embedded = True
    session.commit()
    result = kring("lrs", "change", "Store", "--url", "http://lrs.example/xapi")
    assert (result.exit_code, "kring migrate" in result.stderr) == (1, True)


def test_a_statement_is_shown_with_its_ways(kring, session, endpoint):
    [id_] = dead(session, endpoint)
    said = kring("outbox", "show", str(id_)).output
    assert said.startswith("Store  dead since ")
    assert ", 7 attempts\n  400: no verb\n" in said
    assert f'"id": "{id_}"' in said
    assert build.PASSWORD not in said


def test_a_statement_that_is_not_there(kring, database):
    result = kring("outbox", "show", str(uuid.uuid4()))
    assert (result.exit_code, "no such statement" in result.stderr) == (1, True)


def test_what_was_sent_is_compared_with_what_is_held(kring, session, endpoint, store):
    endpoint.url = store.url
    ids = build.waiting(session, endpoint, count=3, at=utc_now() - timedelta(hours=5))
    for row in build.rows(session):
        row.state, row.done_at = State.DONE, utc_now() - timedelta(hours=4)
    session.commit()
    result = kring("xapi", "reconcile", KRING_ALLOW_PRIVATE_ADDRESSES="1")
    assert result.exit_code == 1
    assert "3 accepted: 0 held, 0 voided, 3 missing and sent again" in result.output
    assert f"missing: {ids[0]}" in result.output
    assert states(session) == [State.NEW] * 3


def test_a_store_that_holds_everything_is_proved(kring, session, endpoint, store):
    endpoint.url = store.url
    session.commit()
    result = kring("xapi", "reconcile", "--lrs", "Store", "--days", "7", KRING_ALLOW_PRIVATE_ADDRESSES="1")
    assert (result.exit_code, "0 accepted: 0 held" in result.output) == (0, True)


def test_an_lrs_that_is_off_is_left_alone(kring, session, endpoint):
    endpoint.is_active = False
    session.commit()
    assert kring("xapi", "reconcile").output == ""
    assert session.scalars(select(Endpoint.id)).all() == [endpoint.id]
