"""Practising on examples: the trainer adds them, learners judge them, and see how the trainer did."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connector.content.attachments import add_attachment
from connector.content.doors import file_store
from connector.content.inspecting import inspect
from connector.content.models import Attachment
from connector.delivery.models import Message
from connector.peer_review import copying, rubrics, rules
from connector.peer_review.aggregation.calibration import compare
from connector.peer_review.aggregation.records import CALIBRATION_LIMIT
from connector.peer_review.board import standing
from connector.peer_review.examples import examples
from connector.peer_review.matching import practising
from connector.peer_review.models.examples import Example, Practice
from connector.peer_review.models.results import ReviewerResult
from connector.peer_review.models.setup import CriterionKind
from connector.peer_review.results import results
from connector.peer_review.rubrics import CriterionForm
from connector.peer_review.starters import default_criteria
from connector.web.errors import ConflictError, InvalidInputError
from tests import make
from tests.connector.peer_review import acts, known
from tests.make import NOW


def only(session, activity, member):
    (found,) = practising.list_progress(session, activity, member)
    return found


def test_whole_way_over_http(visiting, session, trainer, ana, bo, activity, endpoint):
    lead = visiting(trainer, activity)
    lead.get("/examples/new")
    rubric = rubrics.find_rubric(session, activity)
    session.commit()
    key = {f"level-{each.id}": "3" for each in examples.scored_of(rubric)}
    whys = {f"comment-{each.id}": "Since it says so." for each in examples.scored_of(rubric)}
    body = "We meet on Mondays."
    assert lead.post("/examples/new", body=body, rationale="A good one.", **key, **whys).status_code == 303
    assert "To practise on" in lead.get("/examples").text
    for each in (ana, bo):
        acts.hand_in(session, activity, each)
    session.commit()
    visit = visiting(ana, activity)
    page = visit.get().text
    assert "Practise on an example" in page
    assert "Practise on examples" in page
    visit.get("/work")
    assert visit.post("/reviews").status_code == 409
    where = visit.get("/practice").headers["Location"].removeprefix(visit.path)
    page = visit.get(where).text
    assert body in page
    assert "A good one." not in page
    assert visit.post(where).status_code == 422
    assert visit.post(where, **dict.fromkeys(key, "0")).status_code == 303
    page = visit.get(where).text
    assert "3 levels below your trainer" in page
    assert "Since it says so." in page
    assert "A good one." in page
    assert "Try once more" in page
    assert visit.get(f"{where}?again=1").text.count("Compare with your trainer") == 1
    visit.post(where, **dict.fromkeys(key, "0"))
    assert "you can go on" in visit.get(where).text
    assert visit.post(where, **key).status_code == 409
    assert "Begin review 1 of 4" in visit.get().text
    assert visit.post("/reviews").status_code == 303
    assert visit.get("/practice").headers["Location"].removeprefix(visit.path) == ""


def test_trainer_changes_and_removes_an_example(visiting, session, trainer, activity, ana, bo, translated):
    example = known.example(session, activity, trainer)
    for each in (ana, bo):
        acts.hand_in(session, activity, each)
    session.commit()
    lead = visiting(trainer, activity)
    where = f"/examples/{example.id}"
    page = lead.get(where).text
    assert "An example plan." in page
    assert "All in all." in page
    form = known.typed(session, activity, 1, 1)
    session.commit()
    assert lead.post(where, body="", **form).status_code == 422
    assert lead.post(where, body="Another plan.", **form).status_code == 303
    assert "Another plan." in lead.get("/examples").text
    learner = visiting(ana, activity)
    assert learner.get(where).status_code == 404
    assert lead.post(f"{where}/remove").status_code == 303
    assert "There is no example yet." in lead.get("/examples").text
    assert learner.get(f"/practice/{example.id}").status_code == 404


def test_nobody_practises_before_they_have_handed_in(visiting, session, trainer, activity, ana, translated):
    example = known.example(session, activity, trainer)
    session.commit()
    assert visiting(ana, activity).get(f"/practice/{example.id}").status_code == 404
    assert visiting(ana, activity).get("/practice").status_code == 404


def test_who_has_begun_to_review_is_not_sent_back(session, translated, trainer, activity, ana, bo):
    for each in (ana, bo):
        acts.hand_in(session, activity, each)
    acts.review_one(session, activity, ana)
    known.example(session, activity, trainer)
    assert standing.look(session, activity, ana, now=NOW).situation.practice.value == "none"
    assert standing.look(session, activity, bo, now=NOW).situation.practice.value == "due"
    with pytest.raises(ConflictError):
        acts.take(session, activity, bo)


def test_key_follows_the_criteria_by_their_words(session, translated, trainer, activity, ana):
    example = known.example(session, activity, trainer, level=3)
    forms = rubrics.forms_of(default_criteria())
    rubrics.set_rubric(session, activity, trainer, [forms[1], forms[0]], now=NOW)
    rubric = rubrics.find_rubric(session, activity)
    assert examples.levels_of(example, rubric) == {each.id: 3 for each in rubric.criteria}
    other = CriterionForm(kind=CriterionKind.YES_NO, title="Is it short?", levels=[("No", 0.0), ("Yes", 1.0)])
    rubrics.set_rubric(session, activity, trainer, [other], now=NOW)
    assert examples.levels_of(example, rubrics.find_rubric(session, activity)) is None
    assert practising.list_progress(session, activity, ana) == []


def test_what_is_wrong_with_an_example_is_said(session, translated, trainer, activity):
    with pytest.raises(InvalidInputError):
        known.example(session, activity, trainer, body=" ")
    words = CriterionForm(kind=CriterionKind.COMMENT, title="What is strongest?")
    rubrics.set_rubric(session, activity, trainer, [words], now=NOW)
    with pytest.raises(InvalidInputError):
        known.example(session, activity, trainer)


def test_statement_tells_of_the_try(session, translated, trainer, activity, ana, endpoint):
    example = known.example(session, activity, trainer, level=3)
    practising.attempt(
        session, activity, ana, only(session, activity, ana), known.typed(session, activity, 2, 3), now=NOW
    )
    told = [json.loads(each) for each in session.scalars(select(Message.body))]
    (found,) = [each for each in told if each["object"]["id"] == example.iri]
    assert found["result"]["success"] is True
    assert found["result"]["score"]["scaled"] == pytest.approx(5 / 6, abs=1e-3)
    deviation = [value for key, value in found["result"]["extensions"].items() if key.endswith("expert-deviation")]
    assert deviation == [pytest.approx(-1 / 6, abs=1e-3)]
    assert found["actor"]["account"]["name"] != str(ana.person.pseudonym)


def test_practice_teaches_the_model_but_counts_for_little(
    session, translated, trainer, activity, people, count_queries
):
    for number in range(5):
        known.example(session, activity, trainer, level=1, body=f"Example {number}")
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    lenient = known.typed(session, activity, 3, 3)
    for progress in practising.list_progress(session, activity, people[0]):
        practising.attempt(session, activity, people[0], progress, lenient, now=NOW)
        again = next(
            each
            for each in practising.list_progress(session, activity, people[0])
            if each.example.id == progress.example.id
        )
        practising.attempt(session, activity, people[0], again, known.typed(session, activity, 1, 1), now=NOW)
    found, most = practising.records(session, activity, [people[0].id])
    record = found[people[0].id]
    assert record.asked == pytest.approx(CALIBRATION_LIMIT)
    assert record.offset / record.informed == pytest.approx(200 / 3)
    assert most == 5
    review = acts.take(session, activity, people[0])
    acts.send(session, review, level=2)
    assert results.aggregate(session, activity, rules.get_rules(session, activity), now=NOW) is not None
    assert session.scalar(select(ReviewerResult.member_id)) == people[0].id


def test_test_students_and_others_teach_nothing(session, translated, trainer, activity, test_student):
    known.example(session, activity, trainer)
    form = known.typed(session, activity, 0, 0)
    practising.attempt(session, activity, test_student, only(session, activity, test_student), form, now=NOW)
    assert practising.records(session, activity, [test_student.id]) == ({}, 0)


def test_copies_have_keys_and_files_and_nobody(app, settings, session, trainer, activity, ana):
    with app.test_request_context():
        ready = inspect(io.BytesIO(b"Numbers, many of them."), "numbers.txt", settings)
        file = add_attachment(session, trainer, ready, alt=None, settings=settings, now=NOW)
        file_store().put(file.storage_key, ready.content)
        body = f"See [numbers.txt](attachment:{file.id})."
        example = known.example(session, activity, trainer, level=3, body=body)
        practising.attempt(
            session, activity, ana, only(session, activity, ana), known.typed(session, activity, 3, 3), now=NOW
        )
        copy = make.activity(session, course=make.course(session))
        copying.copy_settings(session, activity, copy, NOW)
        (found,) = session.scalars(select(Example).where(Example.activity_id == copy.id))
        assert examples.levels_of(found, rubrics.find_rubric(session, copy)) is not None
        assert session.scalars(select(Practice).where(Practice.activity_id == copy.id)).all() == []
        (twin,) = session.scalars(select(Attachment).where(Attachment.holder_id == found.id))
        assert twin.storage_key != file.storage_key
        assert str(twin.id) in found.body
        assert str(file.id) not in found.body
        assert b"".join(file_store().read(twin.storage_key, 0, twin.size)) == b"Numbers, many of them."
        assert example.body != found.body


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8), st.integers(1, 4))
def test_nobody_is_kept_out_for_good(pairs, attempt):
    given_, key = ({str(number): pair[side] for number, pair in enumerate(pairs)} for side in (0, 1))
    outcome = compare(given_, key, attempt=attempt)
    off = [abs(one - other) for one, other in pairs]
    assert outcome.has_passed == (sum(off) <= len(off) and max(off) <= 2)
    assert outcome.may_go_on or attempt < 2
