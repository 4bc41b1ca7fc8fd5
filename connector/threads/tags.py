"""Words that threads are found by, as people type them."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, missing

from connector.content.text import normalise_line
from connector.web.i18n import gettext as _

MOST_TAGS = 5
TAG_LIMIT = 40
"""The longest tag, in characters."""
_BETWEEN = re.compile(r"[,;\n]")


class TagList(fields.Field[tuple[str, ...]]):
    """Tags with commas between them; each once, in lower case, without the `#` that some type."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Return the tags, checked."""
        return super().deserialize("" if value is missing else value, attr, data, **kwargs)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> tuple[str, ...]:
        words = (normalise_line(word).lstrip("#").strip().lower() for word in _BETWEEN.split(str(value)))
        tags = tuple(dict.fromkeys(word for word in words if word))
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("At most %(most)s tags.", most=MOST_TAGS))
        if any(len(tag) > TAG_LIMIT for tag in tags):
            raise ValidationError(_("A tag may have %(limit)s characters.", limit=TAG_LIMIT))
        return tags
