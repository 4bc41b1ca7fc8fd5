"""What pages with posts ask for, so that reactions can stand below these."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from connector.courses.people import name_of, role_of
from connector.reactions.reading import NOTHING, tallies
from connector.reactions.services import may_endorse, may_react
from connector.threads.access import Sight, may_read
from connector.threads.models import Post


def reaction_context(session: Session, sight: Sight, posts: Sequence[Post]) -> dict[str, Any]:
    """Return what the macros in reactions/parts.html use; two queries at most, however many posts there are.

    Args:
        posts: Those of the page, which the member may see; of those that they may not read nothing is told.
    """
    found = tallies(session, sight.member, [post.id for post in posts if may_read(sight, post)])
    return {
        "tally_of": lambda post: found.get(post.id, NOTHING),
        "may_react": lambda post: may_react(sight.member, post),
        "may_endorse": lambda post: may_endorse(sight.member, post),
        "may_save": lambda post: may_read(sight, post),
        "name_of": name_of,
        "role_of": role_of,
    }
