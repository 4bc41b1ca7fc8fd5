"""Somebody from outside answers one question, sees nothing else, and the link dies."""

import html
import io
import re
import uuid

from sqlalchemy import select, update

from connector.activities.models import Activity, Kind
from connector.courses.models import Person
from connector.expert_qa.models import Question
from connector.guests.standing import State
from connector.moderation import services as moderation
from connector.threads.models import Post, PostState, ThreadKind
from tests.connector.content.conftest import picture
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


def test_a_guest_changes_an_answer_which_waits_on(office, session, question, trainer):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="Form 12.")
    (post,) = office.posts()
    path = f"/questions/{question.id}/answers/{post.id}/edit"
    assert f'href="{guest.path}{path}"' in guest.read()
    assert "Form 12." in guest.read(path)
    assert guest.post(path, body="Form 13.", version="1").status_code == 303
    (post,) = office.posts()
    assert (post.body, post.version, post.state) == ("Form 13.", 2, PostState.HELD)
    late = guest.post(path, body="Form 14.", version="1")
    assert late.status_code == 409
    assert "Form 14." in late.text
    assert guest.post(path, body=" ", version="2").status_code == 422
    draft = f"/questions/{question.id}/draft?answer={post.id}"
    assert guest.post(draft, body="Form 15", base="0").status_code == 200
    assert "Form 15" in guest.read(path)
    assert "Form 15" not in guest.read()


def test_a_guest_changes_nothing_else(office, session, question, ana, trainer):
    reply = build.reply(session, question, author=ana)
    session.commit()
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="Form 12, Ana.")
    (own,) = office.posts()
    moderation.edit(session, session.get_one(Post, own.id), trainer, "Form 12, Ana Holm.", "Why", now=office.clock())
    session.commit()
    for post in (reply.id, question.opening.id, own.id):
        path = f"/questions/{question.id}/answers/{post}/edit"
        assert guest.get(path).status_code == 404
        assert guest.post(path, body="Mine", version="1").status_code == 404
        assert guest.post(f"/questions/{question.id}/draft?answer={post}", body="x", base="0").status_code == 404
    assert "Ana Holm" not in guest.read()


def test_a_guest_sends_pictures_and_files_with_an_answer(office, session, question, ana, activity, visiting, trainer):
    office.invite(question)
    guest, stranger = office.guest(), office.browser()
    as_script = {"Accept": "application/json", "X-CSRF-Token": guest.token}
    sent = guest.client.post(
        f"{guest.path}/files", data={"file": (io.BytesIO(picture()), "form.png")}, headers=as_script
    ).get_json()
    assert sent["markdown"] == f"![](attachment:{sent['id']})"
    assert guest.client.get(sent["url"]).status_code == 200
    assert stranger.client.get(sent["url"]).status_code == 303
    member = visiting(ana, activity)
    file = f"/s/{member.sid}/attachments/{sent['id']}"
    assert member.client.get(file).status_code == 404
    told = guest.client.post(f"{guest.path}/files/{sent['id']}", json={"alt": "A form"}, headers=as_script)
    assert told.get_json()["needs_alt"] is False
    form = {
        "csrf_token": guest.token,
        "idempotency_key": str(uuid.uuid4()),
        "body": f"Look: {sent['markdown']}",
        "files": (io.BytesIO(b"%PDF-1.4 notes"), "Notes of Jane.pdf"),
    }
    assert guest.client.post(f"{guest.path}/questions/{question.id}/answer", data=form).status_code == 303
    assert f"{guest.path}/files/{sent['id']}" in guest.read()
    assert member.client.get(file).status_code == 404
    office.approve(office.posts()[0], trainer)
    assert member.client.get(file).status_code == 200
    assert "Notes of Jane.pdf" in member.get(f"/threads/{question.id}").text


def test_a_guest_sends_no_file_that_nobody_could_look_into(office, question):
    office.invite(question)
    guest = office.guest()
    form = {"csrf_token": guest.token, "idempotency_key": str(uuid.uuid4()), "body": "See the file."}
    sent = guest.client.post(
        f"{guest.path}/questions/{question.id}/answer",
        data={**form, "files": (io.BytesIO(b"MZ\x90\0" * 99), "setup.exe")},
    )
    assert sent.status_code == 422
    assert "See the file." in sent.text
    assert office.posts() == []
