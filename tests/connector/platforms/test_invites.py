from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.platforms import invites
from connector.platforms.invites import InviteError, State
from connector.platforms.models import Invite
from tests import make
from tests.make import NOW


@pytest.fixture
def token(session):
    token = invites.create_invite(session, make.tenant(session), note="Moodle", now=NOW)
    session.commit()
    return token


def the_invite(session):
    return session.scalars(select(Invite).execution_options(populate_existing=True)).one()


def test_only_the_hash_is_kept(session, token):
    invite = the_invite(session)
    assert token not in {invite.token_hash, invite.note}
    assert invites.get_invite(session, token, now=NOW) is invite


def test_two_who_come_at_once_get_one_registration(database, session, token):
    session.close()
    with database.session(writes=True) as first:
        invites.take_invite(first, token, now=NOW)
        first.commit()
    with database.session(writes=True) as second, pytest.raises(InviteError, match="invite_used"):
        invites.take_invite(second, token, now=NOW)


def test_invitation_that_was_given_back_is_good_again(session, token):
    invites.give_back(session, invites.take_invite(session, token, now=NOW).id)
    session.expire_all()
    assert invites.take_invite(session, token, now=NOW).note == "Moodle"


def test_invitation_that_led_somewhere_is_not_given_back(session, token):
    invite = invites.take_invite(session, token, now=NOW)
    invites.settle(session, invite.id, make.platform(session, tenant=invite.tenant))
    invites.give_back(session, invite.id)
    assert invites.state_of(the_invite(session), NOW) is State.USED


def test_states(session, token):
    invite = the_invite(session)
    assert invites.state_of(invite, NOW) is State.OPEN
    assert invites.state_of(invite, NOW + invites.LIFE - timedelta(seconds=1)) is State.OPEN
    assert invites.state_of(invite, NOW + invites.LIFE) is State.EXPIRED
    invites.revoke(session, invite.id, now=NOW)
    assert invites.state_of(the_invite(session), NOW) is State.REVOKED
    with pytest.raises(InviteError, match="invite_revoked"):
        invites.get_invite(session, token, now=NOW)


def test_used_invitation_cannot_be_withdrawn(session, token):
    invite = invites.take_invite(session, token, now=NOW)
    invites.revoke(session, invite.id, now=NOW)
    assert the_invite(session).revoked_at is None
