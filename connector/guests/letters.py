"""The mails that guests get: the link, the code for a new browser, and that something waits for them.

A link's secret stands in the mail alone: it is made when the mail is sent, and only while it is the one that counts.
"""

from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.courses.people import name_of
from connector.guests.models import GuestCode, Invitation
from connector.guests.secrets import code_of, link_token
from connector.guests.standing import is_over
from connector.notifications.envelopes import Sheet, Writer
from connector.notifications.models import Mail
from connector.web.i18n import gettext as _
from connector.web.i18n import speak
from connector.web.pages import in_words

INVITE, CODE, NEWS, CALL = "guest-invite", "guest-code", "guest-news", "guest-call"


def address_of(settings: Settings, invitation: Invitation) -> str:
    """Return the whole address of an invitation's link."""
    token = link_token(settings.secret_key, invitation.id, invitation.serial)
    return settings.public_url + url_for("guest.index", token=token)


def _invite(session: Session, mail: Mail, settings: Settings, now: datetime) -> Sheet | None:
    invitation = _open(session, mail, now)
    if invitation is None or invitation.mail_id != mail.id:  # a newer link is on its way
        return None
    inviter, course = name_of(invitation.invited_by), invitation.activity.course.title
    one = _(
        "%(name)s, who leads the course “%(course)s”, has a question that you may know the answer to.",
        name=inviter,
        course=course,
    )
    many = _(
        "%(name)s, who leads the course “%(course)s”, asks you to help with the questions that its learners have.",
        name=inviter,
        course=course,
    )
    return _sheet(
        invitation,
        subject=_("%(name)s asks for your help", name=inviter),
        paragraphs=[
            one if invitation.thread_id else many,
            _(
                "You need no account. The link below is for you alone; when you open it, we send a code to this mailbox."
            ),
        ],
        quote=invitation.note,
        link=_("Look at it"),
        url=address_of(settings, invitation),
        foot=[
            _("The link opens until %(time)s.", time=in_words(invitation.expires_at)),
            _("If you do not know what this is about, do nothing: we then write no more."),
        ],
    )


def _code(session: Session, mail: Mail, settings: Settings, now: datetime) -> Sheet | None:
    code = session.get(GuestCode, mail.about)
    if code is None or code.used_at is not None or code.expires_at <= now or code.invitation.address is None:
        return None
    speak(code.invitation.locale)
    return _sheet(
        code.invitation,
        subject=_("Your code"),
        paragraphs=[_("Type this code on the page that asked for it. It is good for a quarter of an hour.")],
        code=code_of(settings.secret_key, code.id),
        foot=[_("If you did not open the link yourself, tell whoever invited you, and give the code to nobody.")],
    )


def _news(session: Session, mail: Mail, settings: Settings, now: datetime) -> Sheet | None:
    invitation = _open(session, mail, now)
    if invitation is None:
        return None
    return _sheet(
        invitation,
        subject=_("There is more about the question that you looked at"),
        paragraphs=[_("You asked for more information. Since then, somebody wrote something.")],
        link=_("Read it, and answer"),
        url=address_of(settings, invitation),
        foot=[_("The link opens until %(time)s.", time=in_words(invitation.expires_at))],
    )


def _call(session: Session, mail: Mail, settings: Settings, now: datetime) -> Sheet | None:
    invitation = _open(session, mail, now)
    if invitation is None:
        return None
    return _sheet(
        invitation,
        subject=_("A question waits for you"),
        paragraphs=[
            _(
                "In the course “%(course)s”, a question has had no answer in time.",
                course=invitation.activity.course.title,
            )
        ],
        link=_("Look at it"),
        url=address_of(settings, invitation),
        foot=[_("The link opens until %(time)s.", time=in_words(invitation.expires_at))],
    )


WRITERS: Final[dict[str, Writer]] = {INVITE: _invite, CODE: _code, NEWS: _news, CALL: _call}


def _open(session: Session, mail: Mail, now: datetime) -> Invitation | None:
    """Return the invitation that a letter is about, and speak its language; None where there is nothing to write.

    To a mailbox whose mail came back nothing is written until somebody sends the link again.
    """
    invitation = session.get(Invitation, mail.about)
    if invitation is None or invitation.address is None or is_over(invitation, now=now):
        return None
    if invitation.bounced_at is not None:
        return None
    speak(invitation.locale)
    return invitation


def _sheet(
    invitation: Invitation,
    *,
    subject: str,
    paragraphs: list[str],
    foot: list[str],
    quote: str = "",
    code: str = "",
    link: str = "",
    url: str = "",
) -> Sheet:
    return Sheet(
        address=invitation.address or "",
        sender=invitation.activity.course.deployment.platform.tenant.name,
        subject=subject,
        greeting=_("Hello %(name)s,", name=invitation.name),
        paragraphs=paragraphs,
        quote=quote,
        code=code,
        link_label=link,
        link_url=url,
        foot=foot,
    )
