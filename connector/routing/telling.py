"""What notices of questions on their way say: never a name that the reader may not see, and of nothing they may not read."""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.notifications.tellers import Teller, Telling
from connector.routing.asking import ASKED, CLAIMED, ESCALATED, HANDED_OVER, OVERDUE, UNSOLVED
from connector.routing.models import Request, State
from connector.threads.models import Post
from connector.threads.telling import readable_posts
from connector.web.i18n import gettext as _


def _asked(post: Post, _claimant: str | None) -> str:
    return _("You are asked to answer: “%(title)s”", title=post.thread.title)


def _claimed(post: Post, claimant: str | None) -> str:
    if claimant is None:
        return _("Somebody took on “%(title)s”", title=post.thread.title)
    return _("%(name)s took on “%(title)s”", name=claimant, title=post.thread.title)


def _escalated(post: Post, _claimant: str | None) -> str:
    return _("Nobody has answered “%(title)s” yet: it needs you", title=post.thread.title)


def _handed_over(post: Post, _claimant: str | None) -> str:
    return _("“%(title)s” is yours to see to now", title=post.thread.title)


def _overdue(post: Post, _claimant: str | None) -> str:
    return _("The answer to “%(title)s” takes longer: those who lead the course see to it", title=post.thread.title)


def _unsolved(post: Post, _claimant: str | None) -> str:
    return _("Is “%(title)s” solved?", title=post.thread.title)


def _teller(title: Callable[[Post, str | None], str], *, to_inbox: bool = False) -> Teller:
    def tell(session: Session, reader: Membership, abouts: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
        posts = readable_posts(session, reader, abouts)
        claimants = _claimants(session, [post.thread_id for post in posts])
        return {
            post.id: Telling(
                title=title(post, claimants.get(post.thread_id)),
                text=post.snippet,
                topic=post.thread.title,
                endpoint="inbox.index" if to_inbox else f"{post.thread.activity.kind}.find_post",
                values={} if to_inbox else {"activity_id": post.activity_id, "post_id": post.id},
                lang=post.language,
            )
            for post in posts
        }

    return tell


def _claimants(session: Session, thread_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return the names of those who have taken questions on, which they did for all to see."""
    found = session.scalars(
        select(Request)
        .where(Request.thread_id.in_(list(thread_ids)), Request.state == State.CLAIMED)
        .options(joinedload(Request.member).joinedload(Membership.person))
    )
    return {each.thread_id: name_of(each.member) for each in found}


TELLERS: Final[Mapping[str, Teller]] = {
    ASKED: _teller(_asked, to_inbox=True),
    CLAIMED: _teller(_claimed),
    ESCALATED: _teller(_escalated, to_inbox=True),
    HANDED_OVER: _teller(_handed_over, to_inbox=True),
    OVERDUE: _teller(_overdue),
    UNSOLVED: _teller(_unsolved),
}
