"""Reports in words: what was measured, with names put to people, as figures and tables."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connector.courses.people import name_of
from connector.reports.definitions import of_report, report_title
from connector.reports.figures.discussion import Discussion
from connector.reports.figures.participation import Participation
from connector.reports.figures.questions import Questions
from connector.reports.figures.reviews import Judged, Reviewer, Reviews
from connector.reports.graph import Graph, betweenness, bridges
from connector.reports.measuring import Measured
from connector.reports.models import moment_of
from connector.reports.rosters import Roster
from connector.reports.scope import Scope
from connector.reports.statistics import FEWEST_UNITS
from connector.reports.subjects import Subjects
from connector.reports.tables import Column, Kind, Report, Shown, Table
from connector.web.i18n import gettext as _

FEW = 5
"""Observers see nothing about fewer people."""
_LISTED = 200
_NEW = timedelta(days=30)


def make_report(measured: Measured, scope: Scope, roster: Roster, subjects: Subjects) -> Report:
    """Return a report for who leads the course."""
    report = measured.report
    make: Callable[[Measured, Scope, Roster, Subjects], Sequence[Table]] = {
        "participation": _participation,
        "discussion": _discussion,
        "questions": _questions,
        "reviews": _reviews,
        "network": _network,
    }[report]
    return Report(report, report_title(report), figures_of(measured), make(measured, scope, roster, subjects))


def figures_of(measured: Measured, *, for_observer: bool = False) -> Sequence[Shown]:
    """Return the figures of a report.

    Args:
        for_observer: Then nothing is shown about fewer than five people.
    """
    values = measured.values
    is_few = for_observer and measured.people < FEW
    few = {"silent_learners", "active_learners", "helpers", "isolated"}
    is_any_few = for_observer and any(key in few and (values[key] or 0) < FEW for key in values)
    return [
        Shown(each, values[each.key], is_withheld=is_few or (is_any_few and each.key in few))
        for each in of_report(measured.report)
    ]


def _person(roster: Roster, key: str) -> str:
    return name_of(roster.members[key])


def _hidden_row(columns: int, values: Mapping[int, int]) -> list[Any]:
    """Return the row of everybody whose name is hidden, together."""
    return [_("People whose names are hidden, together"), *(values.get(column) for column in range(1, columns))]


def _participation(measured: Measured, _scope: Scope, roster: Roster, _subjects: Subjects) -> Sequence[Table]:
    found: Participation = measured.detail
    weeks = Table(
        "weeks",
        _("Week by week"),
        [
            Column("monday", _("Week from"), Kind.DAY),
            Column("active_learners", _("Active learners")),
            Column("contributions", _("Contributions")),
        ],
        [(week.monday, week.active, week.contributions) for week in found.weeks],
        drawn=("active_learners", "contributions"),
    )
    known = sorted(
        (key for key in {*found.by_actor, *found.silent} if key in roster.members),
        key=lambda key: (-found.by_actor.get(key, 0), _person(roster, key).casefold()),
    )
    rows: list[Sequence[Any]] = [
        (_person(roster, key), found.by_actor.get(key, 0), _("Silent") if key in found.silent else _("Active"))
        for key in known
    ]
    hidden = sum(number for key, number in found.by_actor.items() if key not in roster.members)
    if hidden:
        rows.append(_hidden_row(3, {1: hidden}))
    people = Table(
        "people",
        _("People"),
        [
            Column("person", _("Name"), Kind.PERSON),
            Column("contributions", _("Contributions")),
            Column("state", _("State"), Kind.TEXT),
        ],
        rows,
    )
    return [weeks, people]


def _discussion(measured: Measured, _scope: Scope, roster: Roster, subjects: Subjects) -> Sequence[Table]:
    found: Discussion = measured.detail
    waiting = found.unanswered[:_LISTED]
    known = subjects.find([each.object for each in waiting])
    return [
        Table(
            "unanswered_threads",
            _("Threads without a reply"),
            [
                Column("thread", _("Thread"), Kind.TEXT),
                Column("person", _("Begun by"), Kind.PERSON),
                Column("at", _("Begun"), Kind.TIME),
            ],
            [(known[each.object].title, _author(roster, each.actor), moment_of(each.at)) for each in waiting],
            empty=_("Every thread has a reply."),
            links=[known[each.object].url for each in waiting],
        )
    ]


def _author(roster: Roster, key: str) -> str:
    return _person(roster, key) if key in roster.members else _("Name hidden")


def _questions(measured: Measured, _scope: Scope, roster: Roster, subjects: Subjects) -> Sequence[Table]:
    found: Questions = measured.detail
    waiting = found.waiting[:_LISTED]
    known = subjects.find([each.object for each in waiting])
    unanswered = Table(
        "unanswered_questions",
        _("Questions without an answer"),
        [
            Column("question", _("Question"), Kind.TEXT),
            Column("person", _("Asked by"), Kind.PERSON),
            Column("at", _("Asked"), Kind.TIME),
        ],
        [(known[each.object].title, _author(roster, each.actor), moment_of(each.at)) for each in waiting],
        empty=_("Every question has an answer."),
        links=[known[each.object].url for each in waiting],
    )
    topics = Table(
        "topics",
        _("Topics"),
        [
            Column("tag", _("Tag"), Kind.TEXT),
            Column("asked", _("Questions")),
            Column("unanswered", _("Without an answer")),
            Column("wait", _("Time to the first answer"), Kind.SECONDS),
        ],
        [(each.tag, each.asked, each.unanswered, each.wait) for each in found.topics[:_LISTED]],
        empty=_("No question has a tag."),
    )
    named = [each for each in found.loads if each.actor in roster.members]
    others = [each for each in found.loads if each.actor not in roster.members]
    rows: list[Sequence[Any]] = [
        (_person(roster, each.actor), each.routed, each.claimed, each.answered, each.accepted, each.endorsed)
        for each in named
    ]
    if others:
        rows.append(_hidden_row(6, {3: sum(each.answered for each in others)}))
    load = Table(
        "load",
        _("Who answers"),
        [
            Column("person", _("Name"), Kind.PERSON),
            Column("routed", _("Asked to answer")),
            Column("claimed", _("Took on")),
            Column("answered", _("Answers")),
            Column("accepted", _("Accepted")),
            Column("endorsed", _("Endorsed")),
        ],
        rows,
        empty=_("Nobody has answered yet."),
    )
    return [unanswered, topics, load]


def _reviews(measured: Measured, _scope: Scope, roster: Roster, subjects: Subjects) -> Sequence[Table]:
    found: Reviews = measured.detail
    named = [each for each in found.reviewers if each.actor in roster.members]
    hidden = [each for each in found.reviewers if each.actor not in roster.members]
    rows: list[Sequence[Any]] = [
        (_person(roster, each.actor), each.done, each.compared, each.deviation, _state(each)) for each in named
    ]
    if hidden:
        rows.append(_hidden_row(5, {1: sum(each.done for each in hidden)}))
    return [
        Table(
            "reviewers",
            _("Reviewers"),
            [
                Column("person", _("Name"), Kind.PERSON),
                Column("done", _("Reviews")),
                Column("compared", _("Comparable reviews")),
                Column("deviation", _("Above or below the others"), Kind.SHARE),
                Column("state", _("State"), Kind.TEXT),
            ],
            rows,
            empty=_("Nobody has handed in a review yet."),
            note=_(
                "Whoever scores at least 15 points of 100 above or below the others, in three comparable reviews or more, stands out. Where names are hidden, the board of the peer review tells more."
            ),
        ),
        _criteria(found, subjects),
    ]


def _criteria(found: Reviews, subjects: Subjects) -> Table:
    names = subjects.name_criteria([each.criterion for each in found.criteria])
    return Table(
        "criteria",
        _("Criteria"),
        [
            Column("criterion", _("Criterion"), Kind.TEXT),
            Column("works", _("Works reviewed twice or more")),
            Column("reviews", _("Their reviews")),
            Column("mean", _("Points given, on average"), Kind.SHARE),
            Column("agreement", _("Agreement"), Kind.NUMBER),
            Column("state", _("State"), Kind.TEXT),
        ],
        [
            (names[each.criterion], each.works, each.reviews, each.mean, each.agreement, _state_of(each))
            for each in found.criteria
        ],
        empty=_("No review has been given by criteria yet."),
        note=_(
            "Agreement is 1 where all reviewers of the same work give it the same, and 0 where they differ as much as about any two works. Where 30 reviews or more agree less than 0.15, the criterion is unclear: word it anew."
        ),
    )


def _state(reviewer: Reviewer) -> str:
    return _("Stands out") if reviewer.stands_out else ""


def _state_of(judged: Judged) -> str:
    if judged.agreement is None:
        return _("Too few works to say") if judged.works < FEWEST_UNITS else _("All the same")
    return _("Unclear") if judged.is_vague else ""


def _network(measured: Measured, scope: Scope, roster: Roster, _subjects: Subjects) -> Sequence[Table]:
    found: Graph[str] = measured.detail
    scores = betweenness(found) or {}
    given, received, helped = found.given, found.received, found.helped
    joining = set(bridges(found, roster.groups, scores))
    tied = [node for node in found.nodes if node not in found.isolated]
    ranked = sorted(
        tied, key=lambda node: (-helped.get(node, 0), -given.get(node, 0), _person(roster, node).casefold())
    )
    helpers = Table(
        "helpers",
        _("Help given and received"),
        [
            Column("person", _("Name"), Kind.PERSON),
            Column("helped", _("People helped")),
            Column("given", _("Help given")),
            Column("received", _("Help received")),
            Column("betweenness", _("Ways through them"), Kind.SHARE),
            Column("state", _("State"), Kind.TEXT),
        ],
        [
            (
                _person(roster, node), helped.get(node, 0), given.get(node, 0), received.get(node, 0), scores.get(node),
                _("Joins groups") if node in joining else "",
            )
            for node in ranked
        ],
        empty=_("Nobody has answered anybody under their name yet."),
        note=_("Ways through them: of all shortest ways between two others, how many lead over this person."),
    )  # fmt: skip
    alone = sorted(found.isolated & scope.learners, key=lambda node: _person(roster, node).casefold())
    return [
        helpers,
        Table(
            "isolated",
            _("Learners without contact"),
            [
                Column("person", _("Name"), Kind.PERSON),
                Column("since", _("In the course since"), Kind.TIME),
                Column("state", _("State"), Kind.TEXT),
            ],
            [
                (
                    _person(roster, node),
                    roster.members[node].created_at,
                    _("New") if roster.members[node].created_at > scope.now - _NEW else "",
                )
                for node in alone
            ],
            empty=_("Every learner has helped somebody, or was helped."),
        ),
    ]
