"""What the composer sends, and what it gets back."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from connector.content.text import BODY_LIMIT, normalise, strip_controls

_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_MOST_FIELDS = 20
_DRAFT_LIMIT = 5 * BODY_LIMIT
ALT_LIMIT = 500
"""The longest description of a picture, in characters."""


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class DraftForm(_Form):
    """A draft: JSON, or the form as it is, which is all that a page can send while it is being closed."""

    base = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2_000_000_000))
    fields_ = fields.Dict(
        keys=fields.String(validate=validate.Regexp(_FIELD_NAME)),
        values=fields.String(),
        required=True,
        data_key="fields",
        validate=validate.Length(max=_MOST_FIELDS),
    )

    @pre_load
    def _gather(self, data: Mapping[str, Any], **_kwargs: Any) -> Mapping[str, Any]:
        """Take the form's own fields where there is no "fields" among them."""
        if isinstance(data.get("fields"), str):
            return {**data, "fields": _parsed(data["fields"])}
        if "fields" in data:
            return data
        typed = {name: text for name, text in data.items() if isinstance(text, str) and _FIELD_NAME.fullmatch(name)}
        return {"base": data.get("base", 0), "fields": {n: t for n, t in typed.items() if n not in _NOT_TYPED}}

    @post_load
    def _keep(self, loaded: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Leave out what is empty, and what a database cannot store."""
        texts = {name: strip_controls(text.replace("\r\n", "\n")) for name, text in loaded["fields_"].items()}
        if sum(map(len, texts.values())) > _DRAFT_LIMIT:
            raise ValidationError("too long", "fields")
        return {"base": loaded["base"], "fields": {name: text for name, text in texts.items() if text}}


_NOT_TYPED = frozenset({"base", "csrf_token", "idempotency_key", "note", "parent", "post", "tab"})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError("not JSON", "fields") from error


class PreviewForm(_Form):
    """A text to be shown as it would look."""

    body = fields.Function(deserialize=lambda text: normalise(text) if isinstance(text, str) else "", load_default="")


class AltForm(_Form):
    """What a picture shows: in words, or that it is decoration."""

    alt = fields.String(load_default="", validate=validate.Length(max=ALT_LIMIT))
    is_decorative = fields.Boolean(load_default=False)
