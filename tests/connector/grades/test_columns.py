"""The column of an activity that was made here, without a link: made in the course, kept when a link comes, never doubled."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from connector.activities.models import Activity, Placement
from connector.grades import services
from connector.grades.columns import Lack, find_endpoint, find_lack, note_link
from connector.grades.models import State
from lti import claims
from tests import make
from tests.connector.grades import build
from tests.connector.grades.build import are_all, grades, line_item, wait_until, want
from tests.connector.grades.gradebooks import ALL_SCOPES, no_fault
from tests.connector.grades.test_sandbox import MODES, lms  # noqa: F401 -- the sandbox
from tests.lti.server import Reply


@pytest.fixture
def unplaced(database):
    """Return how to take an activity's link away: the course knows the gradebook."""

    def unplaced(graded, scopes=ALL_SCOPES):
        with database.session(writes=True) as session:
            activity = graded.activity(session)
            placement = session.scalars(select(Placement).where(Placement.activity_id == activity.id)).one()
            activity.published_at = make.NOW
            activity.course.lineitems_url, activity.course.grade_scopes = placement.lineitems_url, list(scopes)
            session.execute(delete(Placement))
            session.commit()
        return graded

    return unplaced


@pytest.fixture
def place(database):
    """Return how the activity gets a link, and is opened by it; the LMS may have made a column with it."""

    def place(graded, *, lineitem=None):
        with database.session(writes=True) as session:
            activity = graded.activity(session)
            placement = Placement(
                deployment_id=activity.course.deployment_id,
                resource_link_id="501",
                activity=activity,
                lineitems_url=activity.course.lineitems_url,
                lineitem_url=lineitem,
                scopes=activity.course.grade_scopes,
                created_at=make.NOW + timedelta(days=1),
            )
            session.add(placement)
            session.flush()
            note_link(session, placement, now=build.utc_now())
            note_link(session, placement, now=build.utc_now())
            session.commit()

    return place


@MODES
def test_a_column_is_made_in_the_course_and_used_again(database, lms, unplaced, place, running):  # noqa: F811
    unplaced(lms)
    with running():
        build.act(database, lms, services.want_column, 20.0)
        wait_until(lambda: line_item(database, lms).url)
        first = line_item(database, lms).url
        want(database, lms, 10, maximum=20.0)
        wait_until(lambda: are_all(database, lms, State.SENT))
        place(lms)
        wait_until(lambda: line_item(database, lms).due_at is None or line_item(database, lms).wants_results)
        want(database, lms, 15, 1, maximum=20.0)
        wait_until(lambda: are_all(database, lms, State.SENT, count=2))
    item = line_item(database, lms)
    assert (item.url, item.is_coupled, item.wants_update, item.answer_code) == (first, False, False, None)


def test_without_a_link_it_is_one_column_that_a_link_is_bound_to(
    database, graded, gradebook, unplaced, place, running, quiet
):
    activity = unplaced(graded())
    with running():
        build.act(database, activity, services.want_column, 10.0)
        wait_until(lambda: line_item(database, activity).url)
        place(activity)
        wait_until(lambda: "resourceLinkId" in gradebook.items["1"])
        want(database, activity, 5)
        wait_until(lambda: are_all(database, activity, State.SENT))
    (column,) = gradebook.items.values()
    wanted = {"resourceId": str(activity.activity_id), "tag": "grade", "resourceLinkId": "501", "scoreMaximum": 10}
    assert {name: column[name] for name in wanted} == wanted
    assert column["label"] == "Share how you work"


def test_a_binding_that_is_refused_changes_nothing(database, graded, gradebook, unplaced, place, running, quiet):
    def refuse(asked):
        return Reply({"error": "no"}, 404) if asked.method == "PUT" and "resourceLinkId" in asked.json else None

    gradebook.before = refuse
    activity = unplaced(graded())
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        place(activity)
        wait_until(lambda: not line_item(database, activity).wants_update)
    assert line_item(database, activity).answer_code is None


@pytest.mark.parametrize("is_graded_by_hand", [False, True])
def test_the_links_own_column_takes_its_place(
    is_graded_by_hand, database, graded, gradebook, unplaced, place, running, quiet
):
    activity = unplaced(graded())
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        if is_graded_by_hand:
            gradebook.scores["1", "bo"] = {
                "userId": "bo",
                "scoreGiven": 3,
                "scoreMaximum": 10,
                "timestamp": "2026-01-01T00:00:00Z",
            }
        own = gradebook.item_url(gradebook.add_item(resourceLinkId="501"))
        place(activity, lineitem=own)
        wait_until(lambda: line_item(database, activity).is_coupled and are_all(database, activity, State.SENT))
        wait_until(lambda: gradebook.points() == 5)
    assert line_item(database, activity).url == own
    assert set(gradebook.items) == ({"1", "2"} if is_graded_by_hand else {"2"})
    assert (line_item(database, activity).former_url is not None) == is_graded_by_hand


def test_a_column_that_was_deleted_there_is_made_again_when_asked_for(
    database, graded, gradebook, unplaced, running, quiet
):
    activity = unplaced(graded())
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        gradebook.items.clear()
        want(database, activity, 6)
        wait_until(lambda: are_all(database, activity, State.REFUSED))
        build.act(database, activity, services.send_again)
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert gradebook.points() == 6


def test_403_is_said_and_tried_when_asked_for(database, graded, gradebook, unplaced, running, quiet):
    gradebook.before = lambda asked: Reply({"error": "no"}, 403) if asked.method == "POST" else None
    activity = unplaced(graded())
    with running():
        build.act(database, activity, services.want_column, 10.0)
        wait_until(lambda: line_item(database, activity).answer_code or build.lane(database, activity).answer_code)
        gradebook.before = no_fault
    codes = {line_item(database, activity).answer_code, build.lane(database, activity).answer_code}
    assert codes & {"service_forbidden", "service_busy"}


@pytest.mark.parametrize(
    ("scopes", "lack"),
    [
        ([], Lack.GRADEBOOK),
        ([claims.SCOPE_LINE_ITEM], Lack.GRADEBOOK),
        ([claims.SCOPE_SCORE], Lack.COLUMN),
        ([claims.SCOPE_SCORE, claims.SCOPE_LINE_ITEM_READONLY], Lack.COLUMN),
        (ALL_SCOPES, None),
    ],
)
def test_what_the_lms_does_not_let_us_do_is_known(scopes, lack, database, graded, unplaced):
    activity = unplaced(graded(), scopes)
    with database.session(writes=False) as session:
        assert find_lack(find_endpoint(session, session.get_one(Activity, activity.activity_id)), None) is lack


def test_without_the_scope_nothing_is_asked_and_the_grade_waits_for_a_trainer(
    database, graded, gradebook, unplaced, running, quiet
):
    activity = unplaced(graded(), [claims.SCOPE_SCORE])
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
    assert gradebook.asked == []
    assert grades(database, activity)[0].answer_code == "scope_missing"
