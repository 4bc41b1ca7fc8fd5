"""The shortened validation decides as the whole one does."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.store.lrs import ASKED, BO, COURSE, QUESTION, statement
from xapi.errors import InvalidStatementError
from xapi.schema import validate
from xapi.store.validation import Validator

ACTIVITY = {"id": COURSE, "definition": {"name": {"en": "Course"}, "type": "https://example.org/course"}}
BASE = statement(
    object={"id": QUESTION, "definition": {"name": {"en": "Why?"}}},
    context={"contextActivities": {"parent": [ACTIVITY, {"id": QUESTION}], "category": [ACTIVITY]}, "instructor": BO},
)
VALUES = [
    None, 1, True, "", "asked", [], {}, [ACTIVITY], ACTIVITY, [{"id": "course"}], [ACTIVITY, {"id": 1}], {"id": ASKED},
    {"parent": [ACTIVITY]}, {"parents": [ACTIVITY]}, {"parent": []}, {"parent": ACTIVITY}, {"name": {"en": "Why?"}},
    {"name": {"en": 1}}, {"name": {"en": "Why?"}, "Type": "x"}, {"objectType": "Group"}, {"id": COURSE, "objectType": "activity"},
]  # fmt: skip


def places(value: Any, path: tuple = ()) -> list[tuple]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [place for key, inside in items for place in places(inside, (*path, key))]


def changed(path: tuple, value: Any) -> Any:
    result = copy.deepcopy(BASE)
    place = result
    for key in path[:-1]:
        place = place[key]
    if not path:
        return value
    place[path[-1]] = value
    return result


def verdict(check: Any, one: Any) -> str:
    try:
        check(one, version="1.0.3")
    except InvalidStatementError as error:
        return str(error)
    return "valid"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(places(BASE)), st.sampled_from(VALUES)), min_size=1, max_size=10))
def test_after_any_history_the_verdict_and_its_words_are_the_same(changes):
    validator = Validator()
    validator.check(BASE, version="1.0.3")
    for path, value in changes:
        one = changed(path, value)
        assert verdict(validator.check, one) == verdict(validate, one)


def test_what_is_valid_in_one_version_is_checked_again_for_the_other():
    validator = Validator()
    context = {**BASE["context"], "contextAgents": [{"objectType": "contextAgent", "agent": BO}]}
    validator.check({**BASE, "context": context}, version="2.0.0")
    with pytest.raises(InvalidStatementError, match="contextAgents"):
        validator.check({**BASE, "context": context}, version="1.0.3")


def test_a_statement_that_was_checked_is_not_changed():
    validator, one = Validator(), copy.deepcopy(BASE)
    for _ in range(2):
        validator.check(one, version="1.0.3")
    assert one == BASE
