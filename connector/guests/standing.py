"""How an invitation stands, in one word: what its trainer's list says."""

from datetime import datetime
from enum import StrEnum

from connector.guests.models import Invitation
from connector.notifications.models import MailState


class State(StrEnum):
    """What became of an invitation; the last thing that happened counts."""

    WAITING = "waiting"
    """The mail is on its way."""
    SENT = "sent"
    FAILED = "failed"
    """The mail server will never take it, or nobody could send it."""
    BOUNCED = "bounced"
    """The mail server took it, and it came back later."""
    OPENED = "opened"
    """The guest came, and has not answered."""
    ASKED = "asked"
    """The guest needs to know more."""
    ANSWERED = "answered"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


OVER = frozenset({State.EXPIRED, State.REVOKED})
"""In which the link opens nothing."""


def state_of(invitation: Invitation, *, now: datetime) -> State:
    """Return how an invitation stands."""
    if invitation.revoked_at is not None:
        return State.REVOKED
    if invitation.expires_at <= now:
        return State.EXPIRED
    done = {State.ANSWERED: invitation.answered_at, State.ASKED: invitation.asked_at}
    done |= {State.DECLINED: invitation.declined_at, State.BOUNCED: _bounced(invitation)}
    happened = {state: at for state, at in done.items() if at is not None}
    if happened:
        return max(happened, key=lambda state: happened[state])
    if invitation.opened_at is not None:
        return State.OPENED
    return _sending(invitation)


def _bounced(invitation: Invitation) -> datetime | None:
    """Return when the mail came back; None where the guest has come all the same."""
    bounced, opened = invitation.bounced_at, invitation.opened_at
    return bounced if opened is None or (bounced is not None and bounced > opened) else None


def is_over(invitation: Invitation, *, now: datetime) -> bool:
    """Return whether the link opens nothing any more, whatever it once did."""
    return state_of(invitation, now=now) in OVER


def _sending(invitation: Invitation) -> State:
    if invitation.sent_at is not None:
        return State.SENT
    if invitation.mail is None:  # mails are forgotten after a while, and this one was never seen to go
        return State.FAILED
    states = {MailState.NEW: State.WAITING, MailState.DONE: State.SENT}
    return states.get(invitation.mail.state, State.FAILED)
