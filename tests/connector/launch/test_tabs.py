"""Several tabs, courses and LMSs at once, in one browser: nothing is current beyond the request."""

import pytest
from sqlalchemy import select

from connector.courses.models import Course, Membership, Person, Role
from lti import claims
from tests import lms, make

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def registered(session, platform):
    make.platform(session, **platform.registration)
    session.commit()


@pytest.fixture
def other_lms(settings, clock, session):
    with lms.serve(settings.public_url, clock) as found:
        make.platform(session, **found.registration)
        session.commit()
        yield found


def in_course(id_, title):
    def make_token(draft):
        draft.claims[claims.CONTEXT] = {"id": id_, "title": title}
        draft.claims[claims.RESOURCE_LINK] = {"id": f"link of {id_}", "title": f"Talk of {title}"}
        return draft.token()

    return make_token


def test_logins_interleaved_and_launched_in_reverse(platform, client):
    first, second = platform.login(client), platform.login(client)
    late = platform.launch(client, login=second, make=in_course("b", "Second"))
    early = platform.launch(client, login=first, make=in_course("a", "First"))
    assert "Talk of Second" in client.get(late.headers["Location"]).text
    assert "Talk of First" in client.get(early.headers["Location"]).text


def test_two_people_of_one_browser_stay_two(platform, client, session):
    teacher = platform.launch(client, "teacher").headers["Location"]
    student = platform.launch(client, "student").headers["Location"]
    assert "/overview" in client.get(teacher).text
    assert "/overview" not in client.get(student).text
    assert sorted(session.scalars(select(Membership.role))) == [Role.LEARNER, Role.TRAINER]


def test_two_lmss_in_one_browser(platform, other_lms, client, session):
    here = platform.launch(client, make=in_course("a", "Here")).headers["Location"]
    there = other_lms.launch(client, make=in_course("a", "There")).headers["Location"]
    assert "Talk of Here" in client.get(here).text
    assert "Talk of There" in client.get(there).text
    assert len(session.scalars(select(Person.subject)).all()) == 2
    assert sorted(session.scalars(select(Course.title))) == ["Here", "There"]


def test_state_of_one_lms_is_no_good_for_another(platform, other_lms, client):
    login = platform.login(client)
    response = other_lms.launch(client, login=login)
    assert response.status_code == 400


def test_each_login_has_a_cookie_of_its_own(platform, client):
    names = {platform.login(client).headers["Set-Cookie"].split("=")[0] for _ in range(3)}
    assert len(names) == 3


def test_cookies_are_partitioned_and_for_this_host_only(platform, client):
    login = platform.login(client)
    launch = platform.launch(client, login=login)
    for cookie in [*login.headers.getlist("Set-Cookie"), *launch.headers.getlist("Set-Cookie")]:
        name, *attributes = [part.strip() for part in cookie.split(";")]
        assert name.startswith("__Host-kring-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"} <= set(attributes)


def test_login_cookie_is_forgotten_after_the_launch(platform, client):
    platform.launch(client)
    left = {cookie.key for cookie in client._cookies.values()}
    assert left == {"__Host-kring-browser"}


def test_session_of_one_course_cannot_be_used_for_another(platform, client):
    first = platform.launch(client, make=in_course("a", "First")).headers["Location"]
    second = platform.launch(client, make=in_course("b", "Second")).headers["Location"]
    sid = first.split("/s/")[1].split("/")[0]
    other = second.split("/s/")[1].split("/", 1)[1]
    assert client.get(f"/s/{sid}/{other}").status_code == 404


def test_names_that_a_later_launch_leaves_out_are_kept(platform, client, session):
    platform.launch(client)

    def without_names(draft):
        for name in ("name", "given_name", "family_name", "email"):
            del draft.claims[name]
        return draft.token()

    platform.launch(client, make=without_names)
    assert session.scalars(select(Person.name)).one() == "Stig Studerende"
