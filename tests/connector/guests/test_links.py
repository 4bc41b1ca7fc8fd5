"""Links that are guessed, forwarded, reused, taken back or too old, route by route; and codes that are tried."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from connector.activities.models import Activity, CopyChoice
from connector.content.models import Attachment
from connector.courses.models import Membership, Role
from connector.guests.entering import CODES_A_DAY, TRIES
from connector.guests.models import GuestCode, GuestDevice, Invitation
from connector.guests.throttle import MISSES, WINDOW, Throttle
from connector.moderation import moving, services
from connector.threads import changing
from connector.threads.models import Thread, ThreadKind
from tests import make
from tests.connector.threads import build

THREAD, FILE = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
ROUTES = [
    ("GET", ""),
    ("POST", "/code"),
    ("POST", "/confirm"),
    ("POST", "/language"),
    ("POST", "/agree"),
    ("GET", "/questions/{thread}"),
    ("POST", "/questions/{thread}/answer"),
    ("POST", "/questions/{thread}/ask"),
    ("POST", "/questions/{thread}/draft"),
    ("PUT", "/questions/{thread}/draft"),
    ("DELETE", "/questions/{thread}/draft"),
    ("POST", "/preview"),
    ("POST", "/decline"),
    ("GET", "/declined"),
    ("GET", "/files/{file}"),
    ("GET", "/files/{file}/<path:name>"),
    ("POST", "/files"),
    ("POST", "/files/{file}"),
    ("GET", "/questions/{thread}/answers/{post}/edit"),
    ("POST", "/questions/{thread}/answers/{post}/edit"),
    ("GET", "/privacy"),
    ("GET", "/privacy/export"),
    ("POST", "/privacy/forget"),
]
_MARKS = re.compile(r"[0-9a-f]{16}")


def use(browser, method, path, *, thread=THREAD, file=FILE):
    """Use a route with everything that any form has."""
    form = {
        "csrf_token": browser.token,
        "body": "Some words",
        "code": "000000",
        "locale": "da",
        "idempotency_key": str(uuid.uuid4()),
    }
    path = browser.path + path.format(thread=thread, file=file, post=FILE)
    return browser.client.open(path, method=method, data=None if method == "GET" else form, buffered=True)


def said(answer):
    return answer.status_code, _MARKS.sub("#", answer.text)


def test_every_route_of_a_guest_is_tried_here(app):
    known = {
        (
            method,
            re.sub(r"<uuid:(\w+?)(_id)?>", lambda found: "{" + found[1].replace("attachment", "file") + "}", rule.rule),
        )
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}
        if rule.endpoint.startswith("guest.")
    }
    assert known == {(method, "/guest/<token>" + path) for method, path in ROUTES}


def revoke(office, _question):
    office.post(f"/{office.newest().id}/revoke")


def expire(office, _question):
    office.clock.move(days=15)


def send_again(office, _question):
    office.post(f"/{office.newest().id}/resend")


def close_the_activity(office, _question):
    office.session.execute(update(Activity).values(closes_at=office.clock()))
    office.session.commit()


def leave_the_activity_out(office, _question):
    office.session.execute(update(Activity).values(copied_from_id=Activity.id, copy_choice=CopyChoice.NOTHING))
    office.session.commit()


def end_the_course(office, _question):
    office.session.execute(update(Membership).where(Membership.role == Role.TRAINER).values(is_active=False))
    office.session.commit()


@pytest.mark.parametrize(
    "end", [revoke, expire, send_again, close_the_activity, leave_the_activity_out, end_the_course]
)
def test_a_link_that_has_ended_answers_as_one_that_never_was(office, question, end):
    office.invite(question)
    guest, newcomer = office.guest(), office.browser()
    newcomer.get()
    end(office, question)
    for method, path in ROUTES:
        stranger = office.browser(f"/guest/{'A' * 43}")
        never = said(use(stranger, method, path, thread=question.id))
        office.app.extensions.pop("kring_guest_throttle")
        office.app.extensions["kring_guest_throttle"] = Throttle()
        assert never[0] == 404
        for browser in (guest, newcomer):
            assert said(use(browser, method, path, thread=question.id)) == never, (method, path)


def take_back_the_question(session, question, ana, trainer, other):
    changing.withdraw_post(session, question.opening, ana, now=make.NOW)


def remove_the_question(session, question, ana, trainer, other):
    services.remove(session, question.opening, trainer, "No", now=make.NOW)


def hold_the_question(session, question, ana, trainer, other):
    services.hold(session, question.opening, trainer, "No", now=make.NOW)


def merge_the_question(session, question, ana, trainer, other):
    moving.merge(session, question, other, trainer, "Same", now=make.NOW)


def make_it_private(session, question, ana, trainer, other):
    question.is_private = True


def make_it_a_discussion(session, question, ana, trainer, other):
    question.kind = ThreadKind.DISCUSSION


def forget_the_question(session, question, ana, trainer, other):
    question.forgotten_at = make.NOW


@pytest.mark.parametrize("is_for_all", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        take_back_the_question,
        remove_the_question,
        hold_the_question,
        merge_the_question,
        make_it_private,
        make_it_a_discussion,
        forget_the_question,
    ],
)
def test_a_question_that_has_gone_is_not_found(office, session, question, ana, trainer, activity, change, is_for_all):
    other = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION, title="Another", after=1)
    session.commit()
    office.invite(None if is_for_all else question)
    guest = office.guest()
    assert guest.get(f"/questions/{question.id}").status_code == 200
    change(session, session.get_one(Thread, question.id), ana, trainer, other)
    session.commit()
    never = said(guest.get(f"/questions/{uuid.uuid4()}"))
    assert said(guest.get(f"/questions/{question.id}")) == never
    for act in ("answer", "ask", "draft"):
        assert use(guest, "POST", f"/questions/{question.id}/{act}").status_code == 404
    assert question.title not in guest.read()


def test_a_question_that_moved_is_still_the_one(office, session, course, question, trainer):
    office.invite(question)
    guest = office.guest()
    elsewhere = make.activity(session, course=course, title="Elsewhere")
    moving.move(session, session.get_one(Thread, question.id), elsewhere, trainer, "", now=make.NOW)
    session.commit()
    assert "Which form does" in guest.read()
    assert guest.post(f"/questions/{question.id}/answer", body="Mine").status_code == 303


def test_of_other_questions_nothing_is_found(office, session, activity, ana, question):
    others = [
        build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION, title="Another"),
        build.thread(session, activity=activity, author=ana, title="Talk"),
        build.thread(session, activity=make.activity(session), author=ana, kind=ThreadKind.QUESTION, title="Far"),
    ]
    session.commit()
    office.invite(question)
    guest = office.guest()
    never = said(guest.get(f"/questions/{uuid.uuid4()}"))
    for other in others:
        assert said(guest.get(f"/questions/{other.id}")) == never
        for act in ("answer", "ask", "draft"):
            assert use(guest, "POST", f"/questions/{other.id}/{act}").status_code == 404


def test_a_forwarded_link_needs_the_code_from_the_guests_mailbox(office, question):
    office.invite(question)
    office.guest()
    friend = office.browser()
    friend.get()
    for method, path in ROUTES:
        if path in {"", "/code", "/confirm"}:
            continue
        answer = use(friend, method, path, thread=question.id)
        assert (answer.status_code, answer.location) == (303, friend.path), (method, path)
    assert "Which form" not in friend.read()


def test_a_browser_is_let_in_for_one_invitation_alone(office, question):
    office.invite(question)
    first = office.guest()
    office.clock.move(minutes=5)
    office.invite(question)
    second = office.browser()
    second.client = first.client
    assert second.path != first.path
    assert "Confirm that it is you" in second.get().text
    # Nor does the cookie of one open the other under its name.
    (kept,) = [each.value for each in first.client._cookies.values() if "guest" in each.key]
    second.client.set_cookie(f"__Host-kring-guest-{office.newest().id.hex[:12]}", kept, secure=True)
    assert "Confirm that it is you" in second.get().text


def test_nothing_that_is_stored_opens_anything(office, question):
    office.invite(question)
    guest = office.guest()
    (invitation,) = office.find(select(Invitation))
    token = guest.path.removeprefix("/guest/")
    rows = [*office.find(select(GuestCode)), *office.find(select(GuestDevice)), invitation]
    stored = " ".join(str(value) for row in rows for value in vars(row).values())
    assert token not in stored
    assert office.browser(f"/guest/{invitation.link_hash}").get().status_code == 404
    secrets = [each.value for each in guest.client._cookies.values()]
    assert secrets
    assert not [secret for secret in secrets if secret in stored]
    code = re.findall(r"^(\d{6})\r?$", office.mails()[-1].get_body(("plain",)).get_content(), re.MULTILINE)[-1]
    assert not [row for row in office.find(select(GuestCode)) if code in row.code_hash]


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(office, question):
    office.invite(question)
    browser = office.browser()
    browser.get()
    browser.post("/code")
    browser.get()
    code = office.code()
    office.clock.move(minutes=16)
    assert browser.post("/confirm", code=code).status_code == 422
    browser.post("/code")
    code = office.code()
    assert browser.post("/confirm", code=f" {code[:3]} {code[3:]} ").status_code == 303
    other = office.browser()
    other.get()
    assert other.post("/confirm", code=code).status_code == 422


def test_a_code_may_be_mistyped_a_few_times(office, question):
    office.invite(question)
    browser = office.browser()
    browser.get()
    browser.post("/code")
    browser.get()
    code = office.code()
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(TRIES):
        assert browser.post("/confirm", code=wrong).status_code == 422
    assert browser.post("/confirm", code=code).status_code == 422


def test_codes_are_sent_now_and_then_alone(office, question):
    office.invite(question)
    browser = office.browser()
    browser.get()
    assert browser.post("/code").status_code == 303
    assert browser.post("/code").status_code == 422
    for _time in range(CODES_A_DAY - 1):
        office.clock.move(minutes=2)
        assert browser.post("/code").status_code == 303
    office.clock.move(minutes=2)
    assert browser.post("/code").status_code == 422
    office.mailbox.run()
    assert len([mail for mail in office.mails() if mail["Subject"] == "Your code"]) == 1  # only the last one counts
    office.clock.move(days=1)
    assert browser.post("/code").status_code == 303


def test_looking_at_a_link_sends_nothing_and_changes_nothing(office, question):
    office.invite(question)
    before = len(office.mails())
    for _time in range(3):
        office.browser().get()
    office.mailbox.run()
    assert len(office.mails()) == before
    assert office.newest().opened_at is None


def test_a_form_of_another_site_or_browser_is_refused(office, question):
    office.invite(question)
    guest, thief = office.guest(), office.browser()
    thief.get()
    own = f"/questions/{question.id}/answer"
    body = {"body": "x", "idempotency_key": str(uuid.uuid4())}
    for token in ("", "wrong", thief.token):
        assert guest.client.post(guest.path + own, data={"csrf_token": token, **body}).status_code == 400
    headers = {"Sec-Fetch-Site": "cross-site"}
    refused = guest.client.post(guest.path + own, data={"csrf_token": guest.token, **body}, headers=headers)
    assert refused.status_code == 400
    assert office.posts() == []


def test_guessing_is_slowed_down(office, question):
    office.invite(question)
    guest = office.guest()
    for _time in range(MISSES):
        assert office.browser(f"/guest/{uuid.uuid4().hex}").get().status_code == 404
    assert guest.get("/privacy").status_code == 404
    office.clock.move(minutes=11)
    assert guest.get("/privacy").status_code == 200


def test_the_throttle_knows_networks_and_forgets():
    throttle = Throttle()
    for number in range(MISSES):
        throttle.miss(f"2001:db8::{number:x}", now=make.NOW)
    assert throttle.is_spent("2001:db8::ffff", now=make.NOW)
    assert not throttle.is_spent("2001:db9::1", now=make.NOW)
    assert not throttle.is_spent("192.0.2.1", now=make.NOW)
    assert not throttle.is_spent("2001:db8::1", now=make.NOW + WINDOW)
    throttle.miss("no address", now=make.NOW + timedelta(hours=1))
    assert not throttle.is_spent(None, now=make.NOW)


def test_a_guest_opens_nothing_else(office, question, activity):
    office.invite(question)
    guest = office.guest()
    for path in (f"/s/{'A' * 32}/course", f"/s/{guest.path[7:]}/discussions/{activity.id}", "/admin"):
        assert guest.client.get(path).status_code in {401, 404}
    assert office.find(select(Attachment)) == []


def test_the_link_stays_out_of_the_log_and_of_other_sites(office, question, capsys):
    office.invite(question)
    guest = office.guest()
    answer = guest.get(f"/questions/{question.id}")
    assert guest.path.removeprefix("/guest/") not in capsys.readouterr().out
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = next(iter(guest.client._cookies.values()))
    assert cookie.key.startswith("__Host-kring-guest-")


def test_devices_and_codes_go_with_their_invitation(office, session, question):
    office.invite(question)
    office.guest(agrees=False)
    session.execute(delete(Invitation))
    session.commit()
    assert office.find(select(GuestDevice)) == []
    assert office.find(select(GuestCode)) == []
