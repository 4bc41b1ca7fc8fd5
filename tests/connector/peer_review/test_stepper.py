"""Every situation has one next step, and it is one that can be taken."""

import itertools
from dataclasses import replace

import pytest

from connector.peer_review.stepper import (
    ACTS,
    Door,
    Feedback,
    Next,
    Practice,
    Revision,
    Situation,
    State,
    Supply,
    Work,
    next_step,
    practice_state,
    states,
)

COUNTS = [(0, 0), (0, 4), (2, 4), (4, 4), (5, 4)]
ALL = [
    Situation(work, handing, reviewing, supply, done, quota, has_open, feedback, wants_self, practice)
    for work, handing, reviewing, supply, (done, quota), has_open, feedback, wants_self, practice in itertools.product(
        Work, Door, Door, Supply, COUNTS, (False, True), Feedback, (False, True), Practice
    )
]
ALL += [
    Situation(
        work,
        Door.OPEN,
        reviewing,
        supply,
        done,
        quota,
        has_open,
        feedback,
        wants_self,
        revision=revision,
        has_revised=again,
    )
    for work, reviewing, supply, (done, quota), has_open, feedback, wants_self, revision, again in itertools.product(
        Work,
        (Door.OPEN, Door.CLOSED),
        Supply,
        COUNTS[2:4],
        (False, True),
        Feedback,
        (False, True),
        Revision,
        (False, True),
    )
]


def test_table_is_complete():
    assert {next_step(each) for each in ALL} == set(Next)


def test_what_is_closed_is_never_next():
    for each in ALL:
        step = next_step(each)
        if step in {Next.FIND_GROUP, Next.HAND_IN, Next.GO_ON_WRITING}:
            assert each.handing_in in {Door.OPEN, Door.LATE}, each
        if step in {Next.PRACTISE, Next.REVIEW, Next.GO_ON_REVIEWING, Next.SELF_REVIEW}:
            assert each.reviewing in {Door.OPEN, Door.LATE}, each
        if step is Next.REVISE:
            assert each.revision is Revision.OPEN, each
        if step is Next.REVIEW_AGAIN:
            assert each.has_revised, each
        if step is Next.READ:
            assert each.feedback is Feedback.NEW, each


def test_nobody_waits_while_there_is_something_to_do():
    for each in ALL:
        if (
            each.work is Work.HANDED_IN
            and each.reviewing is Door.OPEN
            and (each.has_open or (each.owes and each.supply is Supply.THERE))
        ):
            assert next_step(each) in ACTS, each


def test_at_most_one_step_is_current():
    for each in ALL:
        shown = [*states(each), *filter(None, [practice_state(each)])]
        assert shown.count(State.CURRENT) <= 1, each
        assert next_step(each) not in ACTS or State.CURRENT in shown, each


def test_practice_comes_before_reviews_and_holds_up_nothing_else():
    for each in ALL:
        step, without = next_step(each), next_step(replace(each, practice=Practice.DONE))
        if each.practice is not Practice.DUE:
            assert step is without, each
        elif step is not Next.PRACTISE:
            assert without not in {Next.REVIEW, Next.GO_ON_REVIEWING}, each
        else:
            assert each.reviewing in {Door.OPEN, Door.LATE}, each
            assert each.owes or each.has_open, each
        assert (practice_state(each) is None) == (each.practice is Practice.NONE)


@pytest.mark.parametrize(
    ("situation", "step"),
    [
        (Situation(Work.NONE, Door.OPEN, Door.NOT_YET, Supply.NO_WORK_YET, 0, 4, False, Feedback.NONE), Next.HAND_IN),
        (Situation(Work.DRAFTED, Door.LATE, Door.NOT_YET, Supply.THERE, 0, 4, False, Feedback.NONE), Next.GO_ON_WRITING),
        (Situation(Work.NO_GROUP, Door.OPEN, Door.NOT_YET, Supply.NO_WORK_YET, 0, 4, False, Feedback.NONE), Next.FIND_GROUP),
        (Situation(Work.WITHOUT_THEM, Door.OPEN, Door.NOT_YET, Supply.THERE, 0, 4, False, Feedback.NONE), Next.HAND_IN),
        (Situation(Work.HANDED_IN, Door.OPEN, Door.OPEN, Supply.NO_WORK_YET, 0, 4, False, Feedback.NONE), Next.WAIT_FOR_WORK),
        (Situation(Work.HANDED_IN, Door.OPEN, Door.OPEN, Supply.THERE, 1, 4, False, Feedback.NONE), Next.REVIEW),
        (Situation(Work.HANDED_IN, Door.OPEN, Door.OPEN, Supply.THERE, 1, 4, True, Feedback.NEW), Next.GO_ON_REVIEWING),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.OPEN, Supply.THERE, 4, 4, False, Feedback.NEW), Next.READ),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.OPEN, Supply.NOTHING_LEFT, 2, 4, False, Feedback.KEPT_BACK), Next.WAIT_FOR_FEEDBACK),
        (Situation(Work.NONE, Door.CLOSED, Door.CLOSED, Supply.THERE, 0, 4, False, Feedback.NONE), Next.MISSED),
        (Situation(Work.NONE, Door.CLOSED, Door.OPEN, Supply.THERE, 0, 4, False, Feedback.NONE), Next.REVIEW),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.CLOSED, Supply.THERE, 4, 4, False, Feedback.READ), Next.DONE),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.CLOSED, Supply.THERE, 4, 4, False, Feedback.READ, revision=Revision.OPEN), Next.REVISE),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.CLOSED, Supply.THERE, 4, 4, False, Feedback.NEW, revision=Revision.OPEN), Next.READ),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.CLOSED, Supply.THERE, 4, 4, False, Feedback.READ, revision=Revision.HANDED_IN), Next.WAIT_FOR_SECOND),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.CLOSED, Supply.THERE, 4, 4, False, Feedback.READ, revision=Revision.REVIEWED), Next.DONE),
        (Situation(Work.HANDED_IN, Door.CLOSED, Door.CLOSED, Supply.THERE, 4, 4, False, Feedback.NEW, revision=Revision.OPEN, has_revised=True), Next.REVIEW_AGAIN),
    ],
)  # fmt: skip
def test_next_step(situation, step):
    assert next_step(situation) is step
