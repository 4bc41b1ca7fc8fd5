"""What a trainer sees and does: invitations with their state, sent again, taken back; and what others see of guests."""

import html
import io
import json
import re

import pytest
from sqlalchemy import select

from connector.content.attachments import add_attachment, attach
from connector.content.doors import file_store
from connector.content.inspecting import inspect
from connector.courses.models import Role
from connector.courses.people import list_people
from connector.delivery.models import ActorMode, Endpoint, Message
from connector.guests import bounces
from connector.guests.models import Invitation
from connector.guests.services import MOST_A_DAY, call_standby, resend
from connector.guests.standing import State
from connector.holders import HOLDERS
from connector.notifications.models import Notice
from connector.privacy.erasure import erase_person
from connector.privacy.holdings import list_holdings
from connector.routing import services as routing
from connector.threads.models import Moderation, Post, Rules, Thread, ThreadKind
from tests import make
from tests.connector.guests.conftest import ADDRESS
from tests.connector.threads import build


def text_of(page):
    body = page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_list_says_what_became_of_each(office, session, question, smtp):
    assert "You have invited nobody yet." in text_of(office.get().text)
    office.post(name="Jane Roe", address=ADDRESS, thread=str(question.id))
    assert office.state() is State.WAITING
    office.mailbox.run()
    assert "Sent" in text_of(office.get().text)
    guest = office.guest(agrees=False)
    assert office.state() is State.OPENED
    guest.post("/agree")
    guest.read()
    guest.post(f"/questions/{question.id}/answer", body="So.")
    assert "Answered" in text_of(office.get().text)
    office.post(f"/{office.newest().id}/revoke")
    assert "Taken back" in text_of(office.get().text)


def test_what_has_expired_lasts_as_long_again_when_it_is_sent_again(office, session, settings, question, trainer):
    office.invite(question)
    office.clock.move(days=20)
    assert office.state() is State.EXPIRED
    row = session.get_one(Invitation, office.newest().id)
    resend(session, row, trainer, key=settings.secret_key, now=office.clock())
    session.commit()
    office.mailbox.run()
    assert office.state() is State.SENT
    assert office.browser().get().status_code == 200
    office.clock.move(days=13)
    assert office.state() is State.SENT


def test_a_mail_that_the_server_refuses_shows(office, question, smtp):
    smtp.fails("RCPT", "550 5.1.1 nobody here")
    office.invite(question)
    assert office.state() is State.FAILED
    assert "The mail did not arrive" in text_of(office.get().text)


def test_a_mail_that_came_back_is_noted_and_the_question_goes_on_to_the_next(office, session, question, trainer):
    experts = [make.member(session, course=question.activity.course, role=Role.EXPERT) for _number in range(4)]
    routing.begin(session, question, now=office.clock())
    session.commit()
    office.invite(question)
    page = text_of(office.get().text)
    assert "The mail did not arrive" in page
    office.post(f"/{office.newest().id}/bounced")
    assert office.state() is State.BOUNCED
    assert "Mail came back" in text_of(office.get().text)
    assert told(office, trainer) == []  # who reports it is not told of it
    office.post(f"/{office.newest().id}/resend")
    office.mailbox.run()
    assert office.state() is State.SENT
    session.expire_all()
    asked = {each.member_id for each in routing.progress(session, [question.id])[question.id].asked}
    assert {each.id for each in experts} <= asked


def test_an_operator_says_that_an_address_is_dead(office, session, question, trainer):
    office.invite(question)
    office.post(name="Jane Roe", address=ADDRESS.upper())
    office.mailbox.run()
    count = len(office.mails())
    found = bounces.note_address(session, f" {ADDRESS} ", now=office.clock())
    assert {each.address for each in found} == {ADDRESS, ADDRESS.upper()}
    assert bounces.note_address(session, ADDRESS, now=office.clock()) == []
    session.commit()
    assert told(office, trainer) == ["guest-bounced", "guest-bounced"]
    call_standby(session, question, office.clock())
    session.commit()
    office.tidy()
    assert len(office.mails()) == count


def test_who_has_come_all_the_same_is_no_dead_address(office, session, question):
    office.invite(question)
    assert office.post(f"/{office.newest().id}/bounced").status_code == 303
    office.clock.move(minutes=5)
    office.guest(agrees=False)
    assert office.state() is State.OPENED


def told(office, member):
    return office.find(select(Notice.what).where(Notice.member_id == member.id, Notice.what == bounces.BOUNCED))


def test_how_a_mail_went_is_kept_longer_than_the_mail(office, session, question):
    office.invite(question, days="90")
    office.tidy()
    office.clock.move(days=40)
    office.tidy()
    assert office.newest().mail is None or office.newest().mail.state.value == "done"
    assert office.state() is State.SENT


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Say who it is"),
        ("name", "x" * 81, "At most 80 characters"),
        ("address", "jane", "This is no address"),
        ("address", "jane@example.org\nBcc: all@example.org", "This is no address"),
        ("address", "jane@exämple.org", "This is no address"),
        ("note", "x" * 1001, "At most 1000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(office, field, value, sentence):
    office.get()
    answer = office.post(**{"name": "Jane Roe", "address": ADDRESS, "note": "Please", field: value})
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    assert office.find(select(Invitation)) == []


def test_what_is_too_late_is_said_above_the_list(office, session, question, trainer):
    office.invite(question)
    office.guest()
    late = office.post(f"/{office.newest().id}/bounced")
    assert late.status_code == 409
    assert "This guest has been here, or the invitation is over." in text_of(late.text)
    assert "Jane Roe" in text_of(late.text)
    office.post(f"/{office.newest().id}/revoke")
    over = office.post(f"/{office.newest().id}/resend")
    assert over.status_code == 409
    assert "This invitation was taken back. Write a new one." in text_of(over.text)
    assert "Jane Roe" in text_of(over.text)


def test_an_answer_that_waits_is_none_in_the_list_of_other_guests(
    office, session, activity, question, ana, bo, trainer
):
    office.invite()
    reader = office.guest()
    session.add(Rules(activity_id=activity.id, moderation=Moderation.ALL))
    answer = build.reply(session, question, author=bo)
    session.commit()
    assert "No answer yet" in text_of(reader.read())
    office.approve(answer, trainer)
    assert "No answer yet" not in text_of(reader.read())


def test_a_name_cannot_write_a_header(office, question):
    office.invite(question, name="Jane\r\nBcc: all@example.org", note="Hi\r\n.\r\nBcc: x")
    (mail,) = office.mails()
    assert mail["Bcc"] is None
    assert mail["To"] == ADDRESS


def test_a_course_writes_to_the_world_in_measure(office, session, question):
    office.get()
    for _number in range(MOST_A_DAY):
        assert office.post(name="Jane Roe", address=ADDRESS).status_code == 303
    assert office.post(name="Jane Roe", address=ADDRESS).status_code == 409


def test_nobody_is_invited_to_what_is_between_two_sides(office, session, activity, ana):
    private = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION, is_private=True)
    talk = build.thread(session, activity=activity, author=ana)
    session.commit()
    for thread in (private, talk):
        assert office.get(f"?thread={thread.id}").status_code == 404
        assert office.post(name="Jane Roe", address=ADDRESS, thread=str(thread.id)).status_code == 404


def test_those_who_lead_the_course_are_told(office, session, question, trainer):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="So.")
    (notice,) = [each for each in office.find(select(Notice)) if each.what.startswith("guest")]
    assert notice.member_id == trainer.id
    page = text_of(office.desk.client.get(f"/s/{office.desk.sid}/notices").text)
    assert "Jane Roe, whom you invited, has answered" in page


def test_a_guest_is_in_no_list_and_no_figure(office, session, app, course, activity, question, trainer, ana):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="So.")
    (post,) = office.posts()
    office.approve(post, trainer)
    base = f"/s/{office.desk.sid}"
    pages = [
        f"{base}/activities/{activity.id}/people",
        f"{base}/activities/{activity.id}/groups",
        f"{base}/activities/{activity.id}/participation",
        f"{base}/activities/{activity.id}/grades",
        f"{base}/discussions/{activity.id}/search",
        f"{base}/mentions?q=jane",
    ]
    for page in pages:
        answer = office.desk.client.get(page, headers={"Accept": "text/html, application/json"})
        assert answer.status_code in {200, 404}, page
        assert "Jane Roe" not in answer.text, page
    assert office.desk.client.get(f"{base}/people/{post.author_id}").status_code == 404
    assert "Jane Roe" in office.desk.client.get(f"{base}/discussions/{activity.id}/threads/{question.id}").text
    assert [each.member.id for each in list_people(session, course) if each.member.id == post.author_id] == []
    overview = text_of(office.desk.client.get(f"{base}/discussions/{activity.id}/overview").text)
    assert "0 Replies" in overview or "Replies 0" in overview
    session.rollback()


def test_a_guest_cannot_address_anybody_nor_find_out_who_is_there(office, question, session):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="Ask @Bo Dam or @trainers.")
    (post,) = office.posts()
    assert "mention" not in post.body_html


def test_statements_know_guests_by_an_account_of_ours(office, session, course, endpoint, question):
    tenant = course.deployment.platform.tenant
    session.add(
        Endpoint(
            tenant=tenant,
            name="other",
            url="https://other.example/xapi",
            username="kring",
            password=b"sealed",
            version="1.0.3",
            actor_mode=ActorMode.INTEROPERABLE,
            created_at=make.NOW,
            due_at=make.NOW,
        )
    )
    session.commit()
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/ask", body="Which?")
    guest.post(f"/questions/{question.id}/answer", body="So.")
    (post,) = [each for each in office.posts() if each.body == "So."]
    told = [json.loads(each.body) for each in office.find(select(Message)) if each.person_id == post.author.person_id]
    assert len(told) == 4
    assert {each["actor"]["account"]["homePage"] for each in told} == {f"{tenant.iri}/actors"}
    assert {each["verb"]["id"].rpartition("/")[2] for each in told} == {"answered", "replied"}
    assert ADDRESS not in str(told)
    assert "Jane" not in str(told)


def test_of_guests_who_do_not_want_it_nothing_is_told(office, session, endpoint, question):
    session.commit()
    office.invite(question)
    guest = office.guest(is_recorded=False)
    guest.post(f"/questions/{question.id}/answer", body="So.")
    (post,) = office.posts()
    assert [each for each in office.find(select(Message)) if each.person_id == post.author.person_id] == []
    guest.post("/agree", is_recorded="1", again="1")
    guest.post(f"/questions/{question.id}/answer", body="More.")
    assert len([each for each in office.find(select(Message)) if each.person_id == post.author.person_id]) == 1


def test_a_guest_takes_their_data_along_and_is_forgotten(office, session, question, trainer, ana, visiting, activity):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="So it is.")
    (post,) = office.posts()
    office.approve(post, trainer)
    exported = json.loads(guest.get("/privacy/export").text)
    assert exported["guest_invitations"][0]["address"] == ADDRESS
    assert exported["replies"][0]["text"] == "So it is."
    person = post.author.person_id
    held = list_holdings(session, session.get_one(type(ana.person), person), HOLDERS)
    assert next(each for each in held if each.name == "guest_invitations").records
    session.commit()
    guest.get("/privacy")
    assert "You are forgotten" in guest.post("/privacy/forget").text
    assert guest.get().status_code == 404
    read = visiting(ana, activity).get(f"/threads/{question.id}").text
    assert "So it is." in read
    assert "Jane Roe" not in read
    invitation = office.newest()
    assert (invitation.name, invitation.address, invitation.note) == (None, None, "")
    assert "Forgotten" in text_of(office.get().text)


def test_an_operator_erases_a_guest_too(office, session, question):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="So.")
    (post,) = office.posts()
    person = session.get_one(Post, post.id).author.person
    erase_person(session, person, holders=HOLDERS, now=office.clock())
    session.commit()
    assert guest.get().status_code == 404
    assert office.newest().address is None


def test_addresses_are_forgotten_some_time_after_the_end(office, session, question):
    office.invite(question)
    guest = office.guest()
    guest.post(f"/questions/{question.id}/answer", body="So.")
    office.clock.move(minutes=5)
    office.invite(question, name="Nobody Came")
    office.clock.move(days=40)
    office.tidy()
    assert {each.address for each in office.find(select(Invitation))} == {ADDRESS}
    office.clock.move(days=5)
    office.tidy()
    found = {each.member_id is None: each for each in office.find(select(Invitation))}
    assert {each.address for each in found.values()} == {None}
    assert found[True].name is None
    assert found[False].name == "Jane Roe"


def test_a_standby_is_called_when_nobody_answers(office, session, question):
    office.invite()
    office.guest()
    count_before = len(office.mails())
    call_standby(session, session.get_one(Thread, question.id), office.clock())
    session.commit()
    office.mailbox.run()
    assert [mail["Subject"] for mail in office.mails()[count_before:]] == ["A question waits for you"]
    office.post(f"/{office.newest().id}/revoke")
    call_standby(session, session.get_one(Thread, question.id), office.clock())
    session.commit()
    office.mailbox.run()
    assert len(office.mails()) == count_before + 1


def test_files_come_under_no_name(office, session, app, settings, ana, question):
    ready = inspect(io.BytesIO(b"Some text"), "ana-holm.txt", settings)
    row = add_attachment(session, ana, ready, alt=None, settings=settings, now=make.NOW)
    held = build.thread(session, activity=question.activity, author=ana, title="Other", kind=ThreadKind.QUESTION)
    other = add_attachment(session, ana, ready, alt=None, settings=settings, now=make.NOW)
    with app.test_request_context("/"):
        for each in (row, other):
            file_store().put(each.storage_key, ready.content)
    reply = build.reply(session, question, author=ana, body=f"See [ana-holm.txt](attachment:{row.id})")
    attach(session, ana, [row.id], "post", reply.id)
    attach(session, ana, [other.id], "post", held.opening.id)
    session.commit()
    office.invite(question)
    guest = office.guest()
    page = guest.read()
    assert "ana-holm" not in page
    assert f"{guest.path}/files/{row.id}" in page
    answer = guest.get(f"/files/{row.id}")
    assert answer.text == "Some text"
    assert "ana" not in answer.headers["Content-Disposition"]
    assert guest.get(f"/files/{other.id}").status_code == 404


def test_those_who_hide_their_name_are_learners_among_others(office, session, question, bo, ana, trainer):
    from connector.threads.limits import get_rules

    rules = get_rules(session, question.activity)
    rules.allows_anonymous, rules.moderation = True, Moderation.NONE
    session.add(rules)
    build.reply(session, question, author=bo, body="Hidden", is_anonymous=True)
    build.reply(session, question, author=bo, body="Open")
    build.reply(session, question, author=trainer, body="Lead")
    session.commit()
    office.invite(question)
    page = text_of(office.guest().read())
    assert [name for name in ("Learner 1", "Learner 2", "Learner 3", "Trainer 1") if name not in page] == []
    assert "Anonymous" not in page


def test_many_invitations_ask_no_more_than_one(office, session, question, count_queries):
    asked = []
    for number in (1, 29):
        for _number in range(number):
            office.post(name="Jane Roe", address=ADDRESS, thread=str(question.id))
        office.get()
        with count_queries() as queries:
            office.get()
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_many_questions_ask_no_more_than_one(office, session, activity, ana, count_queries):
    office.invite()
    guest = office.guest()
    asked = []
    for number in (1, 30):
        for _number in range(number):
            build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
        session.commit()
        guest.get()
        with count_queries() as queries:
            guest.get()
        asked.append(len(queries))
    assert asked[0] == asked[1]
