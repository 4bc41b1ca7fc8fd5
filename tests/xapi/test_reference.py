"""The reference page for analysts: up to date, complete, and with queries that find what they promise."""

import json
from pathlib import Path

import pytest

from tests.xapi.examples import GOLDEN
from tests.xapi.store.conftest import lrs
from xapi import reference
from xapi.reference import RECIPES
from xapi.vocabulary.events import AREAS, EVENTS

__all__ = ["lrs"]

PAGE = Path(__file__).parents[2] / "docs" / "xapi.md"
GIVEN = {
    reference.ACTIVITY: "https://kring.example/activities/1",
    reference.COURSE: "https://kring.example/courses/1",
    reference.THREAD: "https://kring.example/activities/1/threads/2",
    reference.STORED: "2026-01-01T00:00:00Z",
}
STATEMENTS = [json.loads(path.read_bytes()) for path in sorted(GOLDEN.iterdir())]
EVENT = "https://w3id.org/kring/ext/event"


def test_the_page_is_what_the_vocabulary_says():
    assert PAGE.read_text(encoding="utf-8") == reference.page(), "run: python -m xapi.reference > docs/xapi.md"


def test_every_event_and_area_has_a_place_on_the_page():
    page = reference.page()
    assert [key for key in EVENTS if f"#### `{key}`\n" not in page] == []
    assert set(reference.TITLES) == set(AREAS)


def filled(query: dict[str, str]) -> dict[str, str]:
    """Return a recipe's query with an example's values."""
    replied = next(one for one in STATEMENTS if one["context"]["extensions"][EVENT] == "post.replied")
    given = GIVEN | {
        reference.AGENT: json.dumps({"account": replied["actor"]["account"]}),
        reference.REGISTRATION: replied["context"]["registration"],
    }
    return {name: given.get(value, value) for name, value in query.items()}


@pytest.mark.parametrize(
    ("recipe", "events"),
    [
        pytest.param(recipe, events, id=recipe.question)
        for recipe, events in zip(
            RECIPES,
            [
                set(EVENTS),
                set(EVENTS),
                set(EVENTS),
                set(EVENTS),
                set(EVENTS),
                {"post.replied"},
                {"post.replied"},
                {
                    "post.replied",
                    *(key for key in EVENTS if key.startswith("post.")),
                    "user.mentioned",
                    "resource.bookmarked",
                },
                {"question.answered"},
                {"review.assigned", "question.routed"},
                {"review.submitted"},
                {"grade.released"},
            ],
            strict=True,
        )
    ],
)
def test_a_query_finds_what_it_is_for(lrs, recipe, events):
    for statement in STATEMENTS:
        lrs.store(statement)
    found = lrs.get(**filled(dict(recipe.query)), limit="200").json["statements"]
    assert {one["context"]["extensions"][EVENT] for one in found} == events
