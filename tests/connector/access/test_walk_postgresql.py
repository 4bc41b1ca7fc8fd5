"""A part of the walk on PostgreSQL: everybody, every route and method, and of the things of a kind some."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.connector.access.mays import anybody
from tests.connector.access.test_walk import allowed, refused
from tests.connector.access.walking import METHODS, REFUSALS, Try, ask, contents, heard, leaks, nothing
from tests.connector.access.world import Visitor, World

# Thousands of requests: minutes, where the machine has other work.
pytestmark = pytest.mark.timeout(600)

EVERY = 5
"""Of what is refused to somebody by a route, the first use is tried, and then each fifth."""


def some(walk: Iterator[tuple[Visitor, Try]], *, wants_all: tuple[str, ...] = ()) -> Iterator[tuple[Visitor, Try]]:
    """Yield some of a walk.

    Args:
        wants_all: Beginnings of the endpoints of which nothing is left out.
    """
    met: Counter[tuple[str, str]] = Counter()
    for visitor, attempt in walk:
        met[visitor.name, attempt.endpoint] += 1
        if (met[visitor.name, attempt.endpoint] - 1) % EVERY == 0 or attempt.endpoint.startswith(wants_all):
            yield visitor, attempt


@pytest.mark.parametrize("method", METHODS)
def test_what_somebody_may_not_use_answers_like_what_does_not_exist(postgresql_world: World, method: str) -> None:
    world = postgresql_world
    before = contents(world)
    wrong = []
    known: dict[tuple[str, str, int, str], object] = {}
    for visitor, attempt in some(refused(world, method)):
        key = (visitor.name, attempt.endpoint, attempt.way_number, attempt.thing.course)
        if key not in known:
            known[key] = heard(ask(world, visitor, nothing(attempt, visitor)))
        answer = ask(world, visitor, attempt)
        if heard(answer) != known[key] or (answer.status_code not in REFUSALS and not attempt.route.is_quiet):
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code}")
        wrong += [f"{visitor.name}: {attempt}: {leak}" for leak in leaks(world, visitor, answer)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
    assert contents(world) == before


def test_who_may_look_at_something_finds_it_and_nothing_beyond_what_they_may_read(postgresql_world: World) -> None:
    wrong = []
    for visitor, attempt in some(allowed(postgresql_world, "GET"), wants_all=("peer_review.", "files.")):
        answer = ask(postgresql_world, visitor, attempt)
        if answer.status_code >= 400 and attempt.route.get is not anybody:
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code}")
        wrong += [f"{visitor.name}: {attempt}: {leak}" for leak in leaks(postgresql_world, visitor, answer)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
