"""Line items and results, against a gradebook over HTTP that answers as it likes."""

import time
from datetime import timedelta

import pytest

from connector.db import utc_now
from connector.grades import services
from connector.grades.models import State
from lti import claims
from tests import make
from tests.connector.grades import build
from tests.connector.grades.build import are_all, grades, line_item, wait_until, want
from tests.connector.grades.gradebooks import ALL_SCOPES, LOST, once, only, scores_of
from tests.lti.server import Reply

pytestmark = pytest.mark.usefixtures("quiet")


def test_a_score_makes_the_line_item_and_arrives(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 7.5, comment="Good")
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    [item] = gradebook.items.values()
    assert item == {
        "label": "Share how you work",
        "scoreMaximum": 10,
        "resourceId": str(activity.activity_id),
        "tag": "grade",
    }
    [sent] = scores_of(gradebook.asked_for("scores"))
    assert (sent["userId"], sent["scoreGiven"], sent["scoreMaximum"], sent["comment"]) == ("ana", 7.5, 10, "Good")
    assert (sent["activityProgress"], sent["gradingProgress"]) == ("Completed", "FullyGraded")


def test_the_column_that_came_with_the_link_is_used(database, gradebook, graded, running):
    number = gradebook.add_item(label="The LMS's own", scoreMaximum=100)
    activity = graded(lineitem=gradebook.item_url(number))
    want(database, activity, 7)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert (len(gradebook.items), gradebook.points()) == (1, 7)
    assert gradebook.items[number] == {"label": "The LMS's own", "scoreMaximum": 100}


def test_a_column_that_is_there_is_found_and_brought_up_to_date(database, gradebook, graded, running):
    activity = graded()
    gradebook.add_item(resourceId="another", tag="grade")
    mine = gradebook.add_item(resourceId=str(activity.activity_id), tag="grade", label="Old", extra="kept")
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert len(gradebook.items) == 2
    assert gradebook.items[mine] | {"tag": "grade"} == {
        "label": "Share how you work",
        "scoreMaximum": 10,
        "resourceId": str(activity.activity_id),
        "tag": "grade",
        "extra": "kept",
    }


def test_a_line_item_whose_creation_got_no_answer_is_found(database, gradebook, graded, running):
    activity = graded()
    gradebook.after = only("lineitems", once(LOST), "POST")
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert (len(gradebook.items), gradebook.points()) == (1, 5)


def test_of_two_columns_made_at_once_the_first_stays(database, gradebook, graded, running):
    activity = graded()

    def overtake(_asked):
        gradebook.add_item(resourceId=str(activity.activity_id), tag="grade", label="Share how you work")

    gradebook.before = only("lineitems", overtake, "POST")
    want(database, activity, 5)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert list(gradebook.items) == ["1"]
    assert gradebook.scores["1", "ana"]["scoreGiven"] == 5


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_gradebook_is_asked_once_for_all(database, gradebook, graded, running, status):
    activity = graded()
    gradebook.before = only("scores", lambda _asked: Reply({"error": "no"}, status))
    for number in range(3):
        want(database, activity, 4, number)
    with running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
    assert len(gradebook.asked_for("scores")) == (2 if status == 401 else 1)
    assert line_item(database, activity).answer_status == status


def test_a_course_that_the_lms_stumbles_over_lets_the_others_pass(database, gradebook, graded, running):
    broken = graded()
    with database.session(writes=True) as session:
        other = broken.activity(session).course
        activity = make.activity(session, course=other)
        from connector.activities.models import Placement

        placement = session.query(Placement).filter_by(activity_id=activity.id).one()
        placement.lineitems_url, placement.scopes = gradebook.lineitems_url, list(ALL_SCOPES)
        whole = build.Graded(activity.id, broken.platform_id, broken.member_ids, broken.user_ids)
        session.commit()
    bad = str(broken.activity_id)
    gradebook.before = lambda asked: Reply(b"", 500) if asked.query.get("resource_id") == bad else None
    want(database, broken, 1)
    want(database, whole, 2)
    with running():
        wait_until(lambda: are_all(database, whole, State.SENT))
    assert grades(database, broken)[0].state is State.DUE


def test_a_column_that_was_deleted_is_made_again_when_somebody_says_so(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 1, 0)
    want(database, activity, 2, 1)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        gradebook.items.clear()
        want(database, activity, 3, 0)
        wait_until(lambda: are_all(database, activity, State.REFUSED))
        assert (len(gradebook.items), line_item(database, activity).url) == (0, None)
        assert build.act(database, activity, services.send_again) == 2
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert (gradebook.points("ana"), gradebook.points("bo")) == (3, 2)


@pytest.mark.parametrize("scopes", [[], [claims.SCOPE_SCORE], [claims.SCOPE_LINE_ITEM]])
def test_what_the_lms_does_not_offer_is_refused_without_asking(database, gradebook, graded, running, scopes):
    activity = graded(scopes=scopes)
    want(database, activity, 1)
    with running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
    assert grades(database, activity)[0].answer_code == "scope_missing"
    assert gradebook.asked_for("scores") == []


def test_a_link_without_rights_to_line_items_needs_none(database, gradebook, graded, running):
    number = gradebook.add_item()
    activity = graded(scopes=[claims.SCOPE_SCORE], lineitem=gradebook.item_url(number), lineitems=None)
    want(database, activity, 1)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert [each.method for each in gradebook.asked] == ["POST"]


def test_a_new_maximum_reaches_the_column_and_the_grades_again(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 8)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        build.act(database, activity, services.set_maximum, 20.0)
        wait_until(lambda: len(gradebook.history) == 2 and are_all(database, activity, State.SENT))
    assert gradebook.items["1"]["scoreMaximum"] == 20
    assert [each.method for each in gradebook.asked if each.method == "PUT"] == ["PUT"]
    body = gradebook.scores["1", "ana"]
    assert (body["scoreGiven"], body["scoreMaximum"]) == (8, 10)


def test_results_are_read_back_for_everybody(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 8, comment="Fine")
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        when = utc_now().isoformat()
        gradebook.scores["1", "bo"] = {"userId": "bo", "scoreGiven": 2, "scoreMaximum": 10, "timestamp": when}
        gradebook.scores["1", "nobody"] = {"userId": "nobody", "scoreGiven": 2, "scoreMaximum": 10, "timestamp": when}
        assert build.act(database, activity, services.refresh_results)
        wait_until(lambda: line_item(database, activity).results_at)
    ana, bo, cleo = grades(database, activity)
    assert (ana.seen_points, ana.seen_maximum, ana.seen_comment) == (8, 10, "Fine")
    assert (bo.state, bo.points, bo.seen_points, cleo) == (State.NONE, None, 2, None)


def test_results_are_read_back_by_themselves_after_a_while(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 8)
    skipped = [timedelta(0)]
    with running(clock=lambda: utc_now() + skipped[0]):
        wait_until(lambda: are_all(database, activity, State.SENT))
        assert gradebook.asked_for("results") == []
        skipped[0] = timedelta(seconds=15)
        wait_until(lambda: grades(database, activity)[0].seen_points == 8)
        want(database, activity, 9)
        wait_until(lambda: gradebook.points() == 9)
        skipped[0] = timedelta(seconds=60)
        time.sleep(0.3)
    assert len(gradebook.asked_for("results")) == 1


def test_results_that_nobody_may_read_stop_nothing(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("results", lambda _asked: Reply(b"", 403))
    want(database, activity, 8)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        build.act(database, activity, services.refresh_results)
        wait_until(lambda: line_item(database, activity).answer_status == 403)
        want(database, activity, 9)
        wait_until(lambda: gradebook.points() == 9)
