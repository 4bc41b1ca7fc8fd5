"""What people do with questions to each other and to experts, and with the answers."""

from xapi.vocabulary import Event, Rule
from xapi.vocabulary import extensions as ext
from xapi.vocabulary import verbs as verb
from xapi.vocabulary.activity_types import ANSWER, COLLECTION, DISCUSSION, QUESTION, RESOURCE

_SUCCESS = Rule(location="$.result.success", values=(True,))

QUESTION_ASKED = Event(
    key="question.asked",
    verb=verb.ASKED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.WORD_COUNT,),
    optional=(ext.TAGS,),
    doc="Somebody asked a question.",
)
QUESTION_TAGGED = Event(
    key="question.tagged",
    verb=verb.TAGGED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.TAGS,),
    doc="Somebody changed the tags of a question.",
)
QUESTION_ROUTED = Event(
    key="question.routed",
    verb=verb.WAS_ASSIGNED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.ROUTE,),
    optional=(ext.DUE,),
    doc="The actor, an expert, was asked to answer a question.",
)
QUESTION_CLAIMED = Event(
    key="question.claimed",
    verb=verb.ACCEPTED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    doc="Somebody said that they are going to answer a question.",
)
QUESTION_DECLINED = Event(
    key="question.declined",
    verb=verb.DENIED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.REASON,),
    doc="Somebody who was asked to answer a question said that they are not going to, or passed it on.",
)
QUESTION_ANSWERED = Event(
    key="question.answered",
    verb=verb.ANSWERED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.ANSWER_ID, ext.RESPONSE_SECONDS),
    optional=(ext.WORD_COUNT, ext.TARGET),
    doc="Somebody answered a question; the target asked it.",
)
ANSWER_VOTED_UP = Event(
    key="answer.voted_up",
    verb=verb.VOTED_UP,
    object_type=ANSWER,
    parent_type=QUESTION,
    optional=(ext.TARGET,),
    doc="Somebody found an answer helpful; the target wrote it.",
)
ANSWER_VOTED_DOWN = Event(
    key="answer.voted_down",
    verb=verb.VOTED_DOWN,
    object_type=ANSWER,
    parent_type=QUESTION,
    optional=(ext.TARGET,),
    doc="Somebody did not find an answer helpful; the target wrote it.",
)
ANSWER_VOTE_CANCELLED = Event(
    key="answer.vote_cancelled",
    verb=verb.CANCELLED_VOTE,
    object_type=ANSWER,
    parent_type=QUESTION,
    optional=(ext.TARGET,),
    doc="Somebody took back their vote on an answer; the target wrote it.",
)
ANSWER_ACCEPTED = Event(
    key="answer.accepted",
    verb=verb.ACCEPTED,
    object_type=ANSWER,
    parent_type=QUESTION,
    optional=(ext.TARGET,),
    rules=(_SUCCESS,),
    doc="Who asked the question took an answer for the one that helped; the target wrote it.",
)
ANSWER_ENDORSED = Event(
    key="answer.endorsed",
    verb=verb.CONFIRMED,
    object_type=ANSWER,
    parent_type=QUESTION,
    extensions=(ext.ROLE,),
    optional=(ext.TARGET,),
    rules=(_SUCCESS,),
    doc="An expert, or somebody who leads the course, said that an answer is right; the target wrote it.",
)
QUESTION_ESCALATED = Event(
    key="question.escalated",
    verb=verb.REQUESTED_ATTENTION,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.SEVERITY,),
    optional=(ext.REASON,),
    doc="Somebody passed a question on to those who lead the course.",
)
QUESTION_CLOSED_DUPLICATE = Event(
    key="question.closed_duplicate",
    verb=verb.CLOSED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.REASON, ext.DUPLICATE_OF),
    rules=(Rule(location=ext.REASON.location, values=("duplicate",)),),
    doc="Somebody closed a question, since it has been asked before.",
)
QUESTION_INFO_REQUESTED = Event(
    key="question.info_requested",
    verb=verb.REQUESTED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    optional=(ext.TARGET,),
    doc="Somebody who could answer a question asked for what it lacks; the target asked it.",
)
QUESTION_RESOLVED = Event(
    key="question.resolved",
    verb=verb.RESOLVED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    extensions=(ext.REASON,),
    also=((RESOURCE, COLLECTION),),
    rules=(Rule(location=ext.REASON.location, values=("reuse", "asker", "pool")),),
    doc=(
        "Somebody needs no further answer. With the reason `asker`, to the question that they asked; with `reuse`, since"
        " they found the object, which was asked before or is in the knowledge pool, instead of asking;"
        " with `pool`, since somebody who leads the course says that the knowledge pool answers the question."
    ),
)
QUESTION_REOPENED = Event(
    key="question.reopened",
    verb=verb.OPENED,
    object_type=QUESTION,
    parent_type=DISCUSSION,
    doc="Who asked a question, or who leads the course, said that it is not solved after all.",
)
