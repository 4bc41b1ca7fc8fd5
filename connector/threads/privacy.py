"""Takes the names of people who are forgotten out of what others wrote to them, also where it is searched."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.content.mentions import forget_mentions
from connector.courses.models import Person
from connector.threads.finding import index_posts
from connector.threads.models import Post


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:  # noqa: ARG001 -- what every holder takes
    """Return nothing: each kind of activity lists what was written in it."""
    return ()


def forget(session: Session, person: Person) -> None:
    """Take a person's name out of others' posts, and let these be found as they are now."""
    changed = forget_mentions(session, person)
    index_posts(session, [text for text in changed if isinstance(text, Post)])


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
