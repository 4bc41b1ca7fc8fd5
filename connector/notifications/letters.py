"""What a mail says: asked for when it is sent, from what its reader may see at that moment, in the reader's language.

Nothing in it names who wrote something but what the tellers give: no header, no id, no address.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask, render_template
from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.config import Settings
from connector.courses.models import Course, Membership, Person
from connector.notifications.envelopes import SUBJECT_LENGTH, Policy, line, write_letter
from connector.notifications.links import Purpose, activity_urls, signed_url
from connector.notifications.models import Cadence, Level, Mail, MailPreference, Notice, Scope, Subscription
from connector.notifications.preferences import can_be_mailed, is_bouncing, preference_of
from connector.notifications.recipients import DEFAULTS
from connector.notifications.tellers import Telling, tell
from connector.notifications.timing import zone_of
from connector.platforms.models import Deployment, Platform
from connector.web.i18n import ZONE_COOKIE, nearest, ngettext, speak

MOST: Final = 50
"""How many notices one mail tells of; of the others, how many they are."""
_EXCERPT_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Part:
    """What is new in one activity."""

    activity: Activity
    url: str
    topics: Sequence[tuple[str | None, Sequence[Telling]]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, as its templates need it."""

    subject: str
    person: Person
    cadence: Cadence
    courses: Sequence[tuple[Course, Sequence[Part]]]
    more: int
    """How many notices it says nothing of."""
    preferences_url: str
    unsubscribe_url: str
    tenant: str


@dataclass(frozen=True, slots=True)
class _Told:
    notice: Notice
    telling: Telling


def write(app: Flask, session: Session, mail: Mail, settings: Settings, *, now: datetime) -> EmailMessage | None:
    """Return a mail, with its address; None where there is nothing to say any more, or nobody to say it to."""
    if mail.letter is not None:
        return write_letter(app, session, mail, settings, now=now)
    person = mail.person
    if person is None:
        return None
    preference = preference_of(session, person.id)
    if not person.email or person.erased_at is not None or preference.cadence is Cadence.OFF:
        return None
    if is_bouncing(preference, person):
        return None
    locale = person.locale if nearest(person.locale) else _course_language(session, mail)
    with _speaking_to(app, locale, preference, settings):
        told = _told(session, mail)
        if not told:
            return None
        letter = _letter(session, mail, person, told, settings)
        return _message(letter, mail, told, settings, now)


@contextmanager
def _speaking_to(app: Flask, locale: str | None, preference: MailPreference, settings: Settings) -> Iterator[None]:
    """Let texts and times be those of a person, as on a page that they open."""
    zone = quote(str(zone_of(preference, default_zone=settings.time_zone)), safe="")
    with app.test_request_context("/", base_url=settings.public_url, headers={"Cookie": f"{ZONE_COOKIE}={zone}"}):
        speak(locale)
        yield


def _course_language(session: Session, mail: Mail) -> str | None:
    """Return the language of the first course that a mail tells of and that has one."""
    return session.scalar(
        select(Course.language)
        .join(Membership, Membership.course_id == Course.id)
        .join(Notice, Notice.member_id == Membership.id)
        .where(Notice.mail_id == mail.id, Course.language.is_not(None))
        .order_by(Notice.created_at, Notice.id)
        .limit(1)
    )


def _told(session: Session, mail: Mail) -> list[_Told]:
    """Return what a mail has to tell: what is unread, not muted, and still open to its reader."""
    notices = session.scalars(
        select(Notice)
        .where(Notice.mail_id == mail.id, Notice.read_at.is_(None))
        .options(
            joinedload(Notice.member).joinedload(Membership.person),
            joinedload(Notice.member)
            .joinedload(Membership.course)
            .joinedload(Course.deployment)
            .joinedload(Deployment.platform)
            .joinedload(Platform.tenant),
            joinedload(Notice.activity),
        )
        .order_by(Notice.created_at, Notice.id)
    ).all()
    by_member: defaultdict[Membership, list[Notice]] = defaultdict(list)
    for notice in _without_muted(session, [each for each in notices if can_be_mailed(each.member)]):
        by_member[notice.member].append(notice)
    found: list[_Told] = []
    for member, theirs in by_member.items():
        tellings = tell(session, member, theirs)
        found += [_Told(notice, tellings[notice.id]) for notice in theirs if notice.id in tellings]
    return found


def _without_muted(session: Session, notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices whose place their reader has not muted, by the narrowest place that they said something of."""
    ids = {notice.member_id for notice in notices}
    said = {
        (each.member_id, each.scope, each.scope_id): each.level
        for each in session.scalars(select(Subscription).where(Subscription.member_id.in_(ids)))
    }

    def level(notice: Notice) -> Level:
        places = [
            (Scope.THREAD, notice.thread_id),
            (Scope.ACTIVITY, notice.activity_id),
            (Scope.COURSE, notice.member.course_id),
        ]
        mine = (said.get((notice.member_id, scope, id_)) for scope, id_ in places if id_)
        return next(filter(None, mine), DEFAULTS[notice.member.role])

    return [notice for notice in notices if level(notice) is not Level.MUTED]


def _letter(session: Session, mail: Mail, person: Person, told: Sequence[_Told], settings: Settings) -> Letter:
    shown = told[:MOST]
    urls = activity_urls(session, {each.notice.activity_id for each in shown}, settings)
    by_course: defaultdict[Course, defaultdict[Activity, list[Telling]]] = defaultdict(lambda: defaultdict(list))
    for each in shown:
        by_course[each.notice.member.course][each.notice.activity].append(each.telling)
    courses = [
        (course, [Part(activity, urls[activity.id], _by_topic(tellings)) for activity, tellings in activities.items()])
        for course, activities in by_course.items()
    ]
    return Letter(
        subject=_subject(told),
        person=person,
        cadence=mail.cadence,
        courses=courses,
        more=len(told) - len(shown),
        preferences_url=signed_url(settings, "mail.preferences", Purpose.PREFERENCES, person.id),
        unsubscribe_url=signed_url(settings, "mail.unsubscribe", Purpose.UNSUBSCRIBE, person.id),
        tenant=told[0].notice.member.course.deployment.platform.tenant.name,
    )


def _by_topic(tellings: Iterable[Telling]) -> Sequence[tuple[str | None, Sequence[Telling]]]:
    found: defaultdict[str | None, list[Telling]] = defaultdict(list)
    for telling in tellings:
        found[telling.topic].append(telling)
    return list(found.items())


def _subject(told: Sequence[_Told]) -> str:
    """Return what the inbox shows: what happened where it is one thing, else how much and where."""
    if len(told) == 1:
        return told[0].telling.title
    courses = {each.notice.member.course_id: each.notice.member.course.title for each in told}
    if len(courses) > 1:
        return ngettext("%(num)s new in your courses", "%(num)s new in your courses", len(told))
    topics = {each.telling.topic for each in told}
    place = topics.pop() if len(topics) == 1 else None
    return ngettext(
        "%(num)s new in “%(place)s”",
        "%(num)s new in “%(place)s”",
        len(told),
        place=place or next(iter(courses.values())),
    )


def _message(letter: Letter, mail: Mail, told: Sequence[_Told], settings: Settings, now: datetime) -> EmailMessage:
    host = urlsplit(settings.public_url).hostname or "localhost"
    message = EmailMessage(policy=Policy(linesep="\r\n"))
    message["Subject"] = line(letter.subject)[:SUBJECT_LENGTH]
    message["From"] = Address(line(letter.tenant), addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=letter.person.email)
    message["Date"] = format_datetime(now)
    # The same for every attempt: a mail server that has the first one can tell.
    message["Message-ID"] = f"<{mail.id.hex}@{host}>"
    threads = {each.notice.thread_id for each in told}
    if len(threads) == 1 and (thread_id := threads.pop()):
        # Mails about one thread stand together, under an id that is this reader's alone.
        root = hmac.digest(settings.secret_key.encode(), letter.person.id.bytes + thread_id.bytes, "sha256")[:16].hex()
        message["In-Reply-To"] = message["References"] = f"<{root}@{host}>"
    message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = str(get_locale() or "en")
    context = {"letter": letter, "locale": str(get_locale() or "en"), "excerpt": _excerpt}
    message.set_content(render_template("notifications/mail.txt", **context), cte="quoted-printable")
    message.add_alternative(
        render_template("notifications/mail.html", **context), subtype="html", cte="quoted-printable"
    )
    return message


def _excerpt(text: str) -> str:
    """Return the beginning of what somebody wrote, on one line."""
    found = line(text)
    return found if len(found) <= _EXCERPT_LENGTH else found[:_EXCERPT_LENGTH].rsplit(" ", 1)[0] + " …"
