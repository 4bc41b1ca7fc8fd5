"""Addresses are written as Werkzeug writes them, however many threads ask first."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.routing import AnyConverter, IntegerConverter, Map, Rule, UUIDConverter

from connector.web.addresses import LazyRule

VALUES = {UUIDConverter: uuid.UUID(int=7), IntegerConverter: 7}
"""Of what an address may hold; of words that are listed the first, of others one with letters to be escaped."""


def written(rule, kind, more):
    """Return the address that a rule of a kind writes."""
    other = kind(rule.rule, endpoint=rule.endpoint, defaults=rule.defaults)
    map_ = Map([other], converters=rule.map.converters)
    values = {
        name: min(converter.items) if isinstance(converter, AnyConverter) else VALUES.get(type(converter), "a ø")
        for name, converter in rule._converters.items()
    }
    return map_.bind("localhost").build(rule.endpoint, {**values, **more})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("more", [{}, {"self": "1", "rule": "ø"}])
def test_every_address_is_written_as_before(app, more):
    rules = list(app.url_map.iter_rules())
    assert [written(rule, LazyRule, more) for rule in rules] == [written(rule, Rule, more) for rule in rules]


def test_threads_may_ask_first_at_once():
    map_ = Map([LazyRule(f"/{number}/<name>", endpoint=str(number)) for number in range(300)])
    places = [str(number) for number in range(300)] * 8
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda place: map_.bind("localhost").build(place, {"name": "x"}), places))
    assert found == [f"/{place}/x" for place in places]
