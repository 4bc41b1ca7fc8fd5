"""A thread as one member reads it: a page of it, or all of it on paper."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from connector.content.nesting import nest
from connector.courses.models import Membership
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, PostState, Thread, Visit
from connector.threads.news import GONE
from connector.threads.outline import Fold, Outline, cut, get_outline


@dataclass(frozen=True, slots=True)
class Spot:
    """A post that something leads to, wherever it stands."""

    id: uuid.UUID
    number: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a page leaves out of a branch."""

    first: Spot
    count: int
    new_count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A post on a page."""

    post: Post
    level: int
    """0 for the opening post, 1 to 3 for replies."""
    is_new: bool
    answered: Post | None
    """What it answers; None for the opening post, and where the reader may not see it."""
    hidden: Hidden | None = None
    """What comes next in the branch, and is not shown on this page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One page of a thread, as one member sees it."""

    thread: Thread
    posts: Sequence[Shown]
    """In reading order; the opening post stands on the thread's first page."""
    page: int
    pages: int
    branch: Post | None
    """The reply whose branch these are pages of; None for pages of the whole thread."""
    branch_size: int
    """How many replies to that one there are, at any depth."""
    reply_count: int
    """In the whole thread; posts without a text left are among them."""
    last_number: int
    """The newest post's, as far as the reader sees them."""
    new_count: int
    """In the whole thread."""
    first_new: Spot | None
    """The first post, in reading order, that the reader has not seen."""
    next_new: Spot | None
    """The next one, after this page; what is left above it where nothing is."""
    accepted: Post | None
    """The answer that helped, wherever it stands."""
    was_visited_today: bool

    @property
    def has_news(self) -> bool:
        """Whether there is something to note when this page is shown."""
        return not self.was_visited_today or any(shown.is_new for shown in self.posts)


def read_thread(
    session: Session,
    sight: Sight,
    thread: Thread,
    *,
    page: int = 1,
    post: int | None = None,
    branch: int | None = None,
) -> Reading:
    """Return a page of a thread; at most six queries, however long it is. What is new stays new until `mark_read`.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
        post: The number of a post that the page must show; goes before the others.
        branch: The number of a reply to the opening post, to read it alone with what stands below it.
    """
    outline = get_outline(session, sight, thread)
    window = cut(outline, page=page, post=post, branch=branch)
    levels = {each.item.id: each.level for each in window.placed}
    if window.has_opening:
        levels = {OPENING: 0, **levels}
    is_new = {line.id: line.is_new for line in outline.lines()}
    first_new, next_new = _first_new(outline, levels)
    found = _load(session, sight, thread, {window.branch or OPENING, *levels})
    spots = _spots(session, thread, found, {first_new, next_new, *(fold.first for fold in window.folds.values())})
    answered = _answered(session, sight, thread, [*found.values()])
    accepted = answered.get(thread.accepted_id)
    visit = session.get(Visit, (sight.member.id, thread.id))
    return Reading(
        thread=thread,
        posts=[
            Shown(
                found[number],
                level,
                is_new[number],
                answered.get(found[number].parent_id),
                _hidden(window.folds.get(number), spots),
            )
            for number, level in levels.items()
            if number in found
        ],
        page=window.page,
        pages=window.pages,
        branch=found.get(window.branch) if window.branch else None,
        branch_size=window.branch_size,
        reply_count=len(outline.placed),
        last_number=max(is_new, default=OPENING),
        new_count=sum(is_new.values()),
        first_new=spots.get(first_new),
        next_new=spots.get(next_new),
        accepted=accepted if accepted and accepted.state not in GONE else None,
        was_visited_today=visit is not None and visit.day >= sight.now.date(),
    )


def read_whole(session: Session, sight: Sight, threads: Sequence[Thread]) -> Mapping[uuid.UUID, Sequence[Shown]]:
    """Return all posts of threads in reading order, by the thread's id; one query.

    Args:
        threads: That the member may see.
    """
    posts = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.thread_id.in_([thread.id for thread in threads]), sight.posts())
        .order_by(Post.thread_id, Post.number)
        .options(joinedload(Post.author).joinedload(Membership.person))
    ).all()
    by_id = {post.id: post for post in posts}
    found: dict[uuid.UUID, list[Post]] = {thread.id: [] for thread in threads}
    for post in posts:
        found[post.thread_id].append(post)
    return {
        thread_id: [
            *(Shown(post, 0, False, None) for post in written if post.is_opening),
            *(
                Shown(placed.item, placed.level, False, by_id.get(placed.item.parent_id or placed.item.id))
                for placed in nest([post for post in written if not post.is_opening])
            ),
        ]
        for thread_id, written in found.items()
    }


def is_veiled(session: Session, sight: Sight, thread: Thread) -> bool:
    """Return whether a thread keeps what others wrote until the member has written enough there."""
    is_over = thread.shows_from is not None and thread.shows_from <= sight.now
    if thread.shows_after_posts == 0 or sight.member.is_staff or is_over:
        return False
    own = select(func.count()).where(
        Post.thread_id == thread.id, Post.author_id == sight.member.id, Post.state == PostState.VISIBLE
    )
    return (session.scalar(own) or 0) < thread.shows_after_posts


def next_spot(session: Session, sight: Sight, post: Post) -> Spot | None:
    """Return the post that a member reads after one; None after the last."""
    number = get_outline(session, sight, post.thread).next_to(post.number)
    return _spots(session, post.thread, {}, {number}).get(number)


def _first_new(outline: Outline, on_page: Collection[int]) -> tuple[int | None, int | None]:
    """Return the numbers of the first new post, and of the next new one that this page does not show."""
    lines = list(outline.lines())
    new = [line.id for line in lines if line.is_new]
    elsewhere = [number for number in new if number not in on_page]
    positions = {line.id: position for position, line in enumerate(lines)}
    end = max((positions[number] for number in on_page if number in positions), default=0)
    after = next((number for number in elsewhere if positions[number] > end), None)
    return (new[0] if new else None), after or (elsewhere[0] if elsewhere else None)


def _load(session: Session, sight: Sight, thread: Thread, numbers: Collection[int]) -> dict[int, Post]:
    posts = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.thread_id == thread.id, Post.number.in_(list(numbers)), sight.posts_within(thread))
        .options(joinedload(Post.author).joinedload(Membership.person))
    )
    return {post.number: post for post in posts}


def _spots(
    session: Session, thread: Thread, found: Mapping[int, Post], numbers: Collection[int | None]
) -> Mapping[int | None, Spot]:
    """Return where posts are that the member may see, by number; those of the page need no query."""
    spots: dict[int | None, Spot] = {
        number: Spot(found[number].id, number) for number in numbers if number is not None and number in found
    }
    if elsewhere := [number for number in numbers if number is not None and number not in found]:
        ids = select(Post.number, Post.id).where(Post.thread_id == thread.id, Post.number.in_(elsewhere))
        spots.update((number, Spot(id_, number)) for number, id_ in session.execute(ids))
    return spots


def _answered(session: Session, sight: Sight, thread: Thread, posts: Sequence[Post]) -> dict[uuid.UUID | None, Post]:
    """Return what the posts answer, and the accepted answer, by id; those that stand on other pages come together."""
    found: dict[uuid.UUID | None, Post] = {post.id: post for post in (thread.opening, *posts)}
    if elsewhere := {thread.accepted_id, *(post.parent_id for post in posts)} - {None, *found}:
        author = joinedload(Post.author).joinedload(Membership.person)
        parents = session.scalars(
            select(Post).join(Post.thread).where(Post.id.in_(elsewhere), sight.posts()).options(author)
        )
        found.update((parent.id, parent) for parent in parents)
    return found


def _hidden(fold: Fold | None, spots: Mapping[int | None, Spot]) -> Hidden | None:
    if fold is None or fold.first not in spots:
        return None
    return Hidden(spots[fold.first], fold.count, fold.new_count)
