"""What threads tell learning record stores: who did what, to which post. The text itself stays here."""

import uuid
from datetime import datetime
from typing import Any

import tincan

from connector.activities.statements import OPEN, Setting, member_actor, origin, setting
from connector.courses.models import Membership, Role
from connector.threads.models import Post, Thread, ThreadKind
from xapi.statement import activity, statement
from xapi.vocabulary import Event, Extension
from xapi.vocabulary.activity_types import ANSWER, DISCUSSION, FORUM_REPLY, FORUM_TOPIC, QUESTION
from xapi.vocabulary.events import (
    ANSWER_ACCEPTED,
    POST_DELETED,
    POST_EDITED,
    POST_REPLIED,
    QUESTION_ANSWERED,
    QUESTION_ASKED,
    RESOURCE_SHARED,
    THREAD_CREATED,
    THREAD_SUBSCRIBED,
    THREAD_UNSUBSCRIBED,
    THREAD_VIEWED,
    USER_MENTIONED,
)
from xapi.vocabulary.extensions import ANSWER_ID, DEPTH, RESPONSE_SECONDS, REVISION, WORD_COUNT

_CREATED = {
    ThreadKind.DISCUSSION: THREAD_CREATED,
    ThreadKind.QUESTION: QUESTION_ASKED,
    ThreadKind.SHARE: RESOURCE_SHARED,
}

PEERS = "peers"
"""The anonymity of what somebody wrote whose name the others do not see."""


def created(thread: Thread) -> tincan.Statement:
    """Return the statement that `thread`'s author opened it: asked, shared or posted."""
    opening = thread.opening
    object_, parent = place_of(opening)
    return statement(
        id_=told_id(opening),
        event=_CREATED[thread.kind],
        object_=object_,
        timestamp=thread.created_at,
        extensions={**origin(opening.author), **({} if thread.kind is ThreadKind.SHARE else _size(opening))},
        parent=parent,
        **by_author(opening),
    )


def viewed(thread: Thread, member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that `member` opened `thread` to read it; one a day, by UTC.

    Args:
        at: Aware.
    """
    return statement(
        id_=uuid.uuid5(thread.id, f"{THREAD_VIEWED.key} {member.id} {at.date()}"),
        event=THREAD_VIEWED,
        object_=topic(thread),
        timestamp=at,
        extensions=origin(member),
        parent=activity(thread.activity.iri, DISCUSSION),
        **setting(member, thread.activity, DISCUSSION),
    )


def replied(post: Post, *, is_answer: bool = True) -> tincan.Statement:
    """Return the statement that `post`'s author answered a question, or another post, and whose it was.

    Args:
        is_answer: Whether a reply to a question may be an answer to it; somebody may ask back instead.

    Raises:
        ValueError: It is an opening post, which answers nothing.
    """
    answered = post.parent
    if answered is None:
        raise ValueError("an opening post answers nothing")
    thread = post.thread
    is_answer = is_answer and thread.kind is ThreadKind.QUESTION and answered.is_opening
    more: dict[Extension, Any] = {DEPTH: post.depth}
    object_, parent = activity(post.iri, FORUM_REPLY), topic(thread)
    if is_answer:
        waited = int((post.created_at - answered.created_at).total_seconds())
        more = {ANSWER_ID: post.iri, RESPONSE_SECONDS: max(waited, 0)}
        object_, parent = topic(thread), activity(thread.activity.iri, DISCUSSION)
    # Of test students there are no statements to refer to.
    is_told = answered.author.role is not Role.TEST_STUDENT
    return statement(
        id_=told_id(post),
        event=QUESTION_ANSWERED if is_answer else POST_REPLIED,
        object_=object_,
        timestamp=post.created_at,
        extensions={**origin(post.author), **_size(post), **more},
        target=target_of(answered),
        statement_ref=told_id(answered) if is_told else None,
        parent=parent,
        **by_author(post),
    )


def edited(post: Post, at: datetime) -> tincan.Statement:
    """Return the statement that a post's author changed it.

    Args:
        at: Aware.
    """
    object_, parent = place_of(post)
    return statement(
        id_=uuid.uuid5(post.id, f"{POST_EDITED.key} {post.version}"),
        event=POST_EDITED,
        object_=object_,
        timestamp=at,
        extensions={**origin(post.author), **_size(post), REVISION: post.version},
        parent=parent,
        **by_author(post),
    )


def deleted(post: Post, at: datetime) -> tincan.Statement:
    """Return the statement that a post's author took it back.

    Args:
        at: Aware.
    """
    return about(POST_DELETED, post, post.author, at, by_its_author=True)


def accepted(answer: Post, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that who asked took an answer for the one that helped.

    Args:
        at: Aware.
    """
    result = tincan.Result(success=True)
    asked = answer.thread.opening
    is_asker = asked.author_id == by.id
    return statement(
        id_=uuid.uuid5(answer.id, f"{ANSWER_ACCEPTED.key} {at.isoformat()}"),
        event=ANSWER_ACCEPTED,
        object_=activity(answer.iri, ANSWER),
        timestamp=at,
        result=result,
        extensions=origin(by),
        target=target_of(answer),
        parent=topic(answer.thread),
        **(by_author(asked) if is_asker else setting(by, answer.thread.activity, DISCUSSION)),
    )


def mentioned(post: Post, member: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a post's author named `member` in it.

    Args:
        at: Aware.
    """
    object_, parent = place_of(post)
    return statement(
        id_=uuid.uuid5(post.id, f"{USER_MENTIONED.key} {member.id}"),
        event=USER_MENTIONED,
        object_=object_,
        timestamp=at,
        extensions=origin(post.author),
        target=member_actor(member),
        parent=parent,
        **by_author(post),
    )


def about(
    event: Event,
    post: Post,
    by: Membership,
    at: datetime,
    *,
    extensions: dict[Extension, Any] | None = None,
    target: tincan.Agent | None = None,
    nonce: str = "",
    by_its_author: bool = False,
    is_secret: bool = False,
) -> tincan.Statement:
    """Return the statement of something else that a member did to a post: reacted, reported, removed.

    Args:
        at: Aware.
        extensions: What such a statement has besides where it came from.
        target: Whom it was for.
        nonce: Tells acts on one post by one member apart, which the event and the time do not.
        by_its_author: Whether the act tells who wrote the post; then it is veiled where the post is.
        is_secret: Whether nobody is to know who did it; then the actor is veiled, whoever wrote the post.
    """
    object_, parent = place_of(post)
    is_veiled = is_secret or (by_its_author and post.is_anonymous)
    # An id that follows from the member's would tell who it was: members' ids stand in addresses, and can be tried.
    who = by.person.veil if is_veiled else by.id
    return statement(
        id_=uuid.uuid5(post.id, f"{event.key} {who} {at.isoformat()} {nonce}"),
        event=event,
        object_=object_,
        timestamp=at,
        extensions={**origin(by), **(extensions or {})},
        target=target,
        parent=parent,
        **setting(by, post.thread.activity, DISCUSSION, anonymity=PEERS if is_veiled else OPEN),
    )


def followed(thread: Thread, member: Membership, at: datetime, *, follows: bool) -> tincan.Statement:
    """Return the statement that a member asked to be told of what is new in a thread, or no longer wants to be.

    Args:
        at: Aware.
    """
    event = THREAD_SUBSCRIBED if follows else THREAD_UNSUBSCRIBED
    return statement(
        id_=uuid.uuid5(thread.id, f"{event.key} {member.id} {at.isoformat()}"),
        event=event,
        object_=topic(thread),
        timestamp=at,
        extensions=origin(member),
        parent=activity(thread.activity.iri, DISCUSSION),
        **setting(member, thread.activity, DISCUSSION),
    )


def by_author(post: Post) -> Setting:
    """Return who acts and where, of what a post's author does to it: veiled where they hide their name."""
    return setting(post.author, post.thread.activity, DISCUSSION, anonymity=PEERS if post.is_anonymous else OPEN)


def target_of(post: Post) -> tincan.Agent | None:
    """Return the author of a post that somebody else's act was for; None where statements may not name them."""
    if post.is_anonymous or post.author.role is Role.TEST_STUDENT:
        return None
    return member_actor(post.author)


def told_id(post: Post) -> uuid.UUID:
    """Return the id of the statement that tells of the post's writing: always the same, so that it can be referred to."""
    return uuid.uuid5(post.id, (THREAD_CREATED if post.depth == 0 else POST_REPLIED).key)


def place_of(post: Post) -> tuple[tincan.Activity, tincan.Activity]:
    """Return a post, and what it stands in, as statements know them."""
    thread = post.thread
    if post.is_opening:
        return topic(thread), activity(thread.activity.iri, DISCUSSION)
    is_answer = thread.kind is ThreadKind.QUESTION and post.depth == 1
    return activity(post.iri, ANSWER if is_answer else FORUM_REPLY), topic(thread)


def topic(thread: Thread) -> tincan.Activity:
    """Return a thread as statements know it."""
    return activity(thread.iri, QUESTION if thread.kind is ThreadKind.QUESTION else FORUM_TOPIC)


def _size(post: Post) -> dict[Extension, Any]:
    return {WORD_COUNT: post.word_count}
