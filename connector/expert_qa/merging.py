"""What becomes of two questions that are one: the answers to both stand side by side, and both are found by their titles."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.threads.models import OPENING, Post, Thread


def former_questions(session: Session, thread: Thread) -> Mapping[str, Thread]:
    """Return the questions that were merged into one, by the name of the post that asked them; nested ones too."""
    found: dict[str, Thread] = {}
    into = [thread.id]
    while into:
        rows = session.scalars(select(Thread).where(Thread.merged_into_id.in_(into))).all()
        rows = [row for row in rows if row.iri not in found]
        found |= {row.iri: row for row in rows}
        into = [row.id for row in rows]
    return found


def lift_answers(session: Session, source: Thread, target: Thread) -> Post | None:
    """Let the answers to a merged question be answers to the one that has its posts now; return the post that asked it.

    Merging puts a thread's posts below the other's opening post, so what were answers came as comments on a question.
    Undoing the merge puts every post back to where it was, whatever was done here.
    """
    posts = session.scalars(select(Post).where(Post.thread_id == target.id).order_by(Post.number)).all()
    asked = next((post for post in posts if post.iri == source.iri), None)
    opening = next(post for post in posts if post.number == OPENING)
    if asked is None:
        return None
    for post in _below(posts, asked):
        if post.parent_id == asked.id:
            post.parent_id = opening.id
        post.depth -= 1
    session.flush()
    return asked


def _below(posts: Sequence[Post], root: Post) -> list[Post]:
    """Return all that was answered to a post; what answers has the higher number."""
    ids, found = {root.id}, []
    for post in posts:
        if post.parent_id in ids:
            ids.add(post.id)
            found.append(post)
    return found
