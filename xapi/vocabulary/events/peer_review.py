"""What people do with an assignment, their submissions to it, and their reviews of each other's."""

from xapi.vocabulary import Event, Rule
from xapi.vocabulary import extensions as ext
from xapi.vocabulary import verbs as verb
from xapi.vocabulary.activity_types import ASSIGNMENT, REVIEW, SUBMISSION

_SCORE = "$.result.score.scaled"
_COMPLETION = "$.result.completion"

ASSIGNMENT_OPENED = Event(
    key="assignment.opened",
    verb=verb.OPENED,
    object_type=ASSIGNMENT,
    doc="Somebody opened an assignment for the first time.",
)
SUBMISSION_DRAFTED = Event(
    key="submission.drafted",
    verb=verb.SAVED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    optional=(ext.WORD_COUNT,),
    rules=(Rule(location=_COMPLETION, values=(False,)),),
    doc="Somebody kept a draft of a submission; told once a day (by UTC) for each person and assignment.",
)
SUBMISSION_SUBMITTED = Event(
    key="submission.submitted",
    verb=verb.SUBMITTED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    extensions=(ext.ATTEMPT,),
    optional=(ext.WORD_COUNT,),
    rules=(Rule(location=_COMPLETION, values=(True,)),),
    doc="Somebody handed a submission in.",
)
SUBMISSION_REVISED = Event(
    key="submission.revised",
    verb=verb.EDITED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    extensions=(ext.ATTEMPT,),
    optional=(ext.WORD_COUNT,),
    doc="Somebody handed a submission in again after they had read its reviews; its reviewers look at it once more.",
)
SUBMISSION_WITHDRAWN = Event(
    key="submission.withdrawn",
    verb=verb.RETRACTED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    doc="Somebody took back a submission of theirs. The statement of its handing in is not voided: that did happen.",
)
SUBMISSION_ACCEPTED = Event(
    key="submission.accepted",
    verb=verb.APPROVED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    doc="Who leads the course let a submission count that was handed in late.",
)
SUBMISSION_DENIED = Event(
    key="submission.denied",
    verb=verb.DENIED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    doc="Who leads the course did not let a submission count that was handed in late.",
)
REVIEW_ASSIGNED = Event(
    key="review.assigned",
    verb=verb.WAS_ASSIGNED,
    object_type=REVIEW,
    parent_type=SUBMISSION,
    optional=(ext.DUE, ext.ANONYMITY),
    doc="The actor, a reviewer, was given a submission to review.",
)
REVIEW_STARTED = Event(
    key="review.started",
    verb=verb.INITIALIZED,
    object_type=REVIEW,
    parent_type=SUBMISSION,
    optional=(ext.ANONYMITY,),
    doc="A reviewer opened the submission and the form for the first time.",
)
REVIEW_SUBMITTED = Event(
    key="review.submitted",
    verb=verb.REVIEWED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    extensions=(ext.REVIEW_ID, ext.ANONYMITY),
    optional=(ext.CRITERIA, ext.WORD_COUNT, ext.TARGET),
    rules=(
        Rule(location=_SCORE, presence="recommended", note="Left out where the criteria ask for words only."),
        Rule(location="$.result.duration", presence="recommended", note="From the start to the handing in."),
    ),
    doc="A reviewer handed a review in; the target is the submission's author, and left out where each is hidden from "
    "the other.",
)
REVIEW_CALIBRATED = Event(
    key="review.calibrated",
    verb=verb.EVALUATED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    extensions=(ext.MODE, ext.EXPERT_DEVIATION),
    optional=(ext.CRITERIA,),
    rules=(Rule(location=_SCORE),),
    doc="Somebody practised on a submission that an expert has judged before.",
)
REVIEW_RATED = Event(
    key="review.rated",
    verb=verb.RATED,
    object_type=REVIEW,
    parent_type=SUBMISSION,
    extensions=(ext.QUALITY_RATING, ext.ANONYMITY),
    optional=(ext.TARGET,),
    rules=(Rule(location=_SCORE, presence="recommended", note="The quality rating on a scale from 0 to 1."),),
    doc="The submission's author said how helpful a review was; the target is the reviewer, and left out where each is "
    "hidden from the other.",
)
REVIEW_DISCUSSED = Event(
    key="review.discussed",
    verb=verb.COMMENTED,
    object_type=REVIEW,
    parent_type=SUBMISSION,
    extensions=(ext.ANONYMITY,),
    optional=(ext.WORD_COUNT,),
    doc="The submission's author wrote to the reviewer about a review, or the reviewer answered. There is no target.",
)
REVIEW_APPEALED = Event(
    key="review.appealed",
    verb=verb.REQUESTED_ATTENTION,
    object_type=REVIEW,
    parent_type=SUBMISSION,
    optional=(ext.REASON,),
    doc="The submission's author asked those who lead the course to look at a review.",
)
GRADE_RELEASED = Event(
    key="grade.released",
    verb=verb.SCORED,
    object_type=SUBMISSION,
    parent_type=ASSIGNMENT,
    rules=(
        Rule(location=_SCORE),
        Rule(location="$.result.success", presence="recommended", note="Where the assignment has a mark to pass."),
    ),
    doc="The actor, a learner, was shown the grade of their submission.",
)
