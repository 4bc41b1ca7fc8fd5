"""A schema can be read in two ways: to say only whether anything is wrong, and marshmallow's, which says what."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi import corpus
from tests.xapi.test_schema import VERSIONS
from xapi.schema import _SCHEMAS

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(allow_nan=True),
    st.sampled_from(
        ["", "Activity", "Agent", "Group", "StatementRef", "SubStatement", corpus.UUID, "mailto:a@b.example"]
    ),
    st.sampled_from(["http://adlnet.gov/expapi/verbs/voided", "https://kring.example/ü", "https:///", "P1D", "en-US"]),
    st.sampled_from([{}, [], [None], corpus.ANN, corpus.PAIR, corpus.POST, corpus.REF, corpus.SUB]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in `value`."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(found for key, one in below for found in places(one, (*path, key)))]


def parent_of(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=300, deadline=None)
@given(given_=st.data())
def test_both_readings_of_a_schema_agree(version, given_):
    begin = given_.draw(
        st.sampled_from([corpus.FULL, *corpus.VALID.values(), *(one for one, _ in corpus.INVALID.values())])
    )
    statement = deepcopy(begin)
    for _ in range(given_.draw(st.integers(0, 2))):
        paths = places(statement)
        if not paths:
            break
        path = given_.draw(st.sampled_from(paths))
        held = parent_of(statement, path)
        match given_.draw(st.sampled_from(["replace", "drop", "add"])):
            case "replace":
                held[path[-1]] = deepcopy(given_.draw(LEAVES))
            case "drop":
                del held[path[-1]]
            case "add" if isinstance(held, dict):
                name = given_.draw(
                    st.sampled_from(["objectType", "member", "mbox", "definition", "object_type", "platform"])
                )
                held[name] = deepcopy(given_.draw(LEAVES))
    schema = _SCHEMAS[version]
    assert schema.fits(statement) == (not schema.validate(statement))
