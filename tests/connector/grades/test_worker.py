"""Scores, against a gradebook over HTTP that answers as it likes."""

import time
from datetime import timedelta

import pytest
import structlog

from connector.courses.models import Role
from connector.db import utc_now
from connector.grades import services
from connector.grades.lanes import NOT_A_LEARNER
from connector.grades.models import State
from tests.connector.grades import build
from tests.connector.grades.build import are_all, grades, lane, wait_until, want
from tests.connector.grades.gradebooks import LOST, once, only, scores_of
from tests.lti.server import Reply

pytestmark = pytest.mark.usefixtures("quiet")


def test_only_the_newest_wish_is_sent(database, gradebook, graded, running):
    activity = graded()
    for wish in (1, 2, 3):
        want(database, activity, wish)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert [sent["scoreGiven"] for sent in scores_of(gradebook.asked_for("scores"))] == [3]


def test_a_wish_that_comes_while_a_score_is_under_way_is_sent_next(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("scores", once_doing(lambda: want(database, activity, 9)))
    want(database, activity, 3)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert [sent["scoreGiven"] for sent in scores_of(gradebook.asked_for("scores"))] == [3, 9]


def once_doing(action):
    left = [action]

    def act(_asked):
        if left:
            left.pop()()

    return act


def test_the_comment_goes_with_every_score(database, gradebook, graded, running):
    activity = graded()
    with running():
        want(database, activity, 3, comment="Read it again")
        wait_until(lambda: are_all(database, activity, State.SENT))
        want(database, activity, 4)
        wait_until(lambda: gradebook.points() == 4)
    assert gradebook.scores["1", "ana"]["comment"] == "Read it again"


def test_canvas_gets_a_comment_once(database, gradebook, graded, running):
    activity = graded(product="canvas")
    with running():
        want(database, activity, 3, comment="Read it again")
        wait_until(lambda: are_all(database, activity, State.SENT))
        want(database, activity, 4)
        wait_until(lambda: gradebook.points() == 4)
    first, second = scores_of(gradebook.asked_for("scores"))
    assert (first["comment"], second.get("comment")) == ("Read it again", None)
    assert second["https://canvas.instructure.com/lti/submission"]["new_submission"] is False


def test_a_token_that_was_withdrawn_costs_one_new_one(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 3)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        asked = gradebook.token_scopes.count(gradebook.token_scopes[-1])
        gradebook.tokens.clear()
        want(database, activity, 4)
        wait_until(lambda: gradebook.points() == 4)
    for_scores = [scope for scope in gradebook.token_scopes if scope.endswith("scope%2Fscore")]
    assert (asked, len(for_scores)) == (1, 2)


def test_a_lost_answer_is_read_back_before_anything_is_sent_again(database, gradebook, graded, running):
    activity = graded()
    gradebook.after = only("scores", once(LOST))
    want(database, activity, 3, comment="Well done")
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    first, again = gradebook.asked_for("scores")
    assert first.body == again.body
    assert len(gradebook.history) == 1
    assert len(gradebook.asked_for("results")) == 1
    assert grades(database, activity)[0].answer_code is None


def test_an_older_score_that_is_late_loses_even_if_the_clock_was_set_back(database, gradebook, graded, running):
    activity = graded()
    late, back = [], [timedelta(0)]

    def keep(asked):
        if late:
            return None
        late.append(asked)
        back[0] = timedelta(seconds=1)
        return LOST

    gradebook.before = only("scores", keep)
    want(database, activity, 1)
    with running(clock=lambda: utc_now() - back[0]):
        wait_until(lambda: late)
        want(database, activity, 2)
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert (gradebook.do(late[0]).status, gradebook.points()) == (409, 2)


def test_a_newer_grade_in_the_lms_gives_ours_a_later_time(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 3)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
        late = (utc_now() + timedelta(minutes=5)).isoformat()
        gradebook.scores["1", "ana"] |= {"timestamp": late, "scoreGiven": 1}
        want(database, activity, 4)
        wait_until(lambda: gradebook.points() == 4)
    assert gradebook.scores["1", "ana"]["timestamp"] > late


def test_a_platform_that_always_says_conflict_is_asked_twice(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("scores", lambda _asked: Reply({"error": "no"}, 409))
    want(database, activity, 4)
    with running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
    first, second = scores_of(gradebook.asked_for("scores"))
    assert first["timestamp"] < second["timestamp"]
    assert grades(database, activity)[0].answer_code == "service_conflict"


def test_canvas_says_conflict_with_400(database, gradebook, graded, running):
    activity = graded(product="canvas")
    refusal = Reply({"errors": {"message": "Provided timestamp of 1 before last updated timestamp of 2"}}, 400)
    gradebook.before = only("scores", once(refusal))
    want(database, activity, 4)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert gradebook.points() == 4


@pytest.mark.parametrize("status", [400, 422])
def test_one_refused_score_does_not_stop_the_others(database, gradebook, graded, running, status):
    activity = graded()
    gradebook.before = only(
        "scores", lambda asked: Reply({"error": "bo is no student"}, status) if asked.json["userId"] == "bo" else None
    )
    for number in range(3):
        want(database, activity, number + 1, number)
    with running():
        wait_until(lambda: State.DUE not in {grade.state for grade in grades(database, activity)})
    assert [grade.state for grade in grades(database, activity)] == [State.SENT, State.REFUSED, State.SENT]
    refused = grades(database, activity)[1]
    assert (refused.answer_status, "bo is no student" in refused.answer_detail) == (status, True)
    assert len(gradebook.asked_for("scores")) == 3


def test_a_refused_score_is_sent_again_when_somebody_says_so(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("scores", once(Reply({"error": "ended"}, 422)))
    want(database, activity, 4)
    with running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
        assert build.act(database, activity, services.send_again) == 1
        wait_until(lambda: are_all(database, activity, State.SENT))
    first, second = scores_of(gradebook.asked_for("scores"))
    assert first["timestamp"] < second["timestamp"]


def test_patience_that_is_asked_for_is_given(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("scores", once(Reply(b"", 429, {"Retry-After": "1"})))
    want(database, activity, 4)
    begin = time.monotonic()
    with running():
        wait_until(lambda: lane(database, activity).failures == 1)
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert time.monotonic() - begin >= 1
    assert lane(database, activity).failures == 0


def test_canvas_throttles_by_403(database, gradebook, graded, running):
    activity = graded(product="canvas")
    gradebook.before = only("scores", once(Reply("403 Forbidden (Rate Limit Exceeded)", 403)))
    want(database, activity, 4)
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert gradebook.points() == 4


def test_a_score_that_the_lms_stumbles_over_lets_the_others_pass(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("scores", lambda asked: Reply(b"", 500) if asked.json["userId"] == "ana" else None)
    for number in range(3):
        want(database, activity, 4, number)
    with running():
        wait_until(lambda: [grade.state for grade in grades(database, activity)][1:] == [State.SENT] * 2)
        wait_until(lambda: grades(database, activity)[0].attempts >= 3)
        gradebook.before = only("nothing", once())
        wait_until(lambda: are_all(database, activity, State.SENT))


def test_somebody_who_left_meanwhile_gets_nothing(database, gradebook, graded, running):
    activity = graded()
    want(database, activity, 1, 0)
    want(database, activity, 2, 1)
    with database.session(writes=True) as session:
        activity.member(session, 0).is_active = False
        activity.member(session, 1).role = Role.ASSISTANT
        session.commit()
    with running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
    assert {grade.answer_code for grade in grades(database, activity) if grade} == {NOT_A_LEARNER}
    assert gradebook.asked_for("scores") == []


def test_a_thousand_scores_need_one_token(database, gradebook, graded, running):
    activity = graded(user_ids=[f"learner-{number}" for number in range(300)])
    with database.session(writes=True) as session:
        for number in range(300):
            services.set_score(
                session,
                activity.activity(session),
                activity.member(session, number),
                points=number % 11,
                maximum=10.0,
                now=utc_now(),
            )
        session.commit()
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT, count=300), seconds=60)
    assert len([scope for scope in gradebook.token_scopes if scope.endswith("scope%2Fscore")]) == 1
    assert len(gradebook.token_scopes) == 2  # and one for the line item
    assert len(gradebook.asked_for("scores")) == 300


def test_a_tool_without_a_key_waits(database, settings, gradebook, running):
    with database.session(writes=True) as session:
        activity = build.graded_activity(session, gradebook.url, lineitems=gradebook.lineitems_url)
        session.commit()
    want(database, activity, 1)
    with running():
        wait_until(lambda: lane(database, activity).failures >= 1)
        build.ready(database, settings)
        wait_until(lambda: are_all(database, activity, State.SENT))


def test_a_disabled_platform_gets_nothing(database, gradebook, graded, running):
    from connector.platforms.models import Platform, Status

    activity = graded()
    want(database, activity, 1)
    with database.session(writes=True) as session:
        session.get_one(Platform, activity.platform_id).status = Status.DISABLED
        session.commit()
    with running():
        time.sleep(0.3)
    assert gradebook.asked == []


def test_a_killed_worker_is_replaced_when_its_lease_has_run_out(database, gradebook, graded, running):
    from connector.grades import lanes

    activity = graded()
    want(database, activity, 1)
    with database.session(writes=True) as session:
        dead = lanes.take(session, now=utc_now(), lease=timedelta(seconds=1))
        assert dead is not None
        session.commit()
    begin = time.monotonic()
    with running():
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert time.monotonic() - begin > 0.5


def test_the_log_names_no_person(database, gradebook, graded, running):
    activity = graded()
    gradebook.before = only("scores", lambda asked: Reply({"error": asked.json["userId"]}, 400))
    want(database, activity, 1, comment="secret words")
    with structlog.testing.capture_logs() as logs, running():
        wait_until(lambda: are_all(database, activity, State.REFUSED))
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["score_refused"]
    assert ("ana" in str(logs), "secret" in str(logs)) == (False, False)
