"""The page about grades, as trainers use it."""

import re

import pytest
from sqlalchemy import select

from connector.activities.models import Placement
from connector.courses.models import Role
from connector.grades import services
from connector.grades.models import Grade, LineItem, State
from connector.grades.views import PAGE_SIZE
from tests import make
from tests.connector.grades.gradebooks import ALL_SCOPES
from tests.make import NOW
from tests.visits import Visit


@pytest.fixture
def activity(session):
    found = make.activity(session)
    placement = session.scalars(select(Placement).where(Placement.activity_id == found.id)).one()
    placement.lineitems_url, placement.scopes = "https://lms.example/lineitems", list(ALL_SCOPES)
    session.flush()
    return found


@pytest.fixture
def ana(session, activity):
    return make.member(session, course=activity.course, name="Ana Holm")


class Page(Visit):
    """A visit that stays at the grades."""

    @property
    def path(self):
        return f"/s/{self.sid}/activities/{self.activity.id}/grades"


@pytest.fixture
def trainer(session, activity, visiting):
    """A trainer at the grades."""
    member = make.member(session, course=activity.course, role=Role.TRAINER, name="Tine Bech")
    found = visiting(member, activity)
    return Page(found.client, found.sid, found.activity)


def stored(session):
    session.rollback()
    return session.scalars(select(Grade).execution_options(populate_existing=True)).all()


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def fill(grade, **values):
    for name, value in values.items():
        setattr(grade, name, value)


def sent(session, activity, member, points=8.0, **more):
    grade = services.set_score(session, activity, member, points=points, maximum=10.0, comment="Good", now=NOW)
    taken = {"sent_points": points, "sent_maximum": 10.0, "sent_comment": "Good", "sent_at": NOW, "answered_at": NOW}
    fill(grade, state=State.SENT, due_at=None, **taken | more)
    grade.line_item.url = "https://lms.example/lineitems/1"
    session.flush()
    return grade


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_others_find_nothing(session, activity, visiting, role):
    found = visiting(make.member(session, course=activity.course, role=role), activity)
    assert Page(found.client, found.sid, found.activity).get().status_code == 404


def test_others_can_do_nothing(ana, activity, visiting):
    found = visiting(ana, activity)
    found.get()  # for the form token
    page = Page(found.client, found.sid, found.activity, found.token)
    paths = ("/maximum", "/send", "/results", f"/learners/{ana.id}")
    assert [page.post(path, points="10").status_code for path in paths] == [404] * 4


def test_an_assistant_finds_the_page(session, activity, visiting):
    found = visiting(make.member(session, course=activity.course, role=Role.ASSISTANT), activity)
    assert Page(found.client, found.sid, found.activity).get().status_code == 200


def test_without_learners_the_page_says_how_grades_come_about(trainer):
    page = words(trainer.get())
    assert ("No learner has come here yet." in page, "Give them points" in page) == (True, True)


def test_learners_without_grades_are_offered_one(ana, trainer):
    page = words(trainer.get())
    assert ("Give a grade : Ana Holm" in page, "Points, from 0 to 10" in page, "No grade" in page) == (True, True, True)
    assert "Nobody gets a grade, and nobody a zero, before you save one." in page


def test_saving_points_wants_them(session, ana, trainer):
    answer = trainer.post(f"/learners/{ana.id}", points="7,5", comment=" Well done ", page="1")
    assert (answer.status_code, answer.headers["Location"].rpartition("/")[2]) == (
        303,
        f"grades?page=1#learner-{ana.id}",
    )
    [grade] = stored(session)
    assert (grade.points, grade.maximum, grade.comment, grade.state) == (7.5, 10, "Well done", State.DUE)
    page = words(trainer.get())
    assert ("7.5 of 10" in page, "Waiting" in page, "Well done" in page) == (True, True, True)


def test_a_zero_is_a_grade(session, ana, trainer):
    trainer.post(f"/learners/{ana.id}", points="0")
    assert [grade.points for grade in stored(session)] == [0]


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("", "Write how many points."),
        ("seven", "Write a number, such as 7 or 7.5."),
        ("nan", "Write a number, such as 7 or 7.5."),
        ("1,000", "Write a number, such as 7 or 7.5."),
        ("-1", "Write a number, such as 7 or 7.5."),
        ("11", "Write a number from 0 to 10."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(session, ana, trainer, points, sentence):
    answer = trainer.post(f"/learners/{ana.id}", points=points, comment="My words")
    assert (answer.status_code, sentence in words(answer), "My words" in answer.text) == (422, True, True)
    assert f'id="points-{ana.id}"' in answer.text
    assert f'href="#points-{ana.id}"' in answer.text
    assert re.search(rf'id="points-{ana.id}"[^>]*value="{re.escape(points)}"', answer.text)
    assert stored(session) == []


def test_a_comment_that_is_too_long_is_kept_and_refused(ana, trainer):
    answer = trainer.post(f"/learners/{ana.id}", points="5", comment="x" * 2001)
    assert (answer.status_code, "1 character too long" in words(answer), "x" * 2001 in answer.text) == (422, True, True)


def test_empty_points_take_a_grade_back(session, activity, ana, trainer):
    sent(session, activity, ana)
    session.commit()
    trainer.post(f"/learners/{ana.id}", points="", comment="")
    [grade] = stored(session)
    assert (grade.points, grade.comment, grade.state) == (None, None, State.DUE)
    assert "Grade taken back" in words(trainer.get())


def test_somebody_of_another_course_is_not_found(session, trainer):
    stranger = make.member(session)
    session.commit()
    assert trainer.post(f"/learners/{stranger.id}", points="5").status_code == 404


def test_who_is_no_learner_gets_nothing(session, activity, trainer):
    member = make.member(session, course=activity.course, role=Role.ASSISTANT)
    session.commit()
    assert trainer.post(f"/learners/{member.id}", points="5").status_code == 409


def test_the_maximum_is_set(session, activity, ana, trainer):
    assert trainer.post("/maximum", maximum="100").status_code == 303
    session.rollback()
    assert session.scalars(select(LineItem.score_maximum)).all() == [100]
    assert "Points, from 0 to 100" in words(trainer.get())


@pytest.mark.parametrize("maximum", ["", "0", "x", "1000000"])
def test_a_maximum_that_cannot_be_is_refused(session, trainer, maximum):
    answer = trainer.post("/maximum", maximum=maximum)
    assert (answer.status_code, f'value="{maximum}"' in answer.text, stored(session)) == (422, True, [])


def test_one_grade_is_sent_again(session, activity, ana, trainer):
    bo = make.member(session, course=activity.course)
    sent(session, activity, ana)
    sent(session, activity, bo)
    session.commit()
    trainer.post("/send", member=str(ana.id))
    assert {grade.member_id: grade.state for grade in stored(session)} == {ana.id: State.DUE, bo.id: State.SENT}


def test_all_refused_are_sent_again(session, activity, ana, trainer):
    fill(sent(session, activity, ana), state=State.REFUSED, answer_code="service_unprocessable", answer_detail="Ended")
    session.commit()
    page = words(trainer.get())
    assert ("the course has ended" in page, "Ended" in page, "Send all refused again" in page) == (True, True, True)
    trainer.post("/send")
    assert [grade.state for grade in stored(session)] == [State.DUE]


def test_reading_back_is_asked_for(session, activity, ana, trainer):
    sent(session, activity, ana)
    session.commit()
    trainer.post("/results")
    assert "The LMS is being asked what it shows" in words(trainer.get())
    session.rollback()
    assert session.scalars(select(LineItem.wants_results)).all() == [True]


def test_a_difference_is_shown_as_a_difference(session, activity, ana, trainer):
    fill(sent(session, activity, ana), seen_points=7.0, seen_maximum=10.0, seen_at=NOW)
    session.commit()
    page = words(trainer.get("?show=different"))
    assert "The LMS shows 7 of 10, though 8 of 10 was sent." in page
    assert page.count("Different in the LMS") == 2  # the filter and the chip


def test_what_is_the_same_is_said_too(session, activity, ana, trainer):
    fill(sent(session, activity, ana), seen_points=80.0, seen_maximum=100.0, seen_at=NOW)
    session.commit()
    page = words(trainer.get())
    assert ("The LMS took it." in page, "The LMS shows 80 of 100." in page) == (True, True)


def test_a_gradebook_that_is_not_offered_is_said(session, activity, ana, trainer):
    session.scalars(select(Placement)).one().scopes = []
    session.commit()
    assert "Grades cannot be sent yet" in words(trainer.get())


def test_a_platform_that_does_not_work_is_said(session, activity, ana, trainer):
    from connector.grades.models import GradeLane

    sent(session, activity, ana)
    fill(session.scalars(select(GradeLane)).one(), failures=3, answer_code="service_timeout")
    session.commit()
    page = words(trainer.get())
    assert ("Grades are held up" in page, "The LMS did not answer." in page) == (True, True)


def test_filters_and_pages(session, activity, trainer):
    members = [make.member(session, course=activity.course, name=f"Learner {n:02}") for n in range(PAGE_SIZE + 2)]
    sent(session, activity, members[-1])
    session.commit()
    assert ("Learner 00" in trainer.get().text, "Learner 31" in trainer.get().text) == (True, False)
    assert "Learner 31" in trainer.get("?page=2").text
    assert "Learner 31" in trainer.get("?show=sent").text
    assert "No grade is like that." in trainer.get("?show=refused").text
    assert trainer.get("?page=x&show=%00").status_code == 200


@pytest.mark.parametrize("learners", [1, 30])
def test_the_page_takes_the_same_queries_for_any_number(session, activity, trainer, app, learners):
    from tests.bench.wsgi import counting

    for _ in range(learners):
        sent(session, activity, make.member(session, course=activity.course))
    session.commit()
    with counting(app.extensions["kring"].database.engine) as queries:
        assert trainer.get().status_code == 200
    assert len(queries) == 9


def test_bad_input_is_told_in_json_where_that_was_asked_for(ana, trainer):
    answer = trainer.client.post(
        f"{trainer.path}/learners/{ana.id}",
        json={"points": "x"},
        headers={"Accept": "application/json", "X-CSRF-Token": trainer.get() and trainer.token},
    )
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["points"])


def test_every_code_has_a_sentence(session, activity, ana, trainer):
    from connector.grades import words as sentences

    grade = sent(session, activity, ana)
    with trainer.client.application.test_request_context():
        for code in ("service_timeout", "scope_missing", "something_new"):
            grade.state, grade.answer_code = State.REFUSED, code
            assert sentences.answer_of(grade).endswith(".")
