import html
import json
import re
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.delivery.models import Message
from connector.expert_qa import hours
from connector.expert_qa.models import Choice, Question
from connector.experts.services import change_availability
from connector.notifications.models import Level, Scope, Subscription
from connector.pool.finding import index_entries
from connector.pool.services import promote
from connector.routing.models import Request
from connector.threads.models import Thread, ThreadKind, ThreadTag
from tests import make
from tests.connector.expert_qa import asking
from xapi.profile import check


def text_of(response):
    """The words of a page, without its markup."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_question_is_asked_with_its_tags(enter, stored, ana):
    visit = enter(ana)
    answer = visit.post(
        "/questions", title="How do I file an invoice?", body="I looked everywhere.", tags="money, Files"
    )
    assert answer.status_code == HTTPStatus.SEE_OTHER
    (thread,) = stored(select(Thread))
    assert (thread.kind, thread.title) == (ThreadKind.QUESTION, "How do I file an invoice?")
    assert sorted(stored(select(ThreadTag.tag))) == ["files", "money"]
    assert "Your question is out." in text_of(visit.get(f"/threads/{thread.id}?done=asked"))


def test_a_title_can_say_it_all(enter, stored, ana):
    enter(ana).post("/questions", title="Where is the printer?", body="")
    (thread,) = stored(select(Thread))
    assert thread.title == "Where is the printer?"


def test_nothing_typed_is_lost_where_the_title_is_missing(enter, ana):
    answer = enter(ana).post("/questions", title="", body="I looked everywhere.", tags="money")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "I looked everywhere." in answer.text
    assert 'value="money"' in answer.text


def test_the_same_form_twice_is_one_question(enter, stored, ana):
    visit = enter(ana)
    key = "7b3fdb3e-6c5c-4e0f-9d4d-0f3bb0dd2a11"
    for _ in range(2):
        visit.post("/questions", title="How do I file an invoice?", body="Tell me.", idempotency_key=key)
    assert len(stored(select(Thread))) == 1
    assert stored(select(Question.alike_id)) == [None]


def test_who_only_looks_on_asks_nothing(enter, observer):
    visit = enter(observer)
    assert visit.get("/ask").status_code == HTTPStatus.NOT_FOUND
    assert visit.post("/questions", title="How?", body="Tell me.").status_code == HTTPStatus.NOT_FOUND


# --- what was asked before ----------------------------------------------------------------------------------------------
@pytest.fixture
def invoice(session, activity, bo, ana):
    return asking.ask(session, activity, bo, title="How do I file an invoice from abroad?", body="In euros.")


def test_similar_questions_come_with_their_best_answer(enter, session, ana, bo, expert, invoice):
    asking.answer(session, invoice, ana, "Ask at the desk.")
    asking.endorse(session, asking.answer(session, invoice, bo, "Use the form for foreign invoices."), expert)
    page = text_of(enter(ana).get("/similar?title=filing an invoice from abroad"))
    assert "How do I file an invoice from abroad?" in page
    assert "Endorsed answer" in page
    assert "Use the form for foreign invoices." in page
    assert "Ask at the desk." not in page


def test_accepted_answers_come_before_open_questions(enter, session, activity, ana, bo, invoice):
    solved = asking.ask(session, activity, bo, title="How do I file an invoice on paper?")
    asking.accept(session, asking.answer(session, solved, ana, "Scan it."))
    page = text_of(enter(ana).get("/similar?title=How do I file an invoice from abroad"))
    assert page.index("on paper") < page.index("from abroad")


def test_a_few_letters_find_nothing_yet(enter, ana, invoice):
    assert text_of(enter(ana).get("/similar?title=invoice")) == ""


def test_what_one_may_not_read_is_not_similar(enter, session, activity, ana, bo):
    asking.ask(session, activity, bo, title="How do I file an invoice from abroad?", is_private=True)
    assert text_of(enter(ana).get("/similar?title=How do I file an invoice from abroad")) == ""


def test_this_solves_it_is_told_and_learnt_from(enter, stored, session, endpoint, ana, bo, invoice):
    asking.answer(session, invoice, bo, "Use the form.")
    answer = enter(ana).post(f"/similar/{invoice.id}/solves", title="How do I file an invoice from abroad")
    assert answer.location.endswith("?done=solved")
    (choice,) = stored(select(Choice))
    assert choice.is_same
    assert choice.likeness > 0.8
    bodies = [each for each in stored(select(Message.body)) if b"question.resolved" in each]
    assert len(bodies) == 1
    assert b'"reuse"' in bodies[0]


def test_the_same_question_is_followed(enter, stored, ana, invoice):
    enter(ana).post(f"/similar/{invoice.id}/follow", title="How do I file an invoice from abroad")
    mine = select(Subscription.level).where(
        Subscription.member_id == ana.id, Subscription.scope == Scope.THREAD, Subscription.scope_id == invoice.id
    )
    assert stored(mine) == [Level.EVERYTHING]


def test_mine_is_different_keeps_what_was_typed_and_says_why(enter, stored, ana, invoice):
    visit = enter(ana)
    form = visit.post("/ask", title="How do I file an invoice from China?", body="In yuan.", unlike=invoice.id)
    assert "In yuan." in form.text
    assert "What is different from" in text_of(form)
    visit.post(
        "/questions",
        title="How do I file an invoice from China?",
        body="In yuan.",
        unlike=invoice.id,
        unlike_reason="Another currency.",
    )
    (question,) = stored(select(Question).where(Question.unlike_id == invoice.id))
    assert question.unlike_reason == "Another currency."
    assert [choice.is_same for choice in stored(select(Choice))] == [False]
    page = text_of(visit.get(f"/threads/{question.thread_id}"))
    assert "Another currency." in page


def test_nobody_is_interrupted_before_enough_people_chose(enter, stored, session, activity, ana, invoice):
    asking.choices(session, activity, 49)
    enter(ana).post("/questions", title="How do I file an invoice from abroad?", body="Tell me.")
    assert len(stored(select(Thread))) == 2


def test_who_probably_repeats_a_question_is_asked_once_more(enter, stored, session, activity, ana, invoice):
    asking.choices(session, activity, 60)
    visit = enter(ana)
    typed = {"title": "How do I file an invoice from abroad?", "body": "Tell me."}
    page = visit.post("/questions", **typed)
    assert page.status_code == HTTPStatus.OK
    assert "This was probably asked before." in text_of(page)
    assert "Tell me." in page.text
    assert len(stored(select(Thread))) == 1
    visit.post("/questions", **typed, sure="1")
    assert len(stored(select(Thread))) == 2


def test_who_leads_the_course_is_told_of_a_possible_duplicate(enter, stored, ana, trainer, invoice):
    enter(ana).post("/questions", title="How do I file an invoice from abroad?", body="Tell me.")
    (question,) = stored(select(Question).where(Question.alike_id.is_not(None)))
    assert question.alike_id == invoice.id
    assert "Possible duplicate" in text_of(enter(trainer).get(f"/threads/{question.thread_id}"))
    assert "Possible duplicate" not in text_of(enter(ana).get(f"/threads/{question.thread_id}"))


def test_what_the_pool_knows_stands_first(enter, session, ana, bo, trainer, invoice):
    answer = asking.answer(session, invoice, bo, "Use the form for foreign invoices.")
    promote(session, answer, trainer, now=asking.at(5))
    page = text_of(enter(ana).get("/similar?title=filing an invoice from abroad"))
    assert page.index("From the knowledge pool") < page.index("Answered")


def test_what_is_confirmed_in_the_pool_stands_before_what_is_not(enter, session, ana, bo, trainer, invoice):
    first, second = (
        asking.answer(session, invoice, bo, f"Use the {word} form for invoices.") for word in ("blue", "red")
    )
    for post, days in ((first, 400), (second, 0)):
        entry = promote(session, post, trainer, now=asking.at(-days * 24 * 60))
        entry.title = f"Filing an invoice from abroad {post.number}"
        index_entries(session, [entry])
    visit = enter(ana)
    for page in (visit.get("/similar?title=filing an invoice from abroad"), visit.get("/ask?title=filing an invoice")):
        said = text_of(page)
        assert said.index("red form") < said.index("Due for a review") < said.index("blue form")


def test_what_the_pool_knows_solves_it(enter, stored, session, endpoint, ana, bo, trainer, invoice):
    entry = promote(session, asking.answer(session, invoice, bo, "Use the form."), trainer, now=asking.at(5))
    visit = enter(ana)
    assert f"/similar/entries/{entry.id}/solves" in visit.get("/ask?title=filing an invoice from abroad").text
    answer = visit.post(f"/similar/entries/{entry.id}/solves", title="How do I file an invoice from abroad")
    assert answer.location.endswith("?done=solved")
    (choice,) = stored(select(Choice))
    assert choice.is_same
    assert choice.likeness > 0.8
    (body,) = [json.loads(each) for each in stored(select(Message.body)) if b"question.resolved" in each]
    assert body["object"]["id"] == entry.iri
    check(body)


def test_many_entries_ask_no_more_of_the_database_than_one(enter, session, ana, trainer, invoice, bo, count_queries):
    visit, counts = enter(ana), []
    for more in (1, 29):
        for _ in range(more):
            promote(
                session, asking.answer(session, invoice, bo, "Use the form for invoices."), trainer, now=asking.at(5)
            )
        session.commit()
        with count_queries() as asked:
            visit.get("/similar?title=filing an invoice from abroad")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_list_ends_with_what_was_confirmed_last(enter, session, ana, bo, trainer, invoice):
    for number, days in enumerate((400, 3, 2, 1, 0)):
        post = asking.answer(session, invoice, bo, f"Use form number {number}.")
        promote(session, post, trainer, now=asking.at(-days * 24 * 60))
    said = text_of(enter(ana).get(""))
    assert [f"form number {number}" in said for number in range(5)] == [False, False, True, True, True]


# --- somebody in particular ---------------------------------------------------------------------------------------------
def asked(stored):
    return {each.member_id: each.is_named for each in stored(select(Request)) if not each.is_peer}


def test_somebody_is_asked_by_name(enter, stored, session, course, ana, expert, trainer):
    others = [make.member(session, course=course, role=Role.EXPERT) for _ in range(3)]
    visit = enter(ana)
    page = visit.get("/ask").text
    assert f'value="{others[0].id}"' in page
    assert f'value="{ana.id}"' not in page
    visit.post("/questions", title="How do I file an invoice?", body="", named=str(expert.id))
    assert asked(stored) == {expert.id: True}


def test_who_is_asked_for_is_kept_where_the_form_comes_back(enter, ana, expert):
    assert f'value="{expert.id}" selected' in enter(ana).post("/ask", title="How?", named=str(expert.id)).text


def test_who_is_away_or_elsewhere_is_not_asked_by_name(enter, stored, session, ana, expert, trainer):
    change_availability(session, expert, weekly_capacity=None, away_until=asking.at(60 * 24 * 9000), quiet=None)
    stranger = make.member(session, course=make.course(session), role=Role.EXPERT)
    visit = enter(ana)
    assert f'value="{expert.id}"' not in visit.get("/ask").text
    for named in (expert, stranger):
        visit.post("/questions", title=f"How do I file {named.id}?", body="", named=str(named.id))
    assert asked(stored) == {trainer.id: False}
    assert stored(select(Question.named_id)) == [None, None]


def test_who_is_asked_for_is_asked_when_the_hour_is_over(session, activity, ana, expert, trainer, stored):
    hour = hours.plan(
        session,
        activity,
        trainer,
        title="Ask Eva",
        host=expert,
        begins_at=asking.at(60),
        ends_at=asking.at(120),
        now=asking.at(),
    )
    thread = asking.ask(session, activity, ana, hour_id=hour.id, named_id=trainer.id)
    assert session.scalars(select(Request)).all() == []
    hours.pass_on_ended(session, now=asking.at(130))
    assert [each.member_id for each in session.scalars(select(Request)) if each.is_named] == [trainer.id]
    assert thread.kind is ThreadKind.QUESTION


def test_many_experts_ask_no_more_of_the_database_than_one(enter, session, course, ana, expert, count_queries):
    visit, counts = enter(ana), []
    for more in (0, 29):
        for _ in range(more):
            make.member(session, course=course, role=Role.EXPERT)
        session.commit()
        with count_queries() as seen:
            visit.get("/ask")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_can_be_asked_by_name_is_listed_with_how_many_more_questions_they_take(enter, session, ana, expert):
    change_availability(session, expert, weekly_capacity=2, away_until=None, quiet=None)
    page = enter(ana).get("/ask").text
    assert "Eva Lund – Expert – takes 2 more questions this week" in html.unescape(page)
