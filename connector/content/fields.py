"""Form fields for what people write: they normalise, and refuse what is empty or too long."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, missing

from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, is_blank, normalise, normalise_line, shows_something
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext


class _Text(fields.String):
    """Text that a person typed; a field that is missing is an empty one."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Return the text, normalised and checked."""
        return super().deserialize("" if value is missing else value, attr, data, **kwargs)


class Line(_Text):
    """A title: one line of at most `TITLE_LIMIT` characters."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        line = normalise_line(super()._deserialize(value, attr, data, **kwargs))
        if is_blank(line):
            raise ValidationError(_("Give it a title."))
        _check_length(line, TITLE_LIMIT)
        return line


class Markdown(_Text):
    """A text: Markdown of at most `BODY_LIMIT` characters that shows something."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        body = normalise(super()._deserialize(value, attr, data, **kwargs))
        _check_length(body, BODY_LIMIT)
        # `[a]: http://b` and `&nbsp;` are full of characters and show none.
        if is_blank(body) or not shows_something(markdown.render(body)):
            raise ValidationError(_("Write something first."))
        return body


def _check_length(text: str, limit: int) -> None:
    excess = len(text) - limit
    if excess > 0:
        raise ValidationError(
            ngettext(
                "This is %(num)s character too long; %(limit)s fit.",
                "This is %(num)s characters too long; %(limit)s fit.",
                excess,
                limit=limit,
            )
        )
