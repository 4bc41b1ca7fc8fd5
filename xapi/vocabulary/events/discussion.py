"""What people do in a discussion; and to any post, a question and an answer included."""

from xapi.vocabulary import Event, Rule
from xapi.vocabulary import extensions as ext
from xapi.vocabulary import verbs as verb
from xapi.vocabulary.activity_types import ANSWER, DISCUSSION, FORUM_REPLY, FORUM_TOPIC, QUESTION

_OPENING_POST = ((FORUM_TOPIC, DISCUSSION),)
_QUESTION = ((QUESTION, DISCUSSION),)
_COMMENT = ((FORUM_REPLY, QUESTION),)
ANY_POST = (*_OPENING_POST, *_QUESTION, (ANSWER, QUESTION), *_COMMENT)
"""What posts are and stand in, besides replies in a thread that is no question."""

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
    also=_QUESTION,
    doc="Somebody opened a thread, or a question, to read it; told once a day (by UTC) for each person and thread.",
)
POST_REPLIED = Event(
    key="post.replied",
    verb=verb.REPLIED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.WORD_COUNT, ext.DEPTH),
    optional=(ext.TARGET,),
    also=_COMMENT,
    rules=(
        Rule(
            location="$.context.statement.id",
            presence="recommended",
            note="The statement that tells of the post replied to.",
        ),
    ),
    doc="Somebody wrote a reply, the object; the target wrote what it replies to.",
)
POST_REACTED = Event(
    key="post.reacted",
    verb=verb.LIKED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REACTION,),
    optional=(ext.TARGET,),
    also=ANY_POST,
    doc="Somebody reacted to a post; the target is its author.",
)
POST_UNREACTED = Event(
    key="post.unreacted",
    verb=verb.UNLIKED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REACTION,),
    optional=(ext.TARGET,),
    also=ANY_POST,
    doc="Somebody took a reaction to a post back.",
)
POST_EDITED = Event(
    key="post.edited",
    verb=verb.EDITED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REVISION,),
    optional=(ext.WORD_COUNT,),
    also=ANY_POST,
    doc="Somebody changed a post of theirs.",
)
POST_DELETED = Event(
    key="post.deleted",
    verb=verb.DELETED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    also=ANY_POST,
    doc="Somebody deleted a post of theirs. The statement of its writing is not voided: that did happen.",
)
THREAD_PINNED = Event(
    key="thread.pinned",
    verb=verb.PINNED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    also=_QUESTION,
    doc="Somebody who leads the discussion fixed a thread above the others.",
)
THREAD_UNPINNED = Event(
    key="thread.unpinned",
    verb=verb.UNPINNED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    also=_QUESTION,
    doc="Somebody who leads the discussion put a pinned thread back among the others.",
)
POST_REPORTED = Event(
    key="post.reported",
    verb=verb.REPORTED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.REASON,),
    also=ANY_POST,
    doc="Somebody told the moderators of a post.",
)
POST_APPROVED = Event(
    key="post.approved",
    verb=verb.APPROVED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    optional=(ext.REASON,),
    also=ANY_POST,
    doc="A moderator let a post stand.",
)
POST_REMOVED = Event(
    key="post.removed",
    verb=verb.REMOVED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    optional=(ext.REASON,),
    also=ANY_POST,
    doc="A moderator took a post from sight.",
)
USER_MENTIONED = Event(
    key="user.mentioned",
    verb=verb.MENTIONED,
    object_type=FORUM_REPLY,
    parent_type=FORUM_TOPIC,
    extensions=(ext.TARGET,),
    also=ANY_POST,
    doc="Somebody named the target in a post.",
)
THREAD_SUBSCRIBED = Event(
    key="thread.subscribed",
    verb=verb.FOLLOWED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    also=_QUESTION,
    doc="Somebody asked to be told of what is new in a thread, or under a question.",
)
THREAD_UNSUBSCRIBED = Event(
    key="thread.unsubscribed",
    verb=verb.UNFOLLOWED,
    object_type=FORUM_TOPIC,
    parent_type=DISCUSSION,
    also=_QUESTION,
    doc="Somebody no longer wants to be told of what is new in a thread, or under a question.",
)
