"""What the tests need that Python packages do not bring; `python -m tests.needs` says what to install."""

import os
import shutil
import sys
from pathlib import Path

from tests.postgres import find_binaries

BUNDLE = Path(__file__).parents[1] / "connector" / "static" / "dist" / "kring.js"


def find_chromium() -> str | None:
    """Return where a Chromium is: $CHROMIUM, else the first one on the path."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing() -> list[str]:
    """Return a line for each thing that is not there."""
    lines = []
    if find_chromium() is None:
        lines.append("Chromium is missing: apt-get install chromium, or set CHROMIUM to where yours is.")
    if find_binaries() is None:
        lines.append("PostgreSQL is missing: apt-get install postgresql.")
    if not BUNDLE.is_file():
        lines.append(
            "The scripts are not bundled: npm could not be reached. Try it again: .venv/bin/python hatch_build.py"
        )
    return lines


if __name__ == "__main__":
    lines = missing()
    sys.exit("\n".join(lines) if lines else 0)
