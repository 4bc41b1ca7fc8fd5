"""What reactions tell learning record stores. The reason of thanks stays here."""

import uuid
from datetime import datetime

import tincan

from connector.activities.statements import origin, setting
from connector.courses.models import Membership
from connector.reactions.models import Reaction
from connector.threads.models import Post
from connector.threads.statements import about, place_of, target_of
from xapi.statement import statement
from xapi.vocabulary import Event
from xapi.vocabulary.activity_types import DISCUSSION
from xapi.vocabulary.events import ANSWER_ENDORSED, POST_REACTED, POST_UNREACTED, RESOURCE_BOOKMARKED
from xapi.vocabulary.extensions import REACTION


def reacted(reaction: Reaction, post: Post, by: Membership) -> tincan.Statement:
    """Return the statement that a member reacted to a post."""
    return _of(POST_REACTED, reaction, post, by, reaction.created_at)


def unreacted(reaction: Reaction, post: Post, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a member took a reaction to a post back.

    Args:
        at: Aware.
    """
    return _of(POST_UNREACTED, reaction, post, by, at)


def endorsed(reaction: Reaction, answer: Post, by: Membership) -> tincan.Statement:
    """Return the statement that somebody who should know said that an answer is right."""
    object_, parent = place_of(answer)
    return statement(
        id_=uuid.uuid5(answer.id, f"{ANSWER_ENDORSED.key} {reaction.id}"),
        event=ANSWER_ENDORSED,
        object_=object_,
        timestamp=reaction.created_at,
        result=tincan.Result(success=True),
        extensions=origin(by),
        target=target_of(answer),
        parent=parent,
        **setting(by, answer.thread.activity, DISCUSSION),
    )


def saved(post: Post, by: Membership, at: datetime) -> tincan.Statement:
    """Return the statement that a member keeps a post to find it again.

    Args:
        at: Aware.
    """
    return about(RESOURCE_BOOKMARKED, post, by, at)


def _of(event: Event, reaction: Reaction, post: Post, by: Membership, at: datetime) -> tincan.Statement:
    told = {REACTION: reaction.sign.value}
    return about(event, post, by, at, extensions=told, target=target_of(post), nonce=str(reaction.id))
