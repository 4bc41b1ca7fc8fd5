"""From notices to mails: nothing twice, nothing lost, however many workers there are."""

import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.db import Database
from connector.notifications import services
from connector.notifications.gathering import BUDGET, MOST_AGE, gather, give_up
from connector.notifications.models import Cadence, Mail, Notice
from connector.notifications.preferences import Wishes, resubscribe, save_wishes, stored_preference, unsubscribe
from connector.notifications.services import notify
from connector.notifications.timing import GATHER, is_quiet, timing_of
from tests import make
from tests.make import NOW

ZONE = "Europe/Copenhagen"
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def ana(session, activity):
    member = make.member(session, course=activity.course, name="Ana Holm")
    member.person.email = "ana@example.org"
    session.flush()
    return member


def wish(session, member, cadence, *, quiet=(None, None), zone=ZONE, weekday=0, minute=8 * 60, now=NOON):
    wishes = Wishes(
        cadence=cadence, digest_minute=minute, weekday=weekday, quiet_from=quiet[0], quiet_until=quiet[1], zone=zone
    )
    save_wishes(session, member.person_id, wishes, now=now)


def tell(session, member, activity, at):
    notify(session, [member.id], "wrote", about=uuid.uuid4(), activity=activity, by=None, now=at)


def mails(session, at):
    """Gather at a time, and say what came of it: how many notices are in each new mail."""
    made = gather(session, default_zone=ZONE, now=at)
    return [len(session.scalars(select(Notice).where(Notice.mail_id == mail.id)).all()) for mail in made]


def test_instant_mail_takes_along_what_follows_at_once(session, activity, ana):
    wish(session, ana, Cadence.INSTANT)
    tell(session, ana, activity, NOON)
    tell(session, ana, activity, NOON + timedelta(minutes=1))
    assert mails(session, NOON + timedelta(minutes=1)) == []
    assert mails(session, NOON + GATHER) == [2]
    assert mails(session, NOON + timedelta(days=3)) == []


def test_digest_comes_at_its_hour_over_all_courses(session, activity, ana):
    other = make.activity(session, course=make.course(session, deployment=activity.course.deployment))
    twin = make.member(session, course=other.course)
    twin.person = ana.person
    session.flush()
    tell(session, ana, activity, NOON)
    tell(session, twin, other, NOON + timedelta(hours=5))
    morning = datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert mails(session, morning - timedelta(minutes=1)) == []
    assert mails(session, morning) == [2]


def test_weekly_digest_comes_on_its_day(session, activity, ana):
    wish(session, ana, Cadence.WEEKLY, weekday=4)
    tell(session, ana, activity, NOON)
    for days in range(4):
        assert mails(session, NOON + timedelta(days=days)) == []
    assert mails(session, datetime(2026, 3, 6, 7, tzinfo=UTC)) == [1]


def test_nothing_goes_in_quiet_hours(session, activity, ana):
    wish(session, ana, Cadence.INSTANT, quiet=(21 * 60, 7 * 60))
    night = datetime(2026, 3, 2, 22, tzinfo=UTC)
    tell(session, ana, activity, night)
    assert mails(session, night + GATHER) == []
    assert mails(session, datetime(2026, 3, 3, 6, tzinfo=UTC)) == [1]


def test_worker_that_comes_late_keeps_quiet_hours_too(session, activity, ana):
    wish(session, ana, Cadence.INSTANT, quiet=(21 * 60, 7 * 60))
    tell(session, ana, activity, NOON)
    assert mails(session, datetime(2026, 3, 2, 23, tzinfo=UTC)) == []
    assert mails(session, datetime(2026, 3, 3, 6, tzinfo=UTC)) == [1]


def test_day_that_has_had_its_mails_leaves_the_rest_to_a_digest(session, activity, ana):
    wish(session, ana, Cadence.INSTANT)
    sent = []
    for number in range(BUDGET + 3):
        at = NOON + timedelta(minutes=10 * number)
        tell(session, ana, activity, at)
        sent += mails(session, at + GATHER)
    assert sent == [1] * BUDGET
    assert mails(session, datetime(2026, 3, 3, 7, tzinfo=UTC)) == [3]
    tell(session, ana, activity, NOON + timedelta(days=1))
    assert mails(session, NOON + timedelta(days=1) + GATHER) == [1]


def test_what_was_read_in_the_meantime_is_in_no_mail(session, activity, ana):
    tell(session, ana, activity, NOON)
    services.mark_read(session, ana.id, now=NOON)
    tell(session, ana, activity, NOON)
    assert mails(session, NOON + timedelta(days=1)) == [1]


def test_nobody_is_mailed_who_wants_none(session, activity, ana):
    tell(session, ana, activity, NOON)
    unsubscribe(session, ana.person_id, now=NOON)
    assert mails(session, NOON + timedelta(days=1)) == []
    resubscribe(session, ana.person_id, now=NOON + timedelta(days=1))
    assert stored_preference(session, ana.person_id).cadence is Cadence.DAILY
    assert mails(session, NOON + timedelta(days=2)) == []


def test_changed_mind_counts_for_what_waits(session, activity, ana):
    wish(session, ana, Cadence.WEEKLY)
    tell(session, ana, activity, NOON)
    assert mails(session, NOON + GATHER) == []
    wish(session, ana, Cadence.INSTANT, now=NOON + GATHER)
    assert mails(session, NOON + GATHER) == [1]


def test_what_is_old_is_in_no_mail(session, activity, ana):
    tell(session, ana, activity, NOON)
    assert mails(session, NOON + MOST_AGE + timedelta(minutes=1)) == []
    assert session.scalars(select(Notice.mail_due_at)).all() == [None]


def test_without_a_mail_server_nothing_piles_up(session, activity, ana):
    tell(session, ana, activity, NOON)
    give_up(session, now=NOON)
    assert mails(session, NOON + timedelta(days=1)) == []


def next_due(session, at):
    """Return when something is due next: all but a minute of a day may be quiet, which steps of hours would not meet."""
    return max(at, session.scalar(select(func.min(Notice.mail_due_at))) or at)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@example([(timedelta(0), "tell")], "Europe/Copenhagen", (0, 1439), 0)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.tuples(
            st.timedeltas(timedelta(0), timedelta(hours=30)),
            st.sampled_from(["tell", "tell", "tell", "wait", *Cadence]),
        ),
        max_size=40,
    ),
    st.sampled_from(["Europe/Copenhagen", "America/St_Johns", "Pacific/Auckland"]),
    st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
    st.integers(0, 1439),
)
def test_every_notice_goes_once_at_a_good_time(session, activity, ana, story, zone, quiet, minute):
    at = datetime(2026, 3, 26, tzinfo=UTC)  # some days before a change of the clock
    wish_for = partial(wish, session, ana, quiet=quiet or (None, None), zone=zone, minute=minute)
    told, mails_at, was_off = 0, Counter(), False
    with session.begin_nested() as savepoint:
        wish_for(Cadence.INSTANT, now=at)
        for wait, act in [*story, *[(None, "wait")] * 60]:
            at = at + wait if wait is not None else next_due(session, at)
            if act == "tell":
                told += 1
                tell(session, ana, activity, at)
            elif act != "wait":
                was_off = was_off or act is Cadence.OFF
                wish_for(act, now=at)
            mails_at[at] += len(gather(session, default_zone="UTC", now=at))
            if mails_at[at]:
                assert not is_quiet(timing_of(stored_preference(session, ana.person_id), default_zone="UTC"), at)
        notices = session.scalars(select(Notice)).all()
        assert [each.mail_due_at for each in notices] == [None] * told
        assert was_off or all(each.mail_id for each in notices)
        assert max(mails_at.values(), default=0) <= 1
        savepoint.rollback()
    session.expire_all()


def test_two_workers_at_once_put_nothing_in_two_mails(database_url, session, activity):
    members = [make.member(session, course=activity.course) for _ in range(60)]
    for member in members:
        member.person.email = f"{member.id}@example.org"
    session.flush()
    for _ in range(3):
        notify(session, [each.id for each in members], "wrote", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
    session.commit()
    at, barrier, made = NOW + timedelta(days=1), threading.Barrier(3), []

    def work():
        own = Database(database_url)
        barrier.wait()
        for _ in range(12):
            with own.session(writes=True) as working:
                made.extend(mail.id for mail in gather(working, default_zone="UTC", now=at))
                working.commit()
        own.dispose()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    notices = session.scalars(select(Notice)).all()
    assert len(made) == len(set(made)) == 60 == len(session.scalars(select(Mail)).all())
    assert sorted(Counter(each.mail_id for each in notices).values()) == [3] * 60
