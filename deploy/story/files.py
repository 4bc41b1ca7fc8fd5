"""The files that people of the story share, made where they are needed."""

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

from deploy.visitor import File

_PAPER, _INK, _FAINT = (253, 251, 246), (52, 60, 72), (224, 219, 208)
_COLOURS = {"f": (42, 111, 151), "m": (214, 140, 69), "o": (120, 160, 120), " ": _PAPER}
_WEEK = ("ffffm oo", "ff mmm o", "ffff  oo", "f mmmm  ", "ffffo   ")
"""Monday to Friday, hour by hour: focus, meetings, odds and ends."""


def _week() -> File:
    """Draw a week as coloured blocks, as somebody would do it on paper."""
    width, height, left, top = 760, 400, 40, 40
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    column, row = (width - 2 * left) / len(_WEEK), (height - 2 * top) / len(_WEEK[0])
    for day, hours in enumerate(_WEEK):
        for hour, what in enumerate(hours):
            box = (
                left + day * column + 8,
                top + hour * row + 3,
                left + (day + 1) * column - 8,
                top + (hour + 1) * row - 3,
            )
            draw.rounded_rectangle(box, 8, fill=_COLOURS[what], outline=_FAINT if what == " " else None)
    draw.line((left, top - 12, width - left, top - 12), fill=_INK, width=3)
    stored = io.BytesIO()
    picture.save(stored, "PNG", optimize=True)
    return File("my-week.png", "image/png", stored.getvalue())


def _abbreviations() -> File:
    rows = (
        ("Short", "In words", "Who knows more"),
        ("ONB", "Onboarding", "Ingrid"),
        ("RFC", "Request for comments: a text that all may improve", "Søren"),
        ("OOO", "Out of office", "everybody"),
        ("WIP", "Work in progress; at most three a person", "Willemijn"),
        ("NSA", "North Sea Academy. Not the other one.", "Mathilde"),
    )
    text = "\r\n".join(";".join(row) for row in rows)
    return File("abbreviations.csv", "text/csv", f"\N{ZERO WIDTH NO-BREAK SPACE}{text}\r\n".encode())


FILES: Mapping[str, Callable[[], File]] = {"week": _week, "abbreviations": _abbreviations}
ALTS = {
    "week": "A week from Monday to Friday in blocks: blue mornings for work that needs quiet, orange meetings after "
    "lunch, and little green blocks for everything else.",
}
"""What the pictures show."""
