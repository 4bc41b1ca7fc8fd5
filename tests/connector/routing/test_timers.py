"""What happens when time passes: by the organisation's calendar, over holidays and both jumps of the clock."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.calendars.services import change_calendar
from connector.courses.models import Role
from connector.experts.models import Expert
from connector.routing import services
from connector.routing.models import State, Wave
from connector.routing.waves import advance, release
from connector.routing.worker import tick
from tests import make
from tests.connector.routing import build
from tests.connector.threads import build as threads

pytestmark = pytest.mark.usefixtures("translated")

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ALWAYS = [[(0, 24 * 60)]] * 7
OFFICE = [[(9 * 60, 17 * 60)]] * 5 + [[], []]


@pytest.fixture
def always(session, course):
    """An organisation that never sleeps, so that an hour is an hour."""
    set_calendar(session, course, ALWAYS, "UTC")


def set_calendar(session, course, week, zone="Europe/Copenhagen", country=None, holidays=None):
    tenant_id = course.deployment.platform.tenant_id
    change_calendar(session, tenant_id, zone=ZoneInfo(zone), country=country, week=week, holidays=holidays or {})


def hours(number):
    return build.at(60 * number)


def copenhagen(*values):
    return datetime(*values, tzinfo=COPENHAGEN)


def ask_at(session, activity, author, at):
    """Ask a question at a moment."""
    return build.question(session, activity=activity, author=author, after=(at - make.NOW).total_seconds() / 60)


@pytest.mark.usefixtures("always")
def test_after_a_quarter_of_the_time_two_more_experts_are_asked(session, activity, ana, trainer, eva, finn, gry):
    thread = build.question(session, activity=activity, author=ana)
    assert build.tick(session, hours(6) - timedelta(seconds=1)) == 0
    assert build.tick(session, hours(6)) == 1
    assert set(build.asked(session, thread)) == {eva, finn, gry}


@pytest.mark.usefixtures("always")
def test_after_three_fifths_a_trainer_is_asked_and_owns_it(session, activity, ana, trainer, eva, finn, gry):
    thread = build.question(session, activity=activity, author=ana)
    build.tick(session, hours(14.4))
    assert build.asked(session, thread)[-1] == trainer
    assert build.owner(session, thread) == trainer
    assert build.case(session, thread).escalated_at == hours(14.4)


@pytest.mark.usefixtures("always")
def test_when_the_time_is_over_somebody_from_outside_is_called(session, activity, ana, trainer, eva):
    guest = make.member(session, course=activity.course, role=Role.EXPERT)
    eva.is_active = guest.is_active = False
    session.flush()
    thread = build.question(session, activity=activity, author=ana)
    guest.is_active = True
    called = []

    def call(_session, asked_about, at):
        called.append((asked_about, at))
        return [guest.id]

    build.tick(session, hours(24), standby=[call])
    assert called == [(thread, hours(24))]
    assert guest in build.asked(session, thread)
    assert build.case(session, thread).overdue_at == hours(24)


@pytest.mark.usefixtures("always")
def test_a_late_tick_does_all_that_was_due_and_a_second_one_nothing(session, activity, ana, trainer, eva, finn, gry):
    thread = build.question(session, activity=activity, author=ana)
    build.tick(session, hours(30))
    before = [(each.id, each.role) for each in build.asked(session, thread)]
    assert build.case(session, thread).wave == Wave.STANDBY
    assert build.tick(session, hours(30)) == 0
    assert [(each.id, each.role) for each in build.asked(session, thread)] == before


@pytest.mark.usefixtures("always")
def test_after_an_answer_nobody_else_is_asked(session, activity, ana, trainer, eva, finn, gry):
    thread = build.question(session, activity=activity, author=ana)
    build.answer(session, thread, author=eva, after=60)
    build.tick(session, hours(24))
    assert len(build.asked(session, thread)) == 2


@pytest.mark.usefixtures("always")
def test_when_a_solution_is_due_it_is_asked_for_once(session, activity, ana, trainer, eva):
    thread = build.question(session, activity=activity, author=ana)
    build.answer(session, thread, author=eva, after=60)
    assert build.tick(session, hours(72)) == 1
    assert build.case(session, thread).nudged_at == hours(72)
    assert build.tick(session, hours(500)) == 0


@pytest.mark.usefixtures("always")
def test_while_the_asker_must_say_more_the_time_stands_still(session, activity, ana, trainer, eva, finn, gry):
    thread = build.question(session, activity=activity, author=ana)
    services.pause(session, thread, now=hours(5))
    assert build.tick(session, hours(50)) == 0
    services.resume(session, thread, now=hours(50))
    assert build.tick(session, hours(51) - timedelta(seconds=1)) == 0
    assert build.tick(session, hours(51)) == 1


@pytest.mark.usefixtures("always")
def test_the_silence_of_who_was_asked_for_by_name_hands_it_over(session, activity, ana, trainer, eva, finn):
    set_rules(session, activity, 100)
    thread = build.question(session, activity=activity, author=ana, named=eva.id)
    build.tick(session, hours(24))
    assert build.state(session, thread, eva) is State.HANDED_OVER
    assert build.owner(session, thread) == finn


@pytest.mark.usefixtures("always")
def test_who_has_taken_it_on_and_is_silent_hands_it_over(session, activity, ana, trainer, eva, finn, gry):
    set_rules(session, activity, 100)
    thread = build.question(session, activity=activity, author=ana)
    services.claim(session, thread, gry, now=hours(1))
    build.tick(session, hours(25))
    assert build.state(session, thread, gry) is State.HANDED_OVER
    assert build.owner(session, thread) in {eva, finn}


def test_somebody_is_not_found_silent_on_a_weekend(session, course, activity, ana, trainer, eva, finn):
    set_calendar(session, course, OFFICE)
    set_rules(session, activity, 1000)
    friday = copenhagen(2026, 3, 6, 15, 0)
    thread = build.question(
        session, activity=activity, author=ana, named=eva.id, after=(friday - make.NOW).total_seconds() / 60
    )
    assert build.tick(session, copenhagen(2026, 3, 9, 8, 59)) == 0
    assert build.tick(session, copenhagen(2026, 3, 9, 9, 0)) == 1
    assert build.owner(session, thread) == finn


def set_rules(session, activity, answer_hours):
    services.change_rules(session, activity.id, answer_hours=answer_hours, resolve_hours=10 * answer_hours)


def test_nights_weekends_and_holidays_do_not_count(session, course, activity, ana, trainer):
    set_calendar(session, course, OFFICE, country="DK", holidays={date(2026, 4, 7): "The move"})
    thread = ask_at(session, activity, ana, copenhagen(2026, 4, 1, 16, 0))
    # From Wednesday on, Easter until Monday and the move on Tuesday are off: an hour, then two days of eight, and seven.
    assert build.case(session, thread).answer_due_at == copenhagen(2026, 4, 10, 16, 0)


def test_the_hour_that_is_skipped_is_not_waited_for(session, course, activity, ana, trainer):
    set_calendar(session, course, ALWAYS)
    thread = ask_at(session, activity, ana, copenhagen(2026, 3, 28, 12, 0))
    assert build.case(session, thread).answer_due_at == copenhagen(2026, 3, 29, 13, 0)


def test_the_hour_that_comes_twice_is_waited_for_twice(session, course, activity, ana, trainer):
    set_calendar(session, course, ALWAYS)
    thread = ask_at(session, activity, ana, copenhagen(2026, 10, 24, 12, 0))
    assert build.case(session, thread).answer_due_at == copenhagen(2026, 10, 25, 11, 0)


def test_a_holiday_that_is_added_later_counts_when_the_timer_fires(session, course, activity, ana, trainer, eva):
    set_calendar(session, course, OFFICE)
    thread = ask_at(session, activity, ana, copenhagen(2026, 3, 2, 11, 0))
    set_calendar(session, course, OFFICE, holidays={date(2026, 3, 2): "Storm"})
    build.tick(session, copenhagen(2026, 3, 2, 17, 0))
    assert build.case(session, thread).wave == Wave.FIRST
    assert build.case(session, thread).due_at == copenhagen(2026, 3, 3, 15, 0)


@pytest.mark.usefixtures("always")
def test_who_leaves_the_course_is_waited_for_no_longer(session, activity, ana, trainer, eva, finn, gry):
    thread = build.question(session, activity=activity, author=ana)
    owner = build.owner(session, thread)
    owner.is_active = False
    session.flush()
    assert build.tick(session, build.at(1)) == 1
    assert build.state(session, thread, owner) is State.HANDED_OVER
    assert build.owner(session, thread) in {eva, finn, gry} - {owner}
    assert len(build.asked(session, thread, State.ASKED)) == 2


@pytest.mark.usefixtures("always")
def test_a_trainer_on_holiday_gives_it_to_the_next(session, course, activity, ana, trainer):
    other = make.member(session, course=course, role=Role.ASSISTANT)
    thread = build.question(session, activity=activity, author=ana)
    assert build.owner(session, thread) == trainer
    session.add(Expert(member_id=trainer.id, away_until=hours(1000)))
    session.flush()
    release(session, trainer, now=build.at(5))
    assert build.owner(session, thread) == other


@pytest.mark.usefixtures("always")
def test_who_is_away_or_was_asked_often_enough_is_not_asked(session, activity, ana, bo, trainer, eva, finn):
    session.add(Expert(member_id=eva.id, away_until=hours(1000)))
    session.add(Expert(member_id=finn.id, weekly_capacity=1))
    first = build.question(session, activity=activity, author=ana)
    second = build.question(session, activity=activity, author=ana, title="And this?", after=1)
    assert build.asked(session, first) == [finn, bo]
    assert build.asked(session, second) == [bo, trainer]


@pytest.mark.usefixtures("always")
def test_a_question_that_is_held_goes_out_once_it_stands(session, activity, ana, trainer, eva):
    from connector.threads.models import PostState, ThreadKind

    thread = threads.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
    thread.opening.state = PostState.HELD
    services.begin(session, thread, now=make.NOW)
    assert build.asked(session, thread) == []
    assert build.owner(session, thread) == trainer
    thread.opening.state = PostState.VISIBLE
    session.flush()
    build.tick(session, build.at(10))
    assert build.asked(session, thread) == [eva]


@pytest.mark.usefixtures("always")
def test_a_thread_that_is_closed_is_on_its_way_no_longer(session, activity, ana, trainer, eva):
    thread = build.question(session, activity=activity, author=ana)
    thread.closed_at = build.at(1)
    session.flush()
    assert build.tick(session, build.at(2)) == 1
    assert build.case(session, thread).resolved_at == build.at(2)


@pytest.mark.usefixtures("always")
def test_several_workers_at_once_do_everything_once(app, session, database, activity, ana, trainer, eva, finn, gry):
    made = [build.question(session, activity=activity, author=ana, title=f"Number {number}?") for number in range(6)]
    session.commit()
    counts = []

    def work():
        with app.app_context():
            counts.append(tick(database, now=hours(24)))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    session.expire_all()
    assert sum(counts) == len(made)
    assert {build.case(session, thread).wave for thread in made} == {Wave.STANDBY}


@pytest.mark.usefixtures("always")
def test_a_timer_that_fires_twice_changes_nothing(session, activity, ana, trainer, eva, finn, gry):
    from connector.routing.desk import open_desk

    thread = build.question(session, activity=activity, author=ana)
    for _ in range(3):
        advance(open_desk(session, thread, now=hours(7)))
    assert len(build.asked(session, thread)) == 3
