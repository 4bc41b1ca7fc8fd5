"""What a discussion tells learning record stores: who did what, to which post. The text itself stays here."""

import uuid
from datetime import datetime

import tincan

from connector.activities.statements import member_actor, origin, setting
from connector.courses.models import Membership, Role
from connector.discussion.models import Reply, Thread
from xapi.statement import activity, statement
from xapi.vocabulary.activity_types import DISCUSSION, FORUM_REPLY, FORUM_TOPIC
from xapi.vocabulary.events import POST_REPLIED, THREAD_CREATED, THREAD_VIEWED
from xapi.vocabulary.extensions import DEPTH, WORD_COUNT


def created(thread: Thread) -> tincan.Statement:
    """Return the statement that `thread`'s author opened it."""
    return statement(
        id_=_told_id(thread),
        event=THREAD_CREATED,
        object_=activity(thread.iri, FORUM_TOPIC),
        timestamp=thread.created_at,
        extensions={**origin(thread.author), WORD_COUNT: thread.word_count},
        parent=activity(thread.activity.iri, DISCUSSION),
        **setting(thread.author, thread.activity, DISCUSSION),
    )


def viewed(thread: Thread, member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that `member` opened `thread` to read it; one a day, by UTC.

    Args:
        at: Aware.
    """
    return statement(
        id_=uuid.uuid5(thread.id, f"{THREAD_VIEWED.key} {member.id} {at.date()}"),
        event=THREAD_VIEWED,
        object_=activity(thread.iri, FORUM_TOPIC),
        timestamp=at,
        extensions=origin(member),
        parent=activity(thread.activity.iri, DISCUSSION),
        **setting(member, thread.activity, DISCUSSION),
    )


def replied(reply: Reply) -> tincan.Statement:
    """Return the statement that `reply`'s author answered a post, and whose post it was."""
    answered = reply.parent or reply.thread
    # Of test students there are no statements to refer to, and no actors.
    is_known = answered.author.role is not Role.TEST_STUDENT
    return statement(
        id_=_told_id(reply),
        event=POST_REPLIED,
        object_=activity(reply.iri, FORUM_REPLY),
        timestamp=reply.created_at,
        extensions={**origin(reply.author), WORD_COUNT: reply.word_count, DEPTH: reply.depth},
        target=member_actor(answered.author) if is_known else None,
        statement_ref=_told_id(answered) if is_known else None,
        parent=activity(reply.thread.iri, FORUM_TOPIC),
        **setting(reply.author, reply.thread.activity, DISCUSSION),
    )


def _told_id(post: Thread | Reply) -> uuid.UUID:
    """Return the id of the statement that tells of the post's writing: always the same, so that it can be referred to."""
    return uuid.uuid5(post.id, (THREAD_CREATED if isinstance(post, Thread) else POST_REPLIED).key)
