"""Reminders: only of what somebody has to do and can, at their time, once; and what trainers are told and can do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from connector.groups.building import make_set
from connector.notifications.gathering import gather
from connector.notifications.letters import write
from connector.notifications.models import Level, Mail, Notice, Scope
from connector.notifications.services import notify, set_level
from connector.peer_review import rules
from connector.peer_review.models.setup import Giving, PeerReview, Unit
from connector.peer_review.notices import reminding
from connector.peer_review.notices.reminders import AGAIN, LACKING, REVIEWS, VOLUNTEERS, WORK
from connector.peer_review.notices.reminding import HOURS, remind_due, step_of
from connector.web.models import LaunchSession
from tests import make
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.make import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = NOW + 4 * DAY
REVIEWS_DUE = NOW + 8 * DAY


@pytest.fixture
def dated(session, activity, trainer, translated):
    return acts.set_rules(session, activity, trainer, due_at=DUE, reviews_due_at=REVIEWS_DUE, reviews_each=2, needed=1)


@pytest.fixture
def tick(session, database, clock):
    """Return how to let the worker look, so long before a date: gives how many were told."""

    def tick(before, date=DUE):
        session.commit()
        clock.time = date - before
        told = remind_due(database, now=clock.time)
        session.rollback()
        session.expire_all()
        return told

    return tick


@pytest.fixture
def come(session, visiting, clock):
    """Return how somebody comes at the time that it is."""

    def come(member, activity):
        visit = visiting(member, activity)
        session.execute(update(LaunchSession).values(created_at=clock.time, seen_at=clock.time))
        session.commit()
        visit.get("/overview" if member.is_staff else "")  # gives the forms' token
        return visit

    return come


def told(session, what=None):
    """Return who has an unread notice, or one of a kind."""
    query = select(Notice.member_id).where(Notice.read_at.is_(None))
    session.flush()
    found = set(session.scalars(query if what is None else query.where(Notice.what == what)))
    session.commit()
    return found


@given(due=st.integers(-10, 200), began=st.integers(-300, 200))
def test_step_is_the_latest_that_has_come_and_that_people_could_begin_before(due, began):
    due_at, began_at = NOW + due * HOUR, NOW + began * HOUR
    step = step_of(due_at, began_at, NOW)
    if step is None:
        possible = [hours for hours in HOURS if began_at <= due_at - hours * HOUR <= NOW < due_at]
        assert possible == []
    else:
        assert began_at <= due_at - step * HOUR <= NOW < due_at
        assert step == min(hours for hours in HOURS if due_at - hours * HOUR <= NOW)


def test_who_has_not_handed_in_is_reminded_twice_and_who_has_never(session, activity, dated, people, tick):
    acts.hand_in(session, activity, people[0])
    assert tick(49 * HOUR) == 0
    assert tick(48 * HOUR) == 5
    assert told(session, WORK) == {each.id for each in people[1:]}
    assert tick(47 * HOUR) == 0
    first = {each.id for each in session.scalars(select(Notice))}
    assert tick(12 * HOUR) == 5
    assert {each.id for each in session.scalars(select(Notice).where(Notice.read_at.is_(None)))}.isdisjoint(first)
    assert tick(11 * HOUR) == 0
    assert tick(timedelta(0)) == 0


def test_who_hands_in_between_is_not_reminded_again(session, activity, dated, people, tick):
    tick(48 * HOUR)
    acts.hand_in(session, activity, people[0], after=60)
    tick(12 * HOUR)
    later = select(Notice.member_id).where(Notice.created_at > DUE - DAY)
    assert people[0].id not in set(session.scalars(later))


def test_extension_moves_the_reminder(session, activity, dated, trainer, people, tick):
    rules.extend(session, activity, people[:1], by=trainer, values={"due_at": DUE + 5 * DAY})
    tick(48 * HOUR)
    assert people[0].id not in told(session)
    tick(48 * HOUR, DUE + 5 * DAY)
    assert people[0].id in told(session, WORK)


def test_more_time_for_one_of_a_group_moves_the_reminders_of_all_of_it(
    session, activity, dated, trainer, people, tick, come
):
    group_set = make_set(session, trainer, "Teams", 3, now=NOW)
    groups = build.groups_of_set(session, group_set)
    for number, group in enumerate(groups):
        build.put(session, group, *people[2 * number : 2 * number + 2])
    acts.set_rules(session, activity, trainer, unit=Unit.GROUP, group_set_id=group_set.id)
    later = DUE + 5 * DAY
    rules.extend(session, activity, people[:1], by=trainer, values={"due_at": later})
    ours, theirs = ({each.id for each in some} for some in (people[:2], people[2:]))
    tick(48 * HOUR)
    assert told(session, WORK) == theirs
    tick(48 * HOUR, later)
    assert told(session, WORK) == ours | theirs
    for member, date in ((people[1], "until 11 Mar 2026"), (people[2], "not handed in yet")):
        visit = come(member, activity)
        assert date in visit.client.get(f"/s/{visit.sid}/notices").text


def test_somebodys_own_date_is_enough(session, activity, trainer, people, tick):
    rules.extend(session, activity, people[:1], by=trainer, values={"due_at": DUE})
    tick(48 * HOUR)
    assert told(session) == {people[0].id}


def test_reviews_are_asked_for_where_there_is_work(session, activity, dated, people, tick):
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    acts.review_one(session, activity, people[0])
    acts.review_one(session, activity, people[0])
    tick(48 * HOUR, REVIEWS_DUE)
    assert told(session, REVIEWS) == {people[1].id, people[2].id}


def test_nobody_is_asked_for_reviews_where_there_is_nothing(session, activity, dated, ana, tick):
    acts.hand_in(session, activity, ana)
    tick(48 * HOUR, REVIEWS_DUE)
    assert told(session, REVIEWS) == set()


def test_nobody_is_asked_for_reviews_before_the_work_is_distributed(session, activity, dated, people, tick):
    dated.giving = Giving.BATCH
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    tick(48 * HOUR, REVIEWS_DUE)
    assert told(session, REVIEWS) == set()


def test_who_writes_just_now_is_left_alone(session, activity, dated, people, tick):
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    review = acts.take(session, activity, people[0])
    review.started_at = review.typed_at = REVIEWS_DUE - 49 * HOUR
    tick(48 * HOUR, REVIEWS_DUE)
    assert people[0].id not in told(session)
    tick(46 * HOUR, REVIEWS_DUE)
    assert people[0].id in told(session, REVIEWS)


@pytest.mark.parametrize("reason", ["off", "released", "late start", "muted", "left", "not chosen"])
def test_nobody_is_reminded_who_need_not_be(session, activity, dated, ana, tick, reason):
    if reason == "off":
        dated.has_reminders = False
    elif reason == "released":
        dated.released_at = NOW
    elif reason == "late start":
        activity.opens_at = DUE - 6 * HOUR
    elif reason == "muted":
        set_level(session, ana.id, Scope.COURSE, ana.course_id, Level.MUTED, now=NOW)
    elif reason == "left":
        ana.is_active = False
    else:
        activity.copied_from_id = make.activity(session).id
    tick(48 * HOUR)
    tick(5 * HOUR)
    assert told(session) == set()


def test_reminder_is_mailed_and_says_nothing_once_it_is_done(session, activity, dated, people, app, settings, tick):
    for each in people[:2]:
        each.person.email = f"{each.id.hex}@example.org"
    tick(48 * HOUR)
    at = DUE - 20 * HOUR
    gather(session, default_zone="UTC", now=at)
    mails = {each.person_id: each for each in session.scalars(select(Mail))}
    assert set(mails) == {each.person_id for each in people[:2]}
    acts.hand_in(session, activity, people[0])
    settings = replace(settings, mail_from="kring@example.org")
    done, undone = (write(app, session, mails[each.person_id], settings, now=at) for each in people[:2])
    assert done is None
    assert "Hand in your work for “A plan on one page” until" in undone["Subject"]


def test_quiet_hours_hold(session, activity, dated, ana, tick):
    ana.person.email = "ana@example.org"
    tick(48 * HOUR)
    night = (DUE - 40 * HOUR).replace(hour=23)
    gather(session, default_zone="UTC", now=night)
    assert session.scalars(select(Mail)).all() == []


def test_bell_tells_how_many_reviews_are_owed(session, activity, dated, people, come, tick):
    for each in people[:4]:
        acts.hand_in(session, activity, each)
    acts.review_one(session, activity, people[0])
    tick(48 * HOUR, REVIEWS_DUE)
    visit = come(people[0], activity)
    page = visit.client.get(f"/s/{visit.sid}/notices").text
    assert "You have 1 review to write in “A plan on one page”, until" in page


def test_query_count_of_notices_is_the_same_for_one_and_thirty(session, course, ana, visiting, clock, count_queries):
    visit = visiting(ana, make.activity(session, course=course))
    counts = []
    for many in (1, 30):
        for _ in range(many):
            place = make.activity(session, course=course)
            for what in (WORK, REVIEWS, VOLUNTEERS):
                notify(session, [ana.id], what, about=place.id, activity=place, by=None, now=NOW)
        session.commit()
        with count_queries() as seen:
            visit.client.get(f"/s/{visit.sid}/notices")
        counts.append(len(seen))
    assert counts[0] == counts[1]


# --- for trainers -----------------------------------------------------------------------------------------------------
def test_trainers_hear_what_will_be_missing(session, activity, dated, trainer, people, tick, come):
    dated.needed = 2
    for each in people[:4]:
        acts.hand_in(session, activity, each)
    tick(48 * HOUR, REVIEWS_DUE)
    assert told(session, LACKING) == {trainer.id}
    assert tick(47 * HOUR, REVIEWS_DUE) == 0
    visit = come(trainer, activity)
    assert "reviews will be missing in “A plan on one page”" in visit.client.get(f"/s/{visit.sid}/notices").text
    assert "As things go," in visit.get("/overview").text
    tick(12 * HOUR, REVIEWS_DUE)
    again = session.scalars(select(Notice).where(Notice.what == LACKING, Notice.read_at.is_(None))).one()
    assert again.created_at == REVIEWS_DUE - 12 * HOUR


def test_nothing_is_missing_and_nobody_is_told(session, activity, dated, trainer, people, tick):
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    for each in people[:3] * 2:
        acts.review_one(session, activity, each)
    tick(48 * HOUR, REVIEWS_DUE)
    assert told(session, LACKING) == set()


@pytest.fixture
def lacking(session, activity, dated, trainer, people, clock, come):
    """The board two days before the date, where reviews will be missing; who is done has a name."""
    dated.needed, dated.closes_at = 2, None
    for each in people[:4]:
        acts.hand_in(session, activity, each)
    for _ in range(2):
        acts.review_one(session, activity, people[0])
    clock.time = REVIEWS_DUE - 47 * HOUR
    return come(trainer, activity)


def test_one_click_reminds_all_who_owe(session, lacking, people):
    page = lacking.get(lacking.post("/missing", act="remind").location.removeprefix(lacking.path)).text
    assert "Reminded: 5 people." in page  # two may still hand in, late
    assert told(session, REVIEWS) == {each.id for each in people[1:4]}
    assert (
        "Nobody was reminded" in lacking.get(lacking.post("/missing", act="remind").location[len(lacking.path) :]).text
    )


def test_one_click_asks_volunteers(session, lacking, people):
    page = lacking.get(lacking.post("/missing", act="volunteers").location.removeprefix(lacking.path)).text
    assert "Asked for one more review: 1 person." in page
    assert told(session, VOLUNTEERS) == {people[0].id}


def test_one_click_gives_time_and_asks_for_less(session, activity, lacking):
    activity.closes_at = REVIEWS_DUE
    session.commit()
    lacking.post("/missing", act="time")
    lacking.post("/missing", act="fewer")
    session.rollback()
    session.expire_all()
    found = session.get(PeerReview, activity.id)
    assert (found.reviews_due_at, found.needed) == (REVIEWS_DUE + 2 * DAY, 1)
    assert activity.closes_at == REVIEWS_DUE + 2 * DAY
    session.commit()
    assert lacking.post("/missing", act="fewer").status_code == 409


def test_button_reminds_those_who_are_chosen(session, activity, dated, trainer, people, come, clock):
    acts.hand_in(session, activity, people[0])
    visit = come(trainer, activity)
    chosen = [str(each.id) for each in people[:2]]
    assert "count=1" in visit.post("/overview", act="remind", member=chosen).location
    assert told(session, WORK) == {people[1].id}
    assert "reminded" in visit.get("/overview").text
    clock.move(hours=AGAIN / HOUR)
    visit = come(trainer, activity)
    assert "count=1" in visit.post("/overview", act="remind", member=chosen).location


def test_worker_does_not_repeat_what_a_trainer_has_just_said(session, activity, dated, trainer, people, tick):
    reminding.remind(session, activity, trainer, {people[0].id}, now=DUE - 49 * HOUR)
    assert tick(48 * HOUR) == 5
    assert people[0].id in told(session, WORK)


def test_trainer_switches_reminders_off(session, activity, dated, trainer, visiting):
    visit = visiting(trainer, activity)
    assert "Remind people before the dates" in visit.get("/setup").text
