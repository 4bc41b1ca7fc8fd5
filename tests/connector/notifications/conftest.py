from datetime import timedelta

import pytest

from connector.notifications.services import notify
from tests import make
from tests.connector.notifications.mailing import Chalkboard, MailBox, serve_smtp
from tests.connector.notifications.noticing import Notices
from tests.make import NOW


@pytest.fixture
def chalkboard(app):
    """What there is to be told of, with the application's tellers for it."""
    board = Chalkboard()
    app.extensions["kring_tellers"] |= {"wrote": board.tell, "named": board.tell}
    return board


@pytest.fixture
def smtp():
    """A mail server on this machine."""
    with serve_smtp() as server:
        yield server


@pytest.fixture
def mail_settings(settings, smtp):
    """Settings under which mail goes to the mail server of the test."""
    object.__setattr__(settings, "mail_url", f"smtp://127.0.0.1:{smtp.port}?tls=none")
    object.__setattr__(settings, "mail_from", "kring@example.org")
    return settings


@pytest.fixture
def mailbox(mail_settings, app, database, clock, chalkboard, smtp):
    """A worker for mail, in the test's own time."""
    return MailBox(app, database, mail_settings, clock, smtp)


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def reader(session, activity):
    member = make.member(session, course=activity.course, name="Bo Lund")
    member.person.email = "bo@example.org"
    return member


@pytest.fixture
def tell(session, activity, reader, chalkboard):
    def tell(text, *, who="Ana Holm", after=0):
        about = chalkboard.write(text, who)
        at = NOW + timedelta(minutes=after)
        notify(session, [reader.id], "wrote", about=about, activity=activity, by=None, now=at)
        session.commit()
        return about

    return tell


@pytest.fixture
def notices(visiting, reader, activity):
    return Notices(visiting(reader, activity))
