"""What the form for handing in sends."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from connector.config import LOCALES
from connector.content.fields import Line
from connector.content.text import BODY_LIMIT, normalise
from connector.threads.tags import TagList
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

_LINK_LIMIT = 2_000


class WorkForm(Schema):
    """A piece of work; whether enough of it is there is judged by what was asked for."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    body = fields.String(load_default="")
    link = fields.String(load_default=None, allow_none=True)
    base = fields.Integer(load_default=0)
    """Where a group hands in: the revision of its text that this one was begun from."""
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LOCALES))

    @pre_load
    def _clean(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out, and check what can only be wrong in one way."""
        found = {name: value for name, value in data.items() if value != ""}
        body, link = normalise(str(found.get("body", ""))), str(found.get("link") or "").strip()
        excess = len(body) - BODY_LIMIT
        if excess > 0:
            sentence = ngettext(
                "This is %(num)s character too long; %(limit)s fit.",
                "This is %(num)s characters too long; %(limit)s fit.",
                excess,
                limit=BODY_LIMIT,
            )
            raise ValidationError({"body": [sentence]})
        if link and not _is_address(link):
            raise ValidationError({"link": [_("Give a whole address that begins with https://.")]})
        return {**found, "body": body, "link": link or None}


class LendForm(Schema):
    """What a good example is called in the knowledge pool, and by which words it is found."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    title = Line()
    tags = TagList()


def _is_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and len(link) <= _LINK_LIMIT and link.isprintable()
    )
