"""What is stored of a person about notices and mail, and how it is forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.kinds import Holding
from connector.courses.models import Membership, Person
from connector.notifications.models import Mail, MailPreference, Notice, Subscription
from connector.web.i18n import gettext as _


def list_of(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person."""
    notices = session.scalars(
        select(Notice)
        .where(Notice.person_id == person.id)
        .options(joinedload(Notice.activity))
        .order_by(Notice.created_at)
    )
    mine = select(Membership.id).where(Membership.person_id == person.id)
    said = session.scalars(
        select(Subscription).where(Subscription.member_id.in_(mine)).order_by(Subscription.changed_at)
    )
    mails = session.scalars(select(Mail).where(Mail.person_id == person.id).order_by(Mail.created_at))
    preference = session.get(MailPreference, person.id)
    return [
        Holding(label=_("Notices"), name="notices", records=[_notice(each) for each in notices]),
        Holding(label=_("What you follow"), name="subscriptions", records=[_subscription(each) for each in said]),
        Holding(
            label=_("What you want in the mail"),
            name="mail_preferences",
            records=[_preference(preference)] if preference else [],
        ),
        Holding(label=_("Mails sent to you"), name="mails", records=[_mail(each) for each in mails]),
    ]


def forget(session: Session, person: Person) -> None:
    """Delete what is stored of a person; mails on their way then go to nobody."""
    mine = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(delete(Notice).where(Notice.person_id == person.id))
    session.execute(delete(Subscription).where(Subscription.member_id.in_(mine)))
    session.execute(delete(Mail).where(Mail.person_id == person.id))
    session.execute(delete(MailPreference).where(MailPreference.person_id == person.id))


def _notice(notice: Notice) -> Mapping[str, Any]:
    return {
        "activity": notice.activity.title,
        "what": notice.what,
        "about": str(notice.about),
        "at": notice.created_at.isoformat(),
        "read_at": _time(notice.read_at),
    }


def _subscription(said: Subscription) -> Mapping[str, Any]:
    return {
        "scope": said.scope.value,
        "id": str(said.scope_id),
        "level": said.level.value,
        "since": said.changed_at.isoformat(),
    }


def _preference(row: MailPreference) -> Mapping[str, Any]:
    return {
        "cadence": row.cadence.value,
        "digest_minute": row.digest_minute,
        "weekday": row.weekday,
        "quiet_from": row.quiet_from,
        "quiet_until": row.quiet_until,
        "zone": row.zone,
        "browser_zone": row.seen_zone,
        "shortcuts": row.has_shortcuts,
        "address_refused_at": _time(row.bounced_at),
    }


def _mail(mail: Mail) -> Mapping[str, Any]:
    return {
        "put_together_at": mail.created_at.isoformat(),
        "cadence": mail.cadence.value,
        "state": mail.state.value,
        "done_at": _time(mail.done_at),
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
