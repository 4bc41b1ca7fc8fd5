"""A member of another course, group or LMS sees nothing through any route; nor does anybody else who should not."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.connector.access.mays import anybody
from tests.connector.access.routes import ROUTES
from tests.connector.access.walking import (
    METHODS,
    REFUSALS,
    Try,
    ask,
    contents,
    elsewhere,
    heard,
    leaks,
    nothing,
    rules,
    tries,
)
from tests.connector.access.world import Visitor, World
from tests.connector.nesting import misplaced

# Thousands of requests: minutes, where the machine has other work.
pytestmark = pytest.mark.timeout(600)

FEW = 2
SOME = 5


def test_every_route_and_method_says_who_may_use_it(world: World) -> None:
    known = {(rule.endpoint, method) for rule in rules(world) for method in rule.methods or () if method in METHODS}
    said = {(endpoint, method) for endpoint, route in ROUTES.items() for method in METHODS if route.may(method)}
    assert known == said


def refused(world: World, method: str) -> Iterator[tuple[Visitor, Try]]:
    """Yield everybody with everything that they may not do; outsiders, and further ways, with a few things of a kind."""
    tried: Counter[tuple[str, str, str]] = Counter()
    for attempt in tries(world, method):
        may = attempt.route.may(method)
        way = str(dict(attempt.route_values()))
        for visitor in world.visitors.values():
            if may is None or may(visitor, attempt.thing):
                continue
            is_usual = attempt.way_number == 0 and visitor.course == attempt.thing.course and visitor.is_here
            tried[visitor.name, attempt.endpoint, way] += 1
            if is_usual or tried[visitor.name, attempt.endpoint, way] <= FEW:
                yield visitor, attempt


def allowed(world: World, method: str) -> Iterator[tuple[Visitor, Try]]:
    """Yield everybody with everything that they may do; of what is for everybody on earth, a few."""
    for attempt in tries(world, method):
        may = attempt.route.may(method)
        found = [each for each in world.visitors.values() if may and may(each, attempt.thing)]
        yield from ((each, attempt) for each in (found[:FEW] if may is anybody else found))


@pytest.mark.parametrize("method", METHODS)
def test_what_somebody_may_not_use_answers_like_what_does_not_exist(world: World, method: str) -> None:
    before = contents(world)
    wrong = []
    known: dict[tuple[str, str, int, str], object] = {}
    for visitor, attempt in refused(world, method):
        key = (visitor.name, attempt.endpoint, attempt.way_number, attempt.thing.course)
        if key not in known:
            known[key] = heard(ask(world, visitor, nothing(attempt, visitor)))
        answer = ask(world, visitor, attempt)
        if heard(answer) != known[key]:
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code}")
        if answer.status_code not in REFUSALS and not attempt.route.is_quiet:
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code} is no refusal")
        wrong += [f"{visitor.name}: {attempt}: {leak}" for leak in leaks(world, visitor, answer)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
    assert contents(world) == before


def test_who_may_look_at_something_finds_it_and_nothing_beyond_what_they_may_read(world: World) -> None:
    wrong = []
    looked_at: Counter[str] = Counter()
    for visitor, attempt in allowed(world, "GET"):
        answer = ask(world, visitor, attempt)
        if answer.status_code >= 400 and attempt.route.get is not anybody:
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code}")
        wrong += [f"{visitor.name}: {attempt}: {leak}" for leak in leaks(world, visitor, answer)]
        looked_at[attempt.endpoint] += 1
        if looked_at[attempt.endpoint] <= SOME and answer.status_code == 200 and answer.mimetype == "text/html":
            wrong += [f"{visitor.name}: {attempt}: {thing}" for thing in misplaced(answer.text)]
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"If-None-Match": "*"}, {"Range": "bytes=0-9"}])
def test_no_header_opens_what_is_closed(world: World, headers: dict[str, str]) -> None:
    wrong = []
    for visitor, attempt in _of_posts(world):
        answer, none = (ask(world, visitor, each, headers=headers) for each in (attempt, nothing(attempt, visitor)))
        if heard(answer) != heard(none):
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code} {none.status_code}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_head_request_says_what_the_whole_answer_would(world: World) -> None:
    wrong = []
    for visitor, attempt in _of_posts(world):
        status, _body, headers = heard(ask(world, visitor, attempt))
        answer = heard(ask(world, visitor, attempt, "HEAD"))
        if answer != (status, "", headers):
            wrong.append(f"{visitor.name}: {attempt}: {answer[0]}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_tag_of_one_readers_answer_tells_another_nothing(world: World) -> None:
    tags = {}
    for visitor, attempt in allowed(world, "GET"):
        if attempt.endpoint in {"files.show", "discussion.thread_changes"} and visitor.name == "tine":
            tags[attempt.endpoint, attempt.thing.value] = ask(world, visitor, attempt).headers["ETag"]
    wrong = []
    for visitor, attempt in refused(world, "GET"):
        tag = tags.get((attempt.endpoint, attempt.thing.value))
        if tag is None or attempt.way_number:
            continue
        answer = ask(world, visitor, attempt, headers={"If-None-Match": tag})
        none = ask(world, visitor, nothing(attempt, visitor), headers={"If-None-Match": tag})
        if heard(answer) != heard(none):
            wrong.append(f"{visitor.name}: {attempt}: {answer.status_code}")
    assert len(tags) > 20
    assert not wrong, "\n" + "\n".join(wrong)


def test_address_of_another_activity_opens_nothing(world: World) -> None:
    wrong = []
    for visitor, attempt in refused(world, "GET"):
        if attempt.way_number:
            continue
        other = elsewhere(world, attempt, visitor)
        if other is None:
            continue
        answer = ask(world, visitor, other)
        if answer.status_code != 404 and not attempt.route.is_quiet:
            wrong.append(f"{visitor.name}: {other}: {answer.status_code}")
        wrong += [f"{visitor.name}: {other}: {leak}" for leak in leaks(world, visitor, answer)]
    assert not wrong, "\n" + "\n".join(wrong)


def _of_posts(world: World) -> Iterator[tuple[Visitor, Try]]:
    """Yield what learners may not read of threads, posts and files."""
    for visitor, attempt in refused(world, "GET"):
        is_near = visitor.name in {"bert", "otto"} and attempt.way_number == 0
        if is_near and attempt.thing.kind in {"thread", "post", "file"}:
            yield visitor, attempt
