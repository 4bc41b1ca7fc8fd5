"""What an activity asks for, in words: for the log of a course's settings, and for who looks at it before it is published."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from connector.activities.changes import Told, Value, moment, number, one_of, text, yes_no
from connector.activities.models import Activity
from connector.participation import points, rubric
from connector.participation.models import Grading, Late
from connector.participation.services import get_participation
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import in_words

PART = "asks"


def read_asks(session: Session, activity: Activity) -> Mapping[str, Value]:
    """Return what an activity asks for, by name."""
    rule = get_participation(session, activity)
    return {
        **{name: getattr(rule, name) for name in ("threads", "replies", "posts", "due_at", "late", "grading")},
        "has_points": points.has_points(session, activity),
        "criteria": "; ".join(each.title for each in rubric.list_criteria(session, activity)),
    }


def told_asks() -> Mapping[str, Told]:
    """Return each of it in words."""
    late = {
        Late.COUNTS.value: _("Counts as much as any"),
        Late.HALF.value: _("Counts half"),
        Late.NOTHING.value: _("Counts nothing"),
    }
    grading = {
        Grading.NONE.value: _("Not graded"),
        Grading.COUNT.value: _("By count"),
        Grading.RUBRIC.value: _("By criteria"),
    }
    return {
        "threads": Told(_("Threads asked for"), number(_("None"))),
        "replies": Told(_("Replies asked for"), number(_("None"))),
        "posts": Told(_("Posts asked for"), number(_("None"))),
        "due_at": Told(_("Due"), moment),
        "late": Told(_("A post after the date"), one_of(late)),
        "grading": Told(_("Grades for taking part"), one_of(grading)),
        "has_points": Told(_("Points for taking part"), yes_no),
        "criteria": Told(_("Criteria for taking part"), text),
    }


def tell_asks(session: Session, activity: Activity) -> Sequence[str]:
    """Return what an activity asks of each learner, a sentence each."""
    rule = get_participation(session, activity)
    told = []
    if rule.threads:
        told.append(ngettext("Begin %(num)s thread.", "Begin %(num)s threads.", rule.threads))
    if rule.replies:
        told.append(
            ngettext("Answer others %(num)s time at least.", "Answer others %(num)s times at least.", rule.replies)
        )
    if rule.posts:
        told.append(ngettext("Write %(num)s post at least.", "Write %(num)s posts at least.", rule.posts))
    if told and rule.due_at:
        told.append(_("All of that until %(time)s.", time=in_words(rule.due_at)))
    return told
