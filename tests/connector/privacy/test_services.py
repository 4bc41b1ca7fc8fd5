"""What people agree to, and what follows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.courses.models import Recording
from connector.delivery.models import Message
from connector.delivery.services import record
from connector.privacy.models import Purpose
from connector.privacy.services import decide, has_agreed, list_consents
from tests import make
from tests.connector.delivery import build
from tests.connector.delivery.acts import act
from xapi.vocabulary.events import POST_REPLIED, THREAD_CREATED
from xapi.vocabulary.extensions import TARGET

NOW = make.NOW


@pytest.fixture
def ana(session):
    member = make.member(session)
    build.endpoint(session, member.course.deployment.platform.tenant)
    return member


@pytest.fixture
def place(session, ana):
    return make.activity(session, course=ana.course)


def told(session, by, place, **more):
    """Record an act of `by`, and return how many statements wait."""
    record(session, act(by, place, **{"event": THREAD_CREATED, **more}), by=by, now=NOW)
    return session.scalar(select(func.count()).select_from(Message))


def test_until_somebody_says_something_their_acts_are_told_and_private_ones_are_not(session, ana, place):
    assert has_agreed(session, ana.person, Purpose.LEARNING_RECORD)
    assert not has_agreed(session, ana.person, Purpose.PRIVATE_EVENTS)
    assert told(session, ana, place) == 1


def test_a_consent_that_is_taken_back_ends_the_statements_and_given_again_begins_them(session, ana, place):
    decide(session, ana.person, Purpose.LEARNING_RECORD, is_given=False, now=NOW)
    assert not has_agreed(session, ana.person, Purpose.LEARNING_RECORD)
    assert told(session, ana, place) == 0
    decide(session, ana.person, Purpose.LEARNING_RECORD, is_given=True, now=NOW + timedelta(days=1))
    assert has_agreed(session, ana.person, Purpose.LEARNING_RECORD)
    assert told(session, ana, place) == 1


def test_others_acts_are_told_without_who_does_not_agree(session, ana, place):
    bo = make.member(session, course=ana.course)
    decide(session, ana.person, Purpose.LEARNING_RECORD, is_given=False, now=NOW)
    assert told(session, bo, place, event=POST_REPLIED, target=ana) == 1
    [body] = session.scalars(select(Message.body))
    assert TARGET.id.encode() not in body
    assert str(ana.person.pseudonym).encode() not in body


def test_a_purpose_is_not_another_one(session, ana, place):
    decide(session, ana.person, Purpose.PRIVATE_EVENTS, is_given=True, now=NOW)
    assert has_agreed(session, ana.person, Purpose.PRIVATE_EVENTS)
    decide(session, ana.person, Purpose.PRIVATE_EVENTS, is_given=False, now=NOW + timedelta(days=1))
    assert not has_agreed(session, ana.person, Purpose.PRIVATE_EVENTS)
    assert told(session, ana, place) == 1


def test_the_history_is_kept(session, ana):
    for days, is_given in enumerate((False, True, False)):
        decide(session, ana.person, Purpose.LEARNING_RECORD, is_given=is_given, now=NOW + timedelta(days=days))
    history = [(one.decided_at, one.is_given) for one in list_consents(session, ana.person)]
    assert history == [(NOW + timedelta(days=days), given) for days, given in enumerate((False, True, False))]


@pytest.mark.parametrize(("recording", "count"), [(Recording.ON, 1), (Recording.PSEUDONYMOUS, 1), (Recording.OFF, 0)])
def test_a_course_says_what_is_recorded(session, ana, place, recording, count):
    ana.course.recording = recording
    session.flush()
    assert told(session, ana, place) == count


def test_what_is_said_last_counts_even_where_the_clock_was_set_back(session, ana):
    for hours, is_given in ((1, True), (1, False), (0, True), (0, False)):
        decide(session, ana.person, Purpose.PRIVATE_EVENTS, is_given=is_given, now=NOW + timedelta(hours=hours))
        assert has_agreed(session, ana.person, Purpose.PRIVATE_EVENTS) is is_given
    assert [each.is_given for each in list_consents(session, ana.person)] == [True, False, True, False]
