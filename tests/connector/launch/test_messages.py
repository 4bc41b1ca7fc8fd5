"""Launches that are not of one activity: the course's menu, a learner's work, a person's data; and links that were copied."""

import re
import uuid

import pytest
from sqlalchemy import select

from connector.activities.models import Activity, CourseCopy, Placement
from connector.content.drafts import save_draft
from connector.courses.models import Course, Membership, Person
from connector.notebook.services import add_note
from lti import claims
from tests import make
from tests.conformance.edits import about
from tests.connector.threads import build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _registered(registered):
    pass


def saying(*edits, link=None, course=None, custom=None, url=None, **more):
    """Return how to make a token that says something else in English."""

    def make_token(draft):
        draft.claims[claims.LAUNCH_PRESENTATION] = {"locale": "en"}
        if link is not None:
            draft.claims[claims.RESOURCE_LINK] = {"id": link, "title": "Week 1"}
        if course is not None:
            draft.claims[claims.CONTEXT] = {"id": course, "title": course.title()}
        if custom is not None:
            draft.claims[claims.CUSTOM] = custom
        if url is not None:
            draft.claims[claims.TARGET_LINK_URI] = f"http://localhost/lti/launch{url}"
        draft.claims.update(more)
        for edit in edits:
            edit(draft)
        return draft.token()

    return make_token


def reviewing(learner, **more):
    return saying(about(claims.SUBMISSION_REVIEW_REQUEST, {"user_id": learner}), **more)


def asking_about(learner, **more):
    return saying(about(claims.DATA_PRIVACY_REQUEST, {"user_id": learner}), **more)


@pytest.fixture
def written(platform, client, session):
    """A learner's thread in an activity, and the activity."""
    platform.launch(client, make=saying())
    activity = session.scalars(select(Activity)).one()
    author = session.scalars(select(Membership)).one()
    thread = build.thread(session, activity=activity, author=author, title="I file by date")
    session.commit()
    return thread


# --- the course's menu --------------------------------------------------------------------------------------------------------
def test_the_courses_menu_opens_its_list(platform, client, written):
    launched = platform.launch(client, "teacher", make=saying(link="course-1"))
    page = client.get(launched.location)
    assert (launched.location.endswith("/course"), "Week 1" in page.text, "1 new" in page.text) == (True, True, True)


def test_a_link_of_the_course_that_names_an_activity_opens_it(platform, client, written):
    for how in ({"custom": {"activity": str(written.activity_id)}}, {"url": f"?activity={written.activity_id}"}):
        launched = platform.launch(client, make=saying(link="course-1", **how))
        assert launched.location.endswith(f"/discussions/{written.activity_id}")


def test_what_the_course_cannot_name_is_its_list(platform, client, written):
    for name in (str(uuid.uuid4()), "1", "$Some.Variable.name"):
        launched = platform.launch(client, make=saying(link="course-1", custom={"activity": name}))
        assert launched.location.endswith("/course")


def test_in_moodle_a_link_may_have_the_courses_number(platform, client, session):
    moodle = {claims.TOOL_PLATFORM: {"product_family_code": "moodle"}}
    launched = platform.launch(client, make=saying(link="2", course="2", **moodle))
    assert "/discussions/" in launched.location


def test_a_learner_who_comes_by_a_link_puts_it_into_the_list(platform, client, session):
    platform.launch(client, "teacher")
    assert session.scalars(select(Placement.opened_at)).all() == [None]
    session.rollback()
    platform.launch(client, "student")
    assert session.scalars(select(Placement.opened_at)).all() == [make.NOW]


# --- copies ------------------------------------------------------------------------------------------------------------------
def test_a_copied_link_in_a_copied_course_asks_the_trainer(platform, client, written):
    custom = {"activity": str(written.activity_id), "context_history": "course-1,course-0"}
    copied = saying(link="9", course="course-2", custom=custom)
    waiting = client.get(platform.launch(client, make=copied).location, follow_redirects=True)
    asked = client.get(platform.launch(client, "teacher", make=copied).location, follow_redirects=True)
    assert ("still setting this up" in waiting.text, "What do you want to take over" in asked.text) == (True, True)
    assert "I file by date" not in waiting.text + asked.text


def test_a_history_is_remembered(platform, client, session):
    platform.launch(client, make=saying(custom={"context_history": "course-0, course-00"}))
    assert session.scalars(select(CourseCopy.origin_context_ids)).one() == ["course-0", "course-00"]


# --- a learner's work ----------------------------------------------------------------------------------------------------------
def test_a_review_shows_the_learners_posts(platform, client, written):
    page = client.get(platform.launch(client, "teacher", make=reviewing("user-student")).location)
    assert (page.status_code, "Stig Studerende" in page.text, "I file by date" in page.text) == (200, True, True)
    assert f"/threads/{written.id}" in page.text


def test_a_review_without_a_link_finds_the_activity_by_its_name(platform, client, written):
    make_token = reviewing("user-student", custom={"activity": str(written.activity_id)})

    def without_link(draft):
        del draft.claims[claims.RESOURCE_LINK]
        return make_token(draft)

    assert (
        f"/discussions/{written.activity_id}/review/" in platform.launch(client, "teacher", make=without_link).location
    )


def test_a_submissions_address_opens_the_learners_posts(platform, client, written):
    url = f"?activity={written.activity_id}&learner={written.author_id}"
    assert "/review/" in platform.launch(client, "teacher", make=saying(link="course-1", url=url)).location
    assert "/review/" not in platform.launch(client, "student", make=saying(link="course-1", url=url)).location


@pytest.mark.parametrize(
    ("person", "learner", "code"),
    [
        ("student", "user-student", "staff_only"),
        ("teacher", "nobody", "learner_unknown"),
        ("teacher", "user-teacher", "learner_unknown"),
    ],
)
def test_reviews_that_lead_nowhere(person, learner, code, platform, client, written):
    page = platform.launch(client, person, make=reviewing(learner))
    assert (page.status_code, f"<code>{code}</code>" in page.text) == (200, True)


def test_a_review_is_for_who_leads_and_of_learners_of_the_course(platform, client, session, written):
    reviewed = platform.launch(client, "teacher", make=reviewing("user-student")).location
    of_student = platform.launch(client, "student").location + "/review/" + reviewed.rpartition("/")[2]
    elsewhere = make.member(session, course=make.course(session))
    teacher = session.scalars(select(Membership).join(Person).where(Person.subject == "user-teacher")).one()
    session.commit()
    assert client.get(of_student).status_code == 404
    for member in (elsewhere, teacher):
        assert client.get(reviewed.rpartition("/")[0] + f"/{member.id}").status_code == 404


def test_a_review_of_somebody_who_wrote_nothing(platform, client):
    platform.launch(client, "student")
    page = client.get(platform.launch(client, "teacher", make=reviewing("user-student")).location)
    assert "has not written anything" in page.text


# --- a person's data -------------------------------------------------------------------------------------------------------------
ADMIN = {claims.ROLES: [claims.ROLE_INSTITUTION_ADMINISTRATOR]}


def test_counts_of_what_is_stored(platform, client, written):
    page = client.get(platform.launch(client, "teacher", make=asking_about("user-student")).location)
    figures = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="number">(\d+)</td>', page.text))
    assert {"Courses": "1", "Decisions about recording": "0", "Threads": "1", "Replies": "0"}.items() <= figures.items()
    assert (figures["Posts marked as read"], figures["Threads visited, with the last day"]) == ("1", "0")
    assert ("Stig Studerende" in page.text, "Download" in page.text) == (True, False)


@pytest.mark.parametrize(
    ("person", "more", "status"), [("student", {}, 200), ("teacher", ADMIN, 200), ("teacher", {}, 404)]
)
def test_a_copy_is_for_the_person_and_for_administrators(person, more, status, platform, client, written):
    launched = platform.launch(client, person, make=asking_about("user-student", **more))
    copy = client.get(f"{launched.location}/export")
    assert copy.status_code == status
    if status == 200:
        assert (copy.json["person"]["name"], copy.json["threads"][0]["text"]) == ("Stig Studerende", "Tell me.")
        assert copy.json["courses"][0]["course"] == "Academic Writing"


def test_notes_and_drafts_are_for_the_person_alone(platform, client, session, written):
    add_note(session, written.author, "For me.", key=uuid.uuid4(), now=make.NOW)
    save_draft(session, written.author, "note", {"body": "Not yet."}, base=0, now=make.NOW)
    session.commit()
    own = platform.launch(client, "student", make=asking_about("user-student")).location
    assert "Notes in the private notebook" in client.get(own).text
    copy = client.get(f"{own}/export").json
    assert ([each["text"] for each in copy["notes"]], copy["only_for_the_person"]) == (["For me."], [])
    for more in (ADMIN, {}):
        others = platform.launch(client, "teacher", make=asking_about("user-student", **more)).location
        assert "Notes in the private notebook" not in client.get(others).text
        assert "Drafts</th>" not in client.get(others).text
    copy = client.get(
        f"{platform.launch(client, 'teacher', make=asking_about('user-student', **ADMIN)).location}/export"
    )
    assert "For me." not in copy.text
    assert "Not yet." not in copy.text
    assert set(copy.json["only_for_the_person"]) == {"drafts", "notes"}


def test_nothing_is_known_of_a_stranger(platform, client, session, written):
    other = make.platform(session)
    make.person(session, platform=other, subject="user-9", name="Somebody Else")
    session.commit()
    page = client.get(platform.launch(client, "teacher", make=asking_about("user-9", **ADMIN)).location)
    assert ("Nothing is stored" in page.text, "Somebody Else" in page.text) == (True, False)
    assert client.get(page.request.path + "/export").status_code == 404


def test_a_visit_about_data_opens_no_course(platform, client, session, written):
    about_data = platform.launch(client, "teacher", make=asking_about("user-student", **ADMIN)).location
    stem = about_data.removesuffix("/privacy")
    assert client.get(f"{stem}/course").status_code == 401
    assert client.get(f"{stem}/discussions/{written.activity_id}").status_code == 401


def test_a_visit_to_a_course_opens_no_data(platform, client, written):
    stem = platform.launch(client, "student").location.split("/discussions")[0]
    assert client.get(f"{stem}/privacy").status_code == 404
    assert client.get(f"{stem}/privacy/export").status_code == 404


def test_privacy_launches_store_nobody(platform, client, session):
    platform.launch(client, "teacher", make=asking_about("user-student"))
    assert [session.scalars(select(table)).all() for table in (Course, Membership, Person)] == [[], [], []]
