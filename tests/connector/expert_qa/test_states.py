"""No question is ever without a state, and every page says the same one, whatever people do in whatever order."""

import uuid
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.expert_qa import chores, services
from connector.expert_qa.calibrating import ENOUGH, Curve, Likeness, fit, share, words_of
from connector.expert_qa.desk import get_question
from connector.expert_qa.figures import quantile
from connector.expert_qa.listing import list_entries
from connector.expert_qa.pages import state_line, state_names
from connector.expert_qa.reading import read_question
from connector.expert_qa.states import UNSOLVED, Facts, State, state_of
from connector.moderation import services as moderation
from connector.reactions.models import Sign
from connector.reactions.services import react, take_back
from connector.threads import changing
from connector.threads.access import look
from connector.threads.models import PostState
from connector.threads.services import post_reply
from connector.web.errors import ConflictError, NotFoundError
from tests.connector.expert_qa import asking

facts = st.builds(
    Facts,
    is_held=st.booleans(),
    is_gone=st.booleans(),
    is_closed=st.booleans(),
    answers=st.integers(0, 3),
    endorsed=st.integers(0, 3),
    has_accepted=st.booleans(),
    is_resolved=st.booleans(),
    is_info_wanted=st.booleans(),
    is_for_hour=st.booleans(),
)


@given(facts)
def test_whatever_is_known_there_is_a_state(known):
    assert isinstance(state_of(known), State)


@given(facts)
def test_what_is_accepted_is_solved_unless_nobody_may_see_it(known):
    if known.has_accepted and not (known.is_held or known.is_gone):
        assert state_of(known) is State.SOLVED


def _close(s, thread, people, now, *, is_closed):
    moderation.set_closed(s, thread, people.trainer, is_closed=is_closed, reason="", now=now)


def _restore(s, post, people, now):
    if post.state is PostState.REMOVED:
        moderation.restore(s, post, people.trainer, now=now)


ON_QUESTIONS = {
    "answer": lambda s, thread, who, now: post_reply(
        s, thread.opening, who.bo, f"At {now}.", key=uuid.uuid4(), now=now
    ),
    "ask back": lambda s, thread, who, now: services.ask_info(s, thread, who.expert, "Which year?", now=now),
    "add": lambda s, thread, who, now: services.give_info(s, thread, who.ana, f"More at {now}.", now=now),
    "resolve": lambda s, thread, who, now: services.resolve(s, thread, who.ana, now=now),
    "reopen": lambda s, thread, who, now: services.reopen(s, thread, who.ana, now=now),
    "close": lambda s, thread, who, now: _close(s, thread, who, now, is_closed=True),
    "open": lambda s, thread, who, now: _close(s, thread, who, now, is_closed=False),
    "hold": lambda s, thread, who, now: moderation.hold(s, thread.opening, who.trainer, "Wait.", now=now),
    "approve": lambda s, thread, who, now: moderation.approve(s, thread.opening, who.trainer, now=now),
    "hide": lambda s, thread, who, _now: services.hide_asker(s, thread, who.ana),
    "nudge": lambda s, _thread, _who, now: chores.tidy(s, now=now + timedelta(days=4)),
}
ON_ANSWERS = {
    "endorse": lambda s, post, who, now: react(s, post, who.expert, Sign.ENDORSED, now=now),
    "no longer endorse": lambda s, post, who, now: take_back(s, post, who.expert, Sign.ENDORSED, now=now),
    "accept": lambda s, post, who, now: changing.accept_answer(s, post, who.ana, now=now),
    "no longer accept": lambda s, post, who, now: changing.unaccept_answer(s, post, who.ana, now=now),
    "remove": lambda s, post, who, now: moderation.remove(s, post, who.trainer, "No.", now=now),
    "restore": _restore,
}


@pytest.fixture
def acting(app, session):
    """Services as the application joins them: whoever watches threads is told."""
    with app.test_request_context():
        yield session


def act(session, what, thread, people, now):
    """Do something to a question, or to the best answer to it, if it can be done now."""
    if what in ON_QUESTIONS:
        ON_QUESTIONS[what](session, thread, people, now)
        return
    sight = look(session, people.trainer, thread.activity, now=now)
    for answer in read_question(session, sight, thread).answers[:1]:
        ON_ANSWERS[what](session, answer.said.post, people, now)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=60
)
@given(st.lists(st.sampled_from([*ON_QUESTIONS, *ON_ANSWERS]), min_size=1, max_size=9))
def test_whatever_people_do_every_reader_is_told_where_the_question_stands(
    acting, activity, ana, bo, expert, trainer, acts
):
    session, people = acting, SimpleNamespace(ana=ana, bo=bo, expert=expert, trainer=trainer)
    thread = asking.ask(session, activity, ana, title=f"Question {uuid.uuid4()}")
    for number, what in enumerate(acts, 1):
        with suppress(ConflictError, NotFoundError), session.begin_nested():
            act(session, what, thread, people, asking.at(number))
        session.expire_all()
        for reader in (ana, trainer):
            sight = look(session, reader, activity, now=asking.at(number))
            asked = read_question(session, sight, thread)
            line = state_line(thread, asked.state, reader, answers=asked.facts.answers, wanted_by="Eva", hour=None)
            assert line
            assert asked.state in state_names()
            (listed,) = [each for each in list_entries(session, sight) if each.id == thread.id]
            assert listed.state is asked.state
        question = get_question(session, thread)
        if asked.state is State.SOLVED:
            assert question.info_asked_at is None
        if thread.accepted_id is not None:
            assert question.resolved_at is not None
        assert (question.resolved_at is None) or asked.state not in UNSOLVED or thread.accepted_id is not None


# --- arithmetic -----------------------------------------------------------------------------------------------------------
shares = st.floats(0, 1)
choices = st.lists(st.tuples(st.builds(Likeness, shares, shares, shares), st.booleans()), max_size=80)


@settings(deadline=None)
@given(choices, shares, shares, shares)
def test_more_in_common_never_makes_it_less_likely(seen, words, lead, tags):
    curve = Curve(fit(seen), len(seen))
    chance = curve.chance(Likeness(words, lead, tags))
    assert 0 <= chance <= 1
    assert curve.chance(Likeness(1, lead, tags)) >= chance
    assert curve.is_calibrated == (len(seen) >= ENOUGH)


def test_the_curve_learns_what_people_say():
    seen = [(Likeness(0.9, 0.3, 0), True), (Likeness(0.5, 0.1, 0), False)] * 40
    curve = Curve(fit(seen), len(seen))
    assert curve.chance(Likeness(0.9, 0.3, 0)) > 0.8
    assert curve.chance(Likeness(0.5, 0.1, 0)) < 0.2


@given(st.text(), st.text())
def test_a_share_is_the_same_from_both_sides(one, other):
    assert share(words_of(one), words_of(other)) == share(words_of(other), words_of(one))
    assert 0 <= share(words_of(one), words_of(other)) <= 1


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=9)), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_the_shortest_wait_that_enough_are_within(waits, part):
    waits = sorted(waits)
    found = quantile(waits, part)
    assert sum(each <= found for each in waits) >= part * len(waits)
    assert sum(each < found for each in waits) < part * len(waits) + 1e-9


def test_of_nothing_there_is_no_quantile():
    assert quantile([], 0.5) is None
