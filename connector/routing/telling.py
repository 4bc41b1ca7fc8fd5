"""What notices of questions on their way say: never a name that the reader may not see, and of nothing they may not read."""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.notifications.tellers import Teller, Telling
from connector.routing.asking import ASKED, CLAIMED, ESCALATED, HANDED_OVER, OVERDUE, UNSOLVED
from connector.routing.models import Request, State
from connector.threads.access import look_all
from connector.threads.models import Post, PostState, Thread
from connector.web.i18n import gettext as _
from connector.web.requests import now


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
        posts = _readable(session, reader, abouts)
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


def _readable(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Collection[Post]:
    """Return those questions that a reader may read now."""
    where = select(Post.activity_id).where(Post.id.in_(list(ids)))
    activities = session.scalars(
        select(Activity).where(Activity.id.in_(where), Activity.course_id == reader.course_id)
    ).all()
    sights = look_all(session, reader, [each for each in activities if each.is_open], now=now())
    if not sights:
        return []
    return session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.id.in_(list(ids)), Post.state == PostState.VISIBLE)
        .where(or_(*(sight.readable() for sight in sights)))
        .options(contains_eager(Post.thread).joinedload(Thread.activity))
    ).all()


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
