"""Each figure equals the same figure made from the statements alone, as the store shows them."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from connector.reports.definitions import REPORTS, of_report
from connector.reports.measuring import measure, measure_figure
from connector.reports.models import Fact
from connector.reports.rosters import read_roster
from connector.reports.scope import Scope
from tests.connector.reports.naive import Naive
from tests.connector.reports.scene import HIDDEN, START, stamp

LENGTH = timedelta(days=20)
END = START + LENGTH
SINCE, UNTIL = START.date() + timedelta(days=2), END.date()
PEOPLE = range(8)
"""Six learners, the trainer, and somebody whose name is hidden."""

hours = st.integers(0, 24 * 24)
acts = st.one_of(
    st.tuples(st.sampled_from(["thread.created", "resource.shared", "question.asked", "question.closed_duplicate", "post.deleted", "post.removed", "post.approved", "thread.viewed", "question.tagged"]), st.sampled_from(PEOPLE), hours, st.integers(0, 4)),
    st.tuples(st.sampled_from(["post.replied", "question.answered", "answer.accepted", "post.reacted"]), st.sampled_from(PEOPLE), hours, st.integers(0, 4), st.none() | st.sampled_from(PEOPLE)),
    st.tuples(st.sampled_from(["question.resolved", "question.reopened"]), st.sampled_from(PEOPLE), hours, st.integers(0, 4), st.sampled_from(["reuse", "asker"])),
    st.tuples(st.sampled_from(["review.assigned"]), st.sampled_from(PEOPLE), hours, st.integers(0, 5), st.none() | hours),
    st.tuples(st.sampled_from(["review.submitted"]), st.sampled_from(PEOPLE), hours, st.integers(0, 11), st.none() | st.integers(0, 4), st.integers(1, 5000), st.integers(0, 900), st.none() | st.sampled_from(PEOPLE)),
    st.tuples(st.sampled_from(["submission.submitted"]), st.sampled_from(PEOPLE), hours, st.integers(0, 5)),
    st.tuples(st.sampled_from(["review.rated"]), st.sampled_from(PEOPLE), hours, st.integers(0, 5), st.integers(0, 2)),
)  # fmt: skip


def build(scene, act):
    """Return the statement of an act; things are few, so that acts meet."""
    event, by, hour, thing, *rest = act
    who = lambda number: scene.learners[number] if number < 6 else scene.trainer if number == 6 else HIDDEN  # noqa: E731
    moment, base = START + timedelta(hours=hour), scene.place.iri
    common = {"target": who(rest[-1]) if rest and rest[-1] is not None and event in TARGETED else None}
    if event == "review.assigned":
        due = {} if rest[0] is None else {"due": stamp(START + timedelta(hours=rest[0]))}
        return scene.statement(
            event,
            who(by),
            moment,
            object_=f"{base}/reviews/{thing}",
            parent=f"{base}/works/{thing % 6}",
            anonymity="open",
            **due,
        )
    if event == "review.submitted":
        score = {} if rest[0] is None else {"score": {"scaled": rest[0] / 4}}
        points = [{"id": f"{base}/criteria/{n}", "raw": rest[1] // (7 + n) % 4, "min": 0, "max": 3} for n in range(2)]
        result = {**score, "duration": f"PT{rest[1]}S"}
        return scene.statement(
            event, who(by), moment, object_=f"{base}/works/{thing % 6}", review=f"{base}/reviews/{thing}",
            anonymity="open", word_count=rest[2], result=result, criteria=points,
            role="expert" if by == 6 else "learner", **common,
        )  # fmt: skip
    if event in {"submission.submitted", "review.rated"}:
        is_work = event == "submission.submitted"
        told = (
            {"attempt": 1, "word_count": 1}
            if is_work
            else {"anonymity": "open", "result": {"score": {"scaled": rest[0] / 2}}}
        )
        object_ = f"{base}/works/{thing % 6}" if is_work else f"{base}/reviews/{thing}"
        return scene.statement(event, who(by), moment, object_=object_, **told)
    if event == "post.replied":
        return scene.statement(
            event, who(by), moment, parent=f"{base}/threads/{thing}", depth=1, word_count=3, **common
        )
    if event == "question.answered":
        answer = f"{base}/answers/{uuid.uuid4()}"
        return scene.statement(
            event, who(by), moment, object_=f"{base}/questions/{thing}", answer=answer, response_seconds=1, **common
        )
    if event == "answer.accepted":
        return scene.statement(event, who(by), moment, parent=f"{base}/questions/{thing}", **common)
    if event == "question.resolved":
        return scene.statement(event, who(by), moment, object_=f"{base}/questions/{thing}", reason=rest[0])
    kind = "questions" if event.startswith("question") else "threads"
    return scene.statement(event, who(by), moment, object_=f"{base}/{kind}/{thing}", parent=base)


TARGETED = {"post.replied", "question.answered", "answer.accepted", "review.submitted"}


def figures(scene, since=SINCE, until=UNTIL, now=END):
    """Return every figure as the reports have it, and as the statements have it."""
    with scene.database.session(writes=False) as session:
        roster = read_roster(session, scene.course)
        scope = Scope(feed_id=scene.feed_id(), since=since, until=until, now=now, learners=roster.learners)
        measured = {each: measure(session, scope, roster, each) for each in REPORTS}
        ours = {key: value for each in measured.values() for key, value in each.values.items()}
        ours |= {each.criterion: each.agreement for each in measured["reviews"].detail.criteria}
        naive = Naive(scene.held(), since, until, now + timedelta(milliseconds=1), roster.learners, set(roster.members))
    theirs = {key: value for each in REPORTS for key, value in getattr(naive, each)().items()}
    return ours, theirs | naive.criteria()


def same(ours, theirs):
    assert ours.keys() == theirs.keys()
    different = {
        key: (value, theirs[key])
        for key, value in ours.items()
        if (value is None) != (theirs[key] is None) or (value is not None and value != pytest.approx(theirs[key]))
    }
    assert different == {}


def forget_facts(scene):
    with scene.database.session(writes=True) as session:
        session.execute(delete(Fact))
        session.commit()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(acts, min_size=1, max_size=40))
def test_every_figure_is_what_the_statements_say(scene, made):
    forget_store(scene)
    forget_facts(scene)
    scene.tell(*(build(scene, act) for act in made))
    scene.pull(is_anew=True)
    same(*figures(scene))


def forget_store(scene):
    with scene.store.dialect.app.extensions["xapi.store"].database.write() as connection:
        connection.execute("DELETE FROM mention")
        connection.execute("DELETE FROM statement")


def test_a_course_with_everything_in_it(scene):
    made = []
    for n in range(60):
        by, other = n % 8, (3 * n + 1) % 8
        made += [("thread.created", by, 7 * n % 400, n % 9), ("post.replied", other, (7 * n + 5) % 430, n % 9, by)]
        made += [
            ("question.asked", by, 5 * n % 400, n % 7),
            ("question.answered", other, (5 * n + 30) % 430, (n + 1) % 7, by),
        ]
        made += [("answer.accepted", by, (5 * n + 60) % 470, n % 5, other), ("review.assigned", by, n, n % 6, 100 + n)]
        made += [
            ("review.submitted", by, 90 + n, n % 12, n % 5, 60 * n + 1, n, other),
            ("review.rated", other, 200, n % 6, n % 3),
        ]
        made += [("post.removed", 6, 450, 8), ("question.closed_duplicate", 6, 300, 6)]
    scene.tell(*(build(scene, act) for act in made))
    scene.pull()
    ours, theirs = figures(scene)
    same(ours, theirs)
    assert [key for key, value in ours.items() if value is None] == []


def test_nothing_at_all(scene):
    scene.tell(build(scene, ("thread.viewed", 0, 1, 1)))
    scene.pull()
    ours, theirs = figures(scene)
    same(ours, theirs)
    assert (ours["contributions"], ours["silent_learners"], ours["gini"]) == (0, 6, None)


def test_one_figure_is_what_its_report_says(scene):
    scene.tell(build(scene, ("thread.created", 0, 60, 1)))
    scene.pull()
    with scene.database.session(writes=False) as session:
        roster = read_roster(session, scene.course)
        scope = Scope(feed_id=scene.feed_id(), since=SINCE, until=UNTIL, now=END, learners=roster.learners)
        assert measure_figure(session, scope, roster, "unanswered_threads") == 1


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_measures_what_is_defined_and_nothing_else(scene, report):
    with scene.database.session(writes=False) as session:
        roster = read_roster(session, scene.course)
        scope = Scope(feed_id=-1, since=date(2026, 1, 1), until=date(2026, 1, 2), now=END, learners=roster.learners)
        measured = measure(session, scope, roster, report).values
    assert list(measured) == [each.key for each in of_report(report)]
