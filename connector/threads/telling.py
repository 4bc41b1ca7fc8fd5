"""Who is told of what happens in threads, and what their notices say."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.services import find_activity
from connector.content.mentions import members_addressed
from connector.content.models import Mention, Mentions
from connector.courses.models import Group, Membership, Role
from connector.delivery.services import record
from connector.notifications.models import Level, Notice, Scope
from connector.notifications.places import Place
from connector.notifications.recipients import Recipient, find_recipients, followers
from connector.notifications.services import set_level
from connector.notifications.tellers import Teller, Telling
from connector.notifications.telling import tell_recipients
from connector.threads import statements
from connector.threads.access import get_thread, look, readable_in
from connector.threads.bylines import Byline, byline
from connector.threads.models import Post, PostState, Thread
from connector.threads.recipients import reads
from connector.threads.watching import watcher_of
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import now as time_now

HOLDER: Final = "post"
"""What posts are called where it is kept whom they address."""
BEGUN, REPLIED, ANSWERED, MENTIONED, ACCEPTED = "thread", "replied", "answered", "mentioned", "accepted"
ANNOUNCED: Final = "announced"
_OF_POSTS = {BEGUN, REPLIED, ANSWERED, MENTIONED}


# --- who is told ----------------------------------------------------------------------------------------------------------
def tell_of_post(session: Session, post: Post, *, now: datetime) -> None:
    """Tell of a post that can be read from now on: each member once, by what concerns them most."""
    thread = post.thread
    if post.is_opening:
        # Who begins a thread wants to know how it goes on; they can say otherwise.
        set_level(session, post.author_id, Scope.THREAD, thread.id, Level.EVERYTHING, now=now)
    addressed, answered = _addressed(session, post), _answered(session, post)
    # Many want to hear of new threads; of replies, few, unless they are concerned.
    concerned = None if post.is_opening else addressed | answered | followers(session, _places(post))
    everybody = _recipients(session, post, concerned, but=post.author_id, now=now)
    told = {id_: what for id_, each in everybody.items() if (what := _tells(each, post, addressed, answered))}
    for what in (MENTIONED, ANSWERED, BEGUN, REPLIED):
        _notify(session, [everybody[id_] for id_, each in told.items() if each == what], what, post, now=now)


def _tells(who: Recipient, post: Post, addressed: Collection[uuid.UUID], answered: Collection[uuid.UUID]) -> str | None:
    """Return what a member is told of a new post: what concerns them most of what they want to hear."""
    if who.id in addressed and who.level is not Level.MUTED:
        return MENTIONED
    if who.id in answered and who.level in {Level.EVERYTHING, Level.THREADS}:
        return ANSWERED
    if post.is_opening:
        return BEGUN if who.level in {Level.EVERYTHING, Level.THREADS} else None
    return REPLIED if who.level is Level.EVERYTHING else None


def tell_of_approved(session: Session, post: Post, *, now: datetime) -> None:
    """Tell of a post that was held and is let stand, unless it was told of before it was held."""
    known = select(Notice.id).where(
        Notice.thread_id == post.thread_id, Notice.about == post.id, Notice.what.in_(_OF_POSTS)
    )
    if session.scalar(known.limit(1)) is None:
        tell_of_post(session, post, now=now)
    if watcher := watcher_of(post.thread.activity):
        watcher.came(session, post, now)


def tell_of_mentions(session: Session, post: Post, members: Collection[uuid.UUID], *, now: datetime) -> None:
    """Tell those whom a post addresses since it was changed.

    Args:
        members: Ids of memberships.
    """
    _notify_unmuted(session, members, MENTIONED, post, by=post.author_id, now=now)


def record_mentions(session: Session, post: Post, members: Iterable[Membership], *, now: datetime) -> None:
    """Tell record stores whom a post names; groups and roles are nobody in particular."""
    for member in members:
        if member.role is not Role.TEST_STUDENT:
            record(session, statements.mentioned(post, member, now), by=post.author, now=now)


def tell_of_accepted(session: Session, answer: Post, by: Membership, *, now: datetime) -> None:
    """Tell the author of an answer that it helped."""
    _notify_unmuted(session, {answer.author_id}, ACCEPTED, answer, by=by.id, now=now)


def announce(session: Session, opening: Post, by: Membership, *, now: datetime) -> None:
    """Tell everybody who may read a thread of it, but who muted where it stands; once."""
    if not was_announced(session, opening):
        found = _recipients(session, opening, None, but=by.id, now=now)
        _notify(
            session, [each for each in found.values() if each.level is not Level.MUTED], ANNOUNCED, opening, now=now
        )


def was_announced(session: Session, opening: Post) -> bool:
    """Return whether everybody was told of a thread, after it had been begun."""
    told = (Notice.thread_id == opening.thread_id, Notice.about == opening.id, Notice.what == ANNOUNCED)
    return session.scalar(select(Notice.id).where(*told).limit(1)) is not None


def _notify(session: Session, who: Collection[Recipient], what: str, post: Post, *, now: datetime) -> None:
    activity = post.thread.activity
    tell_recipients(session, who, what, about=post.id, activity=activity, thread_id=post.thread_id, now=now)


def _notify_unmuted(
    session: Session, ids: Collection[uuid.UUID], what: str, post: Post, *, by: uuid.UUID, now: datetime
) -> None:
    """Tell those members who may read a post and did not mute where it stands; never the one whose act it is."""
    found = _recipients(session, post, ids, but=by, now=now)
    _notify(session, [each for each in found.values() if each.level is not Level.MUTED], what, post, now=now)


def _recipients(
    session: Session, post: Post, of: Collection[uuid.UUID] | None, *, but: uuid.UUID, now: datetime
) -> Mapping[uuid.UUID, Recipient]:
    """Return those who may read a post, with what they want to be told of where it stands.

    Args:
        of: Ids of those whom it is about; None for everybody.
        but: Who hears nothing of what they do themselves.
    """
    if of is None:
        who = Membership.id != but
    elif others := sorted(set(of) - {but}):
        who = Membership.id.in_(others)
    else:
        return {}
    may_read = and_(who, reads(post, now=now))
    return find_recipients(session, post.thread.activity.course_id, _places(post), may_read)


def _places(post: Post) -> list[tuple[Scope, uuid.UUID]]:
    """Return what a post stands in, the narrowest first."""
    activity = post.thread.activity
    return [(Scope.THREAD, post.thread_id), (Scope.ACTIVITY, activity.id), (Scope.COURSE, activity.course_id)]


def _addressed(session: Session, post: Post) -> set[uuid.UUID]:
    """Return whom a post addresses, by themselves, in a group or by their role."""
    if "@" not in post.body:
        return set()
    rows = session.scalars(select(Mention).where(Mention.holder_kind == HOLDER, Mention.holder_id == post.id)).all()
    if not rows:
        return set()
    groups = session.scalars(select(Group).where(Group.id.in_([row.group_id for row in rows if row.group_id]))).all()
    roles = tuple(row.role for row in rows if row.role is not None)
    found = members_addressed(session, post.thread.activity.course, Mentions(groups=tuple(groups), roles=roles))
    return found | {row.member_id for row in rows if row.member_id}


def _answered(session: Session, post: Post) -> set[uuid.UUID]:
    """Return the author of the post that this one answers."""
    parent = session.get(Post, post.parent_id) if post.parent_id else None  # who has just answered it has loaded it
    return {parent.author_id} if parent else set()


# --- what they are told -----------------------------------------------------------------------------------------------------
def _begun(by: Byline, post: Post) -> str:
    return _("%(name)s began “%(title)s”", name=by.name, title=post.thread.title)


def _replied(by: Byline, post: Post) -> str:
    return _("%(name)s wrote in “%(title)s”", name=by.name, title=post.thread.title)


def _answered_you(by: Byline, post: Post) -> str:
    return _("%(name)s answered you in “%(title)s”", name=by.name, title=post.thread.title)


def _named_you(by: Byline, post: Post) -> str:
    return _("%(name)s named you in “%(title)s”", name=by.name, title=post.thread.title)


def _announced(_by: Byline, post: Post) -> str:
    return _("Worth a look, says who leads the course: “%(title)s”", title=post.thread.title)


def _accepted(_by: Byline, post: Post) -> str:
    return _("Your answer helped: it was accepted in “%(title)s”", title=post.thread.title)


def _teller(title: Callable[[Byline, Post], str], *, has_author: bool = True) -> Teller:
    """Return the teller for one thing that happens to posts."""

    def tell(session: Session, reader: Membership, abouts: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
        found: dict[uuid.UUID, Telling] = {}
        for post in readable_posts(session, reader, abouts):
            by = byline(post, reader)
            found[post.id] = Telling(
                title=title(by, post),
                text=post.snippet,
                who=by.name if has_author else None,
                avatar_id=by.avatar_id if has_author else None,
                topic=post.thread.title,
                endpoint=f"{post.thread.activity.kind}.find_post",
                values={"activity_id": post.activity_id, "post_id": post.id},
                lang=post.language,
            )
        return found

    return tell


def readable_posts(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Collection[Post]:
    """Return those posts that a reader may read now, with their authors."""
    where = select(Post.activity_id).where(Post.id.in_(list(ids)))
    return session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.id.in_(list(ids)), Post.state == PostState.VISIBLE)
        .where(readable_in(session, reader, where, now=time_now()))
        .options(
            contains_eager(Post.thread).joinedload(Thread.activity),
            joinedload(Post.author).joinedload(Membership.person),
        )
    ).all()


TELLERS: Final[Mapping[str, Teller]] = {
    BEGUN: _teller(_begun),
    REPLIED: _teller(_replied),
    ANSWERED: _teller(_answered_you),
    MENTIONED: _teller(_named_you),
    ACCEPTED: _teller(_accepted, has_author=False),
    ANNOUNCED: _teller(_announced, has_author=False),
}


# --- following a thread -----------------------------------------------------------------------------------------------------
def place(session: Session, member: Membership, thread_id: uuid.UUID) -> Place:
    """Return a thread as something to follow.

    Raises:
        NotFoundError: There is none that the member may see.
    """
    activity_id = session.scalar(select(Thread.activity_id).where(Thread.id == thread_id))
    if activity_id is None:
        raise NotFoundError
    activity = find_activity(session, member, activity_id)
    thread = get_thread(session, look(session, member, activity, now=time_now()), thread_id)
    # Their author follows a thread from its beginning: that they no longer do would tell who began it.
    is_own = thread.author_id == member.id
    return Place(
        title=thread.title,
        endpoint=f"{activity.kind}.show",
        values={"activity_id": activity.id, "thread_id": thread.id},
        tell=None if is_own else lambda follows, at: statements.followed(thread, member, at, follows=follows),
    )
