"""From notices to mails: what is due for a person goes into one mail, all courses together.

Each notice is put into one mail at most, in the transaction that makes the mail; a worker that dies before has done
nothing. Whoever gathers for a person holds the row of their preferences, so that no two workers do.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.notifications.models import Cadence, Mail, MailPreference, MailState, Notice
from connector.notifications.preferences import blank
from connector.notifications.timing import Timing, after_quiet, due, is_quiet, local_day, timing_of

BUDGET = 8
"""How many instant mails a person gets on one day; what comes then waits for a digest."""
MOST_AGE = timedelta(days=14)
"""What is older is in no mail: mail was off, or nobody was at work."""
_PEOPLE = 50


def is_due(session: Session, *, now: datetime) -> bool:
    """Return whether there is something to gather: a read, so that idle workers never wait for the write lock."""
    return session.scalar(select(Notice.id).where(Notice.mail_due_at <= now).limit(1)) is not None


def gather(session: Session, *, default_zone: str, now: datetime) -> Sequence[Mail]:
    """Put what is due into mails, and say of the rest when to look at it again; returns the mails.

    Args:
        default_zone: For who chose none, and whose browser told none.
    """
    waiting = (
        select(Notice.person_id)
        .where(Notice.mail_due_at <= now)
        .group_by(Notice.person_id)
        .order_by(func.min(Notice.mail_due_at))
        .limit(_PEOPLE)
    )
    ids = sorted(session.scalars(waiting))
    _ensure_rows(session, ids)
    held = session.scalars(
        select(MailPreference)
        .where(MailPreference.person_id.in_(ids))
        .order_by(MailPreference.person_id)
        .with_for_update(skip_locked=True)
    ).all()
    mails = [
        mail for row in held if (mail := _gather_for(session, row, timing_of(row, default_zone=default_zone), now))
    ]
    session.flush()
    return mails


def give_up(session: Session, *, now: datetime) -> None:
    """Let what is due be in no mail: there is no mail server."""
    waiting = update(Notice).where(Notice.mail_due_at <= now)
    session.execute(waiting.values(mail_due_at=None).execution_options(synchronize_session=False))


def _ensure_rows(session: Session, ids: Sequence[uuid.UUID]) -> None:
    """See to it that there is a row to lock for everybody."""
    known = set(session.scalars(select(MailPreference.person_id).where(MailPreference.person_id.in_(ids))))
    columns = [column.key for column in MailPreference.__table__.columns]
    blanks = (blank(id_) for id_ in ids if id_ not in known)
    rows = [{key: getattr(row, key) for key in columns} for row in blanks]
    if rows:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert(MailPreference) if is_sqlite else postgresql.insert(MailPreference)
        session.execute(insert.values(rows).on_conflict_do_nothing())


def _gather_for(session: Session, row: MailPreference, timing: Timing, now: datetime) -> Mail | None:
    """Put what is due for one person into a mail."""
    mine = Notice.person_id == row.person_id, Notice.mail_due_at.is_not(None)
    ripe: list[Notice] = []
    unripe: list[Notice] = []
    for notice in session.scalars(select(Notice).where(*mine).order_by(Notice.created_at, Notice.id)):
        is_telling = notice.read_at is None and now - notice.created_at <= MOST_AGE
        notice.mail_due_at = due(timing, notice.created_at, is_held=notice.is_held) if is_telling else None
        if notice.mail_due_at is not None:
            (ripe if notice.mail_due_at <= now else unripe).append(notice)
    if not ripe:
        return None
    if is_quiet(timing, now):
        for notice in ripe:
            notice.mail_due_at = after_quiet(timing, now)
        return None
    is_instant = timing.cadence is Cadence.INSTANT and not any(notice.is_held for notice in ripe)
    if is_instant and not _spend(row, timing, now):
        for notice in ripe:
            notice.is_held, notice.mail_due_at = True, due(timing, now, is_held=True)
        return None
    # What would follow in a moment goes along; so does what waits for a later digest, when one goes anyway.
    return _put(session, row, [*ripe, *unripe], Cadence.INSTANT if is_instant else _kind(timing), now)


def _spend(row: MailPreference, timing: Timing, now: datetime) -> bool:
    """Take one mail of the day's budget; False where nothing is left of it."""
    today = local_day(timing, now)
    if row.budget_day != today:
        row.budget_day, row.budget_used = today, 0
    if row.budget_used >= BUDGET:
        return False
    row.budget_used += 1
    return True


def _kind(timing: Timing) -> Cadence:
    return Cadence.WEEKLY if timing.cadence is Cadence.WEEKLY else Cadence.DAILY


def _put(session: Session, row: MailPreference, notices: Sequence[Notice], cadence: Cadence, now: datetime) -> Mail:
    mail = Mail(
        id=uuid.uuid4(), person_id=row.person_id, cadence=cadence, state=MailState.NEW, created_at=now, due_at=now
    )
    session.add(mail)
    session.flush()
    for notice in notices:
        notice.mail_id, notice.mail_due_at = mail.id, None
    return mail
