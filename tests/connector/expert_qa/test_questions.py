import json
from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from connector.activities.models import GroupMode
from connector.delivery.models import Message
from connector.expert_qa import chores, hours, listing, privacy, services
from connector.expert_qa.copying import copy_settings
from connector.expert_qa.desk import get_desk, get_question, set_desk
from connector.expert_qa.listing import Show
from connector.expert_qa.models import Question
from connector.expert_qa.pooling import POOLED, point
from connector.expert_qa.services import INFO_WANTED, NUDGED, SHOWN
from connector.expert_qa.states import State
from connector.experts import services as experts
from connector.experts.wording import name_topic
from connector.moderation import moving
from connector.notifications.models import Notice
from connector.participation import services as participation
from connector.participation.models import Grading, Late
from connector.pool.models import Entry
from connector.pool.services import call_outdated, promote, remove
from connector.routing.models import Case
from connector.threads.access import look
from connector.threads.models import Post, PostState, Thread
from tests import make
from tests.connector.expert_qa import asking
from tests.connector.expert_qa.test_asking import text_of
from tests.connector.groups import build as groups
from xapi.profile import check


@pytest.fixture
def thread(session, activity, ana):
    return asking.ask(session, activity, ana, title="How do I file an invoice?", body="I looked *everywhere*.")


@pytest.fixture
def acting(app, session):
    """Services as the application joins them: whoever watches threads is told."""
    with app.test_request_context():
        yield session


def told(stored, event_key):
    return [each for each in stored(select(Message.body)) if f'"{event_key}"'.encode() in each]


# --- the page ---------------------------------------------------------------------------------------------------------
def test_answers_come_from_the_best_on(enter, session, ana, bo, expert, trainer, thread):
    last = asking.answer(session, thread, bo, "The oldest one.", after=1)
    voted = asking.answer(session, thread, bo, "The helpful one.", after=2)
    asking.vote(session, voted, ana)
    endorsed = asking.answer(session, thread, bo, "The endorsed one.", after=3)
    asking.endorse(session, endorsed, expert)
    asking.endorse(session, endorsed, trainer)
    accepted = asking.answer(session, thread, bo, "The accepted one.", after=4)
    asking.accept(session, accepted)
    page = text_of(enter(ana).get(f"/threads/{thread.id}"))
    places = [page.index(each) for each in ("The accepted", "The endorsed", "The helpful", "The oldest")]
    assert places == sorted(places)
    assert "Endorsed by Eva Lund (Expert)" in page
    assert "Endorsed by Tine Bech (Trainer)" in page
    assert "Solved: you accepted the answer that helped." in page
    assert last.id


def test_an_answer_and_a_comment_are_posted(enter, stored, ana, bo, thread):
    visit = enter(bo)
    visit.get(f"/threads/{thread.id}")
    replies = f"/s/{visit.sid}/discussions/{thread.activity_id}/threads/{thread.id}/replies"
    answer = visit.client.post(replies, data={"csrf_token": visit.token, "body": "By date."})
    assert answer.location.startswith(f"{visit.path}/threads/{thread.id}?post=2#post-")
    (post,) = stored(select(Post).where(Post.depth == 1))
    visit.client.post(replies, data={"csrf_token": visit.token, "body": "Or by name.", "parent": post.id})
    assert stored(select(Post.depth).order_by(Post.number)) == [0, 1, 2]
    form = text_of(enter(ana).get(f"/threads/{thread.id}?to={post.id}"))
    assert "Your comment for Bo Dam" in form


def test_an_empty_answer_comes_back_on_the_page_of_the_question(enter, bo, thread):
    visit = enter(bo)
    visit.get(f"/threads/{thread.id}")
    replies = f"/s/{visit.sid}/discussions/{thread.activity_id}/threads/{thread.id}/replies"
    answer = visit.client.post(replies, data={"csrf_token": visit.token, "body": " "})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Where this question stands" in answer.text


def test_who_should_know_asks_back_and_who_asked_adds_it(enter, stored, ana, bo, expert, thread):
    assert enter(bo).post(f"/threads/{thread.id}/info", wanted="Which year?").status_code == HTTPStatus.NOT_FOUND
    enter(expert).post(f"/threads/{thread.id}/info", wanted="Which year?")
    assert [notice.member_id for notice in stored(select(Notice).where(Notice.what == INFO_WANTED))] == [ana.id]
    visit = enter(ana)
    page = text_of(visit.get(f"/threads/{thread.id}"))
    assert "It waits for you: Eva Lund needs to know more." in page
    assert "Which year?" in page
    visit.post(f"/threads/{thread.id}/more", body="Of 2025.")
    assert "Of 2025." in text_of(enter(bo).get(f"/threads/{thread.id}"))
    (question,) = stored(select(Question))
    assert (question.info_asked_at, question.info_wanted) == (None, "")


def test_asking_back_needs_words(enter, expert, thread):
    answer = enter(expert).post(f"/threads/{thread.id}/info", wanted=" ")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say what is missing" in text_of(answer)


def test_the_clock_stands_while_information_is_missing(enter, stored, ana, expert, thread, session):
    enter(expert).post(f"/threads/{thread.id}/info", wanted="Which year?")
    assert [case.is_paused for case in stored(select(Case))] == [True]
    enter(ana).post(f"/threads/{thread.id}/more", body="Of 2025.")
    assert [case.is_paused for case in stored(select(Case))] == [False]


def test_who_asked_solves_and_reopens(enter, stored, endpoint, ana, bo, thread):
    visit = enter(ana)
    visit.post(f"/threads/{thread.id}/resolve")
    assert "Solved: Ana Holm needs no further answer." in text_of(enter(bo).get(f"/threads/{thread.id}"))
    assert [case.resolved_at is not None for case in stored(select(Case))] == [True]
    visit.post(f"/threads/{thread.id}/reopen")
    assert [case.resolved_at for case in stored(select(Case))] == [None]
    assert enter(bo).post(f"/threads/{thread.id}/resolve").status_code == HTTPStatus.NOT_FOUND
    assert (len(told(stored, "question.resolved")), len(told(stored, "question.reopened"))) == (1, 1)


def test_accepting_settles_and_taking_it_back_opens_again(enter, stored, session, ana, bo, thread):
    post = asking.answer(session, thread, bo)
    visit = enter(ana)
    visit.get(f"/threads/{thread.id}")
    accept = f"/s/{visit.sid}/discussions/{thread.activity_id}/posts/{post.id}/accept"
    visit.client.post(accept, data={"csrf_token": visit.token})
    assert [each.resolved_at is not None for each in stored(select(Question))] == [True]
    visit.client.post(accept, data={"csrf_token": visit.token, "undo": "1"})
    assert [each.resolved_at for each in stored(select(Question))] == [None]


# --- names and eyes -----------------------------------------------------------------------------------------------------
def test_an_answered_question_is_anonymised_and_not_taken_back(enter, stored, session, ana, bo, thread):
    asking.answer(session, thread, bo)
    visit = enter(ana)
    visit.get(f"/threads/{thread.id}")
    opening = f"/s/{visit.sid}/discussions/{thread.activity_id}/posts/{thread.opening.id}"
    refused = visit.client.post(f"{opening}/withdraw", data={"csrf_token": visit.token})
    assert refused.status_code == HTTPStatus.CONFLICT
    visit.post(f"/threads/{thread.id}/hide")
    assert stored(select(Post.state).where(Post.number == 1)) == [PostState.VISIBLE]
    page = text_of(enter(bo).get(f"/threads/{thread.id}"))
    assert "Anonymous 1" in page
    assert "Ana Holm" not in page
    assert "Your name is hidden" not in page
    assert (
        "Your name is hidden: others, your trainers too, see “Anonymous 1”."
        in enter(ana).get(f"/threads/{thread.id}").text
    )


def test_an_unanswered_question_can_be_taken_back(enter, stored, ana, thread):
    visit = enter(ana)
    visit.get(f"/threads/{thread.id}")
    opening = f"/s/{visit.sid}/discussions/{thread.activity_id}/posts/{thread.opening.id}"
    visit.client.post(f"{opening}/withdraw", data={"csrf_token": visit.token})
    assert stored(select(Post.state)) == [PostState.WITHDRAWN]


def test_a_question_about_graded_work_is_for_trainers_until_its_date(
    enter, stored, session, activity, ana, bo, trainer
):
    set_desk(session, activity, trainer, assessed_until=asking.at(60), nudge_days=3, starters="")
    visit = enter(ana)
    visit.post("/questions", title="Is exercise three a trick?", body="It looks odd.", assessed="1")
    (thread,) = stored(select(Thread))
    assert thread.is_private
    assert stored(select(Case)) == []
    assert enter(bo).get(f"/threads/{thread.id}").status_code == HTTPStatus.NOT_FOUND
    assert "Only the trainers can read and answer it." in text_of(enter(trainer).get(f"/threads/{thread.id}"))


def test_it_is_shown_to_all_when_its_date_has_come(acting, activity, ana, trainer, stored):
    set_desk(acting, activity, trainer, assessed_until=asking.at(60), nudge_days=3, starters="")
    thread = asking.ask(acting, activity, ana, is_assessed=True)
    assert chores.show_assessed(acting, now=asking.at(59)) == 0
    assert chores.show_assessed(acting, now=asking.at(60)) == 1
    assert (thread.is_private, get_question(acting, thread).sent_on_at) == (False, asking.at(60))
    assert acting.scalars(select(Notice.what).where(Notice.member_id == ana.id)).all() == [SHOWN]


# --- duplicates ---------------------------------------------------------------------------------------------------------
def test_two_questions_become_one_and_two_again(app, enter, session, activity, ana, bo, trainer, thread):
    kept = asking.answer(session, thread, ana, "An own answer.")
    other = asking.ask(session, activity, bo, title="Filing a bill: how?", body="Help.")
    answer = asking.answer(session, other, trainer, "With the form.")
    comment = asking.answer(session, other, bo, "Which form?", parent=answer)
    with app.test_request_context():
        act = moving.merge(session, other, thread, trainer, "The same.", now=asking.at(9))
    assert (answer.parent_id, answer.depth, comment.depth) == (thread.opening.id, 1, 2)
    page = text_of(enter(ana).get(f"/threads/{thread.id}"))
    assert "Also asked as “Filing a bill: how?”" in page
    assert "2 answers" in page
    assert "With the form." in page
    visit = enter(bo)
    assert visit.get(f"/threads/{other.id}").location == f"{visit.path}/threads/{thread.id}"
    assert "How do I file an invoice?" in text_of(visit.get("/similar?title=Filing a bill: how"))
    moving.undo(session, act, trainer, now=asking.at(10))
    assert (answer.parent_id, answer.depth, comment.depth) == (other.opening.id, 1, 2)
    assert kept.thread_id == thread.id


def test_who_leads_the_course_puts_a_duplicate_in_its_place(
    enter, stored, session, endpoint, activity, ana, bo, trainer, thread
):
    again = asking.ask(session, activity, bo, title="How do I file an invoice?")
    get_question(session, again).alike_id = thread.id
    visit = enter(trainer)
    assert "may repeat" in text_of(visit.get("/overview"))
    assert enter(bo).post(f"/threads/{again.id}/alike", same="1").status_code == HTTPStatus.NOT_FOUND
    visit.post(f"/threads/{again.id}/alike", same="1")
    assert stored(select(Thread.merged_into_id).where(Thread.id == again.id)) == [thread.id]
    assert len(told(stored, "question.closed_duplicate")) == 1


# --- now and then ---------------------------------------------------------------------------------------------------------
def test_who_asked_is_reminded_once_for_each_answer(acting, activity, ana, bo):
    thread = asking.ask(acting, activity, ana)
    asking.answer(acting, thread, bo)
    later = asking.at() + timedelta(days=3)
    assert chores.nudge_askers(acting, now=later - timedelta(minutes=1)) == 0
    assert chores.nudge_askers(acting, now=later) == 1
    assert chores.nudge_askers(acting, now=later + timedelta(days=9)) == 0
    assert NUDGED in acting.scalars(select(Notice.what).where(Notice.member_id == ana.id)).all()


def test_nobody_is_reminded_of_what_is_solved(acting, activity, ana, bo):
    thread = asking.ask(acting, activity, ana)
    asking.accept(acting, asking.answer(acting, thread, bo))
    assert chores.nudge_askers(acting, now=asking.at() + timedelta(days=9)) == 0


def test_an_hour_collects_questions_and_passes_on_what_is_left(acting, activity, ana, bo, expert, trainer):
    hour = hours.plan(
        acting,
        activity,
        trainer,
        title="Ask Eva",
        host=expert,
        begins_at=asking.at(60),
        ends_at=asking.at(120),
        now=asking.at(),
    )
    left = asking.ask(acting, activity, ana, hour_id=hour.id)
    done = asking.ask(acting, activity, bo, title="And where?", hour_id=hour.id)
    asking.answer(acting, done, expert, after=61)
    assert get_question(acting, left).sent_on_at is None
    assert hours.pass_on_ended(acting, now=asking.at(119)) == 0
    assert hours.pass_on_ended(acting, now=asking.at(120)) == 1
    assert get_question(acting, left).sent_on_at == asking.at(120)
    assert get_question(acting, done).sent_on_at is None


def test_an_hour_is_planned_and_asked_for(enter, stored, ana, trainer, expert):
    visit = enter(trainer)
    begins = (make.NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    ends = (make.NOW + timedelta(days=1, hours=1)).strftime("%Y-%m-%dT%H:%M")
    planned = visit.post("/hours", title="Ask Eva", host=expert.id, begins_at=begins, ends_at=ends, zone="UTC")
    assert planned.status_code == HTTPStatus.SEE_OTHER
    hour_id = planned.location.rpartition("/")[2]
    learner = enter(ana)
    learner.post("/questions", title="What do you do all day?", body="Tell.", hour=hour_id)
    assert "What do you do all day?" in text_of(learner.get(f"/hours/{hour_id}"))
    assert "Collected for" in text_of(learner.get(f"/threads/{stored(select(Thread.id))[0]}"))


# --- lists ----------------------------------------------------------------------------------------------------------------
def test_lists_tell_what_waits_and_what_is_solved(acting, activity, ana, bo, expert):
    solved = asking.ask(acting, activity, ana, title="A solved one")
    asking.accept(acting, asking.answer(acting, solved, bo))
    asking.ask(acting, activity, ana, title="An open one", after=1)
    sight = look(acting, bo, activity, now=asking.at(5))
    waiting = listing.list_questions(acting, sight, show=Show.WAITING)
    assert [row.thread.title for row in waiting.rows] == ["An open one"]
    assert waiting.counts == {Show.WAITING: 1, Show.UNANSWERED: 1, Show.SOLVED: 1, Show.MINE: 1, Show.ALL: 2}
    assert [row.entry.state for row in listing.list_questions(acting, sight, show=Show.SOLVED).rows] == [State.SOLVED]


def test_more_questions_ask_the_database_nothing_more(enter, session, activity, ana, bo, expert, queries):
    def count(questions):
        for number in range(questions):
            thread = asking.ask(session, activity, ana, title=f"Number {number}", tags=("one",), after=number)
            asking.endorse(session, asking.answer(session, thread, bo), expert)
        visit = enter(bo)
        visit.get()
        queries.clear()
        visit.get()
        return len(queries)

    assert count(1) == count(29)


def test_more_answers_ask_the_database_nothing_more(enter, session, activity, ana, bo, expert, queries, thread):
    def count(answers):
        for number in range(answers):
            post = asking.answer(session, thread, bo, f"Number {number}", after=number)
            asking.endorse(session, post, expert)
            asking.answer(session, thread, expert, f"Comment {number}", parent=post, after=number)
        visit = enter(ana)
        visit.get(f"/threads/{thread.id}")
        queries.clear()
        visit.get(f"/threads/{thread.id}")
        return len(queries)

    assert count(1) == count(9)


# --- the trainer's pages --------------------------------------------------------------------------------------------------
def test_the_overview_tells_what_waits_and_how_long_answers_take(app, enter, session, activity, ana, bo, trainer):
    asking.ask(session, activity, ana, title="Nobody knows", tags=("moon",))
    answered = asking.ask(session, activity, ana, title="Somebody knows")
    with app.test_request_context():
        asking.answer(session, answered, bo, after=120)
    page = text_of(enter(trainer).get("/overview"))
    assert "Nobody knows" in page
    assert "2 hours" in page
    assert "1 of 1 question without an answer" in page
    assert enter(ana).get("/overview").status_code == HTTPStatus.NOT_FOUND


def test_settings_are_kept(enter, trainer, ana):
    visit = enter(trainer)
    visit.post("/settings", nudge_days="5", starters="What is this for?\nWho knows about money?", zone="UTC")
    assert 'value="5"' in visit.get("/settings").text
    assert "Who knows about money?" in text_of(enter(ana).get())
    assert visit.post("/settings", nudge_days="x").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_what_a_learner_wrote_is_listed_without_what_is_hidden(enter, session, ana, bo, trainer, thread):
    asking.answer(session, thread, bo, "By date.")
    assert "By date." in text_of(enter(trainer).get(f"/review/{bo.id}"))
    assert session.scalar(select(func.count()).select_from(Post)) == 2


def test_who_reads_a_question_of_another_group_is_told_why_there_is_no_form(enter, session, course, activity, ana, bo):
    team = groups.lms_set(session, course)["Team 1"]
    groups.put(session, team, ana)
    activity.group_mode = GroupMode.VISIBLE
    session.flush()
    thread = asking.ask(session, activity, ana, group_id=team.id)
    told = {who: text_of(enter(who).get(f"/threads/{thread.id}")) for who in (ana, bo)}
    assert ["you can read what is open to you, but not answer" in told[who] for who in (ana, bo)] == [False, True]
    assert ["Post the answer" in told[who] for who in (ana, bo)] == [True, False]


def test_the_overview_tells_how_many_know_about_what_waits_whatever_it_is_called(
    enter, session, activity, ana, bo, trainer
):
    experts.declare(session, bo, ["depreciation"], now=asking.at())
    experts.decide(
        session,
        experts.get_topic(session, trainer, bo.id, "depreciation"),
        trainer,
        is_confirmed=True,
        now=asking.at(),
    )
    name_topic(session, trainer, "depreciation", ["afskrivning"])
    asking.ask(session, activity, ana, tags=("afskrivning", "vans"))
    page = text_of(enter(trainer).get("/overview"))
    assert "#afskrivning : 1 of 1 question without an answer; 1 person knows it" in page
    assert "#vans : 1 of 1 question without an answer; nobody is confirmed to know about it" in page


# --- what the knowledge pool answers --------------------------------------------------------------------------------------
def test_a_trainer_points_questions_to_one_entry_of_the_pool_and_who_asked_is_told(
    enter, session, activity, endpoint, ana, bo, trainer, expert, stored
):
    first = asking.ask(session, activity, bo, title="How do I file an invoice from abroad?")
    entry = promote(session, asking.answer(session, first, expert, "Use the blue form."), trainer, now=asking.at(1))
    asked = [
        asking.ask(session, activity, author, title=f"Filing invoices from {place}", after=2)
        for author, place in ((ana, "abroad"), (bo, "Norway"))
    ]
    secret = asking.ask(session, activity, ana, title="My own invoice from abroad", is_private=True)
    lead, look = enter(trainer), enter(bo)
    paths = [f"/threads/{each.id}" for each in (*asked, secret)]
    offered, theirs = text_of(lead.get(paths[0])), text_of(look.get(paths[0]))
    assert [("This answers it : How do I file an invoice from abroad?" in page) for page in (offered, theirs)] == [
        True,
        False,
    ]
    assert [look.post(f"{paths[0]}/pool", entry=entry.id).status_code, lead.post(f"{paths[0]}/pool").status_code] == [
        404,
        404,
    ]
    for path in paths:
        assert lead.post(f"{path}/pool", entry=entry.id).status_code == HTTPStatus.SEE_OTHER
    assert lead.post(f"{paths[0]}/pool", entry=entry.id).status_code == HTTPStatus.SEE_OTHER  # the same click twice
    page = text_of(look.get(paths[0]))
    assert "Solved: the knowledge pool answers it." in page
    assert "Use the blue form." in page
    told = stored(select(Notice).where(Notice.what == POOLED))
    assert sorted(each.member_id for each in told) == sorted([ana.id, bo.id, ana.id])
    resolved = [json.loads(each) for each in stored(select(Message.body)) if b"question.resolved" in each]
    assert len(resolved) == len(paths)
    check(resolved[0])
    where = f"/s/{look.sid}/pool/{entry.id}"
    listed = text_of(look.client.get(where))
    assert "Questions that it answers" in listed
    titles = [each.title for each in (first, *asked, secret)]
    assert [each in listed for each in titles] == [True, True, True, False]
    similar = look.get("/similar?title=Filing invoices from Norway").text
    assert similar.count("Use the blue form.") >= 2  # the entry, and the question that it answers
    asker = enter(ana)
    assert (
        "The knowledge pool answers “Filing invoices from abroad”" in asker.client.get(f"/s/{asker.sid}/notices").text
    )
    assert asker.post(f"{paths[0]}/reopen").status_code == HTTPStatus.SEE_OTHER
    assert "Use the blue form." not in text_of(look.get(paths[0]))
    assert titles[1] not in text_of(look.client.get(where))


def test_what_became_of_the_entry_is_told_on_the_questions_that_it_answers(
    enter, session, activity, ana, bo, trainer, expert
):
    first = asking.ask(session, activity, bo)
    entry = promote(session, asking.answer(session, first, expert, "Use the form."), trainer, now=asking.at(1))
    thread = asking.ask(session, activity, ana, title="And from Norway?")
    point(session, thread, entry, trainer, now=asking.at(2))
    visit = enter(bo)
    told = [text_of(visit.get(f"/threads/{thread.id}"))]
    for act in (call_outdated, remove):
        act(session, entry, trainer, now=asking.at(3))
        session.commit()
        told.append(text_of(visit.get(f"/threads/{thread.id}")))
    assert ["Outdated" in page for page in told] == [False, True, False]
    assert ["Use the form." in page for page in told] == [True, True, False]
    assert "Solved by an entry that is no longer in the knowledge pool." in told[2]


def test_a_question_stays_solved_when_a_lent_entry_that_answers_it_is_deleted(
    app, enter, session, activity, ana, bo, trainer, expert
):
    first = asking.ask(session, activity, bo)
    entry = promote(session, asking.answer(session, first, expert, "Use the form."), trainer, now=asking.at(1))
    thread = asking.ask(session, activity, ana, title="And from Norway?")
    point(session, thread, entry, trainer, now=asking.at(2))
    entry.is_lent = True
    visit = enter(bo)
    with app.test_request_context():
        remove(session, entry, trainer, now=asking.at(3))
    session.commit()
    assert "Solved by an entry that is no longer" in text_of(visit.get(f"/threads/{thread.id}"))
    assert session.scalar(select(func.count()).select_from(Entry)) == 0


def test_what_is_found_in_the_pool_before_it_is_asked_is_counted(enter, session, activity, ana, bo, trainer, expert):
    thread = asking.ask(session, activity, bo, title="How do I file an invoice from abroad?")
    entry = promote(session, asking.answer(session, thread, expert, "Use the form."), trainer, now=asking.at(1))
    visit = enter(ana)
    where = f"/s/{visit.sid}/pool/{entry.id}"
    assert "before it was asked" not in text_of(visit.client.get(where))
    for _ in range(2):
        visit.post(f"/similar/entries/{entry.id}/solves", title="Filing an invoice from abroad")
    assert "solved 2 questions before they were asked" in text_of(visit.client.get(where))


def test_what_was_accepted_meanwhile_is_not_pointed_elsewhere(enter, session, activity, ana, bo, trainer, expert):
    first = asking.ask(session, activity, bo)
    entry = promote(session, asking.answer(session, first, expert, "Use the form."), trainer, now=asking.at(1))
    thread = asking.ask(session, activity, ana, title="And from Norway?")
    asking.accept(session, asking.answer(session, thread, bo))
    answer = enter(trainer).post(f"/threads/{thread.id}/pool", entry=entry.id)
    assert (answer.status_code, "was not pointed to the pool" in answer.text) == (HTTPStatus.CONFLICT, True)


def test_an_entry_with_thirty_questions_asks_no_more_of_the_database_than_with_one(
    enter, session, activity, ana, bo, trainer, expert, count_queries
):
    first = asking.ask(session, activity, bo)
    entry = promote(session, asking.answer(session, first, expert, "Use the form."), trainer, now=asking.at(1))
    visit, counts = enter(ana), []
    for more in (1, 29):
        for _ in range(more):
            point(session, asking.ask(session, activity, ana), entry, trainer, now=asking.at(2))
        session.commit()
        with count_queries() as queries:
            assert "Questions that it answers" in visit.client.get(f"/s/{visit.sid}/pool/{entry.id}").text
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- what is asked for, and copies ----------------------------------------------------------------------------------------
def test_questions_and_answers_count_and_comments_do_not(enter, session, activity, ana, bo, trainer):
    rule = {"threads": 1, "replies": 2, "posts": 0, "due_at": None, "late": Late.COUNTS, "grading": Grading.COUNT}
    participation.set_participation(session, activity, trainer, **rule)
    asking.ask(session, activity, bo)
    thread = asking.ask(session, activity, ana)
    post = asking.answer(session, thread, bo)
    asking.answer(session, thread, bo, "A comment.", parent=post)
    asking.vote(session, post, ana)
    assert "1 of 1 question 1 of 2 answers" in text_of(enter(bo).get())


def test_a_copy_takes_over_how_questions_are_asked_and_nobodys_question(session, course, activity, ana, trainer):
    copy = make.activity(session, course=course)
    set_desk(session, activity, trainer, assessed_until=asking.at(-1), nudge_days=5, starters="Who knows?")
    asking.ask(session, activity, ana)
    copy_settings(session, activity, copy, asking.at())
    desk = get_desk(session, copy)
    assert (desk.nudge_days, desk.starters, desk.assessed_until) == (5, "Who knows?", None)
    assert session.scalar(select(func.count()).where(Thread.activity_id == copy.id)) == 0


def test_a_forgotten_person_leaves_the_question_and_no_words_about_it(session, activity, ana, expert):
    thread = asking.ask(session, activity, ana, unlike_reason="Mine is about me.")
    services.ask_info(session, thread, expert, "Which year, Ana?", now=asking.at())
    assert [each.name for each in privacy.list_of(session, expert.person) if each.records] == ["questions"]
    privacy.forget(session, expert.person)
    privacy.forget(session, ana.person)
    session.expire_all()
    assert (get_question(session, thread).info_wanted, get_question(session, thread).unlike_reason) == ("", "")
