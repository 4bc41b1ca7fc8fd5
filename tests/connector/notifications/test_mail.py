"""What mails say, to whom, and what they give away: nothing but what the reader may see."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from connector.activities.models import Placement
from connector.config import Settings
from connector.courses.models import Role
from connector.notifications import links, privacy
from connector.notifications.gathering import gather
from connector.notifications.letters import write
from connector.notifications.links import Purpose, read_token, sign
from connector.notifications.models import Cadence, Level, Mail, Scope
from connector.notifications.preferences import stored_preference
from connector.notifications.services import mark_read, notify, set_level
from tests import make
from tests.make import NOW

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def activity(session):
    return make.activity(session, course=make.course(session, title="Onboarding <2026>"), title="Share & tell")


@pytest.fixture
def tell(session, activity, reader):
    def tell(about, *, to=reader, what="wrote", thread_id=None, activity=activity):
        notify(session, [to.id], what, about=about, activity=activity, by=None, thread_id=thread_id, now=NOW)
        session.commit()

    return tell


def deliver(mailbox, clock):
    clock.time = MORNING
    mailbox.run()
    return [each.message for each in mailbox.smtp.received]


def parts(message):
    """Return the text and the HTML of a mail."""
    return tuple(message.get_body((kind,)).get_content() for kind in ("plain", "html"))


def test_digest_says_what_is_new_in_text_and_in_html(session, tell, mailbox, clock, chalkboard):
    tell(chalkboard.write("Try the <blue> door."))
    [message] = deliver(mailbox, clock)
    text, html = parts(message)
    assert (message["Subject"], message["From"], message["To"]) == (
        "Ana Holm wrote",
        "Kring <kring@example.org>",
        "bo@example.org",
    )
    assert all(words in text for words in ("Hello Bo Lund,", "Share & tell", "Try the <blue> door."))
    assert all(words in html for words in ("Onboarding &lt;2026&gt;", "Share &amp; tell", "Try the &lt;blue&gt; door."))
    assert 'lang="en"' in html
    assert mailbox.states() == ["done"]


def test_headers_let_mail_programs_unsubscribe_and_answering_machines_keep_still(
    session, tell, mailbox, clock, chalkboard, client, reader
):
    tell(chalkboard.write("Hello"))
    [message] = deliver(mailbox, clock)
    assert (message["Auto-Submitted"], message["List-Unsubscribe-Post"]) == (
        "auto-generated",
        "List-Unsubscribe=One-Click",
    )
    url = message["List-Unsubscribe"].strip("<>")
    assert url.startswith("http://localhost/unsubscribe/")
    answer = client.post(url.removeprefix("http://localhost"), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    session.rollback()
    assert stored_preference(session, reader.person_id).cadence is Cadence.OFF


def test_addresses_and_ids_in_headers_stay_whole(app, session, tell, mail_settings, chalkboard, clock):
    host = "a-rather-long-name-of-a-host." * 3 + "learning.example.org"
    settings = replace(mail_settings, public_url=f"https://{host}")
    tell(chalkboard.write("Hello"), thread_id=uuid.uuid4())
    gather(session, default_zone="UTC", now=MORNING)
    message = write(app, session, session.scalars(select(Mail)).one(), settings, now=MORNING)
    lines = message.as_bytes().split(b"\r\n")
    assert message.as_string().encode().split(b"\r\n") == lines
    whole = [line for line in lines if host.encode() in line.partition(b": ")[2] and line.endswith(b">")]
    names = {line.partition(b":")[0].decode() for line in whole}
    assert {"List-Unsubscribe", "Message-ID", "References", "In-Reply-To"} <= names


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("en", "2 new in “Onboarding <2026>”"), (None, "2 new in “Onboarding <2026>”")],
)
def test_subject_says_how_much_is_new_and_where(session, tell, mailbox, clock, chalkboard, reader, locale, subject):
    reader.person.locale = locale
    for text in ("One", "Two"):
        tell(chalkboard.write(text))
    assert [message["Subject"] for message in deliver(mailbox, clock)] == [subject]


@pytest.mark.parametrize(
    ("locale", "often", "no_more"),
    [
        ("en", "Choose how often", "No more mail"),
        ("da", "Vælg hvor ofte", "Ikke mere mail"),
        ("sv", "Välj hur ofta", "Inga fler mejl"),
        ("nl", "Kies hoe vaak", "Geen e-mail meer"),
    ],
)
def test_a_mail_ends_in_the_language_of_its_reader(
    session, tell, mailbox, clock, chalkboard, reader, locale, often, no_more
):
    reader.person.locale = locale
    tell(chalkboard.write("One"))
    [message] = deliver(mailbox, clock)
    text, page = parts(message)
    assert f"{often}: http" in text
    assert f"{no_more}: http" in text
    assert (often in page, no_more in page) == (True, True)


def test_one_mail_tells_of_all_courses(session, tell, mailbox, clock, chalkboard, reader, activity):
    other = make.activity(session, course=make.course(session, deployment=activity.course.deployment, title="Safety"))
    twin = make.member(session, course=other.course)
    twin.person = reader.person
    tell(chalkboard.write("Here"))
    tell(chalkboard.write("There"), to=twin, activity=other)
    [message] = deliver(mailbox, clock)
    assert message["Subject"] == "2 new in your courses"
    assert all(words in parts(message)[0] for words in ("ONBOARDING <2026>", "SAFETY", "Here", "There"))


def test_what_the_reader_may_not_see_is_in_no_mail(session, tell, mailbox, clock, chalkboard):
    hidden, seen = chalkboard.write("Secret", "Eve"), chalkboard.write("Hello")
    for about in (hidden, seen):
        tell(about)
    chalkboard.hidden.add(hidden)
    [message] = deliver(mailbox, clock)
    assert "Secret" not in message.as_string()
    assert "Eve" not in message.as_string()


def left(session, reader):
    reader.is_active = False


def became_observer(session, reader):
    reader.role = Role.OBSERVER


def muted_course(session, reader):
    set_level(session, reader.id, Scope.COURSE, reader.course_id, Level.MUTED, now=NOW)


def wants_none(session, reader):
    stored_preference(session, reader.person_id).cadence = Cadence.OFF


def read_it(session, reader):
    mark_read(session, reader.id, now=NOW)


def lost_the_address(session, reader):
    reader.person.email = None


def was_erased(session, reader):
    reader.person.erased_at = NOW


def was_forgotten(session, reader):
    privacy.forget(session, reader.person)


@pytest.mark.parametrize(
    "change",
    [left, became_observer, muted_course, wants_none, read_it, lost_the_address, was_erased, was_forgotten],
)
def test_mail_that_waits_goes_to_nobody_who(session, tell, mailbox, clock, chalkboard, reader, change):
    tell(chalkboard.write("Hello"))
    mailbox.smtp.fails("HELLO", "421 later")
    assert deliver(mailbox, clock) == []
    change(session, reader)
    session.commit()
    clock.move(hours=1)
    mailbox.run()
    assert (mailbox.smtp.received, mailbox.states()) == ([], [] if change is was_forgotten else ["dropped"])


def test_muted_thread_is_left_out_and_others_stay(session, tell, mailbox, clock, chalkboard, reader):
    thread_id = uuid.uuid4()
    tell(chalkboard.write("Noise"), thread_id=thread_id)
    tell(chalkboard.write("Music"))
    set_level(session, reader.id, Scope.THREAD, thread_id, Level.MUTED, now=NOW)
    session.commit()
    [message] = deliver(mailbox, clock)
    assert ["Noise" in parts(message)[0], "Music" in parts(message)[0]] == [False, True]


def test_followed_thread_in_a_muted_course_comes_through(session, tell, mailbox, clock, chalkboard, reader):
    thread_id = uuid.uuid4()
    tell(chalkboard.write("Music"), thread_id=thread_id)
    muted_course(session, reader)
    set_level(session, reader.id, Scope.THREAD, thread_id, Level.EVERYTHING, now=NOW)
    session.commit()
    assert len(deliver(mailbox, clock)) == 1


@pytest.mark.parametrize("who", ["Anonymous Otter", "Member 4F2A"])
def test_nothing_in_a_mail_says_who_wrote_but_the_teller(session, tell, mailbox, clock, chalkboard, activity, who):
    author = make.member(session, course=activity.course, name="Real Name")
    author.person.email = "real@example.org"
    about, thread_id = chalkboard.write("Something I would not say aloud", who), uuid.uuid4()
    tell(about, thread_id=thread_id)
    [message] = deliver(mailbox, clock)
    whole = message.as_string() + "".join(parts(message))
    ids = [author.id, author.person_id, author.person.pseudonym, author.person.veil, about, thread_id]
    telling = ["Real", "real@example.org", author.person.subject, *map(str, ids), *(id_.hex for id_ in ids)]
    assert [word for word in telling if word in whole] == []
    assert who in whole


def test_mails_about_one_thread_stand_together(session, tell, mailbox, clock, chalkboard, reader, activity):
    other = make.member(session, course=activity.course)
    other.person.email = "cy@example.org"
    thread_id = uuid.uuid4()
    for days in range(2):
        for member in (reader, other):
            tell(chalkboard.write("Hello"), to=member, thread_id=thread_id)
        clock.time = MORNING + timedelta(days=days)
        mailbox.run()
    roots = {
        name: [each["References"] for each in mailbox.smtp.messages_for(name)]
        for name in ("bo@example.org", "cy@example.org")
    }
    assert [len(set(each)) for each in roots.values()] == [1, 1]
    assert roots["bo@example.org"] != roots["cy@example.org"]


def test_name_that_is_no_header_does_no_harm(session, tell, mailbox, clock, chalkboard, activity):
    activity.course.deployment.platform.tenant.name = 'Kring "A/S", the <first>\r\nBcc: all@example.org'
    tell(chalkboard.write("Hello", "Ana\r\nBcc: all@example.org"))
    [message] = deliver(mailbox, clock)
    assert (message["Bcc"], message["Subject"]) == (None, "Ana Bcc: all@example.org wrote")
    assert message["From"].addresses[0].addr_spec == "kring@example.org"


def test_long_text_is_cut_and_many_notices_are_counted(session, tell, mailbox, clock, chalkboard):
    for number in range(53):
        tell(chalkboard.write(f"{number} " + "word " * 200))
    [message] = deliver(mailbox, clock)
    text, _html = parts(message)
    assert ("And 3 more." in text, text.count(" …"), max(map(len, text.splitlines())) < 300) == (True, 50, True)


# --- where links lead -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("product", "link_id", "url"),
    [
        ("moodle", "17", "{issuer}/mod/lti/view.php?l=17"),
        ("moodle", "a/../b", None),
        ("canvas", "17", None),
        ("generic", "17", None),
    ],
)
def test_link_leads_into_the_lms_where_its_pages_have_known_addresses(app, session, activity, product, link_id, url):
    platform = activity.course.deployment.platform
    platform.product = product
    placement = session.query(Placement).filter_by(activity_id=activity.id).one()
    placement.resource_link_id = link_id
    session.flush()
    settings = app.extensions["kring"].settings
    with app.test_request_context():
        found = links.activity_urls(session, [activity.id], settings)[activity.id]
    wanted = url and url.format(issuer=platform.issuer)
    assert found == wanted if wanted else found.startswith("http://localhost/open/")


@pytest.mark.parametrize("purpose", list(Purpose))
def test_token_opens_one_thing_for_one_purpose(purpose):
    id_, secret = uuid.uuid4(), "x" * 32
    token = sign(secret, purpose, id_)
    assert read_token(secret, purpose, token) == id_
    assert {read_token(secret, other, token) for other in Purpose if other is not purpose} == {None}
    assert read_token("y" * 32, purpose, token) is None
    assert {read_token(secret, purpose, forged) for forged in ("", "a", "é", token[:-2], token + "A", token[::-1])} == {
        None
    }


def test_settings_without_a_mail_server_send_nothing(app, database, clock, session, tell, chalkboard, smtp):
    from tests.connector.notifications.mailing import MailBox

    off = MailBox(app, database, Settings(), clock, smtp)
    tell(chalkboard.write("Hello"))
    assert deliver(off, clock) == []
    assert off.states() == []
