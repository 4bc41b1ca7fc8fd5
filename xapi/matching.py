"""Whether a statement fits a Statement Template: its determining properties, its rules, the shapes of its extensions.

Only as much of JSONPath and of JSON Schema is understood as our own profile uses.

Source: https://github.com/adlnet/xapi-profiles, version 1.0, part two, 8, and part three, 2.1.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from xapi.errors import ProfileError

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
        wanted = template[name] if isinstance(template[name], list) else [template[name]]
        found = list(values_at(statement, location))
        if any(value not in found for value in wanted):
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

    Source: JSON Schema draft 7: type, minLength, minimum, properties, required, additionalProperties.
    """
    if schema["type"] == "string":
        return isinstance(value, str) and len(value) >= schema["minLength"]
    if schema["type"] == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and value >= schema["minimum"]
    properties: Mapping[str, Any] = schema["properties"]
    return (
        isinstance(value, Mapping)
        and all(name in value for name in schema["required"])
        and all(name in properties and is_shaped(one, properties[name]) for name, one in value.items())
    )
