"""The golden files, one for every template of the profile; `python -m tests.xapi.examples` writes them again."""

from pathlib import Path

from xapi.examples import example
from xapi.profile import template_name
from xapi.statement import to_bytes
from xapi.vocabulary import Event
from xapi.vocabulary.events import EVENTS

GOLDEN = Path(__file__).parent / "golden"


def templates() -> list[tuple[str, Event, int]]:
    """Return the name, event and number of every template."""
    return [
        (template_name(event, number), event, number)
        for event in EVENTS.values()
        for number, _ in enumerate(event.pairs)
    ]


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, event, number in templates():
        (GOLDEN / f"{name}.json").write_bytes(to_bytes(example(event, number)))
