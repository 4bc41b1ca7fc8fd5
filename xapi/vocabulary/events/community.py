"""What people do with resources, groups, mentors and recognition; and that they reflected."""

from xapi.vocabulary import Event, Rule
from xapi.vocabulary import extensions as ext
from xapi.vocabulary import verbs as verb
from xapi.vocabulary.activity_types import (
    BADGE,
    COLLECTION,
    COURSE,
    DISCUSSION,
    FORUM_REPLY,
    FORUM_TOPIC,
    GROUP,
    MENTORSHIP,
    NOTE,
    RESOURCE,
    SESSION,
)
from xapi.vocabulary.events.discussion import ANY_POST

_DURATION = Rule(location="$.result.duration", presence="recommended")

# --- resources --------------------------------------------------------------------------------------------------------
RESOURCE_SHARED = Event(
    key="resource.shared",
    verb=verb.SHARED,
    object_type=RESOURCE,
    parent_type=COLLECTION,
    also=((FORUM_TOPIC, DISCUSSION),),
    doc="Somebody put a resource into a collection for the others, or an experience into a discussion.",
)
RESOURCE_BOOKMARKED = Event(
    key="resource.bookmarked",
    verb=verb.BOOKMARKED,
    object_type=RESOURCE,
    parent_type=COLLECTION,
    also=((FORUM_REPLY, FORUM_TOPIC), *ANY_POST),
    doc="Somebody kept a resource, or a post, to find it again.",
)
RESOURCE_CURATED = Event(
    key="resource.curated",
    verb=verb.ADDED,
    object_type=RESOURCE,
    parent_type=COLLECTION,
    optional=(ext.TARGET,),
    doc="Who looks after a collection took a resource into it; the target had suggested it.",
)
RESOURCE_PROMOTED = Event(
    key="resource.promoted",
    verb=verb.PROMOTED,
    object_type=RESOURCE,
    parent_type=COLLECTION,
    optional=(ext.TARGET,),
    doc="Who looks after a collection made a resource stand out; the target had shared it.",
)

# --- reflection -------------------------------------------------------------------------------------------------------
REFLECTION_MADE = Event(
    key="reflection.made",
    verb=verb.EXPERIENCED,
    object_type=NOTE,
    extensions=(ext.VISIBILITY,),
    is_private=True,
    doc="Somebody wrote down what they think, for themselves. The object's id is random and used once; no text, "
    "length, title, topic or activity is told.",
)

# --- groups -----------------------------------------------------------------------------------------------------------
GROUP_JOINED = Event(
    key="group.joined",
    verb=verb.JOINED,
    object_type=GROUP,
    doc="Somebody became a member of a group.",
)
GROUP_LEFT = Event(
    key="group.left",
    verb=verb.LEFT,
    object_type=GROUP,
    doc="Somebody is no member of a group any more.",
)

# --- mentoring --------------------------------------------------------------------------------------------------------
MENTORING_REQUESTED = Event(
    key="mentoring.requested",
    verb=verb.REQUESTED,
    object_type=MENTORSHIP,
    extensions=(ext.ROLE_IN_PAIR,),
    optional=(ext.TARGET,),
    doc="Somebody asked for a mentor, or offered to be one; the target is whom they asked, where they asked somebody.",
)
MENTORING_MATCHED = Event(
    key="mentoring.matched",
    verb=verb.JOINED,
    object_type=MENTORSHIP,
    extensions=(ext.TARGET, ext.ROLE_IN_PAIR),
    doc="A mentorship began: two statements, one for each of the pair; the target is the other.",
)
MENTORING_SESSION_HELD = Event(
    key="mentoring.session.held",
    verb=verb.MENTORED,
    object_type=SESSION,
    parent_type=MENTORSHIP,
    optional=(ext.TARGET,),
    rules=(_DURATION,),
    doc="A mentor held a meeting; the target is the mentee.",
)
MENTORING_SESSION_ATTENDED = Event(
    key="mentoring.session.attended",
    verb=verb.ATTENDED,
    object_type=SESSION,
    parent_type=MENTORSHIP,
    optional=(ext.TARGET,),
    rules=(_DURATION,),
    doc="A mentee came to a meeting; the target is the mentor.",
)

# --- recognition ------------------------------------------------------------------------------------------------------
RECOGNITION_GIVEN = Event(
    key="recognition.given",
    verb=verb.GAVE,
    object_type=BADGE,
    extensions=(ext.TARGET,),
    doc="Somebody gave the target a badge.",
)
RECOGNITION_EARNED = Event(
    key="recognition.earned",
    verb=verb.EARNED,
    object_type=BADGE,
    optional=(ext.TARGET,),
    doc="Somebody was given a badge; the target gave it, where a person did.",
)

# --- taking part ------------------------------------------------------------------------------------------------------
ACTIVITY_COMPLETED = Event(
    key="activity.completed",
    verb=verb.COMPLETED,
    object_type=DISCUSSION,
    parent_type=COURSE,
    rules=(Rule(location="$.result.completion", values=(True,)),),
    doc="Somebody has done all that an activity asks of each learner; told once for each person and activity.",
)
