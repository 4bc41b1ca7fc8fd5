"""What reviews come to, who may read it when, what the trainer does about it, and what leaves the tool."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.delivery.models import Message
from connector.grades.models import Grade, LineItem
from connector.notifications.models import Notice
from connector.peer_review import copying, kind, rules
from connector.peer_review.aggregation.guard import Method
from connector.peer_review.board import board, export, standing
from connector.peer_review.matching import distributing
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.models.setup import Anonymity, PeerReview
from connector.peer_review.results import grading, results
from connector.peer_review.results.news import SHOWN
from connector.peer_review.results.releasing import Release
from connector.peer_review.reviews import feedback
from connector.peer_review.rubrics import find_rubric
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from tests import make
from tests.connector.peer_review import acts
from tests.make import NOW


@pytest.fixture(autouse=True)
def _words(translated):
    """Sentences can be made."""


@pytest.fixture
def trio(session, activity, trainer, people):
    """Three learners who have handed in; two reviews each, and two are enough."""
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    return people[:3]


def all_review(session, activity, trio, levels=(3, 0, 2)):
    """Everybody writes both reviews, always with their own level."""
    for _ in range(2):
        for each, level in zip(trio, levels, strict=True):
            acts.review_one(session, activity, each, level=level)


def received(session, activity, member, *, after=0):
    return standing.look(session, activity, member, now=NOW + timedelta(minutes=after)).received


def test_mean_of_the_reviews_is_the_result_and_adds_up(session, activity, trio):
    all_review(session, activity, trio)
    found = received(session, activity, trio[0])
    lines = feedback.explanation(found.result, found.reviews, lambda review: f"Reviewer {review.number}")
    assert found.result.score == pytest.approx(100 / 3)
    assert sum(line["points"] for line in lines) == pytest.approx(found.result.score)
    assert [line["name"] for line in lines] == ["Reviewer 1", "Reviewer 2"]


@pytest.mark.parametrize("method", [Method.MEAN, Method.MEDIAN, Method.MODEL, Method.AUTOMATIC])
def test_every_method_explains_itself(session, activity, trainer, trio, method):
    acts.set_rules(session, activity, trainer, method=method)
    all_review(session, activity, trio)
    found = received(session, activity, trio[1])
    lines = feedback.explanation(found.result, found.reviews, lambda review: str(review.number))
    assert sum(line["points"] for line in lines) == pytest.approx(found.result.score, abs=0.01)


def test_authors_read_once_there_is_enough_and_they_have_done_their_part(session, activity, trio):
    one, other, third = trio
    for _ in range(2):
        acts.review_one(session, activity, other)
        acts.review_one(session, activity, third)
    assert received(session, activity, one).release is Release.OWN_FIRST
    assert received(session, activity, one).reviews == []
    assert received(session, activity, other).release is Release.TOO_FEW
    acts.review_one(session, activity, one)
    acts.review_one(session, activity, one)
    assert received(session, activity, one).release is Release.SHOWN


def test_at_the_date_there_is_a_provisional_result(session, activity, trainer, trio):
    acts.set_rules(session, activity, trainer, reviews_due_at=NOW + timedelta(hours=1))
    review = acts.review_one(session, activity, trio[0])
    author = review.submission.author
    assert received(session, activity, author).release is Release.TOO_FEW
    assert received(session, activity, author, after=61).release is Release.PROVISIONAL


def test_trainer_shows_everything_at_once(session, activity, trainer, trio):
    review = acts.review_one(session, activity, trio[0])
    acts.set_rules(session, activity, trainer, released_at=NOW)
    assert received(session, activity, review.submission.author).release is Release.PROVISIONAL
    with pytest.raises(ConflictError):
        acts.hand_in(session, activity, trio[0])


def test_author_is_told_once_when_it_can_be_read(session, activity, trio):
    all_review(session, activity, trio)
    told = session.scalars(select(Notice).where(Notice.what == SHOWN)).all()
    assert sorted(each.member_id for each in told) == sorted(each.id for each in trio)


def test_excluded_review_does_not_count_and_keeps_its_credit(session, activity, trainer, trio):
    all_review(session, activity, trio)
    work = session.scalar(select(Submission).where(Submission.author_id == trio[0].id))
    unkind = session.scalar(select(Review).where(Review.submission_id == work.id, Review.score == 0))
    results.exclude(session, activity, unkind, by=trainer, reason="Off the point.", now=NOW)
    assert session.get(WorkResult, work.id).score == pytest.approx(200 / 3)
    assert standing.look(session, activity, unkind.reviewer, now=NOW).situation.done == 2
    results.exclude(session, activity, unkind, by=trainer, reason="", now=NOW)
    assert session.get(WorkResult, work.id).score == pytest.approx(100 / 3)


def test_trainers_score_stands_with_a_reason(session, activity, trainer, trio):
    all_review(session, activity, trio)
    work = session.scalar(select(Submission).where(Submission.author_id == trio[0].id))
    for wrong in ({"score": 101.0, "reason": "x"}, {"score": 50.0, "reason": " "}):
        with pytest.raises(InvalidInputError):
            results.override(session, activity, work, by=trainer, now=NOW, **wrong)
    results.override(session, activity, work, by=trainer, score=80.0, reason="I read it myself.", now=NOW)
    assert session.get(WorkResult, work.id).final == 80
    results.override(session, activity, work, by=trainer, score=None, reason="", now=NOW)
    assert session.get(WorkResult, work.id).final == pytest.approx(100 / 3)


def test_learners_decide_no_results(session, activity, trio):
    review = acts.review_one(session, activity, trio[0])
    with pytest.raises(NotFoundError):
        results.override(session, activity, review.submission, by=trio[1], score=1.0, reason="x", now=NOW)
    with pytest.raises(NotFoundError):
        board.look(session, activity, trio[0], now=NOW)


def test_own_review_counts_for_nothing(session, activity, trainer, trio):
    from connector.peer_review.matching import assigning

    acts.set_rules(session, activity, trainer, has_self_review=True)
    own = assigning.take_own(session, activity, trio[0], now=NOW)
    acts.send(session, own, level=3)
    assert session.get(WorkResult, own.submission_id) is None


def test_board_says_who_waits_for_whom_and_who_is_silent(session, activity, trainer, trio):
    open_ = acts.take(session, activity, trio[0])
    found = board.look(session, activity, trainer, now=NOW + timedelta(hours=1))
    row = next(each for each in found.rows if each.member.id == open_.submission.author_id)
    assert row.waits_for == [trio[0].person.name]
    later = board.look(session, activity, trainer, now=NOW + timedelta(days=4))
    assert {row.member.id for row in later.silent} == {each.id for each in trio}


def test_board_takes_as_many_queries_for_many_as_for_few(session, activity, course, trainer, trio, count_queries):
    def look():
        session.expire_all()
        rules.get_rules(session, activity)
        with count_queries() as seen:
            board.look(session, activity, trainer, now=NOW)
        return len(seen)

    all_review(session, activity, trio)
    few = look()
    for _ in range(12):
        acts.hand_in(session, activity, make.member(session, course=course))
    assert look() <= few + 1


def test_two_grades_go_to_the_gradebook_when_chosen(session, activity, trainer, trio):
    activity.score_maximum = 10.0
    acts.set_rules(session, activity, trainer, reviewing_maximum=5.0)
    all_review(session, activity, trio)
    assert grading.send(session, activity, trainer, {trio[0].id}, now=NOW) == 1
    rows = session.execute(
        select(LineItem.tag, Grade.points, Grade.comment).join(Grade, Grade.line_item_id == LineItem.id)
    ).all()
    found = {row.tag: row for row in rows}
    assert found["grade"].points == 3.33
    assert 0 <= found["reviewing"].points <= 5
    assert not any(each.person.name in row.comment for row in rows for each in trio)
    assert grading.send(session, activity, trainer, {trio[0].id}, now=NOW) == 0


def test_statements_of_a_blind_review_name_nobody(session, activity, trainer, trio, endpoint):
    all_review(session, activity, trio)
    bodies = b"".join(session.scalars(select(Message.body)))
    assert bodies
    for each in trio:
        assert str(each.person.pseudonym).encode() not in bodies
        assert each.person.subject.encode() not in bodies
    assert b"/target" not in bodies


def test_statements_where_nobody_is_hidden_say_whose_work_it_was(session, activity, trainer, people, endpoint):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE)
    for each in people[:2]:
        acts.hand_in(session, activity, each)
    acts.review_one(session, activity, people[0])
    bodies = [json.loads(each) for each in session.scalars(select(Message.body))]
    reviewed = [
        each for each in bodies if "ext/anonymity" in json.dumps(each) and each["verb"]["id"].endswith("reviewed")
    ]
    assert len(reviewed) == 1


def test_export_holds_everything_and_nothing_is_computed(session, activity, trainer, trio):
    acts.hand_in(session, activity, trio[0], body="=1+1")
    review = acts.take(session, activity, trio[1])
    acts.send(session, review, comment="=cmd()")
    table = "".join(export.as_csv(session, activity))
    assert "'=cmd()" in table
    told = json.loads("".join(export.as_json(session, activity, NOW)))
    assert len(told["reviews"]) == 1
    assert told["rules"]["seed"] == rules.get_rules(session, activity).seed
    assert {"rubrics", "results", "reviewers", "distributions", "versions"} <= set(told)


def test_copy_has_rules_and_criteria_and_no_people(session, course, activity, trainer, trio):
    acts.set_rules(session, activity, trainer, due_at=NOW)
    all_review(session, activity, trio)
    copy = make.activity(session, course=course)
    copying.copy_settings(session, activity, copy, NOW)
    found = session.get(PeerReview, copy.id)
    assert (found.reviews_each, found.due_at) == (2, None)
    assert len(find_rubric(session, copy).criteria) == 4
    assert session.scalars(select(Submission).where(Submission.activity_id == copy.id)).all() == []


def test_news_are_reviews_that_were_given_and_not_begun(session, activity, trainer, trio):
    distributing.distribute(session, activity, trainer, now=NOW)
    assert kind.PARTS.count_news(session, trio[0], [activity.id], NOW) == {activity.id: 2}


def test_files_get_neutral_names_where_the_author_is_hidden(session, activity, course, ana):
    import uuid

    from connector.content.models import Attachment

    file = Attachment(
        id=uuid.uuid4(), course_id=course.id, member=ana, name="Ana Holm plan.pdf", media_type="application/pdf",
        size=10, storage_key="x/1", created_at=NOW,
    )  # fmt: skip
    session.add(file)
    session.flush()
    body = f"Here: [Ana Holm plan.pdf](attachment:{file.id})"
    work = acts.hand_in(session, activity, ana, body=body, file_ids=[file.id])
    assert file.name == "file-1.pdf"
    assert "Holm" not in work.body + work.body_html
