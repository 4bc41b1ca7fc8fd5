import html
import re
import uuid
from http import HTTPStatus

import pytest

from connector.courses.models import Role
from connector.experts.models import Claim, Standing, Topic
from connector.experts.services import appoint
from connector.reactions import services
from connector.reactions.models import Sign
from connector.threads.models import PostState, ThreadKind
from tests import make
from tests.connector.threads import build


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title="Filing", body="By date.")


class Desk:
    """Somebody in front of a thread."""

    def __init__(self, visit, thread):
        self.visit, self.thread = visit, thread
        self.base = f"/s/{visit.sid}"
        self.path = f"{self.base}/activities/{thread.activity_id}/reactions"

    def read(self):
        return self.visit.get(f"/threads/{self.thread.id}").text

    def get(self, path):
        return self.visit.client.get(path)

    def post(self, path, **form):
        if not self.visit.token:
            self.visit.get()
        return self.visit.client.post(path, data={"csrf_token": self.visit.token, **form})

    def press(self, post, what, name="on"):
        return self.post(self.path, **{name: f"{what} {post.id}"})


@pytest.fixture
def at(visiting, activity, thread):
    return lambda member: Desk(visiting(member, activity), thread)


def text_of(page):
    body = page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def pressed(page):
    return dict(re.findall(r'value="([a-z-]+) [0-9a-f-]+" aria-pressed="(true|false)"', page))


def test_a_button_says_whether_it_is_pressed(at, bo, thread):
    desk = at(bo)
    assert pressed(desk.read()) == {"helpful": "false", "me-too": "false", "saved": "false"}
    answer = desk.press(thread.opening, "helpful")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location.endswith(f"/posts/{thread.opening.id}")
    page = desk.read()
    assert pressed(page)["helpful"] == "true"
    assert "Helpful 1" in text_of(page)
    desk.press(thread.opening, "helpful", "off")
    assert pressed(desk.read())["helpful"] == "false"


def test_what_one_may_not_do_is_not_offered_and_not_found(at, ana, observer, thread):
    for member in (ana, observer):
        desk = at(member)
        assert set(pressed(desk.read())) == {"saved"}
        assert desk.press(thread.opening, "helpful").status_code == HTTPStatus.NOT_FOUND
        answer = desk.post(f"{desk.path}/{thread.opening.id}/thanks", reason="For me")
        assert answer.status_code == HTTPStatus.NOT_FOUND


def test_authors_see_the_numbers(at, session, ana, bo, thread):
    services.react(session, thread.opening, bo, Sign.ME_TOO, now=make.NOW)
    assert "Me too 1" in text_of(at(ana).read())


def test_thanks_stand_below_the_post_with_name_and_reason(at, ana, bo, thread):
    desk = at(bo)
    path = f"{desk.path}/{thread.opening.id}/thanks"
    assert "Thank Ana Holm" in text_of(desk.get(path).text)
    assert desk.post(path, reason="For the <b>template</b>").status_code == HTTPStatus.SEE_OTHER
    page = at(ana).read()
    assert "For the &lt;b&gt;template&lt;/b&gt;" in page
    assert "Bo Dam : For the <b>template</b>" in text_of(page)
    assert "Take it back" in text_of(desk.get(path).text)
    desk.post(path, undo="1")
    assert "template" not in text_of(desk.read())


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", "Say in a few words what for."),
        ("   \n ", "Say in a few words what for."),
        ("🙏🙏", "Say in a few words what for."),
        ("x" * 5000, "This is 4700 characters too long; 300 fit."),
    ],
)
def test_what_is_wrong_with_thanks_is_said_and_nothing_is_lost(at, bo, thread, reason, told):
    desk = at(bo)
    answer = desk.post(f"{desk.path}/{thread.opening.id}/thanks", reason=reason)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in text_of(answer.text)
    assert reason.strip() in answer.text


def test_a_reason_may_have_pictures_in_it(at, bo, thread):
    desk = at(bo)
    assert desk.post(f"{desk.path}/{thread.opening.id}/thanks", reason="Tak 🙏").status_code == HTTPStatus.SEE_OTHER
    assert "Tak 🙏" in desk.read()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"on": ""},
        {"on": "helpful"},
        {"on": "helpful x"},
        {"on": "bad 3f0c3a52-0d3c-4a8f-9a3e-0d8f0b1c2d3e"},
        {"on": "thanks 3f0c3a52-0d3c-4a8f-9a3e-0d8f0b1c2d3e"},
        {"on": "helpful 3f0c3a52-0d3c-4a8f-9a3e-0d8f0b1c2d3e"},
        {"off": "helpful" + "x" * 10_000},
    ],
)
def test_what_no_button_sends_is_refused(at, bo, form):
    desk = at(bo)
    assert desk.post(desk.path, **form).status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


def test_an_endorsement_has_a_name_and_a_role(at, session, course, activity, ana, bo):
    expert = make.member(session, course=course, role=Role.EXPERT, name="Ingrid Vos")
    asked = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
    answer = build.reply(session, asked, author=bo)
    desk = at(expert)
    desk.thread = asked
    assert pressed(desk.read())["endorsed"] == "false"
    desk.press(answer, "endorsed")
    assert "Endorsed by Ingrid Vos (Expert)" in text_of(desk.read())
    learner = at(ana)
    learner.thread = asked
    page = learner.read()
    assert "Endorsed by Ingrid Vos (Expert)" in text_of(page)
    assert "endorsed" not in pressed(page)
    assert learner.press(answer, "endorsed").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("standing", "word"), [(Standing.EXPERT, "Expert"), (Standing.MENTOR, "Mentor")])
def test_whom_the_course_made_an_expert_endorses_until_they_are_none(
    at, session, course, activity, ana, bo, standing, word
):
    cy = make.member(session, course=course, name="Cy Ek")
    asked = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
    answer = build.reply(session, asked, author=bo)
    own = build.reply(session, asked, author=cy)
    session.add(Topic(member_id=ana.id, tag="filing", claim=Claim.CONFIRMED, declared_at=make.NOW))  # knows one topic
    appoint(session, cy, standing)
    desk, learner = at(cy), at(ana)
    desk.thread = learner.thread = asked
    assert pressed(desk.read())["endorsed"] == "false"
    assert desk.press(own, "endorsed").status_code == HTTPStatus.NOT_FOUND
    assert desk.press(answer, "endorsed").status_code == HTTPStatus.SEE_OTHER
    assert f"Endorsed by Cy Ek ({word})" in text_of(learner.read())
    assert learner.press(answer, "endorsed").status_code == HTTPStatus.NOT_FOUND
    appoint(session, cy, None)
    session.commit()
    assert "endorsed" not in pressed(desk.read())
    another = build.reply(session, asked, author=bo, body="Or by name.")
    session.commit()
    assert desk.press(another, "endorsed").status_code == HTTPStatus.NOT_FOUND


def test_saved_posts_are_listed_and_let_go(at, bo, thread):
    desk = at(bo)
    assert "You have saved nothing yet." in text_of(desk.get(f"{desk.base}/saved").text)
    desk.press(thread.opening, "saved")
    assert pressed(desk.read())["saved"] == "true"
    page = desk.get(f"{desk.base}/saved")
    assert "Filing" in text_of(page.text)
    (action,) = re.findall(r'action="([^"]+/forsake)"', page.text)
    assert desk.post(action).location.endswith("/saved")
    assert "You have saved nothing yet." in text_of(desk.get(f"{desk.base}/saved").text)


def test_other_courses_posts_are_not_found(at, session, bo):
    elsewhere = make.activity(session)
    author = make.member(session, course=elsewhere.course)
    foreign = build.thread(session, activity=elsewhere, author=author)
    desk = at(bo)
    for activity in (foreign.activity_id, desk.thread.activity_id, uuid.uuid4()):
        path = f"{desk.base}/activities/{activity}/reactions"
        assert desk.post(path, on=f"helpful {foreign.opening.id}").status_code == HTTPStatus.NOT_FOUND
        assert desk.get(f"{path}/{foreign.opening.id}/thanks").status_code == HTTPStatus.NOT_FOUND
        assert desk.post(f"{path}/{foreign.opening.id}/thanks", reason="Me").status_code == HTTPStatus.NOT_FOUND


def test_removed_posts_show_no_thanks(at, session, ana, bo, trainer, thread):
    reply = build.reply(session, thread, author=ana)
    services.thank(session, reply, trainer, "For your courage", now=make.NOW)
    reply.state = PostState.REMOVED
    desk = at(bo)
    assert "courage" not in desk.read()
    assert desk.get(f"{desk.path}/{reply.id}/thanks").status_code == HTTPStatus.NOT_FOUND


def test_a_form_of_another_site_is_refused(at, bo, thread):
    desk = at(bo)
    desk.visit.token = "wrong"
    assert desk.press(thread.opening, "helpful").status_code >= HTTPStatus.BAD_REQUEST


def test_a_long_thread_asks_no_more_than_a_short_one(at, session, thread, ana, bo, trainer, count_queries):
    asked = []
    for number in (1, 30):
        for _number in range(number):
            reply = build.reply(session, thread, author=ana)
            services.react(session, reply, bo, Sign.HELPFUL, now=make.NOW)
            services.thank(session, reply, trainer, "For it", now=make.NOW)
        desk = at(bo)
        desk.read()
        with count_queries() as queries:
            page = desk.read()
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert page.count('name="csrf_token"') < 12
