from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti import claims
from lti.errors import ScoreError, ServiceConflictError, ServiceRefusedError
from lti.grades import (
    ActivityProgress,
    GradingProgress,
    Result,
    Score,
    is_worth_sending,
    next_timestamp,
    post_score,
    read_back,
    results,
    score_json,
    shows,
)
from lti.line_items import time_of, utc_text
from lti.profiles import BLACKBOARD, CANVAS, GENERIC, MOODLE, PROFILES, Profile
from lti.service import Service
from tests.lti.platform import NOW
from tests.lti.recorded import LINE_ITEM, play, recorded, reply
from tests.lti.server import Asked, Platform, Reply, calling, platform

EXTENSION = "https://canvas.instructure.com/lti/submission"
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
COMMENT = "Good work.\nThree peers read it — “klasse”, <b>bold</b> & 王."


@pytest.fixture
def lms() -> Iterator[Platform]:
    with platform() as played:
        yield played


@pytest.fixture
def service(lms: Platform) -> Iterator[Service]:
    with calling(lms) as called:
        yield called


def score(**changes: Any) -> Score:
    said: dict[str, Any] = {
        "user_id": "5",
        "timestamp": NOW,
        "activity_progress": ActivityProgress.COMPLETED,
        "grading_progress": GradingProgress.FULLY_GRADED,
        "points": 17.5,
        "maximum": 20,
    }
    return Score(**{**said, **changes})


def progress(**changes: Any) -> Score:
    return score(grading_progress=GradingProgress.PENDING_MANUAL, points=None, maximum=None, **changes)


def result(**changes: Any) -> Result:
    said: dict[str, Any] = {"user_id": "5", "points": 17.5, "maximum": 20, "comment": None, "recorded_at": None}
    return Result(**{**said, **changes})


class TestScore:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"grading_progress": GradingProgress.PENDING}, "points_not_final"),
            ({"maximum": None}, "points_invalid"),
            ({"maximum": 0}, "points_invalid"),
            ({"maximum": -1}, "points_invalid"),
            ({"maximum": float("inf")}, "points_invalid"),
            ({"points": -0.5}, "points_invalid"),
            ({"points": float("nan")}, "points_invalid"),
            ({"timestamp": NOW.replace(tzinfo=None)}, "timestamp_invalid"),
        ],
    )
    def test_rules_that_hold_everywhere(self, changes: dict[str, Any], code: str):
        with pytest.raises(ScoreError) as refusal:
            score(**changes)
        assert refusal.value.code == code

    def test_plain(self):
        assert score_json(score(comment=COMMENT), GENERIC) == {
            "userId": "5",
            "timestamp": "2026-11-22T12:00:00.000Z",
            "scoreGiven": 17.5,
            "scoreMaximum": 20,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "comment": COMMENT,
        }

    def test_zero_is_a_score(self):
        assert score_json(score(points=0), GENERIC)["scoreGiven"] == 0

    def test_progress_says_no_points(self):
        assert set(score_json(progress(), MOODLE)) == {"userId", "timestamp", "activityProgress", "gradingProgress"}

    def test_canvas_counts_an_attempt_only_if_there_was_one(self):
        submitted = score(
            is_new_submission=True, submitted_at=NOW, submission_url="https://tool.example/lti/launch?s=1"
        )
        assert score_json(submitted, CANVAS)[EXTENSION] == {
            "new_submission": True,
            "preserve_score": False,
            "prioritize_non_tool_grade": True,
            "submitted_at": "2026-11-22T12:00:00.000Z",
            "submission_type": "basic_lti_launch",
            "submission_data": "https://tool.example/lti/launch?s=1",
        }

    def test_canvas_keeps_its_grade_when_only_progress_is_told(self):
        assert score_json(progress(), CANVAS)[EXTENSION] == {
            "new_submission": False,
            "preserve_score": True,
            "prioritize_non_tool_grade": True,
        }

    def test_canvas_adds_comments_up_so_each_is_sent_once(self):
        again = score(comment="well done", is_comment_new=False)
        assert "comment" not in score_json(again, CANVAS)
        assert score_json(again, MOODLE)["comment"] == "well done"

    def test_blackboard_breaks_lines_by_html(self):
        assert score_json(score(comment="a\nb"), BLACKBOARD)["comment"] == "a<br/>b"

    @pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.family)
    def test_progress_never_wipes_a_grade(self, profile: Profile):
        is_sent = is_worth_sending(progress(), profile, has_grade=True)
        assert is_sent == (profile is CANVAS)
        assert not is_sent or score_json(progress(), profile)[EXTENSION]["preserve_score"]
        assert is_worth_sending(progress(), profile, has_grade=False)
        assert is_worth_sending(score(), profile, has_grade=True)

    @given(
        points=st.none() | st.floats(0, 1e6),
        progressed=st.sampled_from(GradingProgress),
        profile=st.sampled_from(PROFILES),
        comment=st.none() | st.text(),
    )
    def test_points_are_sent_with_a_finished_grading_only(
        self, points: float | None, progressed: GradingProgress, profile: Profile, comment: str | None
    ):
        try:
            said = score_json(score(points=points, grading_progress=progressed, comment=comment), profile)
        except ScoreError:
            assert points is not None
            assert progressed != GradingProgress.FULLY_GRADED
            return
        assert ("scoreGiven" in said) == (points is not None)
        assert "scoreGiven" not in said or said["gradingProgress"] == "FullyGraded"
        assert (EXTENSION in said) == (profile is CANVAS)


class TestTimestamps:
    @given(
        clock=st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))),  # noqa: DTZ001 -- Hypothesis wants it
        profile=st.sampled_from(PROFILES),
    )
    def test_they_rise_whatever_the_clock_does(self, clock: list[datetime], profile: Profile):
        last: datetime | None = None
        for now in clock:
            following = next_timestamp(last, now, profile)
            assert following >= now - MILLISECOND
            if last is not None:
                assert following - last >= profile.timestamp_step
                assert utc_text(following) > utc_text(last)
                if profile is MOODLE:
                    assert int(following.timestamp()) > int(last.timestamp())
            last = following

    @given(st.lists(st.integers(-5_000_000, 5_000_000), max_size=30), st.sampled_from(PROFILES))
    def test_they_rise_in_a_burst_and_over_the_line(self, steps: list[int], profile: Profile):
        now, last = NOW, None
        for step in steps:
            now += timedelta(microseconds=step)
            sent = time_of(utc_text(next_timestamp(last, now, profile)))
            assert sent is not None
            assert last is None or sent >= last + profile.timestamp_step
            last = sent

    def test_clock_that_goes_right_is_believed(self):
        assert next_timestamp(NOW, NOW + timedelta(hours=1), MOODLE) == NOW + timedelta(hours=1)
        assert next_timestamp(None, NOW + timedelta(microseconds=1999), GENERIC) == NOW + MILLISECOND


class TestMoodle:
    def test_score(self, lms: Platform, service: Service):
        play(lms, "60-score-full-with-comment")
        post_score(service, lms.url + LINE_ITEM, score(comment=COMMENT), profile=MOODLE)
        (asked,) = lms.asked
        assert asked.target == "/mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1"
        assert asked.headers["Content-Type"] == claims.MEDIA_SCORE
        recorded_body = recorded("60-score-full-with-comment")["request"]["body"]
        assert asked.json == recorded_body | {"timestamp": "2026-11-22T12:00:00.000Z"}

    def test_teacher_is_not_graded(self, lms: Platform, service: Service):
        play(lms, "60-score-error-teacher")
        with pytest.raises(ServiceRefusedError) as refusal:
            post_score(service, lms.url + LINE_ITEM, score(user_id="3"), profile=MOODLE)
        assert (refusal.value.code, '"3"' in str(refusal.value)) == ("service_bad_request", False)

    def test_line_item_that_is_gone(self, lms: Platform, service: Service):
        play(lms, "60-score-error-unknown-item")
        item = f"{lms.url}/mod/lti/services.php/2/lineitems/9999/lineitem?type_id=1"
        with pytest.raises(ServiceRefusedError) as refusal:
            post_score(service, item, score(), profile=MOODLE)
        assert refusal.value.code == "service_not_found"

    @pytest.mark.parametrize("name", ["60-score-posted-again-at-once", "63-score-error-same-timestamp"])
    def test_two_in_one_second_conflict(self, lms: Platform, service: Service, name: str):
        lms.answer = lambda _: reply(recorded(name), lms.url)
        with pytest.raises(ServiceConflictError):
            post_score(service, lms.url + LINE_ITEM, score(), profile=MOODLE)

    def test_burst_for_one_learner_meets_no_conflict(self, lms: Platform, service: Service):
        stored: dict[str, int] = {}

        def answer(asked: Asked) -> Reply:
            said = asked.json
            second = int(datetime.fromisoformat(said["timestamp"]).timestamp())
            if stored.get(said["userId"], 0) >= second:
                return reply(recorded("63-score-error-same-timestamp"), lms.url)
            stored[said["userId"]] = second
            return reply(recorded("60-score-full-with-comment"), lms.url)

        lms.answer, last = answer, None
        for points in range(20):
            last = next_timestamp(last, NOW + points * MILLISECOND, MOODLE)
            post_score(service, lms.url + LINE_ITEM, score(points=points, timestamp=last), profile=MOODLE)
        assert (len(lms.asked), len(lms.token_requests)) == (20, 1)

    def test_results(self, lms: Platform, service: Service):
        play(lms, "61-results-all")
        found = list(results(service, lms.url + LINE_ITEM, profile=MOODLE))
        assert [(each.user_id, each.points, each.comment) for each in found] == [
            ("5", 18, "second"),
            ("6", 14, None),
            ("7", 0, "nothing handed in"),
            ("9", 12, None),
        ]
        assert found[0].recorded_at == datetime(2026, 11, 22, 0, 47, 12, tzinfo=UTC)
        assert lms.asked[0].query == {"type_id": "1"}

    def test_learner_without_a_grade(self, lms: Platform, service: Service):
        play(lms, "63-results-after")
        item = f"{lms.url}/mod/lti/services.php/2/lineitems/16/lineitem?type_id=1"
        assert {each.user_id for each in results(service, item, profile=MOODLE) if each.points is None} == {"7", "8"}

    def test_page_in_place_of_results_is_an_error(self, lms: Platform, service: Service):
        play(lms, "61-results-limit2")
        with pytest.raises(ServiceRefusedError):
            list(results(service, f"{lms.url}{LINE_ITEM}&limit=2", profile=MOODLE))

    def test_lost_answer_is_read_back(self, lms: Platform, service: Service):
        play(lms, "61-results-user")
        sent = score(points=18, comment="second", timestamp=datetime(2026, 11, 22, 0, 47, 12, 377_000, tzinfo=UTC))
        item = lms.url + LINE_ITEM
        assert read_back(service, item, sent, profile=MOODLE)
        assert lms.asked[0].query == {"type_id": "1", "user_id": "5"}
        older = score(points=18, comment="second", timestamp=datetime(2026, 11, 22, 0, 47, 11, tzinfo=UTC))
        other = score(points=17, comment="second", timestamp=sent.timestamp)
        mute = score(points=18, timestamp=sent.timestamp)
        assert [read_back(service, item, each, profile=MOODLE) for each in (older, other, mute)] == [False] * 3

    def test_nothing_to_read_back(self, lms: Platform, service: Service):
        play(lms, "61-results-user-without-grade")
        item = f"{lms.url}/mod/lti/services.php/2/lineitems/4/lineitem?type_id=1"
        assert not read_back(service, item, score(user_id="6"), profile=MOODLE)
        assert read_back(service, item, progress(user_id="6"), profile=MOODLE)


class TestResults:
    def test_scale_of_the_column(self):
        assert shows(result(points=8.75, maximum=10), score(), GENERIC)
        assert shows(result(points=20), score(points=25), GENERIC)
        assert shows(result(points=0.99, maximum=3), score(points=1 / 3, maximum=1), GENERIC)
        assert not shows(result(points=17), score(), GENERIC)

    def test_comment_counts_where_it_is_told(self):
        assert shows(result(comment=None), score(comment="x"), CANVAS)
        assert not shows(result(comment=None), score(comment="x"), MOODLE)
        assert shows(result(comment="a b"), score(comment="a\nb"), MOODLE)
        assert shows(result(comment="a<br/>b"), score(comment="a\nb"), BLACKBOARD)

    def test_no_grade(self):
        assert shows(None, progress(), GENERIC)
        assert not shows(None, score(), GENERIC)
        assert not shows(result(), progress(), GENERIC)

    def test_blackboard_drops_comments_of_one_learner_so_all_are_read(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply([{"userId": "4"}, {"userId": "5", "resultScore": 1, "resultMaximum": 2}, {}, None])
        (found,) = results(service, f"{lms.url}/item", profile=BLACKBOARD, user_id="5")
        assert (found.user_id, lms.asked[0].target) == ("5", "/item/results")

    def test_canvas_pages(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply([])
        assert list(results(service, f"{lms.url}/item", profile=CANVAS, user_id="u")) == []
        assert lms.asked[0].target == "/item/results?limit=100&user_id=u"
