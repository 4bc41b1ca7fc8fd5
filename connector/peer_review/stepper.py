"""Where a learner is in a peer review, and the one thing to do next: a table of all that can be, without a database."""

from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """How far a learner's own work is."""

    NONE = "none"
    DRAFTED = "drafted"
    HANDED_IN = "handed in"
    WITHDRAWN = "withdrawn"
    NO_GROUP = "no group"
    """Groups hand in, and this learner is in none."""
    WITHOUT_THEM = "without them"
    """Their group handed in before they came into it."""
    WAITING = "waiting"
    """Handed in late: a trainer is to say whether it counts."""
    DENIED = "denied"
    """Handed in late, and not accepted."""


class Door(StrEnum):
    """Whether something can be done now."""

    NOT_YET = "not yet"
    OPEN = "open"
    LATE = "late"
    """The date is past; it still counts, and is marked."""
    CLOSED = "closed"


class Supply(StrEnum):
    """Whether there is work to review for this learner now."""

    THERE = "there"
    NOT_DISTRIBUTED = "not distributed"
    """The trainer distributes the work, and has not yet."""
    NO_WORK_YET = "no work yet"
    """Nobody else has handed in."""
    NOTHING_LEFT = "nothing left"
    """All of it has reviewers enough, or is not for this learner."""


class Feedback(StrEnum):
    """What a learner can read about their own work."""

    NONE = "none"
    """Nobody has reviewed it."""
    KEPT_BACK = "kept back"
    """There are reviews, which are shown once there are enough of them, or the date is there."""
    OWN_FIRST = "own first"
    """There are enough; it opens when the learner has written their own reviews."""
    NEW = "new"
    """Shown, and not said to be useful or not."""
    READ = "read"


class Practice(StrEnum):
    """How far a learner is with the examples to practise on."""

    NONE = "none"
    """There are none for them."""
    DUE = "due"
    DONE = "done"


class Revision(StrEnum):
    """How far a learner is with their revised work, where there is a second round."""

    NONE = "none"
    """There is none."""
    LATER = "later"
    """It opens with the feedback."""
    OPEN = "open"
    HANDED_IN = "handed in"
    """Their reviewers look at it again."""
    REVIEWED = "reviewed"
    CLOSED = "closed"
    """The date is past."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides what a learner does next."""

    work: Work
    handing_in: Door
    reviewing: Door
    supply: Supply
    done: int
    """Reviews written."""
    quota: int
    has_open: bool
    """Whether a review was given to them that they have not sent."""
    feedback: Feedback
    wants_self_review: bool = False
    """Whether they are to look at their own work, and have not."""
    practice: Practice = Practice.NONE
    revision: Revision = Revision.NONE
    has_revised: bool = False
    """Whether work that they reviewed was revised, and they can look at it again and have not."""

    @property
    def owes(self) -> bool:
        """Whether they have reviews to write."""
        return self.done < self.quota


class Next(StrEnum):
    """The one thing to do next."""

    WAIT_FOR_START = "wait for start"
    FIND_GROUP = "find group"
    HAND_IN = "hand in"
    GO_ON_WRITING = "go on writing"
    PRACTISE = "practise"
    """On an example, before the first review."""
    REVIEW = "review"
    GO_ON_REVIEWING = "go on reviewing"
    SELF_REVIEW = "self-review"
    REVIEW_AGAIN = "review again"
    READ = "read"
    REVISE = "revise"
    WAIT_FOR_SECOND = "wait for second"
    """Their reviewers look at the revised work."""
    WAIT_FOR_WORD = "wait for word"
    """A trainer is to say whether late work counts."""
    WAIT_FOR_WORK = "wait for work"
    """Reviews open when others hand in, or when the trainer distributes."""
    WAIT_FOR_FEEDBACK = "wait for feedback"
    DENIED = "denied"
    """Their late work was not accepted."""
    MISSED = "missed"
    """The date for handing in is past, and so is that for reviews."""
    DONE = "done"


ACTS = frozenset({
    Next.HAND_IN, Next.GO_ON_WRITING, Next.PRACTISE, Next.REVIEW, Next.GO_ON_REVIEWING, Next.SELF_REVIEW,
    Next.REVIEW_AGAIN, Next.READ, Next.REVISE,
})  # fmt: skip
"""What has a button; all else is a sentence."""


class State(StrEnum):
    """How a step is shown."""

    DONE = "done"
    CURRENT = "current"
    LATER = "later"


def next_step(now: Situation) -> Next:
    """Return what a learner does next. Every situation has an answer, and what cannot be done is never it."""
    return _about_work(now) or _about_reviews(now) or _about_feedback(now)


def _about_work(now: Situation) -> Next | None:
    if now.work in {Work.HANDED_IN, Work.WAITING}:
        return None
    if now.handing_in is Door.NOT_YET:
        return Next.WAIT_FOR_START
    if now.handing_in is not Door.CLOSED:
        if now.work is Work.NO_GROUP:
            return Next.FIND_GROUP
        return Next.GO_ON_WRITING if now.work is Work.DRAFTED else Next.HAND_IN
    return None


def _about_reviews(now: Situation) -> Next | None:
    if now.reviewing in {Door.OPEN, Door.LATE}:
        if now.practice is Practice.DUE and (now.has_open or now.owes):
            return Next.PRACTISE
        if now.has_open:
            return Next.GO_ON_REVIEWING
        if now.owes and now.supply is Supply.THERE:
            return Next.REVIEW
        if now.wants_self_review and now.work is Work.HANDED_IN:
            return Next.SELF_REVIEW
    return Next.REVIEW_AGAIN if now.has_revised else None


def _about_feedback(now: Situation) -> Next:
    if now.feedback is Feedback.NEW:
        return Next.READ
    if now.feedback is Feedback.READ and now.work is Work.HANDED_IN:
        step = {Revision.OPEN: Next.REVISE, Revision.HANDED_IN: Next.WAIT_FOR_SECOND}.get(now.revision)
        if step is not None:
            return step
    if now.work is Work.WAITING:
        return Next.WAIT_FOR_WORD
    if now.work is Work.DENIED:
        return Next.DENIED
    is_reviewing_over = now.reviewing is Door.CLOSED
    if now.owes and not is_reviewing_over and now.supply in {Supply.NOT_DISTRIBUTED, Supply.NO_WORK_YET}:
        return Next.WAIT_FOR_WORK
    if now.reviewing is Door.NOT_YET and now.owes:
        return Next.WAIT_FOR_WORK
    if now.work is not Work.HANDED_IN:
        return Next.MISSED if is_reviewing_over or not now.done else Next.DONE
    return Next.DONE if now.feedback is Feedback.READ else Next.WAIT_FOR_FEEDBACK


def states(now: Situation) -> tuple[State, State, State, State]:
    """Return how the steps are shown: the work, the reviews, the feedback, and the revised work, where there is any."""
    step = next_step(now)
    work = State.DONE if now.work is Work.HANDED_IN else State.LATER
    reviews = State.DONE if not now.owes and not now.has_open and not now.wants_self_review else State.LATER
    feedback = State.DONE if now.feedback is Feedback.READ else State.LATER
    revised = State.DONE if now.revision is Revision.REVIEWED else State.LATER
    if step in {Next.FIND_GROUP, Next.HAND_IN, Next.GO_ON_WRITING, Next.WAIT_FOR_START, Next.WAIT_FOR_WORD}:
        work = State.CURRENT
    elif step in {Next.REVIEW, Next.GO_ON_REVIEWING, Next.SELF_REVIEW, Next.REVIEW_AGAIN, Next.WAIT_FOR_WORK}:
        reviews = State.CURRENT
    elif step in {Next.READ, Next.WAIT_FOR_FEEDBACK}:
        feedback = State.CURRENT
    elif step in {Next.REVISE, Next.WAIT_FOR_SECOND}:
        revised = State.CURRENT
    return work, reviews, feedback, revised


def practice_state(now: Situation) -> State | None:
    """Return how the step between the work and the reviews is shown; None where there is nothing to practise on."""
    if now.practice is Practice.NONE:
        return None
    if next_step(now) is Next.PRACTISE:
        return State.CURRENT
    return State.DONE if now.practice is Practice.DONE else State.LATER
