"""Addresses: how they are written is worked out when one is first asked for, which most of a process's never are."""

import threading
from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]

_compiling = threading.Lock()
"""CPython 3.11 may not build two syntax trees at once: "AST constructor recursion depth mismatch".

Source: https://github.com/python/cpython/issues/106905.
"""


class LazyRule(Rule):
    """A rule that can be matched at once, and compiles its builder when `url_for` first needs it.

    Compiling all of them took nine tenths of the time in which an application is made.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 -- Werkzeug's signature
        compile_builder = super()._compile_builder
        compiled: list[Builder] = []

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not compiled:
                with _compiling:
                    compiled.append(compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build
