"""tincan's objects as JSON values: what its own `as_version` returns, in a third of the time, as every act pays for it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tincan.conversions.iso8601 import jsonify_datetime, jsonify_timedelta
from tincan.serializable_base import SerializableBase

_NAMES: dict[str, str] = SerializableBase._props_corrected  # noqa: SLF001 -- by their names here, those that JSON writes otherwise


def plain(value: Any) -> Any:
    """Return `value` as JSON knows it; None is left out of objects, and of maps, but not of what is within a map."""
    if isinstance(value, str):
        return value
    if isinstance(value, SerializableBase):
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items() if one is not None}
        properties = vars(value).items()
        return {_NAMES.get(name) or name.removeprefix("_"): plain(one) for name, one in properties if one is not None}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, timedelta):
        return jsonify_timedelta(value)
    if isinstance(value, datetime):
        return jsonify_datetime(value)
    return value
