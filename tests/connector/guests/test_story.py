"""Somebody from outside answers one question, sees nothing else, and the link dies."""

import html
import re

from sqlalchemy import select, update

from connector.activities.models import Activity, Kind
from connector.courses.models import Person
from connector.expert_qa.models import Question
from connector.guests.standing import State
from connector.threads.models import PostState, ThreadKind
from tests.connector.guests.conftest import ADDRESS
from tests.connector.threads import build

NAMES = ("Ana Holm", "Bo Dam", "Tine Bech")


def text_of(page):
    body = page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_guest_answers_one_question(office, session, question, bo, ana, trainer, visiting, activity):
    build.reply(session, question, author=bo, body="I do not know. Bo Dam")
    session.commit()
    office.invite(question)
    assert office.state() is State.SENT
    (mail,) = office.mails()
    assert mail["Subject"] == "Tine Bech asks for your help"
    assert "You wrote the rules." in mail.get_body(("plain",)).get_content()

    guest = office.browser()
    door = guest.get()
    assert "Confirm that it is you" in text_of(door.text)
    assert "Which form" not in door.text
    assert "Onboarding" not in door.text
    guest.post("/code")
    assert "six digits" in text_of(guest.read())
    guest.post("/confirm", code=office.code())
    page = guest.read()
    assert "Will you help?" in text_of(page)
    assert office.find(select(Person).where(Person.is_guest)) == []
    guest.post("/agree", is_recorded="1")

    page = guest.read()
    assert "Which form does Learner 2 need?" in text_of(page)
    assert "@Learner 2 and he said: ask somebody in the course. Yours, Learner 1" in text_of(page)
    assert not [name for name in NAMES if name in text_of(page)]
    answer = guest.post(f"/questions/{question.id}/answer", body="Form **12b**.")
    assert answer.status_code == 303
    assert "Waits for a trainer" in text_of(guest.read())

    (post,) = office.posts()
    assert post.state is PostState.HELD
    assert post.author.is_active is False
    assert "12b" not in text_of(visiting(ana, activity).get(f"/threads/{question.id}").text)
    assert office.state() is State.ANSWERED
    office.approve(post, trainer)
    read = text_of(visiting(ana, activity).get(f"/threads/{question.id}").text)
    assert "12b" in read
    assert "Jane Roe Invited expert" in read
    assert ADDRESS not in read


def test_later_answers_are_shown_as_the_activity_says(office, session, question, trainer):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="First.")
    guest.post(f"/questions/{question.id}/answer", body="Second.")
    posts = office.posts()
    assert {post.state for post in posts} == {PostState.HELD}
    office.approve(posts[0], trainer)
    guest.post(f"/questions/{question.id}/answer", body="Third.")
    third = office.posts()[-1]
    assert third.state is PostState.VISIBLE


def test_a_guest_asks_back_and_is_told_when_somebody_has_written(office, session, question, ana):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/ask", body="Which country?")
    assert office.state() is State.ASKED
    count = len(office.mails())
    office.tidy()
    assert len(office.mails()) == count
    build.reply(session, question, author=ana, body="Denmark.", after=5)
    session.commit()
    office.clock.move(minutes=10)
    office.tidy()
    office.tidy()
    told = [mail["Subject"] for mail in office.mails()[count:]]
    assert told == ["There is more about the question that you looked at"]
    assert "Denmark." in guest.read()


def test_a_guest_says_no_and_names_somebody(office, question):
    office.invite(question)
    guest = office.guest(agrees=False)
    answer = guest.post("/decline", reason="other-topic", suggestion="Ask Dr Lund.")
    assert "Thank you for telling" in text_of(guest.client.get(answer.location).text)
    page = text_of(office.get().text)
    assert "Said no" in page
    assert "It is not my topic: “Ask Dr Lund.”" in page
    assert office.newest().member_id is None


def test_a_guest_of_an_activity_sees_its_open_questions_alone(office, session, activity, ana, bo, question):
    build.thread(session, activity=activity, author=bo, title="Just talk")
    build.thread(session, activity=activity, author=bo, title="For trainers", kind=ThreadKind.QUESTION, is_private=True)
    mine = build.thread(session, activity=activity, author=bo, title="Where is it?", kind=ThreadKind.QUESTION)
    session.commit()
    office.invite()
    page = text_of(office.guest().read())
    assert "Where is it?" in page
    assert "Which form does somebody in the course need?" in page
    assert "Just talk" not in page
    assert "For trainers" not in page
    assert mine.title in page


def test_it_speaks_the_guests_language(office, question):
    office.invite(question, locale="da")
    guest = office.guest()
    assert '<html lang="da"' in guest.read()
    guest.post("/language", locale="nl")
    assert '<html lang="nl"' in guest.read()
    assert office.newest().locale == "nl"


def test_drafts_and_previews_are_the_guests_own(office, question):
    office.invite(question)
    guest = office.guest()
    draft = f"/questions/{question.id}/draft"
    assert guest.post(draft, body="Half a", base="0").get_json() == {"revision": 1}
    assert "Half a" in guest.read()
    assert "<strong>x</strong>" in guest.post("/preview", body="**x**").text
    headers = {"X-CSRF-Token": guest.token}
    assert guest.client.delete(guest.path + draft, headers=headers).status_code == 204
    assert "Half a" not in guest.read()


def test_where_questions_are_asked_a_guest_asks_back_as_experts_do(office, session, question):
    session.execute(update(Activity).values(kind=Kind.EXPERT_QA))
    session.commit()
    office.invite(question)
    guest = office.guest()
    assert guest.post(f"/questions/{question.id}/ask", body="Which country?").status_code == 303
    (asked,) = office.find(select(Question))
    assert asked.info_wanted == "Which country?"
    assert office.posts() == []
    assert office.state() is State.ASKED
