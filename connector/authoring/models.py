"""Which settings the log of a whole course names; those of one kind of activity are named by its own folder."""

from enum import StrEnum

PREPARED = "prepared"
"""The state of an activity that is not published, as the log has it; the others are on and off."""


class What(StrEnum):
    """Which setting was changed; that of recording has a log of its own."""

    ACTIVITY = "activity"
    """Whether people find it."""
    LANGUAGE = "language"
    LEARNERS_START = "learners_start"
    ALLOWS_ANONYMOUS = "allows_anonymous"
    MODERATION = "moderation"
    KEEP_DAYS = "keep_days"
