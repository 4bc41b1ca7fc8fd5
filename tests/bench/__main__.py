"""Runs every benchmark in this folder: `python -m tests.bench [NAME…]`."""

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Run the benchmarks that are named, or all of them: the modules here that have a `main`."""
    wanted = sys.argv[1:]
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        if wanted and path.stem not in wanted:
            continue
        module = importlib.import_module(f"tests.bench.{path.stem}")
        if hasattr(module, "main"):
            print(f"== {path.stem}: {(module.__doc__ or '').splitlines()[0]}")
            module.main()
            print(flush=True)


if __name__ == "__main__":
    main()
