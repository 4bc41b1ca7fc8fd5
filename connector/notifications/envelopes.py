"""Letters that tell of no notices, such as an invitation: features register who writes them, and this puts them into mails.

Like all mails they are written when they are sent, in their reader's language, and their text is never stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template
from flask_babel import get_locale
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.notifications.models import Cadence, Mail

SUBJECT_LENGTH: Final = 200
_WHOLE = {"list-unsubscribe", "message-id", "in-reply-to", "references"}


class Policy(EmailPolicy):
    """How a mail is put into bytes: ids and addresses stay on one line, since what reads them is often simple."""

    def fold(self, name: str, value: str) -> str:
        """Return a header as it is printed."""
        return f"{name}: {value}{self.linesep}" if name.lower() in _WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as it is sent."""
        return self.fold(name, value).encode("ascii") if name.lower() in _WHOLE else super().fold_binary(name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A letter of its own kind, as its template needs it."""

    address: str
    sender: str
    """The name that stands beside our address."""
    subject: str
    greeting: str
    paragraphs: Sequence[str]
    quote: str = ""
    """What somebody wrote to the reader, in plain text."""
    code: str = ""
    """Shown by itself, to be typed."""
    link_label: str = ""
    link_url: str = ""
    foot: Sequence[str] = ()


Writer: TypeAlias = Callable[[Session, Mail, Settings, datetime], Sheet | None]
"""Speaks the reader's language, and returns the letter; None where there is nothing to say any more."""


def post(session: Session, letter: str, mail: Mail, *, now: datetime) -> Mail:
    """Put a letter on its way.

    Args:
        letter: Which writer writes it.
        mail: New, with what it is about.
    """
    mail.letter, mail.cadence, mail.created_at, mail.due_at = letter, Cadence.INSTANT, now, now
    session.add(mail)
    session.flush()
    return mail


def write_letter(app: Flask, session: Session, mail: Mail, settings: Settings, *, now: datetime) -> EmailMessage | None:
    """Return the mail of a letter of its own kind; None where nobody writes it any more."""
    with app.test_request_context("/", base_url=settings.public_url):
        writer = _writers().get(mail.letter or "")
        sheet = writer(session, mail, settings, now) if writer else None
        return _message(sheet, mail, settings, now) if sheet else None


def line(text: str) -> str:
    """Return a text on one line, without what only machines see."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _writers() -> Mapping[str, Writer]:
    found: Mapping[str, Writer] = current_app.extensions.get("kring_letters", {})
    return found


def _message(sheet: Sheet, mail: Mail, settings: Settings, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=Policy(linesep="\r\n"))
    message["Subject"] = line(sheet.subject)[:SUBJECT_LENGTH]
    message["From"] = Address(line(sheet.sender), addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=sheet.address)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.id.hex}@{urlsplit(settings.public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = str(get_locale() or "en")
    context = {"sheet": sheet, "locale": str(get_locale() or "en")}
    message.set_content(render_template("notifications/letter.txt", **context), cte="quoted-printable")
    message.add_alternative(
        render_template("notifications/letter.html", **context), subtype="html", cte="quoted-printable"
    )
    return message
