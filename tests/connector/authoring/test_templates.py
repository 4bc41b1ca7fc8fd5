"""The ideas that a trainer may begin with bring their rules: shown before publishing, within the limits, to be changed later."""

import re
from datetime import timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connector.activities.models import Activity, GroupMode, Kind
from connector.authoring.services import begin_template
from connector.calendars.services import DEFAULT
from connector.courses.models import GroupSet, TenantPolicy
from connector.expert_qa.beginnings import next_hour
from connector.expert_qa.models import Hour
from connector.notifications.models import Notice, Subscription
from connector.participation.services import get_participation
from connector.peer_review.models.setup import SecondRound
from connector.peer_review.rubrics import find_rubric
from connector.peer_review.rules import get_rules as review_rules
from connector.threads.limits import get_rules
from connector.threads.models import Post, Rules, Thread
from tests import make
from tests.connector.authoring.test_views import enter, prepared  # noqa: F401 -- fixtures

KEYS = {"today": 0, "failure": 1, "problem": 2, "buddy": 3, "try": 4}
HIDDEN = re.compile(r'name="(template|idempotency_key|zone)" value="([^"]*)"')


@pytest.fixture
def begin(enter, trainer, stored):  # noqa: F811
    """Return how a trainer goes from an idea to its preview: the activity, the visit and the page."""

    def go(number):
        visit = enter(trainer)
        page = visit.get(f"/begin/new?template={number}").text
        form = {name: unescape(value) for name, value in HIDDEN.findall(page)}
        form["title"] = unescape(re.search(r'name="title"[^>]*value="([^"]+)"', page)[1])
        form["prompt"] = unescape(re.search(r'<textarea[^>]*name="prompt"[^>]*>\n?([^<]*)', page)[1])
        form["kind"] = re.search(r'name="kind" value="(\w+)" checked', page)[1]
        form["group_mode"] = re.search(r'name="group_mode" value="(\w+)"[^>]*checked', page)[1]
        answered = visit.post("/begin/new", **form)
        assert answered.status_code == 303, answered.text
        activity = prepared(stored)
        return activity, visit, unescape(visit.get(f"/begin/{activity.id}").text)

    return go


def test_how_we_do_it_today_asks_for_a_post_and_two_answers(begin, session):
    activity, _visit, page = begin(0)
    rule = get_participation(session, activity)
    assert (rule.threads, rule.replies, rule.grading.value) == (1, 2, "none")
    assert "Answer others 2 times at least." in page


def test_a_day_for_failures_hides_names_and_lets_read_who_wrote(begin, session, stored):
    activity, visit, page = begin(1)
    rules = get_rules(session, activity)
    assert (rules.allows_anonymous, rules.learners_start, rules.close_after_days) == (True, False, 14)
    session.rollback()
    for sentence in (
        "You may hide your name from the others.",
        "You tell your own story before you read those of others.",
        "A thread closes after 14 days without a post.",
    ):
        assert sentence in page
    assert stored(select(Thread)) == []
    visit.post(f"/begin/{activity.id}/publish")
    (thread,) = stored(select(Thread))
    assert (thread.shows_after_posts, thread.pinned_at is not None) == (1, True)
    assert stored(select(Notice)) == []
    assert visit.get(f"/discussions/{activity.id}/threads/{thread.id}").status_code == 200


def test_names_stay_where_the_organisation_wants_them(begin, session, course):
    limits = TenantPolicy(tenant_id=course.deployment.platform.tenant_id, may_hide_names=False, most_keep_days=30)
    limits.may_record_fully, limits.recording, limits.moderation = True, course.recording, "none"
    session.add(limits)
    session.commit()
    activity, _visit, page = begin(1)
    rules = get_rules(session, activity)
    assert (rules.allows_anonymous, rules.keep_days) == (False, 30)
    assert "hide your name" not in page
    assert "Texts are deleted 30 days after a thread's last post." in page


@pytest.mark.parametrize("has_groups", [False, True])
def test_a_problem_for_the_group_is_for_groups_where_there_are_any(begin, session, course, has_groups):
    if has_groups:
        session.add(GroupSet(course_id=course.id, name="Circles"))
        session.commit()
    activity, _visit, page = begin(2)
    assert activity.group_mode is (GroupMode.SEPARATE if has_groups else GroupMode.NONE)
    assert ("Each group is by itself, and sees no other." in page) is has_groups


def test_a_buddys_trainer_follows(begin, session, stored, trainer):
    activity, visit, page = begin(3)
    (followed,) = stored(select(Subscription))
    assert (followed.member_id, followed.scope_id) == (trainer.id, activity.id)
    assert "Begin 1 thread." in page
    visit.post(f"/begin/{activity.id}/discard")
    assert stored(select(Subscription)) == stored(select(Rules)) == []


def test_a_draft_is_reviewed_twice_by_a_short_list(begin, session, stored):
    activity, visit, page = begin(5)
    rules = review_rules(session, activity)
    assert activity.kind is Kind.PEER_REVIEW
    assert (rules.reviews_each, rules.second_round) == (2, SecondRound.BRIEF)
    assert len(find_rubric(session, activity).criteria) == 3
    session.rollback()
    assert "After the feedback you hand in a better version" in page
    assert "“Is it clear what it is about?”" in page
    visit.post(f"/begin/{activity.id}/discard")
    assert stored(select(Activity).where(Activity.id == activity.id)) == []


def test_ask_me_anything_has_an_hour(begin, session, stored, trainer):
    activity, visit, page = begin(8)
    assert "There is an hour of answers in a week" in page
    visit.post(f"/begin/{activity.id}/publish")
    (hour,) = stored(select(Hour))
    assert (hour.host_id, hour.title) == (trainer.id, "Ask me anything")
    assert visit.get(f"/expert_qas/{activity.id}").status_code == 200


def test_another_kind_than_the_ideas_has_none_of_its_rules(enter, session, stored, trainer):  # noqa: F811
    visit = enter(trainer)
    visit.get("/begin/new")
    visit.post("/begin/new", kind="expert_qa", title="Else", template="failure", group_mode="none")
    activity = prepared(stored)
    assert (activity.template, get_rules(session, activity).learners_start) == (None, True)


def test_from_the_picker_it_stands_there_at_once(session, activity, trainer, app):
    with app.test_request_context():
        begin_template(session, activity, trainer, "failure", is_open=True, now=make.NOW)
        session.flush()
    assert session.scalars(select(Post)).one().thread.shows_after_posts == 1


@given(st.integers(0, 525_600).map(lambda minutes: make.NOW + timedelta(minutes=minutes)))
def test_an_hour_of_answers_is_a_full_working_hour(after):
    begins = next_hour(after, DEFAULT)
    assert begins >= after.replace(minute=0, second=0, microsecond=0)
    assert (begins.minute, begins.weekday() < 5, 8 <= begins.hour < 17) == (0, True, True)
