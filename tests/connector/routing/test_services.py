"""A question on its way: who is asked, who owns it, and what ends it."""

import json
from datetime import timedelta

import pytest

from connector.courses.models import Role
from connector.experts import services as experts
from connector.experts import wording as words
from connector.routing import services
from connector.routing.models import Refusal, State
from connector.threads.limits import get_rules
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.routing import build

pytestmark = pytest.mark.usefixtures("translated")


def test_two_experts_and_three_peers_are_asked(session, activity, ana, trainer, eva, finn, gry, learners):
    thread = build.question(session, activity=activity, author=ana)
    found = build.asked(session, thread)
    assert [each.role for each in found] == [Role.EXPERT] * 2 + [Role.LEARNER] * 3


def test_it_is_the_first_experts_own(session, activity, ana, trainer, eva, finn):
    thread = build.question(session, activity=activity, author=ana)
    assert build.owner(session, thread) == build.asked(session, thread)[0]


def test_without_experts_a_trainer_is_asked_and_owns_it(session, activity, ana, bo, trainer):
    thread = build.question(session, activity=activity, author=ana)
    assert build.asked(session, thread) == [bo, trainer]
    assert build.owner(session, thread) == trainer


def test_where_nobody_leads_the_course_it_stays_with_who_asked(session, activity, ana, bo):
    thread = build.question(session, activity=activity, author=ana)
    assert build.owner(session, thread) == ana


def test_it_is_sent_once(session, activity, ana, eva, trainer):
    thread = build.question(session, activity=activity, author=ana)
    services.begin(session, thread, now=build.at(5))
    assert build.asked(session, thread) == [eva]


def test_whoever_is_asked_for_by_name_owns_it(session, activity, ana, eva, finn, trainer):
    thread = build.question(session, activity=activity, author=ana, named=finn.id)
    assert build.asked(session, thread) == [finn]
    assert build.owner(session, thread) == finn


def test_who_claims_it_owns_it(session, activity, ana, eva, finn, trainer):
    thread = build.question(session, activity=activity, author=ana)
    services.claim(session, thread, finn, now=build.at(1))
    assert build.owner(session, thread) == finn


def test_it_is_claimed_by_one(session, activity, ana, eva, finn, trainer):
    thread = build.question(session, activity=activity, author=ana)
    services.claim(session, thread, finn, now=build.at(1))
    with pytest.raises(ConflictError):
        services.claim(session, thread, eva, now=build.at(2))


def test_who_asked_does_not_claim(session, activity, ana, eva, trainer):
    thread = build.question(session, activity=activity, author=ana)
    with pytest.raises(NotFoundError):
        services.claim(session, thread, ana, now=build.at(1))


def test_after_a_refusal_the_next_expert_is_asked(session, activity, ana, eva, finn, gry, trainer):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    services.decline(session, thread, first, Refusal.TIME, now=build.at(1))
    assert set(build.asked(session, thread, State.ASKED)) == {eva, finn, gry} - {first}
    assert build.owner(session, thread) != first


def test_who_is_in_conflict_is_not_asked_by_the_same_person_again(session, activity, ana, bo, eva, trainer):
    thread = build.question(session, activity=activity, author=ana)
    services.decline(session, thread, eva, Refusal.CONFLICT, now=build.at(1))
    again = build.question(session, activity=activity, author=ana, title="And this?", after=5)
    by_bo = build.question(session, activity=activity, author=bo, title="And that?", after=5)
    assert eva not in build.asked(session, again)
    assert eva in build.asked(session, by_bo)


def test_whoever_it_is_passed_to_owns_it(session, activity, ana, eva, finn, gry, trainer):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    other = ({eva, finn, gry} - set(build.asked(session, thread))).pop()
    services.claim(session, thread, first, now=build.at(1))
    services.pass_on(session, thread, first, other.id, now=build.at(2))
    assert build.state(session, thread, first) is State.PASSED
    assert build.state(session, thread, other) is State.ASKED


def test_it_is_passed_to_nobody_outside(session, activity, ana, eva, trainer):
    thread = build.question(session, activity=activity, author=ana)
    stranger = make.member(session)
    with pytest.raises(NotFoundError):
        services.pass_on(session, thread, eva, stranger.id, now=build.at(1))


def test_who_else_leaves_out_who_was_asked(session, activity, ana, eva, finn, gry, trainer):
    thread = build.question(session, activity=activity, author=ana)
    first = build.asked(session, thread)[0]
    found = services.whom_else(session, thread, first, now=build.at(1))
    assert {each.member for each in found} == {eva, finn, gry} - set(build.asked(session, thread))
    assert all(each.reasons for each in found)


def test_a_peers_answer_frees_the_peers_only(session, activity, ana, bo, eva, trainer):
    thread = build.question(session, activity=activity, author=ana)
    build.answer(session, thread, author=make.member(session, course=activity.course))
    assert build.state(session, thread, bo) is State.EXPIRED
    assert build.state(session, thread, eva) is State.ASKED


def test_an_experts_answer_frees_everybody(session, activity, ana, bo, eva, finn, trainer):
    thread = build.question(session, activity=activity, author=ana)
    build.answer(session, thread, author=eva)
    assert build.state(session, thread, eva) is State.ANSWERED
    assert build.asked(session, thread, State.ASKED) == []
    assert build.case(session, thread).answer_due_at is None


def test_of_an_answer_without_a_name_nothing_tells_whose_it_is(session, activity, ana, bo, eva, trainer):
    rules = get_rules(session, activity)
    rules.allows_anonymous = True
    session.add(rules)
    thread = build.question(session, activity=activity, author=ana)
    build.answer(session, thread, author=bo, is_anonymous=True)
    assert build.state(session, thread, bo) is State.EXPIRED
    assert build.case(session, thread).answered_at is not None


def test_nothing_is_asked_after_it_is_solved(session, activity, ana, eva, trainer):
    thread = build.question(session, activity=activity, author=ana)
    services.resolved(session, thread, now=build.at(10))
    assert build.case(session, thread).due_at is None
    assert build.tick(session, build.at(60 * 24 * 30)) == 0


def test_reopened_it_goes_to_those_who_were_not_asked(session, activity, ana, eva, finn, gry, trainer):
    thread = build.question(session, activity=activity, author=ana)
    before = set(build.asked(session, thread))
    build.answer(session, thread, author=eva if eva in before else finn)
    services.resolved(session, thread, now=build.at(10))
    services.reopened(session, thread, now=build.at(20))
    assert build.asked(session, thread, State.ASKED) == [({eva, finn, gry} - before).pop()]


def test_who_was_asked_goes_on_with_the_question_that_it_was_merged_into(session, activity, ana, bo, eva, trainer):
    one = build.question(session, activity=activity, author=ana)
    services.decline(session, one, eva, Refusal.TOPIC, now=build.at(1))
    other = build.question(session, activity=activity, author=bo, title="Filing?", after=2)
    one.merged_into_id = other.id
    services.merged(session, one, other, now=build.at(3))
    assert build.case(session, one).resolved_at is not None
    assert eva in build.asked(session, other, State.ASKED)


def test_progress_takes_two_queries(session, activity, ana, eva, trainer, learners, count_queries):
    threads = [build.question(session, activity=activity, author=ana, title=f"Number {number}?") for number in range(5)]
    session.commit()
    with count_queries() as queries:
        found = services.progress(session, [thread.id for thread in threads])
    assert len(queries) == 2
    assert set(found) == {thread.id for thread in threads}


def test_the_statements_say_who_was_asked_and_who_took_it_on(
    session, activity, ana, eva, trainer, endpoint, stored_statements
):
    thread = build.question(session, activity=activity, author=ana)
    services.claim(session, thread, eva, now=build.at(1))
    services.decline(session, thread, eva, Refusal.TIME, now=build.at(2))
    session.commit()
    verbs = [json.loads(body)["verb"]["id"].rsplit("/", 1)[-1] for body in stored_statements]
    assert verbs == ["asked", "was-assigned", "accept", "deny"]


def test_a_topic_that_the_question_names_finds_who_knows_it_without_a_tag(session, activity, ana, bo, eva, trainer):
    cia = make.member(session, course=activity.course, name="Cia Berg")
    for member, is_confirmed in ((bo, True), (cia, False)):
        experts.declare(session, member, ["depreciation"], now=make.NOW)
        if is_confirmed:
            topic = experts.get_topic(session, trainer, member.id, "depreciation")
            experts.decide(session, topic, trainer, is_confirmed=True, now=make.NOW)
    thread = build.question(session, activity=activity, author=ana, title="How do depreciations of a van work?")
    asked = services.progress(session, [thread.id])[thread.id].asked
    assert {each.member_id: (each.is_peer, each.reasons) for each in asked} == {
        bo.id: (False, ["Knows about “depreciation”, which the question mentions"]),
        eva.id: (False, ["Is an expert of this course"]),
        cia.id: (True, ["Says to know about “depreciation”"]),
    }


def test_what_nobody_has_confirmed_is_told_to_those_alone_who_lead_the_course(
    session, activity, ana, bo, eva, trainer, learners
):
    make_away(session, bo)
    thread = build.question(session, activity=activity, author=ana, title="How do deprebotions of a van work?")
    experts.declare(session, bo, ["deprebotion"], now=make.NOW)
    make_away(session, bo, until=make.NOW)
    told = {
        reader: {each.member: each.reasons for each in services.whom_else(session, thread, reader, now=build.at(1))}[bo]
        for reader in (eva, trainer)
    }
    assert told == {eva: ["Has not been asked for a while"], trainer: ["Says to know about “deprebotion”"]}


def make_away(session, member, *, until=make.NOW + timedelta(hours=1)):
    experts.change_availability(session, member, weekly_capacity=None, away_until=until, quiet=None)


def test_what_was_said_where_it_is_switched_off_is_no_reason_to_ask_somebody(
    session, course, activity, ana, bo, trainer
):
    closed = make.activity(session, course=course, title="Last year")
    earlier = build.question(session, activity=closed, author=ana, title="How do I file a van?", tags=["vans"])
    build.answer(session, earlier, author=bo)
    told = []
    for number, off_at in enumerate((None, make.NOW)):
        closed.switched_off_at = off_at
        session.flush()
        thread = build.question(session, activity=activity, author=ana, title=f"Van number {number}?", tags=["vans"])
        told.append([each.reasons for each in services.progress(session, [thread.id])[thread.id].asked if each.is_peer])
    assert told == [
        [["Has answered 1 question about “vans”", "Has answered similar questions"]],
        [["Has been active here lately"]],  # was in the course, as everybody is
    ]


def test_a_question_in_another_language_finds_who_knows_by_another_word_for_the_topic(
    session, activity, ana, bo, trainer, learners
):
    experts.declare(session, bo, ["depreciation"], now=make.NOW)
    words.name_topic(session, trainer, "depreciation", ["afskrivning"])
    experts.decide(
        session, experts.get_topic(session, trainer, bo.id, "depreciation"), trainer, is_confirmed=True, now=make.NOW
    )

    def why(**question):
        thread = build.question(session, activity=activity, author=ana, **question)
        return [
            each.reasons for each in services.progress(session, [thread.id])[thread.id].asked if each.member_id == bo.id
        ]

    danish = "Hvordan er reglerne for afskrivninger på en varevogn?"
    assert why(title=danish) == [["Knows about “depreciation” (here “afskrivning”), which the question mentions"]]
    tagged = ["Knows about “depreciation” (here “afskrivning”), as a trainer has confirmed"]
    assert why(title="And a car?", tags=["afskrivning"]) == [tagged]
    assert why(title="A van", tags=["depreciation"]) == [["Knows about “depreciation”, as a trainer has confirmed"]]


def test_a_word_that_somebody_suggests_is_what_they_say_to_know_until_a_trainer_takes_it_up(
    session, activity, ana, bo, trainer, learners
):
    experts.declare(session, bo, ["depreciation"], now=make.NOW)
    words.suggest_words(session, bo, "depreciation", ["afskrivning"])
    told = []
    for number, is_confirmed in enumerate((False, True)):
        if is_confirmed:
            topic = experts.get_topic(session, trainer, bo.id, "depreciation")
            experts.decide(session, topic, trainer, is_confirmed=True, now=make.NOW)
        title = f"Er det en afskrivning, nummer {number}?"
        thread = build.question(session, activity=activity, author=ana, title=title)
        asked = services.progress(session, [thread.id])[thread.id].asked
        told += [each.reasons for each in asked if each.member_id == bo.id]
    assert told == [
        ["Says to know about “afskrivning”"],
        ["Knows about “depreciation” (here “afskrivning”), which the question mentions"],
    ]


def test_answers_under_another_word_for_a_topic_count_for_it(session, activity, ana, bo, trainer, learners):
    words.name_topic(session, trainer, "depreciation", ["afskrivning"])
    earlier = build.question(session, activity=activity, author=ana, title="Van?", tags=["afskrivning"])
    build.answer(session, earlier, author=bo)
    thread = build.question(session, activity=activity, author=ana, title="Trucks, then?", tags=["depreciation"])
    asked = services.progress(session, [thread.id])[thread.id].asked
    (reasons,) = [each.reasons for each in asked if each.member_id == bo.id]
    assert reasons[0] == "Has answered 1 question about “depreciation”"
