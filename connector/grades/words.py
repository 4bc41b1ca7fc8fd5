"""What happened to a grade, in words: for trainers, who cannot read codes."""

from collections.abc import Mapping

from flask_babel import format_decimal

from connector.grades.columns import Lack
from connector.grades.lanes import NOT_A_LEARNER
from connector.grades.models import Grade, GradeLane, LineItem, State
from connector.grades.reading import Sight
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext


def points_of(points: float, maximum: float | None) -> str:
    """Return a score such as "8 of 10"."""
    if maximum is None:
        return str(format_decimal(points))
    return _("%(points)s of %(maximum)s", points=format_decimal(points), maximum=format_decimal(maximum))


def typed(points: float) -> str:
    """Return a number as a form takes it back, whatever the language."""
    return f"{points:.10g}"


def state_of(state: State) -> tuple[str, str]:
    """Return a state in a word, and the kind of chip that it is."""
    return {
        State.NONE: (_("No grade"), ""),
        State.DUE: (_("Waiting"), "accent"),
        State.SENT: (_("Sent"), "good"),
        State.REFUSED: (_("Refused"), "bad"),
    }[state]


def answer_of(grade: Grade) -> str:
    """Return what the LMS answered last."""
    if grade.state is State.DUE and grade.answer_code is not None:
        tried = ngettext("Tried %(num)s time.", "Tried %(num)s times.", max(grade.attempts, 1))
        return f"{_reason(grade.answer_code)} {tried}"
    if grade.answer_code is not None:
        return _reason(grade.answer_code)
    return _("The LMS took it.") if grade.sent_at is not None and grade.state is State.SENT else ""


def sight_in_words(grade: Grade, sight: Sight) -> str:
    """Return what the LMS shows, and how that differs from what was sent."""
    shown = "" if grade.seen_points is None else points_of(grade.seen_points, grade.seen_maximum)
    sent = "" if grade.sent_points is None else points_of(grade.sent_points, grade.sent_maximum)
    match sight:
        case Sight.UNSEEN:
            return ""
        case Sight.SAME:
            return _("The LMS shows %(shown)s.", shown=shown) if shown else _("The LMS shows no grade.")
        case Sight.MISSING:
            return _("The LMS shows no grade, though %(sent)s was sent.", sent=sent)
        case Sight.FOREIGN:
            return _("The LMS shows %(shown)s, which did not come from here.", shown=shown)
        case Sight.OTHER_COMMENT:
            return _("The LMS shows %(shown)s with another comment than the one that was sent.", shown=shown)
    if not sent:
        return _("The LMS shows %(shown)s, though the grade was taken back.", shown=shown)
    return _("The LMS shows %(shown)s, though %(sent)s was sent.", shown=shown, sent=sent)


def trouble_of(item: LineItem | None, lane: GradeLane | None) -> str | None:
    """Return what keeps the grades of a whole activity or platform from travelling; None where nothing does."""
    if lane is not None and lane.is_closed:
        return _("The LMS gives Kring no access any more. Please tell your administrator.")
    if lane is not None and lane.failures and lane.answer_code is not None:
        return _reason(lane.answer_code)
    if item is not None and item.answer_code is not None:
        return _reason(item.answer_code)
    return None


def lack_in_words(lack: Lack, family: str) -> str:
    """Return what keeps the points of an activity here, and who can mend it where.

    Args:
        family: The LMS's product family, as `lti.profiles` names it.
    """
    if lack is Lack.GRADEBOOK:
        return _(
            "The LMS has not offered its gradebook for this activity. Ask an administrator to allow grades for Kring, "
            "then open the activity from the course once more. What you save here is kept."
        )
    way = {
        "moodle": _(
            "Kring may not add columns to the gradebook here. Ask the administrator of Moodle to choose “Use this service for "
            "grade sync and column management” in Kring's settings, then open Kring from the course once more."
        ),
        "canvas": _(
            "Kring may not add columns to the gradebook here. Ask the administrator of Canvas to switch on “Can create and "
            "view assignment data in the gradebook” in Kring's key, then open Kring from the course once more."
        ),
    }.get(family) or _(
        "Kring may not add columns to the gradebook here. Ask the administrator of your LMS to let it manage line items, then "
        "open Kring from the course once more."
    )
    return _("%(way)s Or place the activity in your course with a link: its column comes with that.", way=way)


def column_in_words(family: str) -> str:
    """Return how an activity that has no link gets its column, and what is special about it in this LMS."""
    first = _(
        "Give a learner points and save: Kring makes a column in the LMS's gradebook, named like the activity. Nobody gets a "
        "grade, and nobody a zero, before you save one."
    )
    if family == "canvas":
        return _("%(first)s Canvas shows the column as an assignment too.", first=first)
    if family == "moodle":
        return _("%(first)s In Moodle it stands at the end of the gradebook, where you can move it.", first=first)
    return first


def _reason(code: str) -> str:
    """Return the sentence for a code of `lti.errors`, or of ours."""
    return _reasons().get(code) or _("The LMS refused it (%(code)s).", code=code)


def _reasons() -> Mapping[str, str]:
    busy = _("The LMS did not answer. It is tried again by itself.")
    closed = _("The LMS does not let Kring into its gradebook. Please tell your administrator.")
    return {
        NOT_A_LEARNER: _("Not sent: this person is no learner of the course any more."),
        "grade_kept": _("Not sent: it would have taken away the grade that is there."),
        "service_timeout": busy,
        "service_unreachable": busy,
        "service_failed": _("The LMS made a mistake of its own. It is tried again by itself."),
        "answer_malformed": _("The LMS made a mistake of its own. It is tried again by itself."),
        "service_busy": _("The LMS asked for patience. It is tried again by itself."),
        "internal_error": _("Kring made a mistake. It is tried again by itself."),
        "service_bad_request": _("The LMS refused it. Most often it does not count this person as a learner."),
        "service_unprocessable": _("The LMS refused it: the course has ended, or this person cannot be graded there."),
        "service_conflict": _("The LMS holds a newer grade for this learner, so it did not take this one."),
        "service_unauthorized": closed,
        "service_forbidden": closed,
        "service_redirected": closed,
        "token_refused": closed,
        "service_not_found": _("The column is no longer in the LMS's gradebook. Send again to make a new one."),
        "service_gone": _("The column is no longer in the LMS's gradebook. Send again to make a new one."),
        "scope_missing": _("The LMS does not offer this to Kring. An administrator can allow it there."),
        "line_items_missing": _("The LMS does not tell Kring where its gradebook is."),
    }
