"""Points: off unless wanted, one's own alone, never for volume, and silent about who hides."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connector.participation import points, services
from connector.participation.copying import copy_participation
from connector.participation.models import ShownPoints, WithPoints
from connector.participation.points import A_WEEK, WORTH, Earned, For, add_up
from connector.privacy.erasure import erase_person
from connector.reactions import services as reactions
from connector.reactions.models import Sign
from connector.threads import changing
from connector.threads.models import Moderation, PostState, Rules, ThreadKind
from tests import make
from tests.connector.threads import build

DEEDS = st.lists(
    st.builds(
        Earned,
        st.sampled_from(list(For)),
        st.datetimes(make.NOW.replace(tzinfo=None), timezones=st.just(make.NOW.tzinfo)),
    ),
    max_size=20,
)
HOURS = 13 * 60


# --- the arithmetic -----------------------------------------------------------------------------------------------------------
@given(DEEDS)
def test_no_week_earns_more_than_a_week_may(deeds):
    found = add_up(deeds)
    assert all(0 < week.counted <= A_WEEK for week in found.weeks)
    assert found.total <= A_WEEK * len(found.weeks)
    assert sum(week.earned for week in found.weeks) == sum(WORTH[each.what] for each in deeds)


@given(DEEDS, st.randoms())
def test_the_order_does_not_matter(deeds, chance):
    shuffled = list(deeds)
    chance.shuffle(shuffled)
    assert add_up(shuffled) == add_up(deeds)


@given(DEEDS, DEEDS)
def test_a_further_deed_never_takes_points_away(deeds, more):
    assert add_up([*deeds, *more]).total >= add_up(deeds).total


@given(DEEDS)
def test_weeks_begin_on_mondays_and_stand_once_the_newest_first(deeds):
    mondays = [week.monday for week in add_up(deeds).weeks]
    assert {monday.weekday() for monday in mondays} <= {0}
    assert mondays == sorted(set(mondays), reverse=True)


@given(st.integers(1, 60))
def test_doing_the_same_often_in_a_week_earns_no_more_than_a_week(times):
    assert add_up([Earned(For.HELPFUL, make.NOW)] * times).total == min(times * WORTH[For.HELPFUL], A_WEEK)


# --- what earns them ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def wanted(session, activity, trainer):
    """An activity with points."""
    points.set_points(session, activity, trainer, is_on=True, now=make.NOW)
    session.commit()
    return activity


def times(session, activity, member):
    return points.points_of(session, activity, [member.id])[member.id].times


@pytest.mark.usefixtures("translated")
def test_much_writing_earns_no_more_than_a_first_contribution(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    for number in range(20):
        build.reply(session, thread, author=ana, body=f"Reply {number}.", after=number)
    assert times(session, activity, ana) == {For.FIRST: 1}


@pytest.mark.usefixtures("translated")
def test_two_others_have_to_find_a_post_helpful(session, course, activity, ana, bo, trainer, test_student):
    thread = build.thread(session, activity=activity, author=ana)
    for member in (bo, test_student):
        reactions.react(session, thread.opening, member, Sign.HELPFUL, now=make.NOW)
    assert For.HELPFUL not in times(session, activity, ana)
    reactions.react(session, thread.opening, trainer, Sign.HELPFUL, now=make.NOW)
    assert times(session, activity, ana)[For.HELPFUL] == 1
    reactions.react(session, thread.opening, make.member(session, course=course), Sign.HELPFUL, now=make.NOW)
    assert times(session, activity, ana)[For.HELPFUL] == 1
    reactions.take_back(session, thread.opening, bo, Sign.HELPFUL, now=make.NOW)
    reactions.take_back(session, thread.opening, trainer, Sign.HELPFUL, now=make.NOW)
    assert For.HELPFUL not in times(session, activity, ana)


@pytest.mark.usefixtures("translated")
def test_an_answer_that_solved_somebody_elses_question(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo, kind=ThreadKind.QUESTION)
    answer = build.reply(session, thread, author=ana)
    changing.accept_answer(session, answer, bo, now=make.NOW)
    assert times(session, activity, ana)[For.ACCEPTED] == 1
    own = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
    changing.accept_answer(session, build.reply(session, own, author=ana), ana, now=make.NOW)
    assert times(session, activity, ana)[For.ACCEPTED] == 1


@pytest.mark.usefixtures("translated")
def test_who_answers_a_thread_that_has_waited(session, activity, ana, bo, trainer):
    quick = build.thread(session, activity=activity, author=bo)
    build.reply(session, quick, author=ana, after=5)
    slow = build.thread(session, activity=activity, author=bo, title="Slow")
    build.reply(session, slow, author=bo, body="Anybody?", after=10)
    build.reply(session, slow, author=ana, after=HOURS)
    build.reply(session, slow, author=trainer, after=HOURS + 1)
    build.reply(session, slow, author=ana, body="More.", after=HOURS + 2)
    assert times(session, activity, ana)[For.WAITING] == 1
    assert For.WAITING not in times(session, activity, trainer)


@pytest.mark.usefixtures("translated")
def test_what_is_held_removed_or_private_earns_nothing(session, activity, ana, bo):
    build.thread(session, activity=activity, author=ana, is_private=True)
    thread = build.thread(session, activity=activity, author=bo)
    for state in (PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN):
        build.reply(session, thread, author=ana, body=state.value, after=HOURS).state = state
    assert times(session, activity, ana) == {}


# --- who hides ------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def hiding(session, activity):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True, moderation=Moderation.NONE))
    session.flush()


@pytest.mark.usefixtures("translated", "hiding")
def test_hidden_posts_earn_nothing(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=bo, kind=ThreadKind.QUESTION)
    hidden = build.reply(session, thread, author=ana, is_anonymous=True, after=HOURS)
    for member in (bo, trainer):
        reactions.react(session, hidden, member, Sign.HELPFUL, now=make.NOW)
    changing.accept_answer(session, hidden, bo, now=make.NOW)
    assert times(session, activity, ana) == {}


@pytest.mark.usefixtures("translated", "hiding")
@pytest.mark.parametrize("is_own", [True, False])
def test_points_do_not_tell_whose_a_hidden_thread_is(session, activity, ana, bo, trainer, *, is_own):
    author = ana if is_own else bo
    thread = build.thread(session, activity=activity, author=author, kind=ThreadKind.QUESTION, is_anonymous=True)
    answer = build.reply(session, thread, author=ana, after=HOURS)
    changing.accept_answer(session, answer, trainer, now=make.NOW)
    assert times(session, activity, ana) == {For.FIRST: 1}


# --- who sees them --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def at(visiting, activity):
    def enter(member):
        visit = visiting(member, activity)
        path = f"/s/{visit.sid}/activities/{activity.id}/points"
        return visit, path

    return enter


def test_there_are_none_unless_a_trainer_wants_them(session, at, ana, activity):
    session.commit()
    visit, path = at(ana)
    assert visit.client.get(path).status_code == HTTPStatus.NOT_FOUND
    assert "/points" not in visit.get().text


def test_a_trainer_switches_them_on_and_off(session, at, activity, trainer, ana):
    session.commit()
    visit, path = at(trainer)
    visit.get()
    settings = path.replace("/points", "/participation/settings")
    form = {"csrf_token": visit.token, "zone": "UTC"}
    visit.client.post(settings, data={**form, "has_points": "1"})
    assert "checked" in visit.client.get(settings).text.partition('name="has_points"')[2][:40]
    assert visit.client.get(path).status_code == HTTPStatus.OK
    visit.client.post(settings, data=form)
    assert visit.client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_everybody_sees_their_own_alone(session, at, wanted, ana, bo, trainer, observer):
    with_text = {}
    session.add(Rules(activity_id=wanted.id))
    session.commit()
    for member in (ana, bo, trainer, observer):
        visit, path = at(member)
        if member is ana:
            visit.post("/threads", title="A thread", body="Words.")
        with_text[member.id] = visit.client.get(path).text.partition("<main")[2]
    assert "Your points" in with_text[ana.id]
    assert ">5</dd>" in with_text[ana.id]
    assert ">5</dd>" not in with_text[bo.id]
    for member in (bo, trainer, observer):
        assert "Ana Holm" not in with_text[member.id]
    assert "Your points" not in with_text[trainer.id]


def test_who_shows_theirs_is_seen_until_they_change_their_mind(session, at, wanted, ana, bo, trainer):
    visit, path = at(ana)
    visit.get()
    others = [at(bo), at(trainer)]
    for is_shown in (True, False):
        form = {"csrf_token": visit.token, **({"is_shown": "1"} if is_shown else {})}
        assert visit.client.post(path, data=form).status_code == HTTPStatus.SEE_OTHER
        for other, place in others:
            assert ("Ana Holm" in other.client.get(place).text) == is_shown


def test_who_leads_the_course_shows_none(at, wanted, trainer):
    visit, path = at(trainer)
    visit.get()
    form = {"csrf_token": visit.token, "is_shown": "1"}
    assert visit.client.post(path, data=form).status_code == HTTPStatus.NOT_FOUND


def test_no_page_of_trainers_has_them_and_no_grade_changes(session, at, wanted, ana, trainer):
    proposed = services.propose(session, wanted)
    session.commit()
    visit, path = at(trainer)
    pages = [visit.client.get(path.replace("points", each)).text for each in ("participation", "grades", "people")]
    assert not [page for page in pages if "5 points" in page]
    points.set_points(session, wanted, trainer, is_on=False, now=make.NOW)
    assert services.propose(session, wanted) == proposed


def test_many_who_show_theirs_ask_no_more_than_one(session, course, at, wanted, ana, count_queries):
    visit, path = at(ana)
    asked = []
    for count in (1, 30):
        for _number in range(count):
            member = make.member(session, course=course)
            session.add(ShownPoints(activity_id=wanted.id, member_id=member.id, since=make.NOW))
        session.commit()
        visit.client.get(path)
        with count_queries() as queries:
            visit.client.get(path)
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.usefixtures("translated")
def test_switching_them_off_hides_who_showed_theirs(session, wanted, ana, trainer):
    points.show_points(session, wanted, ana, is_shown=True, now=make.NOW)
    for is_on in (False, True):
        points.set_points(session, wanted, trainer, is_on=is_on, now=make.NOW + timedelta(days=1))
    assert points.list_shown(session, wanted) == []


def test_a_copied_activity_has_them_too_and_nobody_shows_theirs(session, course, wanted, ana):
    points.show_points(session, wanted, ana, is_shown=True, now=make.NOW)
    copy = make.activity(session, course=course)
    copy_participation(session, wanted, copy)
    session.flush()
    assert session.get(WithPoints, copy.id) is not None
    assert [each.activity_id for each in session.scalars(select(ShownPoints))] == [wanted.id]


def test_erasing_somebody_forgets_that_they_showed_theirs(app, session, wanted, ana):
    from connector.holders import HOLDERS

    points.show_points(session, wanted, ana, is_shown=True, now=make.NOW)
    with app.app_context():
        erase_person(session, ana.person, holders=HOLDERS, now=make.NOW)
    assert session.scalars(select(ShownPoints)).all() == []
