from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.platforms import keys
from connector.platforms.models import SigningKey
from connector.sealing import SealError
from lti.keys import PUBLISH_AFTER_RETIREMENT, PUBLISH_BEFORE_SIGNING, StoredKeySet, signing_key
from tests.make import NOW

SECRET = "s" * 32


def test_first_key_signs_at_once(session):
    keys.ensure_key(session, SECRET, now=NOW)
    keys.ensure_key(session, SECRET, now=NOW)
    (only,) = keys.tool_keys(session, SECRET)
    assert signing_key([only], NOW) == only


def test_private_key_is_sealed(session):
    keys.ensure_key(session, SECRET, now=NOW)
    assert b"PRIVATE" not in session.scalars(select(SigningKey.private_pem)).one()
    with pytest.raises(SealError):
        keys.tool_keys(session, "t" * 32)


def test_old_key_signs_until_platforms_have_read_the_new_one(session):
    old, new = keys.rotate(session, SECRET, now=NOW), keys.rotate(session, SECRET, now=NOW + timedelta(days=30))
    found = keys.tool_keys(session, SECRET)
    rotated = NOW + timedelta(days=30)
    assert signing_key(found, rotated + PUBLISH_BEFORE_SIGNING - timedelta(minutes=1)).kid == old
    assert signing_key(found, rotated + PUBLISH_BEFORE_SIGNING).kid == new


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_key_set_holds_every_key_that_matters(client, session, settings, clock):
    def published():
        return {key["kid"] for key in client.get("/lti/jwks").json["keys"]}

    old = keys.rotate(session, settings.secret_key, now=NOW)
    session.commit()
    assert published() == {old}
    new = keys.rotate(session, settings.secret_key, now=NOW)
    session.commit()
    assert published() == {old, new}
    clock.time = NOW + PUBLISH_BEFORE_SIGNING + PUBLISH_AFTER_RETIREMENT
    assert published() == {new}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_key_set_shows_no_private_part(client, session, settings):
    keys.ensure_key(session, settings.secret_key, now=NOW)
    session.commit()
    (key,) = client.get("/lti/jwks").json["keys"]
    assert key.keys() & {"d", "p", "q", "dp", "dq", "qi"} == set()


def test_key_sets_are_kept(database):
    store = keys.DatabaseKeySets(database)
    assert store.load("https://lms.example/jwks") is None
    first = StoredKeySet(document={"keys": []}, fetched_at=NOW)
    second = StoredKeySet(document={"keys": [{}]}, fetched_at=NOW, tried_at=NOW + timedelta(hours=1))
    for stored in (first, second):
        store.save("https://lms.example/jwks", stored)
        assert store.load("https://lms.example/jwks") == stored


def test_old_key_gives_way_by_itself(session):
    first = keys.rotate_if_old(session, SECRET, now=NOW)
    assert keys.rotate_if_old(session, SECRET, now=NOW + keys.MAX_AGE - timedelta(seconds=1)) is None
    later = NOW + keys.MAX_AGE
    second = keys.rotate_if_old(session, SECRET, now=later)
    assert second not in {None, first}
    assert signing_key(keys.tool_keys(session, SECRET), later).kid == first
    assert signing_key(keys.tool_keys(session, SECRET), later + PUBLISH_BEFORE_SIGNING).kid == second


def test_key_says_where_it_stands(session):
    def states(at):
        return [(line.kid, line.state.value, line.until) for line in keys.list_keys(session, now=at)]

    first = keys.rotate(session, SECRET, now=NOW)
    assert states(NOW) == [(first, "signing", None)]
    rotated = NOW + timedelta(days=30)
    second = keys.rotate(session, SECRET, now=rotated)
    handover, end = rotated + PUBLISH_BEFORE_SIGNING, rotated + PUBLISH_BEFORE_SIGNING + PUBLISH_AFTER_RETIREMENT
    assert states(rotated) == [(second, "coming", handover), (first, "signing", handover)]
    assert states(handover) == [(second, "signing", None), (first, "ending", end)]
    assert states(end) == [(second, "signing", None), (first, "gone", None)]
