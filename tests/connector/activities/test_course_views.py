import pytest

from connector.activities.models import CopyChoice, Placement
from connector.courses.models import Role
from connector.launch.services import open_visit
from tests import make
from tests.connector.threads import build
from tests.visits import Visit, visit


@pytest.fixture
def enter(app, session):
    """Return how a member comes to the course, rather than to one activity."""

    def enter(member):
        sid = open_visit(
            session,
            member.course.deployment.platform,
            membership_id=member.id,
            activity_id=None,
            browser_secret=None,
            locale="en",
            return_origin="",
            now=make.NOW,
        )
        session.commit()
        client = app.test_client()
        return lambda path="/course", **form: (
            client.post(f"/s/{sid}{path}", data=form) if form else client.get(f"/s/{sid}{path}")
        )

    return enter


def let_in(session, activity):
    for placement in session.query(Placement).filter_by(activity_id=activity.id):
        placement.opened_at = make.NOW


# --- the list -----------------------------------------------------------------------------------------------------------------
def test_who_leads_the_course_sees_every_activity_with_a_link(session, course, open_link, enter):
    for number in (1, 2):
        open_link(course, str(number), title=f"Week {number}")
    page = enter(make.member(session, course=course, role=Role.TRAINER))()
    assert [f"Week {number}" in page.text for number in (1, 2, 3)] == [True, True, False]
    assert "Add an activity" in page.text


def test_learners_see_what_learners_were_let_in_to(session, course, open_link, enter):
    shown, hidden = (open_link(course, str(number), title=f"Week {number}") for number in (1, 2))
    let_in(session, shown)
    page = enter(make.member(session, course=course))()
    assert (shown.title in page.text, hidden.title in page.text, "Add an activity" in page.text) == (True, False, False)


def test_experts_see_what_is_open_before_any_learner_came(session, course, open_link, enter):
    open_activity, closed = (open_link(course, str(number), title=f"Week {number}") for number in (1, 2))
    closed.switched_off_at = make.NOW
    page = enter(make.member(session, course=course, role=Role.EXPERT))()
    assert (open_activity.title in page.text, closed.title in page.text) == (True, False)


def test_the_list_counts_what_is_new(session, course, open_link, enter):
    activity = open_link(course, "1", title="Week 1")
    let_in(session, activity)
    writer, reader = make.member(session, course=course), make.member(session, course=course)
    thread = build.thread(session, activity=activity, author=writer)
    build.reply(session, thread, author=reader)
    assert ("1 new" in enter(reader)().text, "1 new" in enter(writer)().text) == (True, True)
    assert "new" not in enter(make.member(session, course=make.course(session)))().text.replace("renew", "")


def test_other_courses_are_not_listed(session, course, copy, open_link, enter):
    open_link(course, "1", title="Week 1")
    page = enter(make.member(session, course=copy, role=Role.TRAINER))()
    assert "Week 1" not in page.text


@pytest.mark.parametrize(("product", "words"), [("moodle", "resource"), ("canvas", "Modules"), ("other", "external")])
def test_an_empty_course_says_how_to_begin(product, words, session, course, enter):
    course.deployment.platform.product = product
    page = enter(make.member(session, course=course, role=Role.TRAINER))()
    assert (words in page.text, "This course has no activity yet." in page.text) == (True, True)


# --- what came with a copied course --------------------------------------------------------------------------------------------
@pytest.fixture
def copied(session, course, copy, open_link):
    origin = open_link(course, "1", title="Week 1", description="Say hello.")
    build.thread(session, activity=origin, author=make.member(session, course=course), title="Last year's thread")
    activity = open_link(copy, "9", origin, title="Week 1")
    for placement in session.query(Placement):
        placement.opened_at = make.NOW
    return activity


@pytest.fixture
def trainers(app, session, copied, trainer):
    return visit(app, session, trainer, copied)


def setup_page(visit_: Visit, activity):
    return f"/s/{visit_.sid}/activities/{activity.id}/setup"


def choose(visit_, activity, **form):
    visit_.token = ""
    page = visit_.client.get(setup_page(visit_, activity)).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return visit_.client.post(setup_page(visit_, activity), data={"csrf_token": token, **form})


def test_the_trainer_is_asked_first(trainers, copied):
    asked = trainers.get(follow_redirects=True)
    assert asked.request.path == setup_page(trainers, copied)
    assert ("Say hello." in asked.text, 'value="settings" checked' in asked.text) == (True, True)


def test_learners_are_told_to_wait(app, session, copy, copied):
    waiting = visit(app, session, make.member(session, course=copy), copied)
    page = waiting.get(follow_redirects=True)
    assert ("still setting this up" in page.text, "Say hello." in page.text) == (True, False)
    assert waiting.client.get(f"{waiting.path}/threads/{copied.id}").status_code == 303
    assert copied.title not in waiting.client.get(f"/s/{waiting.sid}/course").text


def test_prompts_and_settings_come_along_and_posts_never(trainers, copied):
    answer = choose(trainers, copied, choice="settings")
    page = trainers.client.get(answer.location)
    assert ("Say hello." in page.text, "Last year" in page.text) == (True, False)


def test_nothing_keeps_it_closed(app, session, trainers, copy, copied):
    answer = choose(trainers, copied, choice="nothing", is_for_all="1")
    assert answer.location.endswith("/course")
    assert "Not used" in trainers.client.get(answer.location).text
    learner = visit(app, session, make.member(session, course=copy), copied)
    assert "not used in this course" in learner.get(follow_redirects=True).text


def test_an_open_activity_is_not_asked_about(session, trainers, copied):
    copied.copy_choice = CopyChoice.EMPTY
    session.commit()
    assert trainers.client.get(setup_page(trainers, copied)).location == trainers.path


def test_learners_choose_nothing(app, session, copy, copied):
    learner = visit(app, session, make.member(session, course=copy), copied)
    learner.token = "x"
    form = {"csrf_token": csrf(learner), "choice": "settings"}
    assert learner.client.post(setup_page(learner, copied), data=form).status_code == 404
    session.refresh(copied)
    assert copied.is_waiting


def csrf(visit_):
    """The token of a visit whose pages have no form."""
    import hmac

    key = visit_.client.application.config["SECRET_KEY"]
    return hmac.new(key.encode(), f"csrf {visit_.sid}".encode(), "sha256").hexdigest()


def test_an_unknown_choice_is_refused(trainers, copied):
    assert choose(trainers, copied, choice="everything").status_code == 422


def test_other_courses_activities_are_not_found(app, session, course, copied):
    stranger = visit(app, session, make.member(session, course=course, role=Role.TRAINER), copied)
    assert stranger.client.get(setup_page(stranger, copied)).status_code == 404
