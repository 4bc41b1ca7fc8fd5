"""What pages with posts ask for, so that reactions can stand below these."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from connector.courses.models import Membership, Role
from connector.courses.people import name_of, role_of
from connector.reactions.reading import NOTHING, Tally, tallies
from connector.reactions.services import KNOWING, appointed, can_be_endorsed, may_react
from connector.threads.access import Sight, may_read
from connector.threads.models import Post


def reaction_context(session: Session, sight: Sight, posts: Sequence[Post]) -> dict[str, Any]:
    """Return what the macros in reactions/parts.html use; three queries at most, however many posts there are.

    Args:
        posts: Those of the page, which the member may see; of those that they may not read nothing is told.
    """
    found = tallies(session, sight.member, [post.id for post in posts if may_read(sight, post)])
    roles = _appointed(session, sight.member, posts, found.values())
    is_knowing = sight.member.role in KNOWING or sight.member.id in roles
    return {
        "tally_of": lambda post: found.get(post.id, NOTHING),
        "may_react": lambda post: may_react(sight.member, post),
        "may_endorse": lambda post: is_knowing and can_be_endorsed(sight.member, post),
        "may_save": lambda post: may_read(sight, post),
        "name_of": name_of,
        "role_of": lambda member: roles.get(member.id) or role_of(member),
    }


def _appointed(
    session: Session, reader: Membership, posts: Sequence[Post], found: Iterable[Tally]
) -> Mapping[uuid.UUID, str]:
    """Return what the course made of the reader and of those who endorsed something, where the LMS calls them learners."""
    asked = {each.member.id for tally in found for each in tally.endorsements if each.member.role not in KNOWING}
    if reader.role is Role.LEARNER and any(can_be_endorsed(reader, post) for post in posts):
        asked.add(reader.id)
    return appointed(session, asked)
