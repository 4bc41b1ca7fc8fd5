import re
from http import HTTPStatus

import pytest

from connector.participation import rubric, services
from connector.participation.models import Grading
from tests import make
from tests.bench import wsgi
from tests.connector.participation.test_services import DEPTH, TONE, ask
from tests.connector.threads import build
from tests.visits import text_of


@pytest.fixture
def lead(visiting, activity, trainer, ana, bo):
    visit = visiting(trainer, activity)
    visit.base = f"/s/{visit.sid}/activities/{activity.id}/participation"
    visit.get()
    visit.send = lambda path="", **form: visit.client.post(visit.base + path, data={"csrf_token": visit.token, **form})
    visit.show = lambda path="": visit.client.get(visit.base + path)
    return visit


def test_settings_are_kept_as_typed(lead):
    assert lead.send("/settings", threads="1", replies="2", grading="count", late="half").status_code == 303
    page = lead.show("/settings").text
    assert re.search(r'name="threads"[^>]*value="1"', page)
    assert re.search(r'value="half"[^>]*checked', page)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"threads": "many"}, "Give a whole number from 0 to 100."),
        ({"replies": "-1"}, "Give a whole number from 0 to 100."),
        ({"posts": "101"}, "Give a whole number from 0 to 100."),
        ({"due_at": "soon"}, "Give a date and a time."),
        ({"grading": "count"}, "Say what to count"),
        ({"grading": "rubric"}, "Give at least one criterion."),
        ({"label-0-0": "good", "points-0-0": "1"}, "Give the criterion a name."),
        ({"title-0": "Depth", "label-0-0": "good", "points-0-0": "1"}, "Give at least two levels."),
        ({"title-0": "Depth", "label-0-0": "good", "points-0-0": "x"}, "Give points from 0 to 1000."),
        ({"title-0": "Depth", "label-0-0": "good", "points-0-0": "nan"}, "Give points from 0 to 1000."),
    ],
)
def test_unusable_settings_are_told_and_kept(lead, form, told):
    answer = lead.send("/settings", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in text_of(answer)
    for typed in form.values():
        assert f'value="{typed}"' in answer.text


def test_one_more_criterion_keeps_what_was_typed(lead):
    answer = lead.send("/settings", act="more", **{"title-0": "Depth"})
    assert 'value="Depth"' in answer.text
    assert "Criterion 2" in text_of(answer)


def test_a_rubric_is_written_marked_and_sent(lead, session, database, activity, ana, bo):
    build.thread(session, activity=activity, author=ana, title="Filing")
    session.commit()
    criteria = {"title-0": "Depth", "label-0-0": "none", "points-0-0": "0", "label-0-1": "much", "points-0-1": "2,5"}
    lead.send("/settings", grading="rubric", **criteria)
    page = lead.show(f"/learners/{ana.id}")
    assert "Filing" in text_of(page)
    (name,) = set(re.findall(r'name="(level-[^"]+)"', page.text))
    answer = lead.send(f"/learners/{ana.id}", next="1", remark="Well told.", **{name: "1"})
    assert answer.location.endswith(f"/learners/{bo.id}")
    shown = text_of(lead.show())
    assert "10 of 10" in shown
    assert "Not marked yet" in shown
    assert lead.send("/send", member=str(ana.id)).location.endswith("?sent=1")
    assert "In the gradebook" in text_of(lead.show())


def test_a_learner_gets_more_time(lead, ana):
    assert (
        lead.send(f"/learners/{ana.id}/extension", due_at="2026-03-09T12:00", zone="Europe/Copenhagen").status_code
        == 303
    )
    assert "due 9 Mar 2026, 11:00" in text_of(lead.show(f"/learners/{ana.id}"))
    answer = lead.send(f"/learners/{ana.id}/extension", due_at="some day")
    assert (answer.status_code, "Give a date and a time." in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["", "/settings", "/learners/{id}"])
def test_learners_find_none_of_it(visiting, activity, ana, path):
    visit = visiting(ana, activity)
    base = f"/s/{visit.sid}/activities/{activity.id}/participation"
    assert visit.client.get(base + path.format(id=ana.id)).status_code == HTTPStatus.NOT_FOUND


def test_somebody_of_another_course_is_not_found(lead, session):
    stranger = make.member(session)
    session.commit()
    assert lead.show(f"/learners/{stranger.id}").status_code == HTTPStatus.NOT_FOUND


def test_the_page_takes_as_many_queries_for_thirty_learners_as_for_one(lead, session, activity, trainer, app):
    ask(session, activity, trainer, grading=Grading.RUBRIC)
    rubric.set_criteria(session, activity, trainer, [DEPTH, TONE])
    session.commit()
    make.member(session, course=activity.course)
    session.commit()
    one = count(app, lead)
    for _ in range(29):
        build.thread(session, activity=activity, author=make.member(session, course=activity.course))
    session.commit()
    assert count(app, lead) == one
    assert len(services.propose(session, activity)) >= 30


def count(app, lead):
    """How many questions the page asks the database."""
    with wsgi.counting(app.extensions["kring"].database.engine) as queries:
        assert lead.show().status_code == HTTPStatus.OK
    return len(queries)
