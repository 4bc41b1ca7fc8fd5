"""marshmallow fields for JSON as xAPI wants it: no type is coerced, and every refusal is the rest of a sentence."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.types import ErrorMessages

from xapi import formats


class _Field(fields.Field[Any]):
    """A value that is checked and kept as it is."""

    default_error_messages: ErrorMessages = {"required": "is missing", "null": "must not be null"}  # noqa: RUF012 -- marshmallow's type

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002 -- marshmallow's signature
        self.check(value)
        return value

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` does not fit."""
        raise NotImplementedError

    def fits(self, value: Any) -> bool:
        """Return whether `value` fits, and spend nothing on saying why not."""
        try:
            self.check(value)
        except ValidationError:
            return False
        return True


class Text(_Field):
    """A string, of a format where one is given, or one of a few words.

    Args:
        form: What every such string must satisfy.
        name: What such a string is called, for the refusal: "must be <name>".
    """

    def __init__(self, form: Callable[[str], bool] | None = None, name: str = "a string", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._form, self._name = form, name

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no such string."""
        if not isinstance(value, str) or (self._form is not None and not self._form(value)):
            raise ValidationError(f"must be {self._name}")

    def fits(self, value: Any) -> bool:
        """Return whether `value` is such a string."""
        return isinstance(value, str) and (self._form is None or self._form(value))


def word(*words: str, **kwargs: Any) -> Text:
    """Return a field for exactly one of `words`."""
    return Text(lambda text: text in words, " or ".join(words), **kwargs)


def iri(**kwargs: Any) -> Text:
    """Return a field for an IRI with a scheme."""
    return Text(formats.is_iri, "an IRI with a scheme", **kwargs)


def uuid(**kwargs: Any) -> Text:
    """Return a field for a UUID."""
    return Text(formats.is_uuid, "a UUID", **kwargs)


def timestamp(**kwargs: Any) -> Text:
    """Return a field for a timestamp."""
    return Text(formats.is_timestamp, "an RFC 3339 timestamp with a time zone", **kwargs)


class Boolean(_Field):
    """True or false, and no word or number for them."""

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no Boolean."""
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")


class Number(_Field):
    """A number of JSON, which knows no infinity and no NaN."""

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no number."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError("must be a number")
        if isinstance(value, float) and not isfinite(value):
            raise ValidationError("must be a finite number")


class Length(_Field):
    """A count of octets."""

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no whole number of at least zero."""
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValidationError("must be a whole number of octets")


class LanguageMap(_Field):
    """Strings by the language tag of each.

    Source: xAPI 1.0.3, Data, 4.2.
    """

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no language map."""
        if not isinstance(value, Mapping):
            raise ValidationError("must be a language map")
        wrong: dict[str, Any] = {}
        for tag, text in value.items():
            if not isinstance(tag, str) or not formats.is_language_tag(tag):
                wrong[str(tag)] = ["is no language tag"]
            elif not isinstance(text, str):
                wrong[tag] = ["must be a string"]
        if wrong:
            raise ValidationError(wrong)


class Extensions(_Field):
    """Any values of JSON, null included, by IRIs.

    Source: xAPI 1.0.3, Data, 4.1.
    """

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no map or a key is no IRI."""
        if not isinstance(value, Mapping):
            raise ValidationError("must be an object")
        wrong = {str(k): ["is no IRI with a scheme"] for k in value if not isinstance(k, str) or not formats.is_iri(k)}
        if wrong:
            raise ValidationError(wrong)


class Object(Schema):
    """An object that has the properties listed and no others.

    It can be read in two ways that agree: `load`, marshmallow's own, says what is wrong and where; `fits` only whether
    anything is, in a fifth of the time. Every act pays for that, and hardly ever is anything wrong.
    """

    error_messages = {"type": "must be an object", "unknown": "is no property that belongs here"}  # noqa: RUF012 -- marshmallow's type

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._properties = {
            field.data_key or name: (name, field) for name, field in self.fields.items() if isinstance(field, _Field)
        }
        self._required = [key for key, (_, field) in self._properties.items() if field.required]

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """Raise `ValidationError` where properties that are fine by themselves do not go together.

        Args:
            data: The properties by their names here.
        """

    @validates_schema
    def _check_whole(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        self.check_whole(data)

    def fits(self, value: Any) -> bool:
        """Return whether `load` would find nothing wrong."""
        if not isinstance(value, Mapping):
            return False
        known: dict[str, Any] = {}
        for key, one in value.items():
            name, field = self._properties.get(key, ("", None))
            if field is None or one is None or not field.fits(one):
                return False
            known[name] = one
        if not all(key in value for key in self._required):
            return False
        try:
            self.check_whole(known)
        except ValidationError:
            return False
        return True


class One(_Field):
    """An object of a schema, chosen by its objectType where there is a choice.

    Args:
        schemas: By objectType; the first is meant where an object has none.
    """

    def __init__(self, schemas: Mapping[str, Object] | Object, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._schemas = schemas

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` does not fit its schema."""
        self._choose(value).load(value)

    def fits(self, value: Any) -> bool:
        """Return whether `value` fits its schema."""
        try:
            return self._choose(value).fits(value)
        except ValidationError:
            return False

    def _choose(self, value: Any) -> Object:
        if isinstance(self._schemas, Object):
            return self._schemas
        if not isinstance(value, Mapping):
            raise ValidationError("must be an object")
        kind = value.get("objectType", next(iter(self._schemas)))
        if not isinstance(kind, str) or kind not in self._schemas:
            raise ValidationError({"objectType": [f"must be {' or '.join(self._schemas)}"]})
        return self._schemas[kind]


class Many(_Field):
    """An array, each of its members checked by one field.

    Args:
        lone: Whether a single member may stand for an array of it.
        filled: Whether the array needs a member.
    """

    def __init__(self, member: _Field, *, lone: bool = False, filled: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._member, self._lone, self._filled = member, lone, filled

    def check(self, value: Any) -> None:
        """Raise `ValidationError` where `value` is no such array."""
        if self._lone and isinstance(value, Mapping):
            self._member.check(value)
            return
        if not isinstance(value, (list, tuple)):
            raise ValidationError("must be an array")
        if self._filled and not value:
            raise ValidationError("must not be empty")
        wrong: dict[int, Any] = {}
        for index, member in enumerate(value):
            try:
                self._member.deserialize(member)
            except ValidationError as error:
                wrong[index] = error.messages
        if wrong:
            raise ValidationError(wrong)

    def fits(self, value: Any) -> bool:
        """Return whether `value` is such an array."""
        if self._lone and isinstance(value, Mapping):
            return self._member.fits(value)
        if not isinstance(value, (list, tuple)) or (self._filled and not value):
            return False
        return all(member is not None and self._member.fits(member) for member in value)
