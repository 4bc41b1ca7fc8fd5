"""What the form of a review says about passages of the text."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from connector.content.anchoring import CONTEXT, Anchor
from connector.peer_review.passages import Claim

_MOST_TYPED = 20_000
_PLACE = r"\d{1,9}-\d{1,9}"


class ClaimForm(Schema):
    """The words that somebody means: a paragraph's button, what they marked in the text, or what they typed."""

    class Meta:
        """The rest of the form belongs to the review."""

        unknown: ClassVar[str] = EXCLUDE

    version = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))
    place = fields.String(load_default=None, validate=validate.Regexp(rf"{_PLACE}\Z"))
    by = fields.String(load_default="words", validate=validate.OneOf(["words", "marks"]))
    """Which button sent it."""
    exact = fields.String(load_default="", validate=validate.Length(max=_MOST_TYPED))
    prefix = fields.String(load_default="")
    suffix = fields.String(load_default="")
    start = fields.Integer(load_default=-1, validate=validate.Range(-1, 2**31 - 1))
    words = fields.String(load_default="")

    @pre_load
    def _clean(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out: without scripts, those for marked words are empty."""
        return {name: value for name, value in data.items() if value != ""}

    @post_load
    def _claim(self, data: Mapping[str, Any], **_kwargs: Any) -> Claim:
        """Forms send line breaks as two characters; texts have one."""
        place, anchor = None, None
        if data["place"] is not None:
            start, end = (int(each) for each in data["place"].split("-"))
            place = (start, end)
        elif data["by"] == "marks":
            exact, prefix, suffix = (data[name].replace("\r\n", "\n") for name in ("exact", "prefix", "suffix"))
            anchor = Anchor(exact, prefix[-CONTEXT:], suffix[:CONTEXT], data["start"])
        return Claim(version=data["version"], place=place, anchor=anchor, words=data["words"])
