"""An organisation's defaults reach every activity, however it came to be; its limits hold for what was there before them."""

import uuid
from datetime import timedelta
from html import unescape

import pytest

from connector.activities.models import Activity, Kind
from connector.authoring.services import prepare
from connector.courses.models import Recording, TenantPolicy
from connector.courses.policies import kept_days, may_hide_names, recording_of
from connector.delivery.models import ActorMode
from connector.delivery.services import LISTENING, renderings
from connector.discussion.copying import copy_settings
from connector.launch import deep_linking
from connector.launch.models import DeepLink
from connector.threads.limits import get_rules, may_hide
from connector.threads.models import Moderation, Rules
from connector.threads.retention import forget_old_threads
from tests import make
from tests.connector.authoring.test_course_settings import SETTINGS, enter  # noqa: F401 -- fixtures
from tests.connector.delivery import build as delivery
from tests.connector.threads import build

FORM = {
    "key": "one",
    "kind": Kind.DISCUSSION,
    "title": "Made",
    "prompt": "",
    "opens_at": None,
    "closes_at": None,
    "score_maximum": None,
    "template": "",
}


@pytest.fixture
def limit(session, course):
    """Return how the organisation says what it wants."""

    def say(**said):
        values = {"recording": Recording.ON, "moderation": "none", "may_record_fully": True, "may_hide_names": True}
        policy = TenantPolicy(tenant_id=course.deployment.platform.tenant_id, **values | said)
        session.add(policy)
        session.commit()
        return policy

    return say


def begun(session, activity):
    rules = get_rules(session, activity)
    return rules.moderation, rules.allows_anonymous, rules.keep_days


def test_every_way_in_begins_with_the_defaults(limit, session, trainer, course, app):
    limit(moderation="first", allows_anonymous=True, keep_days=90)
    wanted = (Moderation.FIRST, True, 90)
    groups = {"group_mode": "none", "group_set": None}
    with app.test_request_context():
        here = prepare(
            session,
            trainer,
            FORM | groups,
            key=uuid.uuid4(),
            public_url="https://kring.example",
            now=make.NOW,
        )
        link = DeepLink(
            member=trainer,
            request=b"",
            items=[],
            is_in_tab=False,
            created_at=make.NOW,
            expires_at=make.NOW + timedelta(hours=1),
        )
        session.add(link)
        session.flush()
        deep_linking.finish(session, link, [FORM], takes_grades=False, public_url="https://kring.example", now=make.NOW)
        picked = session.get(Activity, deep_linking.activity_id(link, "one"))
        assert begun(session, here) == begun(session, picked) == wanted


def test_a_copy_keeps_what_its_origin_had_and_the_limits_hold_for_it(limit, session, course, trainer, ana, app):
    origin, copy = make.activity(session, course=course), make.activity(session, course=course)
    rules = get_rules(session, origin)
    rules.allows_anonymous = True
    session.add(rules)
    session.flush()
    with app.test_request_context():
        copy_settings(session, origin, copy, make.NOW)
    copied = session.get(Rules, copy.id)
    assert may_hide(session, ana, copied)
    limit(may_hide_names=False)
    assert copied.allows_anonymous
    assert not may_hide(session, ana, copied)
    assert not may_hide_names(session, course)


@pytest.mark.parametrize(
    ("said", "most", "days"), [(None, None, None), (90, None, 90), (None, 30, 30), (90, 30, 30), (7, 30, 7)]
)
def test_the_shorter_time_counts(said, most, days):
    assert kept_days(said, most) == days


@pytest.mark.parametrize("has_rules", [False, True])
def test_texts_that_were_there_before_a_limit_go_in_its_time(limit, session, activity, ana, has_rules):
    thread = build.thread(session, activity=activity, author=ana, title="Old", body="Text.")
    if has_rules:
        session.add(get_rules(session, activity))
    session.commit()
    later = thread.last_activity_at + timedelta(days=31)
    assert forget_old_threads(session, [], now=later) == 0
    limit(most_keep_days=30)
    assert forget_old_threads(session, [], now=later) == 1


def test_stores_hear_random_numbers_from_then_on(limit, session, course, ana):
    course.recording = Recording.ON
    connection = session.connection()
    listed = {"course_id": course.id, "person_id": ana.person_id, "target": None}
    delivery.endpoint(session, tenant=course.deployment.platform.tenant, actor_mode=ActorMode.INTEROPERABLE)
    session.flush()
    modes = lambda: [each.mode for each in renderings(connection.execute(LISTENING, listed).all(), None)]  # noqa: E731 -- asked twice
    assert modes() == [ActorMode.INTEROPERABLE]
    limits = TenantPolicy(tenant_id=course.deployment.platform.tenant_id, recording=Recording.ON, moderation="none")
    limits.may_record_fully, limits.may_hide_names = False, True
    session.add(limits)
    session.flush()
    assert modes() == [ActorMode.PSEUDONYMOUS]
    assert recording_of(session, course) is Recording.PSEUDONYMOUS


def test_trainers_are_told_what_holds(limit, enter, session, course, trainer):  # noqa: F811
    limit(may_record_fully=False, may_hide_names=False, most_keep_days=30)
    page = unescape(enter(trainer).get(SETTINGS).text)
    for sentence in ("What your organisation wants", "random numbers only", "names be hidden", "30 days at most"):
        assert sentence in page
