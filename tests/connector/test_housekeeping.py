import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.housekeeping import run, tidy
from connector.launch.models import LoginState
from connector.platforms import keys
from connector.platforms.models import ServiceToken, SigningKey
from connector.web.models import LaunchSession
from connector.web.sessions import LONGEST
from tests import make
from tests.make import NOW

DAY = timedelta(days=1)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_logins_that_were_never_used_go(session, client, platform):
    make.platform(session, **platform.registration)
    session.commit()
    platform.login(client)
    tidy(session, now=NOW)
    assert count(session, LoginState) == 1
    tidy(session, now=NOW + DAY)
    assert count(session, LoginState) == 0


def test_visits_go_when_they_have_ended(session, visiting):
    activity = make.activity(session)
    visiting(make.member(session, course=activity.course), activity)
    tidy(session, now=NOW + LONGEST)
    assert count(session, LaunchSession) == 1
    tidy(session, now=NOW + LONGEST + timedelta(minutes=1))
    assert count(session, LaunchSession) == 0


def test_tokens_go_when_nobody_takes_them(session):
    session.add(ServiceToken(registration="1", scopes_hash="1", value=b"", use_until=NOW))
    tidy(session, now=NOW)
    assert count(session, ServiceToken) == 1
    tidy(session, now=NOW + DAY)
    assert count(session, ServiceToken) == 0


@pytest.mark.parametrize(("age", "number"), [(keys.MAX_AGE - DAY, 1), (keys.MAX_AGE + DAY, 2)])
def test_old_key_is_rotated(database, session, settings, clock, age, number):
    keys.ensure_key(session, settings.secret_key, now=NOW - age)
    session.commit()
    stop = threading.Event()
    worker = threading.Thread(target=run, args=(database, settings), kwargs={"stop": stop, "clock": clock})
    worker.start()
    for _ in range(200):
        if count(session, SigningKey) == number and number > 1:
            break
        session.rollback()
        stop.wait(0.01)
    stop.set()
    worker.join(timeout=10)
    session.rollback()
    assert count(session, SigningKey) == number
