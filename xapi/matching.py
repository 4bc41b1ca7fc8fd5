"""Whether a statement fits a Statement Template: its determining properties, its rules, the shapes of its extensions.

Only as much of JSONPath and of JSON Schema is understood as our own profile uses.

Source: https://github.com/adlnet/xapi-profiles, version 1.0, part two, 8, and part three, 2.1.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from xapi.errors import ProfileError
from xapi.formats import is_iri, is_timestamp

DETERMINING = {
    "verb": "$.verb.id",
    "objectActivityType": "$.object.definition.type",
    "contextParentActivityType": "$.context.contextActivities.parent[*].definition.type",
}
"""The determining properties that our templates use, and where a statement has each.

Source: xAPI Profiles, part two, 8.0.
"""
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\['([^']*)'\]|\[(\*)\]")


def normalised(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement with every context activity in a list, as the rules expect it."""
    told = dict(statement)
    context = told.get("context")
    related = context.get("contextActivities") if isinstance(context, Mapping) else None
    if isinstance(context, Mapping) and isinstance(related, Mapping):
        lists = {name: [value] if isinstance(value, Mapping) else value for name, value in related.items()}
        told["context"] = {**context, "contextActivities": lists}
    return told


def values_at(statement: Mapping[str, Any], location: str) -> Iterator[Any]:
    """Yield what stands at a JSONPath of the few kinds that our profile writes."""
    found: list[Any] = [statement]
    for step in _STEP.finditer(location):
        name, quoted, _star = step.groups()
        key = name or quoted
        if key is None:
            found = [member for one in found if isinstance(one, list) for member in one]
        else:
            found = [one[key] for one in found if isinstance(one, Mapping) and key in one]
    return iter(found)


def is_determined(statement: Mapping[str, Any], template: Mapping[str, Any]) -> bool:
    """Return whether the statement has every determining property of the template."""
    for name, location in DETERMINING.items():
        wanted = template.get(name, [])
        found = list(values_at(statement, location))
        if any(value not in found for value in (wanted if isinstance(wanted, list) else [wanted])):
            return False
    return True


def check_rule(statement: Mapping[str, Any], rule: Mapping[str, Any], template: str) -> None:
    """Raise `ProfileError` where the statement breaks a rule. Source: xAPI Profiles, part two, 8.1."""
    location, found = rule["location"], list(values_at(statement, rule["location"]))
    if rule["presence"] == "included" and not found:
        raise ProfileError(f"{template} needs {location}")
    if rule["presence"] == "excluded" and found:
        raise ProfileError(f"{template} has no {location}")
    if "any" in rule and not any(value in rule["any"] for value in found):
        raise ProfileError(f"{template} needs one of {rule['any']} at {location}")
    if "all" in rule and any(value not in rule["all"] for value in found):
        raise ProfileError(f"{template} takes only {rule['all']} at {location}")


def is_shaped(value: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a value satisfies a schema.

    Source: JSON Schema draft 7: type, enum, format, minLength, minimum, maximum, items, minItems, properties, required,
    additionalProperties.
    """
    of_type, is_fit = _TYPES[schema["type"]]
    return isinstance(value, of_type) and not isinstance(value, bool) and is_fit(value, schema)


def _is_string(value: str, schema: Mapping[str, Any]) -> bool:
    is_formed = _FORMATS.get(schema.get("format", ""))
    return (
        len(value) >= schema["minLength"]
        and value in schema.get("enum", [value])
        and (is_formed is None or is_formed(value))
    )


def _is_number(value: float, schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _is_array(value: Sequence[Any], schema: Mapping[str, Any]) -> bool:
    return len(value) >= schema["minItems"] and all(is_shaped(one, schema["items"]) for one in value)


def _is_object(value: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    properties: Mapping[str, Any] = schema["properties"]
    return all(name in value for name in schema["required"]) and all(
        name in properties and is_shaped(one, properties[name]) for name, one in value.items()
    )


_TYPES: Mapping[str, tuple[type | tuple[type, ...], Callable[[Any, Mapping[str, Any]], bool]]] = {
    "string": (str, _is_string),
    "integer": (int, _is_number),
    "number": ((int, float), _is_number),
    "array": (list, _is_array),
    "object": (Mapping, _is_object),
}
_FORMATS: Mapping[str, Callable[[str], bool]] = {"date-time": is_timestamp, "iri": is_iri}
