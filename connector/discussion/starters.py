"""Openings that a trainer can begin a discussion with."""

from connector.web.i18n import gettext as _


def starters() -> list[dict[str, str]]:
    """Return titles and texts for a first thread, in the reader's language."""
    return [
        {
            "title": _("How do you do it today?"),
            "body": _("Describe in a few lines how you go about it now. What works, and what costs you time?"),
        },
        {
            "title": _("What went wrong, and what did you learn?"),
            "body": _("Tell of something that failed. What did you expect, what happened, what would you do now?"),
        },
        {
            "title": _("One thing to try this week"),
            "body": _("Name one thing from the course that you will try. Come back and tell how it went."),
        },
    ]
