"""The order in which a thread is read, and how it is cut into pages; found from a few numbers of each post.

A page holds whole branches: a reply to the opening post with everything below it. Of a long branch it shows the beginning,
and how many more there are; these have pages of their own. A page has no lasting number, since branches grow. So addresses
name the post that they want, and lead to the page that holds it now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from connector.content.nesting import Placed, nest
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, Thread
from connector.threads.news import is_unread
from connector.web.paging import turn_to

POSTS_A_PAGE = 30
"""About how many posts a page shows: enough to stay with, and quick to come over a phone."""
FOLDED_FROM = 15
"""From how many posts on a branch is not shown whole among the others."""
FOLDED_TO = 10
"""How many of its posts such a branch shows."""

_parent = aliased(Post)


class Line(NamedTuple):
    """What the order follows from, of one post; a thread may have thousands."""

    id: int
    """The post's number, which names it within the thread."""
    parent_id: int | None
    is_new: bool
    """Whether the member has not seen it."""


Branch: TypeAlias = Sequence[Placed[Line]]
"""A reply to the opening post, with everything below it, in reading order."""
Pages: TypeAlias = Sequence[Sequence[Branch]]


@dataclass(frozen=True, slots=True)
class Fold:
    """The rest of a branch, which a page leaves out."""

    first: int
    """The number of the first post of it."""
    count: int
    new_count: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A thread's posts in reading order, as far as one member may see them."""

    opening: Line | None
    placed: Sequence[Placed[Line]]
    """The replies."""

    def lines(self) -> Iterator[Line]:
        """Give all posts, the opening one first."""
        if self.opening is not None:
            yield self.opening
        yield from (each.item for each in self.placed)

    def from_here(self, number: int) -> Sequence[int]:
        """Return the numbers of a post and of all that stand below it on the page, to the thread's end."""
        numbers = [line.id for line in self.lines()]
        return numbers[numbers.index(number) :] if number in numbers else ()

    def next_to(self, number: int) -> int | None:
        """Return the number of the post that is read after one; None after the last."""
        return next(iter(self.from_here(number)[1:]), None)

    def branches(self) -> Sequence[Branch]:
        """Return the thread's branches."""
        found: list[list[Placed[Line]]] = []
        for each in self.placed:
            if each.level == 1:
                found.append([])
            found[-1].append(each)
        return found


@dataclass(frozen=True, slots=True)
class Window:
    """What one page shows of a thread."""

    placed: Sequence[Placed[Line]]
    """The replies, in reading order."""
    page: int
    pages: int
    branch: int | None = None
    """The number of the post whose branch these are pages of; None for pages of the whole thread."""
    branch_size: int = 0
    """How many replies to that post there are, at any depth."""
    folds: Mapping[int, Fold] = field(default_factory=dict)
    """What is left out below posts, by their number."""

    @property
    def has_opening(self) -> bool:
        """Whether the opening post stands on it."""
        return self.branch is None and self.page == 1


def get_outline(session: Session, sight: Sight, thread: Thread) -> Outline:
    """Return the order of the posts of a thread that the member may see; one query."""
    rows = session.execute(
        select(Post.number, _parent.number, is_unread(sight.member))
        .join(Post.thread)
        .outerjoin(_parent, and_(_parent.id == Post.parent_id, _parent.thread_id == Post.thread_id))
        .where(Post.thread_id == thread.id, sight.posts_within(thread))
        .order_by(Post.number)
    )
    lines = [Line(number, above, bool(is_new)) for number, above, is_new in rows.all()]
    opening = lines.pop(0) if lines and lines[0].id == OPENING else None
    return Outline(opening, nest(lines))


def cut(outline: Outline, *, page: int = 1, post: int | None = None, branch: int | None = None) -> Window:
    """Return a page of a thread.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
        post: The number of a post that it must show; goes before `page` and `branch`, where the member may see it.
        branch: The number of a reply to the opening post, to see it alone with what stands below it.
    """
    pages = _pack(outline.branches())
    if post is not None and (found := _holding(pages, post)):
        return found
    for placed in (placed for branches in pages for placed in branches):
        if placed[0].item.id == branch:
            return _cut_branch(placed, page)
    return _cut_thread(pages, page)


def _holding(pages: Pages, post: int) -> Window | None:
    if post == OPENING:
        return _cut_thread(pages, 1)
    for page, branches in enumerate(pages, start=1):
        for placed in branches:
            position = next((position for position, each in enumerate(placed) if each.item.id == post), None)
            if position is not None and position < len(_shown(placed)):
                return _cut_thread(pages, page)
            if position is not None:
                return _cut_branch(placed, position // POSTS_A_PAGE + 1)
    return None


def _pack(branches: Sequence[Branch]) -> Pages:
    """Return the branches of each page; there is at least one page."""
    pages: list[list[Branch]] = [[]]
    room = POSTS_A_PAGE
    for placed in branches:
        size = len(_shown(placed))
        if size > room and pages[-1]:
            pages.append([])
            room = POSTS_A_PAGE
        pages[-1].append(placed)
        room -= size
    return pages


def _shown(branch: Branch) -> Branch:
    return branch if len(branch) < FOLDED_FROM else branch[:FOLDED_TO]


def _cut_thread(pages: Pages, page: int) -> Window:
    page = min(max(page, 1), len(pages))
    placed: list[Placed[Line]] = []
    folds = {}
    for branch in pages[page - 1]:
        shown = _shown(branch)
        placed += shown
        if rest := branch[len(shown) :]:
            folds[shown[-1].item.id] = Fold(rest[0].item.id, len(rest), sum(each.item.is_new for each in rest))
    return Window(placed, page, len(pages), folds=folds)


def _cut_branch(branch: Branch, page: int) -> Window:
    page, pages = turn_to(page, len(branch), most=POSTS_A_PAGE)
    placed = branch[(page - 1) * POSTS_A_PAGE : page * POSTS_A_PAGE]
    return Window(placed, page, pages, branch=branch[0].item.id, branch_size=len(branch) - 1)
