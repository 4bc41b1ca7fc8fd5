from datetime import timedelta

import pytest

from connector.activities import copying
from connector.activities.models import Activity, CopyChoice
from connector.courses.models import Role
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build

CLOSES = make.NOW + timedelta(days=7)


@pytest.fixture
def origin(open_link, course):
    activity = open_link(course, "1", title="Week 1", description="Say hello.")
    activity.closes_at, activity.score_maximum = CLOSES, 5.0
    return activity


@pytest.fixture
def copied(open_link, copy, origin):
    return open_link(copy, "9", origin, title="Week 1")


def settings_of(activity):
    return activity.prompt, activity.closes_at, activity.score_maximum


@pytest.mark.parametrize(
    ("choice", "is_open", "kept"),
    [
        (CopyChoice.SETTINGS, True, ("Say hello.", CLOSES, 5.0)),
        (CopyChoice.EMPTY, True, ("", None, None)),
        (CopyChoice.NOTHING, False, ("", None, None)),
    ],
)
def test_what_a_choice_takes_over(choice, is_open, kept, session, copied, trainer):
    copying.choose(session, copied, choice, trainer, is_for_all=False, now=make.NOW)
    assert (copied.is_open, copied.is_waiting, settings_of(copied)) == (is_open, False, kept)
    assert (copied.chosen_by_id, copied.chosen_at) == (trainer.id, make.NOW)


def test_posts_stay_behind(session, origin, copied, trainer):
    writer = make.member(session, course=origin.course)
    thread = build.thread(session, activity=origin, author=writer)
    copying.choose(session, copied, CopyChoice.SETTINGS, trainer, is_for_all=True, now=make.NOW)
    assert thread.activity is origin


def test_a_choice_can_stand_for_the_whole_course(session, open_link, course, copy, copied, trainer):
    waiting = open_link(copy, "10", open_link(course, "2", title="Week 2", description="Go on."))
    copying.choose(session, copied, CopyChoice.SETTINGS, trainer, is_for_all=True, now=make.NOW)
    later = open_link(copy, "11", open_link(course, "3", title="Week 3", description="Finish."))
    assert [(each.is_open, each.prompt) for each in (waiting, later)] == [(True, "Go on."), (True, "Finish.")]


def test_a_choice_for_one_leaves_the_others_waiting(session, open_link, course, copy, copied, trainer):
    other = open_link(copy, "10", open_link(course, "2", title="Week 2"))
    copying.choose(session, copied, CopyChoice.EMPTY, trainer, is_for_all=False, now=make.NOW)
    assert (other.is_waiting, copying.count_waiting(session, copy)) == (True, 1)


def test_what_is_in_use_is_not_chosen_again(session, copied, trainer):
    copying.choose(session, copied, CopyChoice.EMPTY, trainer, is_for_all=False, now=make.NOW)
    copied.prompt = "Mine"
    copying.choose(session, copied, CopyChoice.SETTINGS, trainer, is_for_all=False, now=make.NOW)
    assert copied.prompt == "Mine"


def test_what_was_left_out_can_be_taken_later(session, copied, trainer):
    copying.choose(session, copied, CopyChoice.NOTHING, trainer, is_for_all=False, now=make.NOW)
    copying.choose(session, copied, CopyChoice.SETTINGS, trainer, is_for_all=False, now=make.NOW)
    assert copied.is_open


def test_only_who_leads_the_course_chooses(session, copy, copied):
    learner = make.member(session, course=copy, role=Role.LEARNER)
    with pytest.raises(NotFoundError):
        copying.choose(session, copied, CopyChoice.EMPTY, learner, is_for_all=True, now=make.NOW)


def test_what_is_no_copy_has_nothing_to_choose(session, origin):
    lead = make.member(session, course=origin.course, role=Role.TRAINER)
    with pytest.raises(NotFoundError):
        copying.choose(session, origin, CopyChoice.EMPTY, lead, is_for_all=True, now=make.NOW)


# --- by the course's history ------------------------------------------------------------------------------------------------
def note(session, course, *origins):
    copying.note_copy(session, course.deployment, course.context_id, origins, now=make.NOW)


def test_a_link_without_a_uuid_is_found_by_its_title_in_the_nearest_origin(session, open_link, course, copy, origin):
    note(session, copy, "nobody knows it", course.context_id)
    assert open_link(copy, "9", title="Week 1").copied_from is origin
    assert open_link(copy, "10", title="Something new").copied_from is None


def test_a_title_that_two_activities_have_tells_nothing(session, open_link, course, copy, origin):
    open_link(course, "2", title="Week 1")
    note(session, copy, course.context_id)
    assert open_link(copy, "9", title="Week 1").copied_from is None


def test_a_course_of_another_deployment_is_no_origin(session, open_link, course, origin):
    stranger = make.course(session)
    note(session, stranger, course.context_id)
    assert open_link(stranger, "9", title="Week 1").copied_from is None


def test_a_history_joins_what_was_known(session, copy):
    note(session, copy, "2", "1")
    note(session, copy, "3", copy.context_id)
    note(session, copy)
    assert list(copying.list_origins(session, copy)) == ["3", "2", "1"]


def test_a_long_history_is_cut(session, copy):
    note(session, copy, *map(str, range(1000)))
    assert list(copying.list_origins(session, copy)) == [str(number) for number in range(20)]


def test_activities_know_whether_they_wait(session):
    activity = session.get(Activity, make.activity(session).id)
    assert (activity.is_waiting, activity.is_open) == (False, True)
