import pytest

from tests.connector.notifications.mailing import Chalkboard, MailBox, serve_smtp


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
