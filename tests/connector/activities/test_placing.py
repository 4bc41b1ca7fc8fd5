import threading
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.activities import copying
from connector.activities.links import Link
from connector.activities.models import Activity, CopyChoice, Placement
from connector.activities.placing import place_link
from connector.activities.services import new_activity
from connector.courses.models import Membership, Role
from connector.db import Database
from tests import make


def chosen(session, course, title="Week 1", **more):
    """An activity that was chosen by deep linking, and that nobody has opened yet."""
    row = new_activity(course, uuid.uuid4(), title=title, prompt="Say.", public_url="", now=make.NOW, **more)
    session.add(row)
    session.flush()
    return row


# --- links of their own -------------------------------------------------------------------------------------------------
def test_a_new_link_gets_an_activity_and_keeps_it(open_link, course):
    first = open_link(course, "1", title="Week 1", description="Say hello.")
    assert (first.title, first.prompt, first.course) == ("Week 1", "Say hello.", course)
    assert open_link(course, "1", title="Week 1") is first


def test_the_title_follows_the_lms_and_the_prompt_does_not(open_link, course):
    open_link(course, "1", title="Week 1", description="Say hello.")
    renamed = open_link(course, "1", title="Week 2", description="Say goodbye.")
    assert (renamed.title, renamed.prompt) == ("Week 2", "Say hello.")


def test_a_link_opens_the_activity_that_it_was_made_for(session, open_link, course):
    activity = chosen(session, course)
    assert open_link(course, "1", activity) is activity
    assert open_link(course, "1") is activity


def test_a_duplicated_link_gets_a_copy_at_once(session, open_link, course):
    activity = chosen(session, course, score_maximum=10.0)
    open_link(course, "1", activity)
    duplicate = open_link(course, "2", activity, title="Week 1 (copy)")
    assert duplicate is not activity
    assert (duplicate.copied_from, duplicate.copy_choice) == (activity, CopyChoice.SETTINGS)
    assert (duplicate.title, duplicate.prompt, duplicate.score_maximum) == ("Week 1 (copy)", "Say.", 10.0)
    assert open_link(course, "2", activity) is duplicate
    assert open_link(course, "1", activity) is activity


def test_a_link_in_a_copied_course_gets_an_activity_that_waits(session, open_link, course, copy):
    activity = chosen(session, course)
    open_link(course, "1", activity)
    copied = open_link(copy, "9", activity, title="Week 1")
    assert (copied.course, copied.copied_from, copied.is_waiting, copied.prompt) == (copy, activity, True, "")


def test_a_copied_course_may_be_opened_before_its_origin(session, open_link, course, copy):
    activity = chosen(session, course)
    copied = open_link(copy, "9", activity)
    assert (copied.copied_from, open_link(course, "1", activity)) == (activity, activity)


def test_a_copy_is_found_by_the_history_of_its_link(open_link, course, copy):
    origin = open_link(course, "1", title="Week 1")
    assert open_link(copy, "9", title="Renamed", history=("8", "1")).copied_from is origin


def test_a_history_counts_for_those_only_who_lead_the_course_that_it_names(session, open_link, course, copy):
    open_link(course, "1", title="Week 1", description="Say hello.")
    copying.note_copy(session, copy.deployment, copy.context_id, [course.context_id], now=make.NOW)
    stranger = make.member(session, course=copy, role=Role.TRAINER)
    opened = open_link(copy, "9", by=stranger, title="Week 1", history=("1",))
    assert (opened.copied_from, opened.is_open) == (None, True)


def test_a_link_id_that_two_courses_have_opens_two_activities(open_link, course, copy):
    here, there = open_link(course, "1"), open_link(copy, "1")
    assert (here.course, there.course) == (course, copy)
    assert (open_link(course, "1"), open_link(copy, "1")) == (here, there)


@pytest.mark.parametrize("where", ["another deployment", "another platform", "another tenant", "nowhere"])
def test_the_uuid_of_a_stranger_is_no_uuid(where, session, open_link, course):
    platform = course.deployment.platform
    strangers = {
        "another deployment": lambda: make.deployment(session, platform=platform, deployment_id="2"),
        "another platform": lambda: make.deployment(
            session, platform=make.platform(session, tenant=platform.tenant, issuer=platform.issuer)
        ),
        "another tenant": lambda: make.deployment(session),
    }
    id_ = uuid.uuid4()
    if where in strangers:
        id_ = chosen(session, make.course(session, deployment=strangers[where]())).id
    opened = open_link(course, "1", id_, title="Mine")
    assert (opened.copied_from, opened.title, opened.is_open) == (None, "Mine", True)
    assert open_link(course, course.context_id, id_, is_course=True) is None


# --- links that are the course's ------------------------------------------------------------------------------------------
def test_the_courses_own_link_names_its_activity(session, open_link, course):
    first, second = chosen(session, course), chosen(session, course)
    assert open_link(course, "c", first, is_course=True) is first
    assert open_link(course, "c", second, is_course=True) is second
    assert open_link(course, "c", is_course=True) is None


def test_the_courses_own_link_does_not_rename(session, open_link, course):
    activity = chosen(session, course)
    open_link(course, "c", activity, is_course=True, title="The course")
    assert open_link(course, "c", activity, is_course=True, title="The course").title == "Week 1"


def test_link_and_course_link_of_a_copied_activity_meet(session, open_link, course, copy):
    activity = chosen(session, course)
    by_link = open_link(copy, "9", activity)
    assert open_link(copy, "c", activity, is_course=True) is by_link


def test_course_link_and_link_of_a_copied_activity_meet(session, open_link, course, copy):
    activity = chosen(session, course)
    by_course = open_link(copy, "c", activity, is_course=True)
    assert (by_course.copied_from, by_course.title) == (activity, "Week 1")
    assert open_link(copy, "9", activity) is by_course


def test_the_gradebook_knows_links_and_not_courses(session, open_link, course):
    activity = chosen(session, course)
    open_link(course, "1", activity)
    open_link(course, "c", activity, is_course=True)
    known = {row.resource_link_id: row.is_link for row in session.scalars(select(Placement))}
    assert known == {"1": True, "c": False}


def test_many_who_come_first_at_once_meet_in_one_activity(session, database):
    member = make.member(session)
    session.commit()
    barrier, failures = threading.Barrier(4), []

    def run():
        try:
            barrier.wait()
            with database.session(writes=True) as own:
                by = own.get_one(Membership, member.id)
                place_link(own, by, Link(id="1", title="Week 1"), public_url="", now=make.NOW)
                own.commit()
        except Exception as error:  # noqa: BLE001 -- shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Activity, Placement)] == [1, 1]


# --- any interleaving -----------------------------------------------------------------------------------------------------
LAUNCHES = st.lists(
    st.tuples(
        st.integers(0, 3),  # the course; the last is of another deployment
        st.sampled_from(["1", "2", "course", "9"]),
        st.one_of(st.none(), st.integers(0, 11)),  # which activity the link names, of all that are there
        st.booleans(),  # whether it brings a history
    ),
    max_size=14,
)


@given(launches=LAUNCHES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_interleaving_mixes_two_courses_or_two_links(launches, database_url):
    database = Database(database_url)
    with database.session(writes=True) as session:
        check_launches(session, launches)
        session.rollback()
    database.dispose()


def check_launches(session, launches):
    deployment = make.deployment(session)
    courses = [make.course(session, deployment=deployment) for _ in range(3)] + [make.course(session)]
    lead = make.person(session, platform=deployment.platform)
    members = [Membership(course=course, person=lead, role=Role.TRAINER, created_at=make.NOW) for course in courses]
    session.add_all(members)
    named = [chosen(session, course).id for course in courses]
    opened = {}
    for course_number, link_id, name, has_history in launches:
        course, is_course = courses[course_number], link_id == "course"
        id_ = (named[name] if name < len(named) else uuid.uuid4()) if name is not None else None
        link = Link(
            id=course.context_id if is_course else link_id,
            title="Week 1",
            activity_id=id_,
            history=("1", "2") if has_history else (),
            is_course=is_course,
        )
        placement = place_link(session, members[course_number], link, public_url="", now=make.NOW)
        session.flush()
        key = (course_number, link_id, id_ if is_course else None)
        if placement is None:
            assert is_course
            continue
        activity = placement.activity
        assert activity.course_id == course.id
        assert opened.setdefault(key, activity.id) == activity.id
        if activity.copied_from is not None:
            assert activity.copied_from.course.deployment_id == course.deployment_id
        if activity.id not in named:
            named.append(activity.id)
    links = {key: id_ for key, id_ in opened.items() if key[1] != "course"}
    assert len(set(links.values())) == len(links)
