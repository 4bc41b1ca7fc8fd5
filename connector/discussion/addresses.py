"""Where threads and posts of a discussion are found."""

from typing import Any

from flask import url_for

from connector.threads.models import OPENING, Post, Thread
from connector.threads.reading import page_of


def link_to(thing: Thread | Post, **query: Any) -> str:
    """Return the address of a thread, or of a post in it; it stays while the post stays in its thread."""
    thread = thing if isinstance(thing, Thread) else thing.thread
    page = page_of(OPENING if isinstance(thing, Thread) else thing.number)
    anchor = {} if isinstance(thing, Thread) else {"_anchor": f"post-{thing.id}"}
    return url_for(
        "discussion.show",
        activity_id=thread.activity_id,
        thread_id=thread.id,
        page=page if page > 1 else None,
        **{**anchor, **query},
    )
