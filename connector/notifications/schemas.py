"""What the forms about notices send."""

from collections.abc import Mapping
from datetime import time
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from connector.notifications.models import Cadence, Level, Scope
from connector.notifications.preferences import Wishes
from connector.notifications.timing import DAYS_IN_WEEK, known_zones, minutes_of
from connector.web.i18n import gettext as _


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    @pre_load
    def leave_out_blanks(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take a field that was left empty for one that is not there."""
        return {name: value for name, value in data.items() if value != ""}


class ReadForm(_Form):
    """Which notice was read; all of them where none is named."""

    notice = fields.UUID(load_default=None)


class SubscriptionForm(_Form):
    """What somebody wants to be told of a place."""

    scope = fields.Enum(Scope, by_value=True, required=True)
    id = fields.UUID(required=True)
    level = fields.Enum(Level, by_value=True, load_default=None)
    """None takes back what was said before."""
    back = fields.String(load_default="")
    """Where the form stood."""


class _Clock(fields.Time):
    """A time of day, as a form's field gives it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", load_default=None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        try:
            clock: time = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            raise ValidationError(_("Give a time such as 07:30.")) from error
        return clock


class WishesForm(_Form):
    """When somebody wants mail."""

    cadence = fields.Enum(Cadence, by_value=True, required=True)
    digest_at = _Clock()
    weekday = fields.Integer(load_default=0, validate=validate.Range(0, DAYS_IN_WEEK - 1))
    is_quiet = fields.Boolean(load_default=False)
    quiet_from = _Clock()
    quiet_until = _Clock()
    zone = fields.String(load_default=None)

    @post_load
    def wishes(self, form: dict[str, Any], **_kwargs: Any) -> dict[str, Wishes]:
        """Return what the form says, as one."""
        start, end = form["quiet_from"], form["quiet_until"]
        problems: dict[str, list[str]] = {}
        if form["is_quiet"]:
            missing = {"quiet_from": start, "quiet_until": end}
            problems = {name: [_("Give a time such as 07:30.")] for name, value in missing.items() if value is None}
            if start is not None and start == end:
                problems["quiet_until"] = [_("Quiet hours end at another time than they begin.")]
        if form["zone"] is not None and form["zone"] not in known_zones():
            problems["zone"] = [_("Choose one of the zones.")]
        if problems:
            raise ValidationError(problems)
        wishes = Wishes(
            cadence=form["cadence"],
            digest_minute=minutes_of(form["digest_at"] or time(8)),
            weekday=form["weekday"],
            quiet_from=minutes_of(start) if form["is_quiet"] else None,
            quiet_until=minutes_of(end) if form["is_quiet"] else None,
            zone=form["zone"],
        )
        return {"wishes": wishes}
