"""What is done about guests now and then: who asked for more is told of it, and who is guest no longer is forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from connector.guests.letters import NEWS
from connector.guests.models import GuestCode, Invitation
from connector.guests.privacy import forget_guest
from connector.notifications.envelopes import post
from connector.notifications.models import Mail, MailState
from connector.threads.models import Post, PostState

KEPT = timedelta(days=30)
"""How long after its end an invitation still says for whom it was."""
_CHUNK = 100


def tidy(session: Session, *, now: datetime) -> None:
    """Do all of it; any number of times, and by any number of workers, it is the same."""
    _note_sent(session)
    _tell_news(session, now)
    session.execute(delete(GuestCode).where(GuestCode.created_at < now - timedelta(days=1)))
    _forget_ended(session, now)


def _note_sent(session: Session) -> None:
    """Keep that a mail went, since mails are forgotten sooner than what they tell of."""
    went = select(Mail.id).where(Mail.state == MailState.DONE)
    mine = update(Invitation).where(Invitation.sent_at.is_(None), Invitation.mail_id.in_(went))
    sent_at = select(Mail.done_at).where(Mail.id == Invitation.mail_id).scalar_subquery()
    session.execute(mine.values(sent_at=sent_at).execution_options(synchronize_session=False))


def _tell_news(session: Session, now: datetime) -> None:
    """Write to those who asked for more information and got some, once for each time that they asked."""
    # Who asked may have written below, or added to the question itself.
    is_newer = or_(Post.created_at > Invitation.asked_at, Post.edited_at > Invitation.asked_at)
    has_news = exists().where(
        Post.thread_id == Invitation.asked_thread_id,
        Post.author_id != Invitation.member_id,
        Post.state == PostState.VISIBLE,
        is_newer,
    )
    waiting = session.scalars(
        select(Invitation)
        .where(
            Invitation.asked_at.is_not(None),
            Invitation.told_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.bounced_at.is_(None),
            Invitation.expires_at > now,
            has_news,
        )
        .limit(_CHUNK)
        .with_for_update(skip_locked=True)
    ).all()
    for invitation in waiting:
        invitation.told_at = now
        post(session, NEWS, Mail(about=invitation.id), now=now)


def _forget_ended(session: Session, now: datetime) -> None:
    """Forget the addresses, and of those who never took part the names too, some time after invitations ended."""
    ended = func.coalesce(Invitation.revoked_at, Invitation.expires_at)
    due = session.scalars(
        select(Invitation)
        .where(Invitation.address.is_not(None), ended < now - KEPT)
        .limit(_CHUNK)
        .with_for_update(skip_locked=True)
    ).all()
    for invitation in due:
        if invitation.member_id is None:
            forget_guest(session, invitation, revoked_at=now)
        else:  # their answer goes by their name, until they want to be forgotten
            invitation.address, invitation.note, invitation.suggestion = None, "", ""
    session.flush()
