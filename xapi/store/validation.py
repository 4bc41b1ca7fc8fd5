"""Validation of statements that does not look at the same activity a thousand times."""

import json
from typing import Any

from xapi.errors import InvalidStatementError
from xapi.schema import Version, validate
from xapi.store.parts import Json

_REMEMBERED = 10_000
_ROLES = frozenset({"parent", "grouping", "category", "other"})

Part = tuple[Version, str, str]


class Validator:
    """Checks statements as `xapi.schema.validate` does, at half the price.

    Most of a statement is about activities that came with the statements before: the course, the thread, the profile.
    Whether a context activity or the object's definition is valid depends on nothing around it, so those that were
    valid once are left out of what is checked. A statement is refused only after all of it was checked.
    """

    def __init__(self) -> None:
        self._valid: set[Part] = set()

    def check(self, statement: Any, *, version: Version) -> None:
        """Do nothing, if the statement is valid.

        Raises:
            InvalidStatementError: It breaks the specification.
        """
        found: set[Part] = set()
        rest = self._without_known_context(self._without_known_definition(statement, version, found), version, found)
        try:
            validate(rest, version=version)
        except InvalidStatementError:
            validate(statement, version=version)  # has the last word, and names the place as it was sent
        if len(self._valid) > _REMEMBERED:
            self._valid.clear()
        self._valid |= found

    def _without_known_definition(self, statement: Any, version: Version, found: set[Part]) -> Any:
        match statement:
            case {"object": {"id": _, "definition": definition} as activity}:
                if activity.get("objectType", "Activity") != "Activity":
                    return statement
                part = (version, "definition", json.dumps(definition))
                found.add(part)
                if part in self._valid:
                    rest = {name: value for name, value in activity.items() if name != "definition"}
                    return {**statement, "object": rest}
        return statement

    def _without_known_context(self, statement: Any, version: Version, found: set[Part]) -> Any:
        match statement:
            case {"context": {"contextActivities": dict(roles)} as context} if roles.keys() <= _ROLES:
                if not all(isinstance(items, list) and items for items in roles.values()):
                    return statement  # a single activity, or nothing in order: the validation has to see for itself
                rest: dict[str, list[Json]] = {}
                for role, items in roles.items():
                    for activity in items:
                        part = (version, "activity", json.dumps(activity))
                        found.add(part)
                        if part not in self._valid:
                            rest.setdefault(role, []).append(activity)
                return {**statement, "context": {**context, "contextActivities": rest}}
        return statement
