"""What pages about the pool say in words."""

from connector.pool.access import Standing
from connector.pool.reading import Show
from connector.web.i18n import gettext as _


def standing_in_words(standing: Standing) -> tuple[str, str, str]:
    """Return what a standing is called, how its chip looks, and its icon."""
    words = {
        Standing.CURRENT: (_("Confirmed"), "good", "check-circle"),
        Standing.DUE: (_("Due for a review"), "warn", "clock"),
        Standing.OUTDATED: (_("Outdated"), "bad", "warn"),
    }
    return words[standing]


def show_names() -> dict[Show, str]:
    """Return what can be looked for, in words."""
    return {Show.ALL: _("All"), Show.DUE: _("Due"), Show.MINE: _("Mine"), Show.SAVED: _("Saved")}
