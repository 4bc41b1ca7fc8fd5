from datetime import date, timedelta

import pytest

from connector.courses.models import Role
from connector.discussion.overview import get_overview
from connector.threads import services
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build


def test_the_figures_of_a_discussion(session, activity, ana, bo, trainer):
    test_student = make.member(session, course=activity.course, role=Role.TEST_STUDENT)
    answered = build.thread(session, activity=activity, author=ana, title="answered")
    build.reply(session, answered, author=trainer, after=24 * 60)
    waiting = build.thread(session, activity=activity, author=ana, title="waiting", after=1)
    closed = build.thread(session, activity=activity, author=ana, title="closed")
    services.close_thread(session, closed, trainer, now=make.NOW)
    build.reply(session, build.thread(session, activity=activity, author=test_student), author=test_student)
    build.thread(session, activity=make.activity(session, course=activity.course), author=bo)
    session.expire_all()
    found = get_overview(session, activity, trainer, now=make.NOW + timedelta(days=1))
    assert (found.thread_count, found.reply_count, found.learner_count, found.active_count) == (3, 1, 2, 1)
    assert (found.silent, found.unanswered) == ([bo], [waiting])
    assert (len(found.days), found.days[-2:]) == (14, [(date(2026, 3, 2), 3), (date(2026, 3, 3), 1)])


def test_posts_before_the_first_day_are_not_counted(session, activity, ana, trainer):
    build.thread(session, activity=activity, author=ana)
    found = get_overview(session, activity, trainer, now=make.NOW + timedelta(days=14))
    assert sum(posts for _, posts in found.days) == 0


def test_who_left_is_not_silent(session, activity, ana, trainer):
    ana.is_active = False
    session.flush()
    assert get_overview(session, activity, trainer, now=make.NOW).silent == []


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_only_staff_sees_figures(session, course, activity, role):
    member = make.member(session, course=course, role=role)
    with pytest.raises(NotFoundError):
        get_overview(session, activity, member, now=make.NOW)
