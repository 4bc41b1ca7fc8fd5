"""What the store knows of activities and verbs, from all statements together."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from xapi.store import strictjson
from xapi.store.drafts import Draft
from xapi.store.parts import Json

ACTIVITY, VERB = "activity", "verb"
_LANGUAGE_MAPS = ("name", "description")
_REMEMBERED = 10_000

Key = tuple[str, str]


class Definitions:
    """Learns definitions from statements, and returns what it knows."""

    def __init__(self) -> None:
        self._seen: dict[Key, Json] = {}
        """The latest definition that came for a key: the same again teaches nothing."""

    def learn(self, connection: sqlite3.Connection, drafts: Iterable[Draft]) -> None:
        """Merge what the statements say into what is known."""
        for draft in drafts:
            for key, said in _said(draft.completed):
                if self._seen.get(key) == said:
                    continue
                if len(self._seen) >= _REMEMBERED:
                    self._seen.clear()
                self._seen[key] = said
                body = strictjson.serialize(_merged(key[0], known(connection, key), said))
                connection.execute("INSERT OR REPLACE INTO definition (kind, iri, body) VALUES (?, ?, ?)", (*key, body))

    def forget(self) -> None:
        """Ask the file again: what was learned last may not be in it."""
        self._seen.clear()


def known(connection: sqlite3.Connection, key: Key) -> Json:
    """Return the canonical definition of an activity or display of a verb; empty where none ever came."""
    row = connection.execute("SELECT body FROM definition WHERE kind = ? AND iri = ?", key).fetchone()
    return {} if row is None else json.loads(row[0])


def _said(statement: Json) -> Iterator[tuple[Key, Json]]:
    """Yield what a statement says of its verb and activities, and what the statement within it does."""
    verb, thing = statement["verb"], statement["object"]
    if "display" in verb:
        yield (VERB, verb["id"]), verb["display"]
    activities = [
        item for items in statement.get("context", {}).get("contextActivities", {}).values() for item in items
    ]
    match thing.get("objectType", "Activity"):
        case "Activity":
            activities.append(thing)
        case "SubStatement":
            yield from _said(thing)
    for activity in activities:
        if "definition" in activity:
            yield (ACTIVITY, activity["id"]), activity["definition"]


def _merged(kind: str, old: Json, new: Json) -> Json:
    """Return what is known once `new` was said: names may be corrected, all else is kept as it first came.

    Source: xAPI 1.0.3, Data, 2.4.4.1: no significant changes, such as to correct responses.
    """
    if kind == VERB:
        return {**old, **new}
    maps: dict[str, Any] = {
        name: {**old.get(name, {}), **new.get(name, {})} for name in _LANGUAGE_MAPS if name in old or name in new
    }
    return {**new, **old, **maps}
