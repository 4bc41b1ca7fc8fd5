"""Code in the colours of its language: classes only, the stylesheet says what they look like."""

from functools import cache

from pygments import highlight as _highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

LANGUAGES = frozenset(
    """
    bash c cpp css csharp diff docker fsharp go graphql haskell html http ini java javascript json julia kotlin latex lua
    makefile matlab nginx pascal perl php powershell prolog python pycon r ruby rust scala scheme sparql sql swift toml
    turtle typescript vbnet xml yaml
    """.split()  # noqa: SIM905
)
"""The languages that are coloured. Not all that Pygments knows: some of its rules are slow for hostile texts."""
_OTHER_NAMES = {
    "c#": "csharp",
    "c++": "cpp",
    "cs": "csharp",
    "dockerfile": "docker",
    "f#": "fsharp",
    "golang": "go",
    "hs": "haskell",
    "js": "javascript",
    "jsx": "javascript",
    "kt": "kotlin",
    "make": "makefile",
    "md": "markdown",
    "py": "python",
    "py3": "python",
    "python3": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "shell": "bash",
    "tex": "latex",
    "ts": "typescript",
    "tsx": "typescript",
    "vb": "vbnet",
    "yml": "yaml",
    "zsh": "bash",
}
LONGEST = 4_000
"""How many characters of code one text may have coloured; the time for hostile ones grows with the square."""
LANGUAGE_CLASSES = frozenset(f"language-{name}" for name in {*LANGUAGES, "markdown", "text", "mermaid"})
TOKEN_CLASSES = frozenset(filter(None, STANDARD_TYPES.values()))
"""What the parts of a coloured text may be called."""


def language_of(info: str) -> str | None:
    """Return the language that a code block names, as we call it; None where it is not one we know."""
    name = info.split(maxsplit=1)[0].lower() if info.strip() else ""
    name = _OTHER_NAMES.get(name, name)
    return name if f"language-{name}" in LANGUAGE_CLASSES else None


def highlight(code: str, language: str) -> str:
    """Return code as HTML, in spans with classes.

    Args:
        language: One of `LANGUAGES`.
    """
    return str(_highlight(code, _lexer(language), HtmlFormatter(nowrap=True)))


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)
