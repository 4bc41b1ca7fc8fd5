from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.platforms import admins
from connector.platforms.models import AdminLink, AdminSession
from tests.make import NOW


@pytest.fixture
def token(session):
    path = admins.create_admin_link(session, now=NOW)
    return path.removeprefix("/admin/enter/")


def test_link_signs_in_once(session, token):
    id_ = admins.sign_in(session, token, now=NOW)
    assert admins.find_session(session, id_, now=NOW) is not None
    assert admins.sign_in(session, token, now=NOW) is None


def test_link_is_good_for_a_quarter_of_an_hour(session, token):
    late = NOW + timedelta(minutes=15, seconds=1)
    assert admins.is_link_open(session, token, now=NOW + timedelta(minutes=15))
    assert not admins.is_link_open(session, token, now=late)
    assert admins.sign_in(session, token, now=late) is None


def test_session_ends_after_eight_hours(session, token):
    id_ = admins.sign_in(session, token, now=NOW)
    assert admins.find_session(session, id_, now=NOW + timedelta(hours=8) - timedelta(seconds=1)) is not None
    assert admins.find_session(session, id_, now=NOW + timedelta(hours=8)) is None


def test_session_ends_when_somebody_signs_out(session, token):
    id_ = admins.sign_in(session, token, now=NOW)
    admins.sign_out(session, admins.find_session(session, id_, now=NOW))
    session.expire_all()
    assert admins.find_session(session, id_, now=NOW) is None


def test_only_hashes_are_kept(session, token):
    assert session.scalars(select(AdminLink.token_hash)).one() != token
    id_ = admins.sign_in(session, token, now=NOW)
    assert session.scalars(select(AdminSession.id_hash)).one() != id_


@pytest.mark.parametrize("id_", [None, "", "made up"])
def test_nobody_is_signed_in_without_a_session(session, id_):
    assert admins.find_session(session, id_, now=NOW) is None


def test_old_rows_are_cleared_away(session, token):
    admins.sign_in(session, token, now=NOW)
    admins.create_admin_link(session, now=NOW)
    fresh = admins.create_admin_link(session, now=NOW + timedelta(days=1))
    admins.sign_in(session, fresh.rpartition("/")[2], now=NOW + timedelta(days=1))
    assert len(session.scalars(select(AdminSession)).all()) == 1
    assert session.scalars(select(AdminLink)).all() == []
