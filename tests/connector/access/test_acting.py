"""What forms name, what searches find, and that who may do something can."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.connector.access.mays import anybody
from tests.connector.access.test_walk import allowed, refused
from tests.connector.access.walking import ask, heard, leaks, tries
from tests.connector.access.world import EVERYBODY, Thing, Visitor, World

INSIDERS = ("bert", "eva", "otto")
"""Of another group; of none, and a helper everywhere; of another course."""
NAMED_IN_FORMS = {"reactions.press", "course.choose"}
"""What needs more than any form has: a post, and a copied activity. They have tests of their own."""


@pytest.fixture
def restored(world: World) -> Iterator[World]:
    """The world, which is put back as it was."""
    world.database.dispose()
    kept = world.file.with_suffix(".kept")
    shutil.copy(world.file, kept)
    yield world
    put_back(world)


def put_back(world: World) -> None:
    """Let the world be as it was before the test."""
    world.database.dispose()
    for left in ("-wal", "-shm"):
        world.file.with_name(world.file.name + left).unlink(missing_ok=True)
    shutil.copy(world.file.with_suffix(".kept"), world.file)


def test_who_may_do_something_can(restored: World) -> None:
    wrong = []
    works: dict[tuple[str, str, int, object], bool] = {}
    for method in ("POST", "PUT", "DELETE"):
        for visitor, attempt in allowed(restored, method):
            kind = (attempt.endpoint, method, attempt.way_number, visitor.role)
            is_needed = attempt.route.may(method) is not anybody and attempt.endpoint not in NAMED_IN_FORMS
            if not is_needed or works.get(kind):
                continue
            answer = ask(restored, visitor, attempt)
            works[kind] = answer.status_code in {200, 201, 204, 303, 400, 409, 422}
            wrong += [f"{visitor.name}: {attempt}: {leak}" for leak in leaks(restored, visitor, answer)]
            put_back(restored)
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))
    assert [kind for kind, is_done in works.items() if not is_done] == []


NAMING: list[tuple[str, str, str, Any]] = [
    ("reactions.press", "POST", "post", lambda id_: {"on": f"helpful {id_}"}),
    ("reactions.press", "POST", "post", lambda id_: {"on": f"saved {id_}"}),
    ("discussion.post_reply", "POST", "post", lambda id_: {"parent": id_}),
    ("discussion.unread_from", "POST", "post", lambda id_: {"post": id_}),
    ("discussion.post_thread", "POST", "group", lambda id_: {"group": id_}),
    ("discussion.post_thread", "POST", "file", lambda id_: {"attachment": id_, "body": f"[x](attachment:{id_})"}),
    (
        "notifications.change_subscription",
        "POST",
        "thread",
        lambda id_: {"scope": "thread", "id": id_, "level": "muted"},
    ),
    (
        "notifications.change_subscription",
        "POST",
        "activity",
        lambda id_: {"scope": "activity", "id": id_, "level": "muted"},
    ),
    ("notifications.read", "POST", "notice", lambda id_: {"notice": id_}),
    ("content.suggest", "GET", "activity", lambda id_: {"activity": id_, "q": "z"}),
    ("content.preview", "POST", "activity", lambda id_: {"activity": id_, "body": "@Anna"}),
    ("content.preview", "POST", "file", lambda id_: {"body": f"![x](attachment:{id_})"}),
    ("discussion.search", "GET", "learner", lambda id_: {"author": id_}),
    ("discussion.show", "GET", "post", lambda id_: {"to": id_}),
]
"""What a form or a query names, for each route that takes such names."""


@pytest.mark.parametrize(
    ("endpoint", "method", "kind", "naming"), NAMING, ids=[f"{each[0]}-{each[2]}-{n}" for n, each in enumerate(NAMING)]
)
def test_naming_what_one_may_not_see_is_naming_nothing(
    restored: World, endpoint: str, method: str, kind: str, naming: Any
) -> None:
    wrong = []
    for visitor in (restored.visitors[name] for name in INSIDERS):
        for thing in restored.of(kind):
            if visitor.name in thing.seers:
                continue
            named, nothing = (
                _name(restored, visitor, endpoint, method, naming(id_)) for id_ in (thing.value, uuid.uuid4())
            )
            if heard(named) != heard(nothing):
                wrong.append(
                    f"{visitor.name} names {thing.kind} {thing.name}: {named.status_code} {nothing.status_code}"
                )
            wrong += [f"{visitor.name} names {thing.name}: {leak}" for leak in leaks(restored, visitor, named)]
            wrong += _opened(restored, visitor, thing)
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))


def _name(world: World, visitor: Visitor, endpoint: str, method: str, named: dict[str, Any]) -> Any:
    """Use a route as somebody who may use it, for a thing of their own course."""
    usable = [each for each in tries(world, method) if each.endpoint == endpoint]
    mine = [each for each in usable if each.thing.course in {"", visitor.course} and _is_for_all(each.thing, visitor)]
    fields = {"csrf_token": visitor.token, "title": "A title", "body": "Words", "idempotency_key": str(uuid.uuid4())}
    words = {name: str(value) for name, value in named.items()}
    more = {"query_string": words} if method == "GET" or "activity" in words else {}
    more |= {"data": {**fields, **words}} if method != "GET" else {}
    return ask(world, visitor, mine[0], **more)


def _is_for_all(thing: Thing, visitor: Visitor) -> bool:
    return (
        thing.kind == "visit" or (visitor.name in thing.seers and thing.seers >= EVERYBODY) or visitor.course != "home"
    )


def _opened(world: World, visitor: Visitor, thing: Thing) -> list[str]:
    """Return whether somebody can see a file that they named in a text of their own."""
    if thing.kind != "file":
        return []
    shown = next(each for each in tries(world, "GET") if each.endpoint == "files.show" and each.thing == thing)
    status = ask(world, visitor, shown).status_code
    return [] if status == 404 else [f"{visitor.name} opened {thing.name}: {status}"]


@pytest.mark.parametrize("name", ["bert", "clea", "otto"])
def test_search_finds_nothing_that_its_reader_may_not_read(world: World, name: str) -> None:
    visitor = world.visitors[name]
    looking = next(each for each in tries(world, "GET") if each.endpoint == "course_search.index")
    unknown = "zqbabebibobu"
    wrong = []
    for word, readers in world.words.items():
        if name in readers or not world.meanings[word].startswith(("text", "title of the thread", "tag", "note")):
            continue
        found, nothing = (ask(world, visitor, looking, query_string={"q": each}) for each in (word, unknown))
        if heard(found)[1].replace(word, unknown) != heard(nothing)[1]:
            wrong.append(world.meanings[word])
    assert not wrong, "\n" + "\n".join(wrong)


def test_search_finds_what_its_reader_may_read(world: World) -> None:
    visitor = world.visitors["anna"]
    looking = next(each for each in tries(world, "GET") if each.endpoint == "course_search.index")
    word = next(word for word, meaning in world.meanings.items() if meaning == "text after a change")
    assert word in ask(world, visitor, looking, query_string={"q": word}).text.replace(f'value="{word}"', "")


def test_walk_would_notice_a_word_that_is_not_for_its_reader(world: World) -> None:
    attempt = next(each for each in tries(world, "GET") if each.endpoint == "discussion.show")
    answer = ask(world, world.visitors["anna"], attempt)
    assert leaks(world, world.visitors["anna"], answer) == []
    assert "text of the thread for all" in leaks(world, world.visitors["otto"], answer)


def test_walk_would_notice_a_thing_that_answers_otherwise(world: World) -> None:
    visitor, attempt = next(
        (visitor, attempt)
        for visitor, attempt in refused(world, "GET")
        if visitor.name == "bert" and attempt.endpoint == "discussion.show" and attempt.thing.name == "of group A"
    )
    seen = replace(
        attempt,
        thing=world.get("thread", "for all"),
        values={**attempt.values, "thread_id": world.get("thread", "for all").value},
    )
    assert heard(ask(world, visitor, attempt)) != heard(ask(world, visitor, seen))
