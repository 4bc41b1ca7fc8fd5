from copy import deepcopy

import pytest
import tincan

from tests.xapi import corpus
from xapi.examples import example
from xapi.plain import plain
from xapi.vocabulary.events import EVENTS


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_example_is_what_tincan_makes_of_it(event):
    for number in range(len(event.pairs)):
        statement = example(event, number)
        assert plain(statement) == statement.as_version()


READABLE = [name for name in corpus.VALID if "authority" not in name]
"""tincan takes no group for an authority."""


@pytest.mark.parametrize("name", READABLE)
def test_a_valid_statement_is_what_tincan_makes_of_it(name):
    statement = tincan.Statement(deepcopy(corpus.VALID[name]))
    assert plain(statement) == statement.as_version()


def test_none_is_left_out_of_a_map_and_kept_within_it():
    extensions = tincan.Extensions({"https://a.example": None, "https://b.example": {"c": None}})
    assert plain(extensions) == {"https://b.example": {"c": None}}
