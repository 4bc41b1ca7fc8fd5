"""Formulas: TeX to MathML, here on the server, so that pages need no script for them.

The library that reads TeX takes everything and promises nothing: what it makes is checked, and rebuilt from the elements
and the values that are known here. What it cannot read stays what the person typed.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import Element, tostring  # only writes, never parses

from latex2mathml.converter import Converter

ELEMENTS = frozenset(
    """
    math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext
    mtr munder munderover
    """.split()  # noqa: SIM905
)
"""The elements that a formula may consist of."""

_FLAG = re.compile(r"true|false")
_ONE_LENGTH = r"-?0?\.\d{1,4}em|[0-3](?:\.\d{1,4})?(?:em|ex)|\d(?:\.\d{1,4})?pt"
_LENGTH = re.compile(_ONE_LENGTH)
_LENGTHS = re.compile(rf"(?:{_ONE_LENGTH})(?: (?:{_ONE_LENGTH}))*")
_WORDS = re.compile(r"[a-z]+(?: [a-z]+)*")
# Values are part of the list: a gap of a thousand lines, or a shift onto somebody else's text, is no formula.
VALUES = {
    "accent": _FLAG,
    "accentunder": _FLAG,
    "columnalign": _WORDS,
    "columnlines": _WORDS,
    "columnspacing": _LENGTHS,
    "displaystyle": _FLAG,
    "fence": _FLAG,
    "form": re.compile(r"prefix|infix|postfix"),
    "largeop": _FLAG,
    "linethickness": re.compile(r"0|thin|medium|thick|0?\.\d{1,3}em|[0-3]pt"),
    "mathvariant": re.compile(r"normal"),
    "maxsize": _LENGTH,
    "minsize": _LENGTH,
    "movablelimits": _FLAG,
    "notation": _WORDS,
    "rowlines": _WORDS,
    "rowspacing": _LENGTHS,
    "scriptlevel": re.compile(r"[0-3]"),
    "separator": _FLAG,
    "stretchy": _FLAG,
    "width": _LENGTH,
}
"""The attributes inside of a formula, with what each may say."""
ATTRIBUTES = frozenset({"display", "alttext", *VALUES})

_CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_SCRIPTS = frozenset({"msub", "msup", "msubsup"})
_LONGEST = 4_000
_DEEPEST = 60
# A macro may call itself twice, and so on: a line of TeX would fill the memory.
_DEFINITION = re.compile(r"\\(?:(?:re)?newcommand|def|gdef|edef|let|newenvironment|DeclareMathOperator)(?![A-Za-z])")
_UNKNOWN = re.compile(r"\\[A-Za-z]+")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ALPHABETS = {
    "bold": ["MATHEMATICAL BOLD"],
    "italic": ["MATHEMATICAL ITALIC"],
    "bold-italic": ["MATHEMATICAL BOLD ITALIC"],
    "script": ["MATHEMATICAL SCRIPT", "SCRIPT"],
    "fraktur": ["MATHEMATICAL FRAKTUR", "BLACK-LETTER"],
    "double-struck": ["MATHEMATICAL DOUBLE-STRUCK", "DOUBLE-STRUCK"],
    "sans-serif": ["MATHEMATICAL SANS-SERIF"],
    "sans-serif-italic": ["MATHEMATICAL SANS-SERIF ITALIC"],
    "monospace": ["MATHEMATICAL MONOSPACE"],
}


class TexError(ValueError):
    """A formula that cannot be shown as one."""


@lru_cache(maxsize=256)  # a text is rendered for its preview, for its check and when it is stored
def to_mathml(tex: str, *, is_block: bool) -> str:
    """Return a formula as MathML, with its TeX as the alternative text.

    Raises:
        TexError: It is too long, defines macros, or cannot be read.
    """
    if len(tex) > _LONGEST or _DEFINITION.search(tex) or not _is_balanced(tex):
        raise TexError("not a formula that is shown")
    try:
        root = Converter(display="block" if is_block else "inline").convert_to_element(tex)
    except Exception as error:  # the library lets StopIteration, IndexError and more out
        raise TexError("not readable") from error
    for element in list(root.iter()):
        _gather_base(element)
        _gather_brackets(element)
    _check(root)
    for element in root.iter():
        _clean(element)
    root.attrib = {"display": "block" if is_block else "inline", "alttext": tex}
    return tostring(root, encoding="unicode", short_empty_elements=False)


def _is_balanced(tex: str) -> bool:
    depth = 0
    for brace in _BRACE.findall(tex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0


def _gather_base(element: Element) -> None:
    """Let what a script stands at be one element: the library writes a matrix and its brackets side by side."""
    extra = len(element) - _CHILDREN.get(element.tag, len(element))
    if element.tag not in _SCRIPTS or extra <= 0:
        return
    _wrap(element, 0, extra + 1)


def _gather_brackets(element: Element) -> None:
    """Let the brackets of a matrix be as high as the matrix, and not as what stands beside it."""
    for part in list(element):
        if part.tag != "mtable" or element.tag not in {"math", "mrow", "mstyle", "mtd"}:
            continue
        parts = list(element)
        at = parts.index(part)
        start = at - 1 if at > 0 and _is_one_of(parts[at - 1], "([{|‖") else at
        end = at + 2 if at + 1 < len(parts) and _is_one_of(parts[at + 1], ")]}|‖") else at + 1
        if end - start > 1:
            _wrap(element, start, end)


def _is_one_of(element: Element, signs: str) -> bool:
    text = unescape(element.text or "")
    return element.tag == "mo" and len(text) == 1 and text in signs


def _wrap(element: Element, start: int, end: int) -> None:
    parts = list(element)[start:end]
    row = Element("mrow")
    row.extend(parts)
    for part in parts:
        element.remove(part)
    element.insert(start, row)


def _check(root: Element) -> None:
    """Refuse what browsers would show as a part of the formula only, or not at all."""
    for element, depth in _walk(root):
        if depth > _DEEPEST or element.tag not in ELEMENTS:
            raise TexError("not a formula that is shown")
        if len(element) != _CHILDREN.get(element.tag, len(element)):
            raise TexError("something is missing")
        if _UNKNOWN.fullmatch(element.text or "") and element.tag != "mtext":
            raise TexError(f"an unknown command: {element.text}")


def _walk(root: Element) -> Iterator[tuple[Element, int]]:
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        waiting.extend((child, depth + 1) for child in element)


def _clean(element: Element) -> None:
    variant = element.attrib.get("mathvariant", "")
    # The library writes entities into its texts, and counts on nobody escaping them.
    element.text = _styled(unescape(element.text or ""), variant)
    element.attrib = {
        name: value for name, value in element.attrib.items() if name in VALUES and VALUES[name].fullmatch(value)
    }
    if element.tag == "mpadded":
        element.attrib = {}


def _styled(text: str, variant: str) -> str:
    """Return letters of another alphabet: browsers know them as characters, no longer as an attribute.

    Source: https://www.w3.org/TR/mathml-core/#the-mathvariant-attribute
    """
    return "".join(_letter(letter, variant) for letter in text) if variant in _ALPHABETS else text


def _letter(letter: str, variant: str) -> str:
    name = unicodedata.name(letter, "").replace("LATIN ", "").replace(" LETTER", "")
    for alphabet in _ALPHABETS[variant]:
        try:
            return unicodedata.lookup(f"{alphabet} {name}")
        except KeyError:
            continue
    return letter
