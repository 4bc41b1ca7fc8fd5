"""What pages about guests say in words."""

from babel import Locale

from connector.config import LOCALES
from connector.guests.models import Declined
from connector.guests.standing import State
from connector.web.i18n import gettext as _


def state_in_words(state: State) -> tuple[str, str]:
    """Return what a state is called, and how its chip looks."""
    words = {
        State.WAITING: (_("Mail on its way"), ""),
        State.SENT: (_("Sent"), ""),
        State.FAILED: (_("Mail failed"), "bad"),
        State.BOUNCED: (_("Mail came back"), "bad"),
        State.OPENED: (_("Opened"), "accent"),
        State.ASKED: (_("Asks for more"), "warn"),
        State.ANSWERED: (_("Answered"), "good"),
        State.DECLINED: (_("Said no"), "warn"),
        State.EXPIRED: (_("Expired"), ""),
        State.REVOKED: (_("Taken back"), ""),
    }
    return words[state]


def declined_in_words(reason: Declined) -> str:
    """Return why a guest does not answer."""
    return dict(declined_choices())[reason]


def declined_choices() -> list[tuple[Declined, str]]:
    """Return the reasons to say no, in words."""
    return [
        (Declined.OTHER_TOPIC, _("It is not my topic")),
        (Declined.NO_TIME, _("I have no time")),
        (Declined.CONFLICT, _("I am too close to it")),
        (Declined.OTHER, _("Another reason")),
    ]


def language_choices() -> list[tuple[str, str]]:
    """Return our languages, each by its own name."""
    return [(code, str(Locale.parse(code).get_display_name()).capitalize()) for code in LOCALES]


def life_choices() -> list[tuple[int, str]]:
    """Return how long an invitation can last, in days."""
    return [(7, _("One week")), (14, _("Two weeks")), (30, _("30 days")), (90, _("90 days"))]
