"""The kinds of statements that Kring sends, one row each."""

from types import MappingProxyType

from xapi.vocabulary import Event, Extension
from xapi.vocabulary import extensions as ext
from xapi.vocabulary import verbs as verb
from xapi.vocabulary.activity_types import DISCUSSION, FORUM_REPLY, FORUM_TOPIC

ANYTIME: tuple[Extension, ...] = (ext.SEQUENCE, ext.LTI, ext.ROLE)
"""The extensions that every statement may have; `EVENT` they all must."""

_OPENING_POST = ((FORUM_TOPIC, DISCUSSION),)

# --- discussion -------------------------------------------------------------------------------------------------------
THREAD_CREATED = Event(
    key="thread.created",
    verb=verb.POSTED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    extensions=(ext.WORD_COUNT,),
    doc="Somebody opened a thread with its first post.",
)
THREAD_VIEWED = Event(
    key="thread.viewed",
    verb=verb.VIEWED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    doc="Somebody opened a thread to read it; told once a session.",
)
POST_REPLIED = Event(
    key="post.replied",
    verb=verb.REPLIED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.WORD_COUNT, ext.DEPTH),
    optional=(ext.TARGET,),
    doc="Somebody wrote a reply, the object; context.statement refers to the statement of the post replied to.",
)
POST_REACTED = Event(
    key="post.reacted",
    verb=verb.LIKED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REACTION,),
    optional=(ext.TARGET,),
    also=_OPENING_POST,
    doc="Somebody reacted to a post; the target is its author.",
)
POST_UNREACTED = Event(
    key="post.unreacted",
    verb=verb.UNLIKED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REACTION,),
    optional=(ext.TARGET,),
    also=_OPENING_POST,
    doc="Somebody took a reaction to a post back.",
)
POST_EDITED = Event(
    key="post.edited",
    verb=verb.EDITED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REVISION,),
    optional=(ext.WORD_COUNT,),
    also=_OPENING_POST,
    doc="Somebody changed a post of theirs.",
)
POST_DELETED = Event(
    key="post.deleted",
    verb=verb.DELETED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    also=_OPENING_POST,
    doc="Somebody deleted a post of theirs. The statement of its writing is not voided: that did happen.",
)
THREAD_PINNED = Event(
    key="thread.pinned",
    verb=verb.PINNED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    doc="Somebody who leads the discussion fixed a thread above the others.",
)
POST_REPORTED = Event(
    key="post.reported",
    verb=verb.REPORTED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REASON,),
    also=_OPENING_POST,
    doc="Somebody told the moderators of a post.",
)
POST_APPROVED = Event(
    key="post.approved",
    verb=verb.APPROVED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    optional=(ext.REASON,),
    also=_OPENING_POST,
    doc="A moderator let a post stand.",
)
POST_REMOVED = Event(
    key="post.removed",
    verb=verb.REMOVED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    optional=(ext.REASON,),
    also=_OPENING_POST,
    doc="A moderator took a post from sight.",
)
USER_MENTIONED = Event(
    key="user.mentioned",
    verb=verb.MENTIONED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.TARGET,),
    also=_OPENING_POST,
    doc="Somebody named the target in a post.",
)
THREAD_SUBSCRIBED = Event(
    key="thread.subscribed",
    verb=verb.FOLLOWED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    doc="Somebody asked to be told of new posts in a thread.",
)
THREAD_UNSUBSCRIBED = Event(
    key="thread.unsubscribed",
    verb=verb.UNFOLLOWED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    doc="Somebody no longer wants to be told of new posts in a thread.",
)

EVENTS = MappingProxyType({value.key: value for value in list(vars().values()) if isinstance(value, Event)})
"""Every event by its key."""
