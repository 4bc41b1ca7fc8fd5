"""The rules of threads in words: for the log of a course's settings, and for who looks at an activity before it is published."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from connector.activities.changes import Told, Value, number, one_of, yes_no
from connector.activities.models import Activity
from connector.threads.limits import get_rules
from connector.threads.models import Moderation
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

PART = "rules"
_NAMES = (
    "learners_start",
    "allows_anonymous",
    "allows_private",
    "moderation",
    "hold_after_reports",
    "close_after_days",
    "posts_a_day",
    "keep_days",
)


def read_rules(session: Session, activity: Activity) -> Mapping[str, Value]:
    """Return the rules of an activity, by name."""
    rules = get_rules(session, activity)
    return {name: getattr(rules, name) for name in _NAMES}


def told_rules() -> Mapping[str, Told]:
    """Return each rule in words."""
    moderation = {
        Moderation.NONE.value: _("No"),
        Moderation.FIRST.value: _("The first of each learner"),
        Moderation.ALL.value: _("All"),
    }
    return {
        "learners_start": Told(_("Learners begin threads"), yes_no),
        "allows_anonymous": Told(_("Learners may hide their names"), yes_no),
        "allows_private": Told(_("Learners may write to the trainers alone"), yes_no),
        "moderation": Told(_("Posts wait until you let them stand"), one_of(moderation)),
        "hold_after_reports": Told(_("Reports from which a post is held"), number(_("Never"))),
        "close_after_days": Told(_("Days without a post until a thread closes"), number(_("Never"))),
        "posts_a_day": Told(_("Posts in 24 hours"), number(_("Any number"))),
        "keep_days": Told(_("Days that texts are kept"), number(_("For good"))),
    }


def tell_rules(session: Session, activity: Activity) -> Sequence[str]:
    """Return what is special about the threads of an activity, a sentence each, as a learner would put it."""
    rules = get_rules(session, activity)
    told = []
    if not rules.learners_start:
        told.append(_("Those who lead the course begin the threads; everybody answers."))
    if rules.allows_anonymous:
        told.append(_("You may hide your name from the others."))
    if rules.moderation is Moderation.ALL:
        told.append(_("Posts are looked at before others see them."))
    elif rules.moderation is Moderation.FIRST:
        told.append(_("Everybody's first post is looked at before others see it."))
    if rules.close_after_days:
        told.append(
            ngettext(
                "A thread closes after %(num)s day without a post.",
                "A thread closes after %(num)s days without a post.",
                rules.close_after_days,
            )
        )
    if rules.keep_days:
        told.append(
            ngettext(
                "Texts are deleted %(num)s day after a thread's last post.",
                "Texts are deleted %(num)s days after a thread's last post.",
                rules.keep_days,
            )
        )
    return told
