"""Opens a private thread to the course, when its author agrees: a copy, as the author has seen it before.

The private thread stays what it is. The copy has ids, addresses and times of its own, so that nothing leads from the one
to the other; what was said in private before a change stays there, and so do files.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.content.text import normalise, normalise_line
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.moderation.models import Answer, Proposal
from connector.moderation.proposing import answer
from connector.moderation.veiling import names_in, without_files, without_names
from connector.threads import statements, telling
from connector.threads.finding import index_posts
from connector.threads.making import make_opening, make_reply, make_thread
from connector.threads.models import OPENING, Post, PostState, ReadMark, Thread
from connector.web.errors import ConflictError
from connector.web.i18n import gettext as _

ALIAS = 1
"""The number that the author goes by in the copy, where they hide their name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One post of the copy."""

    original: Post
    body: str
    """In Markdown."""
    answers: uuid.UUID | None
    """The id of the post, in the private thread, whose copy it answers; None for the opening."""
    depth: int
    is_own: bool
    """Whether the thread's author wrote it, who may change it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What the course would see."""

    title: str
    parts: Sequence[Part]
    is_anonymous: bool
    seen: str
    """Changes where somebody else has written or changed something in the private thread."""


def draft_copy(
    session: Session,
    proposal: Proposal,
    *,
    is_anonymous: bool,
    title: str | None = None,
    bodies: Mapping[uuid.UUID, str] | None = None,
) -> Copy:
    """Return what the course would see of a private thread, and store nothing.

    Of the posts that can be seen there, those of the author and of people who lead the course come along; where the
    author leaves a post of theirs out, answers to it go below what it answered. Without the author's name, what tells it
    is taken out of every text.

    Args:
        title: The author's; None for the thread's own.
        bodies: What the author's own posts are to say, by their ids; an empty one is left out, but for the opening.
    """
    thread, typed = proposal.thread, bodies or {}
    posts = _posts(session, thread)
    names = names_in(thread.author) if is_anonymous else frozenset()
    texts = {post.id: _text(post, typed, is_own=post.author_id == thread.author_id) for post in posts}
    depths: dict[uuid.UUID, int] = {}
    parts = []
    for post in posts:
        if not texts[post.id] and post.number != OPENING:
            continue
        above = _above(post, depths)
        depths[post.id] = depths[above] + 1 if above else 0
        body = without_names(texts[post.id], names)
        parts.append(Part(post, body, above, depths[post.id], post.author_id == thread.author_id))
    said = normalise_line(title if title is not None else thread.title)
    return Copy(without_names(said, names), parts, is_anonymous, _seen(thread, posts))


def publish(session: Session, proposal: Proposal, copy: Copy, *, seen: str, now: datetime) -> Thread:
    """Let the course see a copy, as its author has just seen it, and tell of it.

    Args:
        seen: What `Copy.seen` was when the author looked at it.

    Raises:
        ConflictError: It was answered before, or somebody wrote in the private thread since the author looked.
    """
    if proposal.answer is not Answer.WAITING:
        raise ConflictError(_("You have answered already."))
    if seen != copy.seen:
        raise ConflictError(_("Somebody wrote in the thread meanwhile. Look at it again before you agree."))
    made = make_thread(proposal.thread.activity, proposal.thread.author, copy.title, kind=proposal.thread.kind, now=now)
    made.post_count = len(copy.parts)
    rows = _copies(proposal, made, copy, now)
    session.add_all([made, *rows.values()])
    session.flush()
    kept = proposal.thread.accepted_id
    made.accepted_id = rows[kept].id if kept in rows else None
    authors = {(row.author_id, row.id) for row in rows.values()}
    mine = {(made.author_id, row.id) for row in rows.values()}
    session.add_all(ReadMark(member_id=member, post_id=post) for member, post in sorted(authors | mine))
    session.flush()
    record(session, statements.created(made), by=made.author, now=now)
    answer(session, proposal, Answer.PUBLISHED, copy=made, now=now)
    telling.tell_of_post(session, made.opening, now=now)
    index_posts(session, rows.values())
    return made


def _posts(session: Session, thread: Thread) -> Sequence[Post]:
    """Return the posts that may come along: those of its author, and of people who lead the course."""
    found = session.scalars(
        select(Post)
        .where(Post.thread_id == thread.id, Post.state == PostState.VISIBLE)
        .order_by(Post.number)
        .options(joinedload(Post.author).joinedload(Membership.person), joinedload(Post.parent))
    )
    return [post for post in found if post.author_id == thread.author_id or post.author.is_staff]


def _text(post: Post, typed: Mapping[uuid.UUID, str], *, is_own: bool) -> str:
    body = typed.get(post.id, post.body) if is_own else post.body
    return without_files(normalise(body))


def _above(post: Post, depths: Mapping[uuid.UUID, int]) -> uuid.UUID | None:
    """Return the nearest post above one that comes along; None for the opening."""
    above = post.parent
    while above is not None and above.id not in depths:
        above = above.parent
    return above.id if above else None


def _seen(thread: Thread, posts: Sequence[Post]) -> str:
    told = [f"{post.id} {post.version}" for post in posts]
    return hashlib.sha256("\n".join([str(thread.accepted_id), *told]).encode()).hexdigest()[:32]


def _copies(proposal: Proposal, made: Thread, copy: Copy, now: datetime) -> Mapping[uuid.UUID | None, Post]:
    """Return the posts of a copy by the ids of what they are copies of."""
    rows: dict[uuid.UUID | None, Post] = {}
    for number, part in enumerate(copy.parts, OPENING):
        key, language = uuid.uuid5(proposal.id, str(part.original.id)), part.original.language
        hides_name = copy.is_anonymous and part.is_own
        if number == OPENING:
            row = make_opening(made, key, is_anonymous=hides_name, language=language, state=PostState.VISIBLE)
        else:
            # Where the thread's own opening does not come along, the first that does is answered.
            above = rows.get(part.answers) or next(iter(rows.values()))
            row = make_reply(above, part.original.author, key, now, language=language, state=PostState.VISIBLE)
            row.number, row.alias = number, ALIAS if hides_name else None
        row.write(part.body)
        rows[part.original.id] = row
    return rows
