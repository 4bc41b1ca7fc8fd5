"""Hands mails to the mail server, and says in three words how it went: taken, not now, never.

Source: https://www.rfc-editor.org/rfc/rfc5321, 4.2.1 and 4.5.4.1; https://www.rfc-editor.org/rfc/rfc3463 for the codes
after the first one.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import urlsplit

from connector.config import MailServer, Settings

SECONDS = 30.0
"""How long the mail server may be silent."""
_UNAVAILABLE = 421
_PERMANENT = 500
_ENHANCED = re.compile(rb"\A5\.(\d{1,3})\.\d{1,3}")
_ADDRESS_SUBJECTS = {b"1", b"2"}
"""RFC 3463: the address, and the mailbox."""
_POLICY_SUBJECT = b"7"


class MailError(Exception):
    """A mail was not taken."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        """Take the reason, without what the server quoted, and its answer."""
        super().__init__(reason)
        self.status = status


class MailServerDownError(MailError):
    """The mail server cannot be used now, for whatever mail. This one may have been taken: nobody knows."""


class MailPostponedError(MailError):
    """The mail server does not want this mail now."""


class MailRefusedError(MailError):
    """The mail server will never take this mail."""

    def __init__(self, reason: str, status: int, *, is_address: bool) -> None:
        """Take also whether it is the address that the server does not know."""
        super().__init__(reason, status)
        self.is_address = is_address


class Post:
    """A connection to the mail server, opened when it is needed; for one thread."""

    def __init__(self, settings: Settings) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, address: str) -> None:
        """Hand a mail over.

        Raises:
            MailServerDownError: Try later, this and every other mail.
            MailPostponedError: Try this one later.
            MailRefusedError: Do not try this one again.
        """
        smtp = self._connect()
        try:
            smtp.send_message(message, self._settings.mail_from, [address])
        except smtplib.SMTPRecipientsRefused as error:
            status, answer = next(iter(error.recipients.values()))
            self._reset()
            raise _refusal(status, answer, is_recipient=True) from error
        except smtplib.SMTPNotSupportedError as error:
            self._reset()
            raise MailRefusedError("the mail server takes no such address", _PERMANENT, is_address=True) from error
        except smtplib.SMTPDataError as error:
            self._reset()
            raise _refusal(error.smtp_code, error.smtp_error, is_recipient=False) from error
        except smtplib.SMTPResponseException as error:  # the sender, or the greeting: it concerns every mail
            self.close()
            raise MailServerDownError(type(error).__name__, error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise MailServerDownError(type(error).__name__) from error

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp.close()
            self._smtp = None

    def _reset(self) -> None:
        """End the mail that failed; a server that does not answer to that is asked anew."""
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connect(self) -> smtplib.SMTP:
        if self._smtp is None:
            server = self._settings.mail_server
            if server is None:
                raise MailServerDownError("there is no mail server")
            try:
                self._smtp = _open(server, urlsplit(self._settings.public_url).hostname or "localhost")
            except smtplib.SMTPResponseException as error:
                raise MailServerDownError(type(error).__name__, error.smtp_code) from error
            except (OSError, smtplib.SMTPException) as error:
                raise MailServerDownError(type(error).__name__) from error
        return self._smtp


def _open(server: MailServer, name: str) -> smtplib.SMTP:
    """Connect, encrypt and sign in.

    Args:
        name: What we call ourselves.
    """
    context = ssl.create_default_context()
    smtp = (
        smtplib.SMTP_SSL(server.host, server.port, local_hostname=name, timeout=SECONDS, context=context)
        if server.tls == "implicit"
        else smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=SECONDS)
    )
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context)
        if server.username:
            smtp.login(server.username, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _refusal(status: int, answer: bytes | str, *, is_recipient: bool) -> MailError:
    """Return what an answer means for a mail.

    Args:
        is_recipient: Whether it was the answer to the recipient, not to the text.
    """
    if status == _UNAVAILABLE:
        return MailServerDownError("the mail server goes away", status)
    if status < _PERMANENT:
        return MailPostponedError("the mail server wants it later", status)
    told = answer if isinstance(answer, bytes) else answer.encode(errors="replace")
    found = _ENHANCED.match(told)
    # A relay that does not serve us refuses recipients too, by its policy: the address may be good.
    is_address = found[1] in _ADDRESS_SUBJECTS if found else is_recipient
    if is_recipient and found and found[1] != _POLICY_SUBJECT:
        is_address = True
    return MailRefusedError("the mail server refuses it", status, is_address=is_address)
