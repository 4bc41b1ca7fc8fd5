"""How much each learner has done of what an activity asks for."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.participation.models import Extension, Late, Participation
from connector.threads.models import OPENING, Post, PostState, Thread


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody has written under their name, where the others see it: not in private, not held.

    What they wrote under an alias is not counted: a figure that goes up when a hidden post comes would tell whose it is.
    """

    threads: int = 0
    replies: int = 0
    late_threads: int = 0
    """Of `threads`."""
    late_replies: int = 0
    """Of `replies`."""

    @property
    def posts(self) -> int:
        """Threads and replies."""
        return self.threads + self.replies

    @property
    def late(self) -> int:
        """How many of the posts came after the due date."""
        return self.late_threads + self.late_replies


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has come."""

    done: Done
    share: float
    """Of all that is asked for, from 0 to 1; 1 where nothing is."""
    is_complete: bool


def count(
    session: Session, activity: Activity, rule: Participation, *, member_id: uuid.UUID | None = None
) -> Mapping[uuid.UUID, Done]:
    """Return what members have written in an activity, by membership; two queries.

    Args:
        member_id: Counts one member alone.
    """
    due = {
        row.member_id: row.due_at
        for row in session.scalars(select(Extension).where(Extension.activity_id == activity.id))
    }
    posts = (
        select(Post.author_id, Post.number, Post.created_at)
        .join(Post.thread)
        .where(
            Post.activity_id == activity.id,
            Post.state == PostState.VISIBLE,
            Post.alias.is_(None),
            Thread.is_private.is_(False),
        )
    )
    if activity.kind is Kind.EXPERT_QA:  # to ask and to answer counts; to comment does not
        posts = posts.where(Post.depth <= 1)
    if member_id is not None:
        posts = posts.where(Post.author_id == member_id)
    counts: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for author_id, number, created_at in session.execute(posts):
        is_reply = number != OPENING
        counts[author_id][is_reply] += 1
        counts[author_id][2 + is_reply] += _is_late(created_at, due.get(author_id, rule.due_at))
    return {author_id: Done(*numbers) for author_id, numbers in counts.items()}


def progress(rule: Participation, done: Done) -> Progress:
    """Return how far somebody has come with what is asked for; each thing asked for weighs as much as the next.

    What is written beyond it earns nothing: more is not better. A late post weighs what the rule says.
    """
    threads = _worth(rule.late, done.threads, done.late_threads)
    replies = _worth(rule.late, done.replies, done.late_replies)
    # What is asked for "in all" beyond threads and replies may be of either kind.
    either = max(rule.posts - rule.threads - rule.replies, 0)
    spare = max(threads - rule.threads, 0.0) + max(replies - rule.replies, 0.0)
    wanted = rule.threads + rule.replies + either
    if wanted == 0:
        return Progress(done, 1.0, is_complete=False)
    reached = min(threads, rule.threads) + min(replies, rule.replies) + min(spare, either)
    return Progress(done, reached / wanted, is_complete=reached >= wanted)


def _worth(late: Late, count_: int, late_count: int) -> float:
    return count_ - late_count * {Late.COUNTS: 0.0, Late.HALF: 0.5, Late.NOTHING: 1.0}[late]


def _is_late(written_at: datetime, due_at: datetime | None) -> bool:
    return due_at is not None and written_at > due_at
