"""What may be wanted, of whom, and what becomes of it."""

from datetime import timedelta

import pytest

from connector.activities.models import Activity
from connector.courses.models import Role
from connector.grades import services
from connector.grades.models import State
from connector.grades.reading import Sight, grade_table, sight_of
from lti.grades import GradingProgress
from lti.profiles import CANVAS, MOODLE
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def ana(session, activity):
    return make.member(session, course=activity.course, name="Ana Holm")


def want(session, activity, member, points=7.0, **more):
    return services.set_score(session, activity, member, points=points, **{"maximum": 10.0, "now": NOW, **more})


def settle(grade):
    """Do as if the LMS had taken what is wanted."""
    grade.state, grade.due_at = State.SENT, None
    grade.sent_points, grade.sent_maximum, grade.sent_comment = grade.points, grade.maximum, grade.comment
    grade.sent_at = grade.answered_at = NOW


def test_a_wish_is_due_at_once(session, activity, ana):
    grade = want(session, activity, ana)
    assert (grade.state, grade.due_at, grade.version, grade.line_item.label) == (State.DUE, NOW, 1, activity.title)


def test_the_same_wish_again_changes_nothing(session, activity, ana):
    grade = want(session, activity, ana, comment="Good")
    settle(grade)
    assert want(session, activity, ana, comment="Good", now=LATER) is grade
    assert (grade.state, grade.version) == (State.SENT, 1)


def test_a_new_wish_takes_the_place_of_the_old_one(session, activity, ana):
    settle(want(session, activity, ana, 7))
    grade = want(session, activity, ana, 0, now=LATER)
    assert (grade.points, grade.state, grade.due_at, grade.version) == (0, State.DUE, LATER, 2)


def test_a_comment_stays_until_it_is_changed_or_taken_away(session, activity, ana):
    want(session, activity, ana, comment="Good")
    assert want(session, activity, ana, 8).comment == "Good"
    assert want(session, activity, ana, 8, comment="Better").comment == "Better"
    assert want(session, activity, ana, 8, comment="").comment is None


def test_a_grade_can_be_taken_back(session, activity, ana):
    settle(want(session, activity, ana))
    grade = want(session, activity, ana, None)
    assert (grade.points, grade.state, grade.version) == (None, State.DUE, 2)


@pytest.mark.parametrize(
    ("points", "maximum"),
    [(-0.1, 10), (10.1, 10), (float("nan"), 10), (float("inf"), 10), (1, 0), (1, -1), (1, float("inf")), (1, 1e9)],
)
def test_what_is_out_of_range_is_refused(session, activity, ana, points, maximum):
    with pytest.raises(services.ScoreRangeError):
        want(session, activity, ana, points, maximum=maximum)


def test_points_before_the_end_of_grading_are_refused(session, activity, ana):
    with pytest.raises(services.ScoreRangeError):
        want(session, activity, ana, grading_progress=GradingProgress.PENDING)


def test_a_comment_that_is_too_long_is_refused(session, activity, ana):
    with pytest.raises(services.ScoreRangeError):
        want(session, activity, ana, comment="x" * 2001)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.ASSISTANT, Role.OBSERVER, Role.TEST_STUDENT, Role.EXPERT])
def test_only_learners_are_graded(session, activity, role):
    with pytest.raises(services.NotGradedError):
        want(session, activity, make.member(session, course=activity.course, role=role))


def test_who_has_left_is_not_graded(session, activity, ana):
    ana.is_active = False
    with pytest.raises(services.NotGradedError):
        want(session, activity, ana)


def test_learners_of_other_courses_are_not_graded(session, activity):
    with pytest.raises(services.NotGradedError):
        want(session, activity, make.member(session))


def test_two_tags_are_two_line_items(session, activity, ana):
    first = want(session, activity, ana)
    second = want(session, activity, ana, 3, tag="review", label="Reviews")
    assert (first.line_item_id != second.line_item_id, second.line_item.label) == (True, "Reviews")


def test_sending_again_takes_the_refused_ones(session, activity, ana):
    bo = make.member(session, course=activity.course)
    settle(want(session, activity, ana))
    refused = want(session, activity, bo)
    refused.state = State.REFUSED
    assert services.send_again(session, activity, now=LATER) == 1
    session.refresh(refused)
    assert (refused.state, refused.due_at, refused.version) == (State.DUE, LATER, 2)


def test_sending_one_again_takes_it_whatever_became_of_it(session, activity, ana):
    grade = want(session, activity, ana)
    settle(grade)
    assert services.send_again(session, activity, member=ana, now=LATER) == 1
    session.refresh(grade)
    assert (grade.state, grade.version) == (State.DUE, 2)


def test_what_waits_stays_the_same_request(session, activity, ana):
    grade = want(session, activity, ana)
    grade.due_at = LATER
    services.send_again(session, activity, member=ana, now=NOW)
    session.refresh(grade)
    assert (grade.due_at, grade.version) == (NOW, 1)


def test_nothing_is_sent_again_where_nothing_was_wanted(session, activity, ana):
    assert services.send_again(session, activity, member=ana, now=NOW) == 0


def test_a_new_maximum_sends_what_the_lms_has_again(session, activity, ana):
    grade = want(session, activity, ana)
    settle(grade)
    item = grade.line_item
    item.url = "https://lms.example/1"
    services.set_maximum(session, activity, 20.0, now=LATER)
    session.refresh(grade)
    assert (item.wants_update, item.due_at, item.score_maximum) == (True, LATER, 20)
    assert (grade.state, grade.points, grade.maximum, grade.version) == (State.DUE, 7, 10, 2)


def test_a_maximum_before_the_first_grade_is_only_kept(session, activity):
    item = services.set_maximum(session, activity, 20.0, now=NOW)
    assert (item.score_maximum, item.wants_update, item.due_at) == (20, False, None)


def test_a_maximum_of_nothing_is_refused(session, activity):
    with pytest.raises(services.ScoreRangeError):
        services.set_maximum(session, activity, 0, now=NOW)


def test_there_is_nothing_to_read_back_before_the_column_is_known(session, activity, ana):
    assert services.refresh_results(session, activity, now=NOW) is False
    want(session, activity, ana).line_item.url = "https://lms.example/1"
    assert services.refresh_results(session, activity, now=NOW) is True


def test_a_new_title_becomes_the_columns_name(session, activity, ana):
    item = want(session, activity, ana).line_item
    item.url, activity.title = "https://lms.example/1", "A better title"
    want(session, activity, ana, 8)
    assert (item.label, item.wants_update) == ("A better title", True)


@pytest.mark.parametrize("learners", [1, 30])
def test_the_table_takes_the_same_queries_for_any_number(session, activity, count_queries, learners):
    for _ in range(learners):
        want(session, activity, make.member(session, course=activity.course))
    make.member(session, course=activity.course, role=Role.TRAINER)
    session.commit()
    id_ = activity.id
    session.expunge_all()
    found = session.get_one(Activity, id_)
    assert found.course.deployment.platform.product == "generic"
    with count_queries() as queries:
        table = grade_table(session, found)
        assert [row.member.person.name for row in table.rows]
    assert (len(table.rows), len(queries)) == (learners, 5)


@pytest.mark.parametrize("learners", [1, 30])
def test_a_wish_takes_the_same_few_queries(session, activity, count_queries, learners):
    members = [make.member(session, course=activity.course) for _ in range(learners)]
    want(session, activity, members[0], 1)
    session.commit()
    with count_queries() as queries:
        for member in members:
            want(session, activity, member, 2)
    assert len(queries) <= 3 * learners + 3


def test_the_table_stands_by_name_and_keeps_who_left(session, activity, ana):
    zoe = make.member(session, course=activity.course, name="zoe")
    make.member(session, course=activity.course, name="Bo")
    gone = make.member(session, course=activity.course, name="Gone")
    make.member(session, course=activity.course, name="Left before").is_active = False
    want(session, activity, gone)
    gone.is_active = False
    session.flush()
    table = grade_table(session, activity)
    assert [row.member.person.name for row in table.rows] == ["Ana Holm", "Bo", "Gone", zoe.person.name]
    assert [row.is_graded for row in table.rows] == [True, True, False, True]


def see(grade, points, maximum=10.0, comment=None):
    grade.seen_points, grade.seen_maximum, grade.seen_comment, grade.seen_at = points, maximum, comment, LATER


@pytest.mark.parametrize(
    ("seen", "sight"),
    [
        ((7, 10), Sight.SAME),
        ((70, 100), Sight.SAME),
        ((6.995, 10), Sight.SAME),
        ((6, 10), Sight.OTHER_POINTS),
        ((None, None), Sight.MISSING),
    ],
)
def test_what_the_lms_shows_is_compared(session, activity, ana, seen, sight):
    grade = want(session, activity, ana)
    settle(grade)
    see(grade, *seen)
    assert sight_of(grade, CANVAS) is sight


def test_a_comment_counts_where_the_lms_tells_it(session, activity, ana):
    grade = want(session, activity, ana, comment="Good")
    settle(grade)
    see(grade, 7, comment="Bad")
    assert sight_of(grade, MOODLE) is Sight.OTHER_COMMENT
    see(grade, 7)
    assert (sight_of(grade, MOODLE), sight_of(grade, CANVAS)) == (Sight.OTHER_COMMENT, Sight.SAME)


def test_what_was_seen_before_the_last_score_says_nothing(session, activity, ana):
    grade = want(session, activity, ana)
    settle(grade)
    see(grade, 3)
    grade.answered_at = LATER + timedelta(seconds=1)
    assert sight_of(grade, MOODLE) is Sight.UNSEEN


def test_a_grade_that_a_teacher_gave_in_the_lms_is_foreign(session, activity, ana):
    grade = want(session, activity, ana)
    see(grade, 3)
    assert (sight_of(grade, MOODLE), sight_of(None, MOODLE)) == (Sight.FOREIGN, Sight.UNSEEN)
