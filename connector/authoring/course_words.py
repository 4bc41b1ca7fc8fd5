"""The settings of a course in words, for its page and its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from connector.activities.changes import OFF, ON, told_of
from connector.activities.models import CourseChange
from connector.authoring.models import PREPARED, What
from connector.config import LOCALES
from connector.courses.models import Membership
from connector.privacy.models import RecordingChange
from connector.threads.models import Moderation
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log."""

    at: datetime
    by: Membership
    label: str
    of: str | None
    """The activity's title; None for what is the course's own."""
    before: str
    after: str


def label_of(what: What) -> str:
    """Return what a setting is about."""
    labels = {
        What.ACTIVITY: _("Activity"),
        What.LANGUAGE: _("Language"),
        What.LEARNERS_START: _("Learners begin threads"),
        What.ALLOWS_ANONYMOUS: _("Learners may hide their names"),
        What.MODERATION: _("Posts wait until you let them stand"),
        What.KEEP_DAYS: _("Days that texts are kept"),
    }
    return labels[what]


def value_in_words(what: What, value: str | None) -> str:
    """Return a value, as the log keeps it, in words."""
    if what is What.ACTIVITY:
        return {PREPARED: _("Not published"), ON: _("On"), OFF: _("Switched off")}.get(value or "", "")
    if what is What.LANGUAGE:
        return name_of_language(value) if value else _("Each person's own")
    if what is What.MODERATION:
        return moderation_words().get(value or "", "")
    if what is What.KEEP_DAYS:
        return ngettext("%(num)s day", "%(num)s days", int(value)) if value else _("For good")
    return _("Yes") if value == ON else _("No")


def moderation_words() -> dict[str, str]:
    """Return what may be looked at first."""
    return {
        Moderation.NONE.value: _("No"),
        Moderation.FIRST.value: _("The first of each learner"),
        Moderation.ALL.value: _("All"),
    }


def name_of_language(locale: str) -> str:
    """Return a language by its own name."""
    return str(Locale.parse(locale).get_display_name(locale)).capitalize()


def languages() -> list[tuple[str, str]]:
    """Return what can be chosen as a course's language."""
    return [("", _("Each person's own")), *((each, name_of_language(each)) for each in LOCALES)]


def put_together(
    changes: Sequence[CourseChange], recordings: Sequence[RecordingChange], states: dict[str, tuple[str, str]]
) -> list[Logged]:
    """Return the log of a course with that of its recording, the last change first.

    Args:
        states: The names of what a course may record.
    """
    own = [_logged(each) for each in changes]
    recorded = [
        Logged(
            each.changed_at, each.by, _("Recording"), None, states[each.before.value][0], states[each.after.value][0]
        )
        for each in recordings
    ]
    return sorted([*own, *recorded], key=lambda each: each.at, reverse=True)


def _logged(change: CourseChange) -> Logged:
    of = change.activity.title if change.activity else None
    told = told_of(change.what)
    if told is not None:
        return Logged(change.changed_at, change.by, told.label, of, told.words(change.before), told.words(change.after))
    what = What(change.what)
    before, after = value_in_words(what, change.before), value_in_words(what, change.after)
    return Logged(change.changed_at, change.by, label_of(what), of, before, after)
