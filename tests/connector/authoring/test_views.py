"""The first run in a course: choose, name, look, publish; and nothing of it for learners before that."""

import re
import uuid
from datetime import timedelta
from html.parser import HTMLParser
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.activities.models import Activity, GroupMode, Kind
from connector.courses.models import GroupSet, Recording, Role
from connector.delivery.models import Endpoint
from connector.threads.models import Thread
from tests import make
from tests.connector.threads import build


@pytest.fixture
def enter(visiting, activity):
    """Return how to visit the course as a member; paths begin below the session."""

    class InCourse:
        def __init__(self, member):
            self.visit = visiting(member, activity)

        def get(self, path):
            page = self.visit.client.get(f"/s/{self.visit.sid}{path}")
            if found := re.search(r'name="csrf_token" value="([^"]+)"', page.text):
                self.visit.token = found[1]
            return page

        def post(self, path, **form):
            if not self.visit.token:
                self.visit.get()
            return self.visit.client.post(f"/s/{self.visit.sid}{path}", data={"csrf_token": self.visit.token, **form})

    return InCourse


def prepared(stored):
    (found,) = stored(select(Activity).where(Activity.prepared_at.is_not(None)))
    return found


def begin(visit, **typed):
    page = visit.get("/begin/new?kind=discussion")
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)[1]
    form = {"kind": "discussion", "title": "How we share", "prompt": "Tell *us*.", "group_mode": "none"}
    return visit.post("/begin/new", **({"idempotency_key": key} | form | typed))


# --- from nothing to published ----------------------------------------------------------------------------------------
def test_three_pages_and_everybody_finds_it(enter, stored, trainer, ana):
    visit, learner = enter(trainer), enter(ana)
    assert visit.get("/begin").text.count('class="way-card"') >= 6 + len(Kind)
    answer = begin(visit)
    activity = prepared(stored)
    assert answer.location.endswith(f"/begin/{activity.id}")
    page = visit.get(f"/begin/{activity.id}")
    assert "Tell <em>us</em>." in page.text
    assert "How we share" not in learner.get("/course").text
    answer = visit.post(f"/begin/{activity.id}/publish")
    assert answer.location.endswith("/course?published=1")
    assert "How we share" in learner.get("/course").text
    assert learner.get(f"/discussions/{activity.id}").status_code == HTTPStatus.OK


class Fields(HTMLParser):
    """Collects the names of what a page's forms ask for: not what is hidden, folded away or filled in by a button."""

    def __init__(self, page):
        super().__init__()
        self.names, self.folds = set(), 0
        self.feed(page.text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.folds += tag == "details" and "open" not in values
        if tag in {"input", "select", "textarea"} and values.get("type") not in {"hidden", "search"} and not self.folds:
            self.names.add(values.get("name"))

    def handle_endtag(self, tag):
        self.folds -= tag == "details" and self.folds > 0


def test_five_fields_at_most_from_the_launch_to_the_published_activity(enter, session, course, stored, trainer):
    session.add(GroupSet(course_id=course.id, name="Circles"))
    session.commit()
    visit = enter(trainer)
    pages = [visit.get(path) for path in ("/course", "/begin", "/begin/new?template=0")]
    begin(visit)
    pages.append(visit.get(f"/begin/{prepared(stored).id}"))
    asked = [Fields(page).names for page in pages]
    assert asked[2] >= {"kind", "title", "prompt"}
    # What has no name is sent nowhere: the switch in the dialog about keys.
    assert len(set().union(*asked) - {None}) <= 5


@pytest.mark.parametrize("number", range(6))
def test_a_template_fills_the_form_and_can_be_published(enter, stored, trainer, number):
    visit = enter(trainer)
    page = visit.get(f"/begin/new?template={number}")
    title = re.search(r'name="title"[^>]*value="([^"]+)"', page.text)[1]
    kind = re.search(r'name="kind" value="(\w+)" checked', page.text)[1]
    begin(visit, title=title, kind=kind)
    activity = prepared(stored)
    visit.post(f"/begin/{activity.id}/publish")
    assert visit.get(f"/{kind}s/{activity.id}").status_code == HTTPStatus.OK


def test_a_prepared_activity_is_open_to_trainers_and_nobody_else(enter, session, stored, trainer, ana, observer):
    visit = enter(trainer)
    begin(visit)
    activity = prepared(stored)
    assert visit.get(f"/discussions/{activity.id}").status_code == HTTPStatus.OK
    for other in (enter(ana), enter(observer)):
        assert other.get(f"/discussions/{activity.id}").status_code == HTTPStatus.NOT_FOUND
        assert other.get(f"/begin/{activity.id}").status_code == HTTPStatus.NOT_FOUND


def test_what_trainers_write_while_preparing_is_told_and_found_by_nobody(enter, session, stored, trainer, ana):
    begin(enter(trainer))
    activity = session.get(Activity, prepared(stored).id)
    thread = build.thread(session, activity=activity, author=trainer, title="Welcome", body="@Ana Holm, hello.")
    session.commit()
    learner = enter(ana)
    assert "Welcome" not in learner.get("/notices").text
    assert "Welcome" not in learner.get(f"/discussions/{activity.id}/search?q=hello").text
    assert learner.get(f"/discussions/{activity.id}/threads/{thread.id}").status_code == HTTPStatus.NOT_FOUND


def test_the_same_form_twice_makes_one_activity(enter, stored, trainer):
    visit = enter(trainer)
    key = str(uuid.uuid4())
    for _ in range(2):
        visit.post("/begin/new", idempotency_key=key, kind="discussion", title="Once", group_mode="none")
    assert len(stored(select(Activity).where(Activity.title == "Once"))) == 1


def test_groups_of_the_course_can_be_chosen(enter, session, stored, course, trainer):
    group_set = GroupSet(course_id=course.id, name="Circles")
    session.add(group_set)
    session.commit()
    begin(enter(trainer), group_mode="separate", group_set=str(group_set.id))
    activity = prepared(stored)
    assert (activity.group_mode, activity.group_set_id) == (GroupMode.SEPARATE, group_set.id)


# --- what cannot be ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "Give it a title."),
        ({"kind": "dance"}, "Choose what your learners shall do."),
        ({"closes_at": "2020-01-01T10:00"}, "This time is past."),
        ({"group_mode": "separate", "group_set": str(uuid.uuid4())}, "The course does not have these groups any more."),
    ],
)
def test_what_was_typed_stays_with_a_sentence_beside_it(enter, stored, trainer, typed, sentence):
    page = begin(enter(trainer), **typed)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in page.text
    assert "Tell *us*." in page.text
    assert stored(select(Activity).where(Activity.prepared_at.is_not(None))) == []


def test_nothing_is_published_that_has_ended_already(enter, session, stored, clock, trainer):
    visit = enter(trainer)
    begin(visit)
    activity = session.get(Activity, prepared(stored).id)
    activity.closes_at = make.NOW - timedelta(days=1)
    session.commit()
    page = visit.post(f"/begin/{activity.id}/publish")
    assert page.status_code == HTTPStatus.CONFLICT
    assert "It would be closed at once" in page.text


def test_a_prepared_activity_can_be_thrown_away_until_something_stands_in_it(enter, session, stored, trainer):
    visit = enter(trainer)
    begin(visit)
    activity = session.get(Activity, prepared(stored).id)
    build.thread(session, activity=activity, author=trainer)
    session.commit()
    page = visit.post(f"/begin/{activity.id}/discard")
    assert "Something was written in it already" in page.text
    begin(visit, title="Another")
    another = next(each for each in stored(select(Activity)) if each.title == "Another")
    visit.post(f"/begin/{another.id}/discard")
    assert "Another" not in {each.title for each in stored(select(Activity))}
    assert len(stored(select(Thread))) == 1


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_only_who_leads_the_course_begins_anything(enter, session, course, role):
    visit = enter(make.member(session, course=course, role=role))
    for path in ("/begin", "/begin/new"):
        assert visit.get(path).status_code == HTTPStatus.NOT_FOUND
    assert visit.post("/begin/new", kind="discussion", title="x").status_code == HTTPStatus.NOT_FOUND
    assert "/begin" not in visit.get("/course").text


# --- checks -----------------------------------------------------------------------------------------------------------
def test_what_is_missing_has_its_mend(enter, session, stored, course, trainer):
    course.recording = Recording.ON
    session.commit()
    visit = enter(trainer)
    begin(visit)
    path = f"/begin/{prepared(stored).id}"
    page = visit.get(path).text
    for sentence, mend in {
        "Your LMS does not tell": "Ask its administrator to let Kring read the list",
        "Your LMS does not offer its gradebook": "Ask its administrator to allow grades for Kring",
        "There is no record store": "Ask who runs Kring to name one",
        "No mail is sent here": "Ask who runs Kring to set up mail",
    }.items():
        assert (sentence in page, mend in page) == (True, True)
    course.memberships_url, course.roster_synced_at = "https://lms.example/members", make.NOW
    session.add(
        Endpoint(
            tenant_id=course.deployment.platform.tenant_id,
            name="Store",
            url="https://lrs.example",
            username="u",
            password=b"p",
            version="1.0.3",
            created_at=make.NOW,
            due_at=make.NOW,
            succeeded_at=make.NOW,
        )
    )
    session.commit()
    page = visit.get(path).text
    for sentence in ("The list of participants is read from your LMS.", "The record store takes what is sent."):
        assert sentence in page
