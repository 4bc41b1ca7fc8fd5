"""What pages, mails and exports call the author of a post: the only way from a post to a name."""

import uuid
from dataclasses import dataclass

from connector.courses.models import Membership
from connector.courses.people import name_of, role_of
from connector.threads.models import Post
from connector.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Byline:
    """An author as one reader may know them."""

    name: str
    avatar_id: uuid.UUID
    """What the picture's colour follows from: of an alias, not of the person."""
    role: str | None
    """In words; None for learners, and for whoever is hidden."""
    is_own: bool
    """Whether the reader wrote it."""
    member_id: uuid.UUID | None
    """Leads to the profile; None where the author is hidden, or came from outside and has none."""


def byline(post: Post, reader: Membership) -> Byline:
    """Return how `reader` knows the author of `post`.

    Who hides their name is hidden from those who lead the course as well: revealing it is an act of its own, with a
    reason, that is logged.
    """
    is_own = post.author_id == reader.id
    if post.alias is not None:
        return Byline(alias_name(post.alias), _veil(post), None, is_own, None)
    profile_id = None if post.author.person.is_guest else post.author_id
    return Byline(name_of(post.author), post.author_id, role_of(post.author), is_own, profile_id)


def alias_name(alias: int) -> str:
    """Return the name of somebody who hides theirs; the same all through a thread."""
    return _("Anonymous %(number)s", number=alias)


def _veil(post: Post) -> uuid.UUID:
    return uuid.uuid5(post.thread_id, f"alias {post.alias}")
