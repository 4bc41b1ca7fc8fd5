"""The list of courses: for operators and for administrators of the LMS, in as many queries for one course as for many."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import update

from connector.authoring.directory import PAGE, list_courses
from connector.platforms.admins import create_admin_link
from connector.web.models import LaunchSession
from tests import make


@pytest.fixture
def signed_in(session, client):
    def enter():
        link = create_admin_link(session, now=make.NOW)
        session.commit()
        client.post(link, base_url="https://localhost")
        return lambda query="": client.get(f"/admin/courses{query}", base_url="https://localhost")

    return enter


def test_operators_see_every_course_in_figures(session, course, activity, ana, bo, signed_in):
    ana.seen_at = make.NOW - timedelta(days=1)
    far = make.course(session)
    far.title = "Far away"
    page = signed_in()()
    text = " ".join(page.text.split())
    assert all(words in text for words in (course.title, "Far away", "2 people", "1 activity", "nobody was there yet"))
    assert ana.person.name not in text


def test_courses_are_searched_and_filtered_by_lms(session, course, signed_in):
    course.title = "100% safe_work"
    other = make.course(session)
    other.title = "Welding"
    get = signed_in()
    assert "Welding" not in get("?q=%25+safe_").text
    assert "100% safe_work" in get("?q=%25+SAFE_").text
    page = get(f"?platform={other.deployment.platform_id}").text
    assert ("Welding" in page, "100% safe_work" in page) == (True, False)
    assert "No course is called that." in get("?q=zzz").text
    assert get("?platform=x&page=99999").status_code == HTTPStatus.OK


def test_nobody_else_sees_them(client):
    assert client.get("/admin/courses", base_url="https://localhost").status_code == HTTPStatus.UNAUTHORIZED


def test_an_administrator_of_the_lms_sees_its_courses_and_no_other(session, course, activity, trainer, visiting):
    near = make.course(session, deployment=course.deployment)
    near.title = "Next door"
    make.course(session).title = "Far away"
    visit = visiting(trainer, activity)
    path = f"/s/{visit.sid}/connection/courses"
    assert visit.client.get(path).status_code == HTTPStatus.NOT_FOUND
    session.execute(update(LaunchSession).values(is_lms_admin=True))
    session.commit()
    page = visit.client.get(path).text
    assert [title in page for title in ("Next door", "Far away")] == [True, False]


@pytest.mark.parametrize("count", [1, 30, PAGE + 1])
def test_two_queries_however_many(session, count_queries, count):
    for number in range(count):
        make.course(session).title = f"Course {number}"
    session.flush()
    with count_queries() as queries:
        found = list_courses(session, platform_id=None, asked="", page=1)
    assert len(found.rows) == min(count, PAGE)
    assert len(queries) == 2
