"""What each figure means: its words, its formula, and the events that it is made from; each in this one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.reports.figures import discussion, network, participation, questions, reviews
from connector.web.i18n import gettext as _


class Unit(StrEnum):
    """What a figure is counted in."""

    COUNT = "count"
    SHARE = "share"
    """0 to 1."""
    SECONDS = "seconds"
    MINUTES = "minutes"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a figure means."""

    key: str
    report: str
    unit: Unit
    title: Callable[[], str]
    meaning: Callable[[], str]
    formula: str
    """In the words of statements, which are the same in every language."""
    events: tuple[str, ...]
    """The statements that it is made from."""


def _who_counts() -> str:
    """Return who counts as a colleague among reviewers, where statements do not tell."""
    return _(
        "Where anybody is hidden, a learner who was asked as an expert counts as a colleague: statements do not tell."
    )


_WROTE, _DID = participation.CONTRIBUTIONS, participation.ACTS
_ALL = (
    Definition(
        key="active_learners", report="participation", unit=Unit.COUNT, events=_DID,
        title=lambda: _("Active learners"),
        meaning=lambda: _("Learners who did more than look: wrote, reacted, handed in or reviewed."),
        formula="count(distinct actor) where actor in learners and event not in (viewed, opened, assigned, routed, scored)",
    ),
    Definition(
        key="silent_learners", report="participation", unit=Unit.COUNT, events=_DID,
        title=lambda: _("Silent learners"),
        meaning=lambda: _("Learners of whom nothing was recorded but looking. Whoever only wrote with a hidden name is among them."),
        formula="count(learners) - active_learners",
    ),
    Definition(
        key="contributions", report="participation", unit=Unit.COUNT, events=_WROTE,
        title=lambda: _("Contributions"),
        meaning=lambda: _("Threads, questions, shared things, replies and answers, hidden names included."),
        formula=f"count(*) where event in ({', '.join(_WROTE)})",
    ),
    Definition(
        key="top_share", report="participation", unit=Unit.SHARE, events=_WROTE,
        title=lambda: _("Share of the most active"),
        meaning=lambda: _("How much of what all learners wrote comes from the most active tenth of them."),
        formula="sum(largest ceil(n / 10) of contributions by learner) / sum(contributions by learner)",
    ),
    Definition(
        key="gini", report="participation", unit=Unit.NUMBER, events=_WROTE,
        title=lambda: _("Uneven spread (Gini)"),
        meaning=lambda: _("0 where all learners write the same amount; near 1 where one writes everything."),
        formula="gini(contributions by learner, zeros included)",
    ),
    Definition(
        key="threads", report="discussion", unit=Unit.COUNT, events=discussion.OPENINGS,
        title=lambda: _("Threads"),
        meaning=lambda: _("Threads and shared things that were begun and not taken away."),
        formula="count(distinct object) where event in (thread.created, resource.shared), not deleted or removed",
    ),
    Definition(
        key="unanswered_threads", report="discussion", unit=Unit.COUNT, events=(*discussion.OPENINGS, discussion.REPLY),
        title=lambda: _("Threads without a reply"),
        meaning=lambda: _("Threads to which nobody but their author has replied."),
        formula="count(threads) where no post.replied has the thread as parent and another actor",
    ),
    Definition(
        key="first_reply_median", report="discussion", unit=Unit.SECONDS, events=(*discussion.OPENINGS, discussion.REPLY),
        title=lambda: _("Time to the first reply"),
        meaning=lambda: _("Half of the threads with a reply got their first one within this time."),
        formula="median(min(timestamp of post.replied) - timestamp of the thread)",
    ),
    Definition(
        key="first_reply_p90", report="discussion", unit=Unit.SECONDS, events=(*discussion.OPENINGS, discussion.REPLY),
        title=lambda: _("Time to the first reply, slowest tenth"),
        meaning=lambda: _("Nine of ten threads with a reply got their first one within this time."),
        formula="nearest-rank 90 % quantile of the same",
    ),
    Definition(
        key="questions", report="questions", unit=Unit.COUNT, events=(questions.ASKED,),
        title=lambda: _("Questions"),
        meaning=lambda: _("Questions that were asked and not taken away."),
        formula="count(distinct object) where event = question.asked, not deleted or removed",
    ),
    Definition(
        key="waiting_day", report="questions", unit=Unit.COUNT, events=(questions.ASKED, questions.ANSWERED),
        title=lambda: _("Unanswered for more than 24 hours"),
        meaning=lambda: _("Questions that wait for a first answer by somebody else; not those that were closed or solved otherwise."),
        formula="count(questions) where no question.answered by another actor and timestamp < end - 24 h",
    ),
    Definition(
        key="waiting_two_days", report="questions", unit=Unit.COUNT, events=(questions.ASKED, questions.ANSWERED),
        title=lambda: _("Unanswered for more than 48 hours"),
        meaning=lambda: _("The same, for twice as long."),
        formula="count(questions) where no question.answered by another actor and timestamp < end - 48 h",
    ),
    Definition(
        key="first_answer_median", report="questions", unit=Unit.SECONDS, events=(questions.ASKED, questions.ANSWERED),
        title=lambda: _("Time to the first answer"),
        meaning=lambda: _("Half of the answered questions got their first answer within this time."),
        formula="median(min(timestamp of question.answered) - timestamp of question.asked)",
    ),
    Definition(
        key="first_answer_p90", report="questions", unit=Unit.SECONDS, events=(questions.ASKED, questions.ANSWERED),
        title=lambda: _("Time to the first answer, slowest tenth"),
        meaning=lambda: _("Nine of ten answered questions got their first answer within this time."),
        formula="nearest-rank 90 % quantile of the same",
    ),
    Definition(
        key="acceptance_median", report="questions", unit=Unit.SECONDS, events=(questions.ASKED, questions.ACCEPTED),
        title=lambda: _("Time to an accepted answer"),
        meaning=lambda: _("Half of the questions with an accepted answer had it within this time."),
        formula="median(min(timestamp of answer.accepted with the question as parent) - timestamp of question.asked)",
    ),
    Definition(
        key="accepted_share", report="questions", unit=Unit.SHARE, events=(questions.ANSWERED, questions.ACCEPTED),
        title=lambda: _("Accepted answers"),
        meaning=lambda: _("How many of the answered questions have an accepted answer."),
        formula="count(questions with answer.accepted) / count(questions with question.answered)",
    ),
    Definition(
        key="deflected",
        report="questions",
        unit=Unit.COUNT,
        events=(questions.CLOSED, questions.RESOLVED),
        title=lambda: _("Answered by an earlier question"),
        meaning=lambda: _("The answer was there already: found before asking, or pointed out after."),
        formula="count(question.resolved with reason reuse) + count(questions with question.closed_duplicate)",
    ),
    Definition(
        key="reviews_done", report="reviews", unit=Unit.SHARE, events=(reviews.ASSIGNED, reviews.SUBMITTED),
        title=lambda: _("Reviews done"),
        meaning=lambda: _("How many of the reviews that were given out are handed in."),
        formula="count(review.assigned with a review.submitted of the same review) / count(review.assigned)",
    ),
    Definition(
        key="reviews_late", report="reviews", unit=Unit.COUNT, events=(reviews.ASSIGNED, reviews.SUBMITTED),
        title=lambda: _("Late reviews"),
        meaning=lambda: _("Handed in after their date, or not yet although it has passed."),
        formula="count(review.assigned) where coalesce(first review.submitted, end) > due",
    ),
    Definition(
        key="review_minutes", report="reviews", unit=Unit.MINUTES, events=(reviews.SUBMITTED,),
        title=lambda: _("Minutes for a review"),
        meaning=lambda: _("In the middle: half of the reviews took less time, half more."),
        formula="median(result.duration of the last review.submitted of each review)",
    ),
    Definition(
        key="review_words", report="reviews", unit=Unit.NUMBER, events=(reviews.SUBMITTED,),
        title=lambda: _("Words in a review"),
        meaning=lambda: _("In the middle: half of the reviews are shorter, half longer."),
        formula="median(word-count of the last review.submitted of each review)",
    ),
    Definition(
        key="review_distance", report="reviews", unit=Unit.SHARE, events=(reviews.SUBMITTED,),
        title=lambda: _("Distance between reviewers"),
        meaning=lambda: " ".join((_("How far a reviewer's score lies from the mean of the others' for the same work, on average. The less, the more they agree."), _who_counts())),
        formula="mean(|score.scaled - mean(score.scaled of the other reviews of the object)|); no reviews of one's own work or by role expert, trainer, assistant",
    ),
    Definition(
        key="review_agreement", report="reviews", unit=Unit.NUMBER, events=(reviews.SUBMITTED,),
        title=lambda: _("Agreement of reviewers"),
        meaning=lambda: " ".join((_("1 where all who reviewed the same work give it the same score; 0 where that differs as much as the scores of any two works. From five works on that two or more have reviewed; of fewer it says nothing."), _who_counts())),
        formula="Krippendorff's alpha, interval, of score.scaled: 1 - (n - 1) * sum(over works: squared differences of all pairs "
        "/ (reviews - 1)) / squared differences of all n scores' pairs; only works with 2 reviews or more, and 5 of those at the least; no reviews of one's own work or by role expert, trainer, assistant",
    ),
    Definition(
        key="usefulness", report="reviews", unit=Unit.SHARE, events=(reviews.RATED,),
        title=lambda: _("Usefulness of reviews"),
        meaning=lambda: _("What authors said of the reviews they got: 100 % where all were very useful."),
        formula="mean(score.scaled of the last review.rated of each review)",
    ),
    Definition(
        key="helpers", report="network", unit=Unit.COUNT, events=network.HELP,
        title=lambda: _("People who helped others"),
        meaning=lambda: _("Members who replied, answered or reviewed for somebody else under their names."),
        formula="count(distinct actor) of post.replied, question.answered, review.submitted with another member as target",
    ),
    Definition(
        key="reciprocity", report="network", unit=Unit.SHARE, events=network.HELP,
        title=lambda: _("Help in both directions"),
        meaning=lambda: _("Of the pairs in which one helped the other, how many helped each other."),
        formula="count(pairs with acts both ways) / count(pairs with any)",
    ),
    Definition(
        key="isolated", report="network", unit=Unit.COUNT, events=network.HELP,
        title=lambda: _("Learners without contact"),
        meaning=lambda: _("Learners who helped nobody and whom nobody helped, as far as names are shown."),
        formula="count(learners) who are neither actor nor target of these statements",
    ),
)  # fmt: skip
DEFINITIONS: Mapping[str, Definition] = {each.key: each for each in _ALL}
"""Every figure by its key, in the order of the pages."""
REPORTS = tuple(dict.fromkeys(each.report for each in _ALL))
"""The reports, in the order of the pages."""

KEY = frozenset(
    {
        "active_learners", "silent_learners", "contributions", "unanswered_threads", "first_reply_median", "waiting_day",
        "first_answer_median", "accepted_share", "reviews_done", "reviews_late", "helpers", "isolated",
    }
)  # fmt: skip
"""The figures that the first page shows: as many as fit on a screen."""


def of_report(report: str) -> tuple[Definition, ...]:
    """Return the figures of one report."""
    return tuple(each for each in _ALL if each.report == report)


def report_title(report: str) -> str:
    """Return what a report is called."""
    titles = {
        "participation": _("Taking part"),
        "discussion": _("Discussion"),
        "questions": _("Questions and answers"),
        "reviews": _("Peer review"),
        "network": _("Who helps whom"),
    }
    return titles[report]
