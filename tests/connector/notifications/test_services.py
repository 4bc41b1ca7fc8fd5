"""Who is told of what, and what they see of it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.courses.models import Role
from connector.notifications import services
from connector.notifications.models import Level, Notice, Scope
from connector.notifications.services import levels, notify, set_level
from tests import make
from tests.make import NOW


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def ana(session, activity):
    return make.member(session, course=activity.course, name="Ana Holm")


@pytest.fixture
def bo(session, activity):
    return make.member(session, course=activity.course, name="Bo")


def told(session, member):
    return session.scalars(select(Notice).where(Notice.member_id == member.id)).all()


def test_everybody_is_told_but_who_did_it(session, activity, ana, bo):
    about = uuid.uuid4()
    notify(session, [ana.id, bo.id], "wrote", about=about, activity=activity, by=bo.id, now=NOW)
    assert ([each.about for each in told(session, ana)], told(session, bo)) == ([about], [])


def test_nobody_is_told_twice_of_what_they_have_not_read(session, activity, ana):
    about = uuid.uuid4()
    for minutes in (0, 1):
        notify(
            session, [ana.id], "wrote", about=about, activity=activity, by=None, now=NOW + timedelta(minutes=minutes)
        )
    assert [each.created_at for each in told(session, ana)] == [NOW]


def test_who_has_read_it_is_told_again(session, activity, ana):
    about = uuid.uuid4()
    notify(session, [ana.id], "wrote", about=about, activity=activity, by=None, now=NOW)
    services.mark_read(session, ana.id, now=NOW)
    notify(session, [ana.id], "wrote", about=about, activity=activity, by=None, now=NOW)
    assert len(told(session, ana)) == 2


def test_who_has_left_or_belongs_elsewhere_is_told_nothing(session, activity, ana):
    ana.is_active = False
    stranger = make.member(session)
    notify(session, [ana.id, stranger.id], "wrote", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
    assert told(session, ana) + told(session, stranger) == []


@pytest.mark.parametrize(
    ("role", "email", "waits"),
    [
        (Role.LEARNER, "ana@example.org", True),
        (Role.TRAINER, "ana@example.org", True),
        (Role.LEARNER, None, False),
        (Role.OBSERVER, "ana@example.org", False),
        (Role.TEST_STUDENT, "ana@example.org", False),
    ],
)
def test_notice_waits_for_a_mail_where_somebody_can_be_mailed(session, activity, role, email, waits):
    member = make.member(session, course=activity.course, role=role)
    member.person.email = email
    notify(session, [member.id], "wrote", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
    assert [each.mail_due_at for each in told(session, member)] == [NOW if waits else None]


def test_telling_many_costs_no_more_queries_than_telling_one(session, activity, count_queries):
    def cost(number):
        ids = [make.member(session, course=activity.course).id for _ in range(number)]
        with count_queries() as queries:
            notify(session, ids, "wrote", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
        return len(queries)

    few, many = cost(2), cost(40)
    assert (few, many) == (1, 1)


def test_list_shows_what_the_reader_may_see(app, session, activity, ana, chalkboard):
    seen, hidden = chalkboard.write("Hello"), chalkboard.write("Secret")
    for about in (seen, hidden):
        notify(session, [ana.id], "wrote", about=about, activity=activity, by=None, now=NOW)
    chalkboard.hidden.add(hidden)
    with app.app_context():
        found = services.list_notices(session, ana, is_unread=True, page=1)
    assert [each.telling.text for each in found.shown] == ["Hello"]
    assert [session.get(Notice, id_).about for id_ in found.gone] == [hidden]


def test_what_nobody_can_tell_of_is_left_out(app, session, activity, ana):
    notify(session, [ana.id], "danced", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
    with app.app_context():
        assert services.list_notices(session, ana, is_unread=True, page=1).shown == []


def test_seeing_a_thing_reads_its_notices(session, activity, ana, bo):
    about, other = uuid.uuid4(), uuid.uuid4()
    for what in (about, other):
        notify(session, [ana.id, bo.id], "wrote", about=what, activity=activity, by=None, now=NOW)
    services.read_about(session, ana.id, [about], now=NOW)
    assert [services.count_unread(session, member.id) for member in (ana, bo)] == [1, 2]


def test_old_notices_go(session, activity, ana):
    notify(session, [ana.id], "wrote", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
    services.tidy(session, now=NOW + services.KEPT)
    assert len(told(session, ana)) == 1
    services.tidy(session, now=NOW + services.KEPT + timedelta(minutes=1))
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


# --- subscriptions ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "level"),
    [
        (Role.LEARNER, Level.THREADS),
        (Role.TRAINER, Level.THREADS),
        (Role.EXPERT, Level.MENTIONS),
        (Role.OBSERVER, Level.MENTIONS),
    ],
)
def test_role_decides_as_long_as_nothing_was_said(session, activity, role, level):
    member = make.member(session, course=activity.course, role=role)
    assert levels(session, [member.id], [(Scope.COURSE, activity.course_id)]) == {member.id: level}


def test_narrowest_place_counts(session, activity, ana, bo):
    thread_id = uuid.uuid4()
    scopes = [(Scope.THREAD, thread_id), (Scope.ACTIVITY, activity.id), (Scope.COURSE, activity.course_id)]
    set_level(session, ana.id, Scope.COURSE, activity.course_id, Level.MUTED, now=NOW)
    set_level(session, bo.id, Scope.COURSE, activity.course_id, Level.EVERYTHING, now=NOW)
    set_level(session, ana.id, Scope.THREAD, thread_id, Level.EVERYTHING, now=NOW)
    set_level(session, bo.id, Scope.ACTIVITY, activity.id, Level.MENTIONS, now=NOW)
    assert levels(session, [ana.id, bo.id], scopes) == {ana.id: Level.EVERYTHING, bo.id: Level.MENTIONS}
    assert levels(session, [ana.id], scopes[1:]) == {ana.id: Level.MUTED}


def test_what_was_said_is_changed_and_taken_back(session, activity, ana):
    place = Scope.ACTIVITY, activity.id
    assert set_level(session, ana.id, *place, Level.MUTED, now=NOW) is None
    assert set_level(session, ana.id, *place, Level.EVERYTHING, now=NOW) is Level.MUTED
    assert services.level_set(session, ana.id, *place) is Level.EVERYTHING
    assert set_level(session, ana.id, *place, None, now=NOW) is Level.EVERYTHING
    assert services.level_set(session, ana.id, *place) is None
    assert set_level(session, ana.id, *place, None, now=NOW) is None
