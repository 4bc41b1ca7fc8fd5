"""Where threads and posts are found: each kind of activity shows its threads on a page of its own, `<kind>.show`.

What is done with threads and posts is the same for every kind, and stands at the addresses of discussions.
"""

from typing import Any

from flask import url_for

from connector.activities.models import Kind
from connector.threads.models import Post, Thread
from connector.threads.reading import Spot


def link_to(thing: Thread | Post, **query: Any) -> str:
    """Return the address of a thread, or of a post in it: it leads to the page that holds the post, also as the thread grows."""
    thread = thing if isinstance(thing, Thread) else thing.thread
    where = {} if isinstance(thing, Thread) else {"post": _place(thing), "_anchor": f"post-{thing.id}"}
    return url_for(
        f"{thread.activity.kind}.show", activity_id=thread.activity_id, thread_id=thread.id, **{**where, **query}
    )


class Paths:
    """Addresses around one thread, put together here: a page has hundreds, and the router takes long for each."""

    def __init__(self, thread: Thread, *, is_here: bool = False) -> None:
        """Ask the router once.

        Args:
            is_here: Whether they are for a page at the thread's own address: then they need not repeat it.
        """
        self.thread = link_to(thread)
        self.activity = url_for(f"{thread.activity.kind}.index", activity_id=thread.activity_id)
        is_discussion = thread.activity.kind is Kind.DISCUSSION
        acts = self.activity if is_discussion else url_for("discussion.index", activity_id=thread.activity_id)
        self.doing = f"{acts}/threads/{thread.id}"
        """What can be done with the thread: put a word such as `/replies` behind it."""
        self._here = "" if is_here else self.thread
        self._up = ".." if is_here and is_discussion else acts

    def to(self, post: Post) -> str:
        """Return the address of a post of the thread; what `link_to` says."""
        return self.spot(Spot(post.id, post.number))

    def spot(self, spot: Spot) -> str:
        """Return the address of a post of which only the place is known."""
        return f"{self._here}?post={spot.number}#post-{spot.id}"

    def reply(self, post: Post) -> str:
        """Return the address of the thread with the form for a reply to a post below that post."""
        return f"{self._here}?post={post.number}&to={post.id}#body"

    def page(self, page: int, branch: Post | None = None) -> str:
        """Return the address of a page of the thread, or of a branch of it."""
        return f"{self._here}?{f'branch={branch.number}&' if branch else ''}page={page}"

    def lasting(self, post: Post) -> str:
        """Return the address that leads to a post wherever it stands, also once it was moved to another thread."""
        return f"{self._up}/posts/{post.id}"

    def act(self, post: Post, what: str) -> str:
        """Return the address of something that can be done with a post, such as `edit`."""
        return f"{self._up}/posts/{post.id}/{what}"


def _place(post: Post) -> int | None:
    return None if post.is_opening else post.number
