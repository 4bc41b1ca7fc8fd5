import threading
from datetime import timedelta

from connector.courses.models import Course
from connector.courses.refresh import AFTER_FAILURE, EVERY, LEASE, refresh, run, take_due
from connector.db import Database
from connector.platforms import keys
from connector.platforms.checks import read_checks
from connector.platforms.models import Check
from tests import make
from tests.make import NOW


def due_course(session, *, at=NOW, **platform):
    deployment = make.deployment(session, platform=make.platform(session, **platform))
    course = make.course(session, deployment=deployment)
    course.memberships_url = f"{deployment.platform.issuer}/members"
    course.roster_due_at = at
    session.commit()
    return course


def test_course_is_taken_once(database, session):
    course = due_course(session)
    assert take_due(database, now=NOW) == course.id
    assert take_due(database, now=NOW) is None
    assert take_due(database, now=NOW + LEASE) == course.id


def test_nothing_is_due_yet(database, session):
    due_course(session, at=NOW + timedelta(minutes=1))
    assert take_due(database, now=NOW) is None


def test_two_workers_take_different_courses(database, session):
    wanted = {due_course(session).id for _ in range(4)}
    taken = []

    def work():
        mine = Database(str(database.engine.url.render_as_string(hide_password=False)))
        while course_id := take_due(mine, now=NOW):
            taken.append(course_id)
        mine.dispose()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(wanted)


def test_lms_that_is_away_is_told_and_asked_again_later(database, session, settings, clock):
    keys.ensure_key(session, settings.secret_key, now=NOW)
    course = due_course(session, issuer="http://127.0.0.1:1")
    make.member(session, course=course)
    session.commit()
    refresh(database, settings, course.id, clock=clock)
    session.expire_all()
    found = session.get(Course, course.id)
    assert found.roster_error is not None
    assert found.roster_synced_at is None
    assert AFTER_FAILURE * 0.8 <= found.roster_due_at - NOW <= AFTER_FAILURE * 1.2
    assert read_checks(session, course.deployment.platform_id)[Check.ROSTER].failed_at == NOW
    assert EVERY > AFTER_FAILURE


def test_course_that_nobody_uses_is_left_alone(database, session, settings, clock):
    keys.ensure_key(session, settings.secret_key, now=NOW)
    course = due_course(session, issuer="http://127.0.0.1:1")
    make.member(session, course=course)
    session.commit()
    clock.move(days=10)
    refresh(database, settings, course.id, clock=clock)
    session.expire_all()
    assert session.get(Course, course.id).roster_due_at is None


def test_worker_stops_when_told(database, settings):
    stop = threading.Event()
    worker = threading.Thread(target=run, args=(database, settings), kwargs={"stop": stop})
    worker.start()
    stop.set()
    worker.join(timeout=10)
    assert not worker.is_alive()
