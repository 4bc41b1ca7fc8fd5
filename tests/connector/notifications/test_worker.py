"""The way to the mail server: what it does not take now, never takes, or takes without our hearing of it."""

import ssl
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from connector.delivery.errors import LeaseLostError
from connector.notifications import outbox, worker
from connector.notifications.models import Mail, MailState
from connector.notifications.outbox import LEASE, Outcome
from connector.notifications.preferences import is_bouncing, stored_preference
from connector.notifications.services import notify
from tests import make
from tests.connector.notifications.mailing import CUT
from tests.make import NOW

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def write_to(session, activity, chalkboard, clock):
    """Return how to let a mail to somebody wait."""

    def write_to(address):
        member = make.member(session, course=activity.course)
        member.person.email = address
        notify(session, [member.id], "wrote", about=chalkboard.write("Hello"), activity=activity, by=None, now=NOW)
        session.commit()
        clock.time = max(clock.time, MORNING)
        return member

    return write_to


def ids(mailbox):
    return [each.message["Message-ID"] for each in mailbox.smtp.received]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("HELLO", "421 4.3.2 later"),
        ("HELLO", "554 no"),
        ("HELLO", CUT),
        ("MAIL", "451 4.3.0 later"),
        ("MAIL", "550 5.7.1 not from you"),
        ("RCPT", "450 4.2.1 later"),
        ("RCPT", "421 4.3.2 later"),
        ("DATA", "451 4.3.0 later"),
        ("DATA", CUT),
        ("TEXT", "452 4.3.1 full"),
        ("TEXT", "421 4.3.2 later"),
    ],
)
def test_what_is_not_taken_now_is_sent_later(mailbox, clock, write_to, command, answer):
    write_to("bo@example.org")
    mailbox.smtp.fails(command, answer)
    postman = mailbox.worker()
    mailbox.run(postman)
    assert (mailbox.smtp.received, mailbox.states()) == ([], ["new"])
    clock.move(hours=1)
    mailbox.run(postman)
    assert (len(mailbox.smtp.received), mailbox.states()) == (1, ["done"])


def test_mail_whose_answer_got_lost_comes_again_under_the_same_id(mailbox, clock, write_to):
    write_to("bo@example.org")
    mailbox.smtp.fails("TEXT", CUT)
    postman = mailbox.worker()
    mailbox.run(postman)
    clock.move(hours=1)
    mailbox.run(postman)
    assert (len(ids(mailbox)), len(set(ids(mailbox))), mailbox.states()) == (2, 1, ["done"])


@pytest.mark.parametrize(
    ("command", "answer", "is_address"),
    [
        ("RCPT", "550 5.1.1 nobody", True),
        ("RCPT", "550 nobody", True),
        ("RCPT", "553 5.1.3 what", True),
        ("RCPT", "550 5.7.1 relaying denied", False),
        ("TEXT", "550 5.1.1 nobody", True),
        ("TEXT", "554 5.7.1 looks like spam", False),
        ("TEXT", "554 no", False),
    ],
)
def test_what_is_refused_for_good_is_not_sent_again(session, mailbox, clock, write_to, command, answer, is_address):
    member = write_to("bo@example.org")
    mailbox.smtp.fails(command, answer)
    mailbox.run()
    clock.move(days=1)
    mailbox.run()
    session.rollback()
    preference = stored_preference(session, member.person_id)
    assert (mailbox.smtp.received, mailbox.states()) == ([], ["dead"])
    assert (is_bouncing(preference, member.person), preference.bounced_status) == (
        is_address,
        int(answer[:3]) if is_address else None,
    )


def test_refused_address_gets_no_mail_until_the_lms_gives_another(
    session, mailbox, clock, write_to, chalkboard, activity
):
    member = write_to("bo@example.org")
    mailbox.smtp.fails("RCPT", "550 5.1.1 nobody")
    mailbox.run()
    for address in ("bo@example.org", "bo@new.example"):
        member.person.email = address
        notify(session, [member.id], "wrote", about=chalkboard.write("Again"), activity=activity, by=None, now=clock())
        session.commit()
        clock.move(days=1)
        mailbox.run()
        session.rollback()
    assert [each.recipients for each in mailbox.smtp.received] == [["bo@new.example"]]


def test_one_refused_mail_does_not_hold_up_the_others(mailbox, write_to):
    for name in "abc":
        write_to(f"{name}@example.org")
    mailbox.smtp.fails("RCPT", "550 5.1.1 nobody")
    mailbox.run()
    assert (len(mailbox.smtp.received), sorted(mailbox.states())) == (2, ["dead", "done", "done"])
    assert mailbox.smtp.connections == 1


def test_mail_server_that_is_down_is_left_alone(mailbox, clock, write_to):
    for name in "abc":
        write_to(f"{name}@example.org")
    mailbox.smtp.fails("HELLO", *["421 later"] * 50)
    postman = mailbox.worker(chance=lambda: 0.99)
    for _ in range(60):
        mailbox.run(postman)
        clock.move(seconds=10)
    assert 3 <= mailbox.smtp.connections <= 12
    assert mailbox.states() == ["new"] * 3


def test_mail_is_given_up_after_days(mailbox, clock, write_to):
    write_to("bo@example.org")
    mailbox.smtp.fails("RCPT", *["450 later"] * 1000)
    postman = mailbox.worker()
    for _ in range(80):
        clock.move(hours=1)
        mailbox.run(postman)
    assert mailbox.states() == ["dead"]


def test_mail_of_a_worker_that_died_is_sent_by_another(session, database, mailbox, clock, write_to):
    write_to("bo@example.org")
    dead = mailbox.worker()
    dead._gather()
    with database.session(writes=True) as working:
        claimed = outbox.claim(working, now=clock())
        working.commit()
    mailbox.run()
    assert mailbox.smtp.received == []
    clock.time += LEASE
    mailbox.run()
    assert mailbox.states() == ["done"]
    with pytest.raises(LeaseLostError), database.session(writes=True) as working:
        outbox.settle(working, claimed, Outcome.LATER, now=clock(), chance=lambda: 0)


def test_mistake_of_ours_costs_one_mail_some_time_and_the_others_none(app, mailbox, clock, write_to, session):
    write_to("bo@example.org")
    app.extensions["kring_tellers"] = {"wrote": lambda *_: 1 / 0}
    mailbox.run()
    assert mailbox.states() == ["new"]


def test_workers_side_by_side_send_everything_once(app, database, mail_settings, clock, mailbox, write_to):
    for number in range(30):
        write_to(f"{number}@example.org")
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=worker.run,
            args=(database, mail_settings),
            kwargs={"app": app, "stop": stop, "clock": clock, "idle": 0.01},
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for _ in range(2000):
        if len(mailbox.smtp.received) >= 30 and set(mailbox.states()) == {"done"}:
            break
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(each.recipients[0] for each in mailbox.smtp.received) == sorted(f"{n}@example.org" for n in range(30))
    assert (len(set(ids(mailbox))), mailbox.states()) == (30, ["done"] * 30)


def test_mail_due_too_far_ahead_was_written_by_a_wrong_clock(session, mailbox, clock, write_to):
    member = write_to("bo@example.org")
    session.add(
        Mail(
            id=uuid.uuid4(),
            person_id=member.person_id,
            cadence="daily",
            state=MailState.NEW,
            created_at=NOW,
            due_at=NOW + timedelta(days=900),
        )
    )
    session.commit()
    mailbox.run()
    session.rollback()
    assert [mail.state.value for mail in session.scalars(select(Mail).where(Mail.created_at == NOW))] == ["dropped"]


# --- encryption -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def encrypted(mail_settings, smtp, certificate):
    """The mail server, with STARTTLS and a password."""
    smtp.certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    smtp.certificate.load_cert_chain(certificate)
    object.__setattr__(mail_settings, "mail_url", f"smtp://kring:secret@localhost:{smtp.port}")
    return smtp


def test_password_goes_over_an_encrypted_connection(mailbox, encrypted, certificate, write_to, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    write_to("bo@example.org")
    mailbox.run()
    assert (len(encrypted.received), len(encrypted.logins)) == (1, 1)


def test_certificate_that_nobody_vouches_for_is_refused(mailbox, encrypted, write_to):
    write_to("bo@example.org")
    mailbox.run()
    assert (encrypted.received, encrypted.logins, mailbox.states()) == ([], [], ["new"])


def test_server_that_offers_no_encryption_gets_no_password(mailbox, encrypted, write_to):
    encrypted.certificate = None
    write_to("bo@example.org")
    mailbox.run()
    assert (encrypted.received, encrypted.logins, mailbox.states()) == ([], [], ["new"])


def test_wrong_password_waits_for_the_operator(mailbox, encrypted, certificate, write_to, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    encrypted.fails("AUTH", "535 5.7.8 no")
    write_to("bo@example.org")
    mailbox.run()
    assert (encrypted.received, mailbox.states()) == ([], ["new"])
