"""Reports and deeds in words."""

from connector.moderation.models import Complaint, Deed
from connector.web.i18n import gettext as _


def complaints() -> dict[Complaint, str]:
    """Return the reasons for which a post can be reported, in words."""
    return {
        Complaint.UNKIND: _("It insults or hurts somebody"),
        Complaint.PRIVATE: _("It tells what should stay private"),
        Complaint.OFF_TOPIC: _("It does not belong here"),
        Complaint.ADVERTISING: _("It is advertising"),
        Complaint.COPIED: _("It was copied without saying so"),
        Complaint.OTHER: _("Something else"),
    }


def deed_of(deed: Deed) -> str:
    """Return what was done, for the log: a sentence without its subject."""
    return {
        Deed.HELD: _("Post held"),
        Deed.APPROVED: _("Post approved"),
        Deed.REMOVED: _("Post removed"),
        Deed.RESTORED: _("Post put back"),
        Deed.EDITED: _("Post changed"),
        Deed.REVEALED: _("Hidden author revealed"),
        Deed.MUTED: _("Writing stopped"),
        Deed.UNMUTED: _("Writing allowed again"),
        Deed.CLOSED: _("Thread closed"),
        Deed.REOPENED: _("Thread reopened"),
        Deed.PINNED: _("Thread pinned"),
        Deed.UNPINNED: _("Thread unpinned"),
        Deed.FEATURED: _("Thread featured"),
        Deed.UNFEATURED: _("Thread no longer featured"),
        Deed.SPLIT: _("Replies moved to a thread of their own"),
        Deed.MOVED: _("Thread moved to another discussion"),
        Deed.MERGED: _("Thread put into another one"),
        Deed.PROPOSED: _("Author asked to open a private thread to the course"),
        Deed.PUBLISHED: _("Private thread opened to the course, with its author's consent"),
        Deed.DECLINED: _("Private thread stays private, as its author wishes"),
    }[deed]


def told_to_author(deed: Deed, title: str) -> str:
    """Return what a notice says to those whom a deed is about.

    Args:
        title: The thread's.
    """
    return {
        Deed.HELD: _("Your post in “%(title)s” waits until a trainer has looked at it", title=title),
        Deed.APPROVED: _("Your post in “%(title)s” stands", title=title),
        Deed.REMOVED: _("Your post in “%(title)s” was removed", title=title),
        Deed.RESTORED: _("Your post in “%(title)s” was put back", title=title),
        Deed.EDITED: _("Your post in “%(title)s” was changed by somebody who leads the course", title=title),
        Deed.REVEALED: _(
            "Somebody who leads the course looked up who wrote your hidden post in “%(title)s”", title=title
        ),
        Deed.MUTED: _("You can read, but not write, for some time"),
        Deed.UNMUTED: _("You can write again"),
        Deed.CLOSED: _("Your thread “%(title)s” was closed", title=title),
        Deed.REOPENED: _("Your thread “%(title)s” was reopened", title=title),
        Deed.PINNED: _("Your thread “%(title)s” was pinned", title=title),
        Deed.UNPINNED: _("Your thread “%(title)s” was unpinned", title=title),
        Deed.FEATURED: _("Your thread “%(title)s” is shown as a good example", title=title),
        Deed.UNFEATURED: _("Your thread “%(title)s” is no longer shown as an example", title=title),
        Deed.SPLIT: _("Your post is in a thread of its own now: “%(title)s”", title=title),
        Deed.MOVED: _("The thread “%(title)s” is in another discussion now", title=title),
        Deed.MERGED: _("Your post is in another thread now: “%(title)s”", title=title),
    }[deed]
