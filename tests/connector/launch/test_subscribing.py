"""Asking an LMS for notices of copied courses, in the background."""

from datetime import timedelta

import pytest

from connector import sealing
from connector.launch.notices import AFTER_REFUSAL, note_offer, subscribe_due
from connector.platforms.models import Deployment, SigningKey
from lti import claims
from tests import make
from tests.lti import server
from tests.lti.server import Clock, Reply, tool_key
from tests.make import NOW

OFFER = {
    "platform_notification_service_url": "https://lms.example/notices",
    "notice_types_supported": ["LtiContextCopyNotice"],
}


@pytest.fixture
def offering(session, settings):
    """Return how to make a deployment of an LMS that answers so."""
    key = tool_key()
    sealed = sealing.seal(settings.secret_key, key.private_pem.encode())
    session.add(SigningKey(kid=key.kid, private_pem=sealed, created_at=key.created_at))

    def make_deployment(url):
        platform = make.platform(session, issuer=url, client_id="client-1")
        deployment = make.deployment(session, platform=platform)
        deployment.notices_url, deployment.notices_due_at = f"{url}/notices", NOW
        session.commit()
        return deployment

    return make_deployment


def test_offer_of_a_launch_is_due_once(session):
    deployment = make.deployment(session)
    note_offer(deployment, {claims.NOTIFICATION_SERVICE: OFFER}, now=NOW)
    assert (deployment.notices_url, deployment.notices_due_at) == (OFFER["platform_notification_service_url"], NOW)
    deployment.notices_due_at = None
    note_offer(deployment, {claims.NOTIFICATION_SERVICE: OFFER}, now=NOW + timedelta(days=1))
    assert deployment.notices_due_at is None
    note_offer(deployment, {}, now=NOW)
    assert deployment.notices_url is None


def test_lms_is_asked_once(database, session, settings, clock, offering):
    with server.platform(clock=Clock(NOW), answer=lambda _: Reply({})) as lms:
        deployment = offering(lms.url)
        for _ in range(2):
            subscribe_due(database, settings, clock=clock)
        (asked,) = lms.asked
    assert (asked.method, asked.path) == ("PUT", "/notices")
    assert asked.json == {"notice_type": "LtiContextCopyNotice", "handler": f"{settings.public_url}/lti/notice"}
    session.expire_all()
    assert session.get(Deployment, deployment.id).notices_due_at is None


def test_lms_that_refuses_is_asked_again_in_a_day(database, session, settings, clock, offering):
    with server.platform(clock=Clock(NOW), answer=lambda _: Reply({}, 500)) as lms:
        deployment = offering(lms.url)
        subscribe_due(database, settings, clock=clock)
        subscribe_due(database, settings, clock=clock)
        assert len(lms.asked) == 1
    session.expire_all()
    assert session.get(Deployment, deployment.id).notices_due_at == NOW + AFTER_REFUSAL
