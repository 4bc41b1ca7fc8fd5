import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connector.delivery.models import Message
from connector.grades.models import Grade
from connector.participation import rubric, services
from connector.participation.counting import Done, progress
from connector.participation.models import Grading, Late, Participation
from connector.participation.rubric import CriterionForm
from connector.threads import changing
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build

WANTED = {"threads": 1, "replies": 2, "posts": 0, "due_at": None, "late": Late.COUNTS, "grading": Grading.COUNT}
DEPTH = CriterionForm(title="Depth", levels=[("none", 0.0), ("some", 1.0), ("much", 3.0)])
TONE = CriterionForm(title="Tone", levels=[("rough", 0.0), ("kind", 1.0)])


def ask(session, activity, trainer, **more):
    return services.set_participation(session, activity, trainer, **(WANTED | more))


def proposal(session, activity, member):
    return next(each for each in services.propose(session, activity) if each.member.id == member.id)


def wants(**more):
    return Participation(**{"threads": 0, "replies": 0, "posts": 0, "late": Late.COUNTS, **more})


# --- arithmetic -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "done", "share"),
    [
        (wants(threads=1, replies=2), Done(1, 2), 1.0),
        (wants(threads=1, replies=2), Done(1, 1), 2 / 3),
        (wants(threads=1, replies=2), Done(0, 9), 2 / 3),
        (wants(posts=4), Done(1, 2), 3 / 4),
        (wants(threads=1, posts=3), Done(1, 2), 1.0),
        (wants(threads=1, posts=3), Done(3, 0), 1.0),
        (wants(replies=2, late=Late.HALF), Done(0, 2, 0, 2), 1 / 2),
        (wants(replies=2, late=Late.NOTHING), Done(0, 3, 0, 2), 1 / 2),
    ],
)
def test_each_thing_asked_for_weighs_the_same(rule, done, share):
    assert progress(rule, done).share == pytest.approx(share)


def test_where_nothing_is_asked_for_nobody_is_ever_complete():
    assert not progress(wants(), Done(9, 9)).is_complete


COUNTS = st.integers(0, 20)


@given(
    threads=COUNTS, replies=COUNTS, posts=COUNTS, late=st.sampled_from(Late), done=st.tuples(COUNTS, COUNTS), by=COUNTS
)
def test_more_posts_never_lower_the_share_and_never_lift_it_over_all(threads, replies, posts, late, done, by):
    rule = wants(threads=threads, replies=replies, posts=posts, late=late)
    before, after = progress(rule, Done(*done)), progress(rule, Done(done[0], done[1] + by))
    assert 0 <= before.share <= after.share <= 1
    if threads + replies + posts:
        assert before.is_complete == (before.share == pytest.approx(1))


# --- completion -------------------------------------------------------------------------------------------------------
def test_completion_is_noted_and_told_once(session, activity, ana, bo, trainer, endpoint):
    ask(session, activity, trainer)
    thread = build.thread(session, activity=activity, author=ana)
    assert not services.note_post(session, activity, ana, now=make.NOW)
    for text in ("One.", "Two."):
        build.reply(session, thread, author=ana, body=text)
    assert services.note_post(session, activity, ana, now=make.NOW)
    assert not services.note_post(session, activity, ana, now=make.NOW)
    told = [json.loads(body) for body in session.scalars(select(Message.body))]
    completed = [each for each in told if each["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"]
    assert [each["object"]["id"] for each in completed] == [activity.iri]
    assert proposal(session, activity, ana).completed_at == make.NOW


def test_what_was_taken_back_does_not_count(session, activity, ana, trainer):
    ask(session, activity, trainer, replies=0)
    thread = build.thread(session, activity=activity, author=ana)
    changing.withdraw_post(session, thread.opening, ana, now=make.NOW)
    assert proposal(session, activity, ana).progress.done == Done()


def test_trainers_complete_nothing(session, activity, trainer):
    ask(session, activity, trainer, replies=0)
    build.thread(session, activity=activity, author=trainer)
    assert not services.note_post(session, activity, trainer, now=make.NOW)


def test_a_learner_with_more_time_is_late_later(session, activity, ana, bo, trainer):
    ask(session, activity, trainer, replies=0, due_at=make.NOW)
    later = make.NOW + timedelta(hours=1)
    services.extend(session, activity, ana, by=trainer, due_at=later, now=make.NOW)
    for author in (ana, bo):
        build.thread(session, activity=activity, author=author, after=30)
    assert [proposal(session, activity, each).progress.done.late for each in (ana, bo)] == [0, 1]


# --- grades -----------------------------------------------------------------------------------------------------------
def test_nothing_is_sent_before_the_trainer_chooses(session, activity, ana, bo, trainer):
    ask(session, activity, trainer)
    build.thread(session, activity=activity, author=ana)
    shown = proposal(session, activity, ana)
    assert (shown.points, shown.wanted, shown.is_new) == (3.33, None, True)
    assert session.scalars(select(Grade)).all() == []
    assert services.send(session, activity, trainer, {ana.id}, now=make.NOW) == 1
    assert [(grade.member_id, grade.points) for grade in session.scalars(select(Grade))] == [(ana.id, 3.33)]
    assert not proposal(session, activity, ana).is_new
    assert services.send(session, activity, trainer, {ana.id}, now=make.NOW) == 0


def test_learners_neither_ask_nor_send_nor_mark(session, activity, ana):
    with pytest.raises(NotFoundError):
        ask(session, activity, ana)
    with pytest.raises(NotFoundError):
        services.send(session, activity, ana, {ana.id}, now=make.NOW)
    with pytest.raises(NotFoundError):
        rubric.mark(session, activity, ana, by=ana, levels={}, remark="", now=make.NOW)
    with pytest.raises(NotFoundError):
        services.extend(session, activity, ana, by=ana, due_at=make.NOW, now=make.NOW)


def test_a_rubric_gives_points_once_every_criterion_is_marked(session, activity, ana, trainer):
    ask(session, activity, trainer, grading=Grading.RUBRIC)
    rubric.set_criteria(session, activity, trainer, [DEPTH, TONE])
    depth, tone = rubric.list_criteria(session, activity)
    rubric.mark(session, activity, ana, by=trainer, levels={depth.id: 1}, remark="", now=make.NOW)
    assert proposal(session, activity, ana).points is None
    rubric.mark(session, activity, ana, by=trainer, levels={depth.id: 1, tone.id: 1}, remark="Good.", now=make.NOW)
    shown = proposal(session, activity, ana)
    assert (shown.points, shown.comment) == (5.0, "Good.")


def test_a_criterion_that_stays_the_same_keeps_its_marks(session, activity, ana, trainer):
    ask(session, activity, trainer, grading=Grading.RUBRIC)
    rubric.set_criteria(session, activity, trainer, [DEPTH, TONE])
    depth, tone = rubric.list_criteria(session, activity)
    rubric.mark(session, activity, ana, by=trainer, levels={depth.id: 2, tone.id: 0}, remark="", now=make.NOW)
    rubric.set_criteria(session, activity, trainer, [TONE, CriterionForm(title="Depth", levels=[("a", 0), ("b", 1)])])
    assert [each.title for each in rubric.list_criteria(session, activity)] == ["Tone", "Depth"]
    assert rubric.list_marks(session, activity, ana) == {tone.id: 0}


def test_a_level_that_does_not_exist_is_no_mark(session, activity, ana, trainer):
    rubric.set_criteria(session, activity, trainer, [TONE])
    (tone,) = rubric.list_criteria(session, activity)
    rubric.mark(session, activity, ana, by=trainer, levels={tone.id: 7}, remark="", now=make.NOW)
    assert rubric.list_marks(session, activity, ana) == {}


def test_what_is_written_to_the_trainers_alone_is_no_contribution(session, activity, ana, trainer):
    ask(session, activity, trainer)
    build.thread(session, activity=activity, author=ana, is_private=True)
    assert proposal(session, activity, ana).progress.done == Done()
    build.thread(session, activity=activity, author=ana)
    assert proposal(session, activity, ana).progress.done == Done(threads=1)
