"""Markdown to HTML that is safe to show in anybody's page.

Two nets hang below each other: the parser takes no HTML, and what it makes passes an allow list. Rendering happens once,
when a text is written; `RENDERER` is stored with the result, so that older results can be found and made again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_inline_dollar

from connector.content import embedding, highlighting, maths
from connector.content.names import Names
from connector.content.text import BODY_LIMIT, strip_controls

RENDERER = 2
"""The version of what this module makes of a text; goes up with every change that shows."""

_TEXT_TAGS = frozenset(
    """
    a audio blockquote br code em figcaption figure h3 h4 h5 h6 hr img li ol p pre s span strong table tbody td th thead
    tr ul video
    """.split()  # noqa: SIM905
)
TAGS = _TEXT_TAGS | maths.ELEMENTS
"""The elements that a text may consist of. Pictures come with the text, not from other people's servers."""
_PLAYER = {"src", "controls", "preload"}
# "*": nh3 would let `title` and `lang` pass everywhere; a title on a link can say that it leads elsewhere.
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "audio": _PLAYER,
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "p": {"tabindex"},  # of formulas: they scroll on narrow screens
    "video": _PLAYER,
    **{tag: set(maths.ATTRIBUTES) for tag in maths.ELEMENTS},
}
CLASSES: dict[str, set[str]] = {
    "code": set(highlighting.LANGUAGE_CLASSES),
    "figure": {"audio", "video", "video-link"},
    "img": {embedding.UNDESCRIBED},
    "p": {"math"},
    "span": {"mention", *highlighting.TOKEN_CLASSES},
}
SCHEMES = {"http", "https", "mailto", "attachment"}
LINK_REL = "noopener nofollow ugc"

_FIRST_HEADING, _LAST_HEADING = 3, 6
# A table of 20,000 characters can fill megabytes; honest texts stay below twice their length.
_HTML_LIMIT = 10 * BODY_LIMIT
_RICH_LIMIT = 6 * BODY_LIMIT
_SIGNS = frozenset("\\^_{}=<>+*/|√∑∫∞≤≥≠±×·")


@dataclass(slots=True)
class _Room:
    """How much one text may still fill with formulas and colours."""

    html: int = _RICH_LIMIT
    code: int = highlighting.LONGEST


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Let nothing be loaded but what was sent with a text."""
    is_loaded = name == "src" and not embedding.ATTACHMENT.fullmatch(value)
    is_nothing = tag == "a" and value.startswith("attachment:") and not embedding.ATTACHMENT.fullmatch(value)
    return None if is_loaded or is_nothing else value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_keep_attribute,
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    # A path of ours that somebody else wrote would act in the name of whoever follows it.
    url_relative="deny",
    link_rel=LINK_REL,
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


@lru_cache(maxsize=64)  # a form's text is looked at before it is stored, and a prompt is shown with every list
def render(source: str, names: tuple[str, ...] = ()) -> str:
    """Return `source` as sanitised HTML.

    Args:
        source: Markdown, normalised.
        names: Those whom it addresses by an @ and their name.
    """
    # Entities (`&#x202e;`) bring back what normalising took out of the source; it goes before the allow list looks.
    html = strip_controls(_parser.render(source, {"room": _Room(), "names": Names(names)}))
    if len(html) > _HTML_LIMIT:
        html = f"<p>{escape(source)}</p>"
    return _cleaner.clean(html).strip()


def find_names(source: str, names: Names) -> set[str]:
    """Return those of `names` that a text addresses, outside of code and links, as the text spells them."""
    blocks = _parser.parse(source, {"names": names})
    return {token.content for block in blocks for token in block.children or () if token.type == "mention"}


def find_attachments(source: str) -> dict[str, str | None]:
    """Return the ids of the files that a text shows or leads to, with what it says that a picture shows.

    The description is empty for decoration, and None where there is none.
    """
    if "attachment" not in source and "&" not in source:  # entities can spell the word
        return {}
    found: dict[str, str | None] = {}
    for block in _parser.parse(source, {"names": Names(())}):
        for token in (block, *(block.children or ())):
            address = str(token.attrGet("src") or token.attrGet("href") or token.meta.get("url") or "")
            if file := embedding.ATTACHMENT.fullmatch(address):
                found[file[1]] = embedding.description(token)
    return found


def _lower_headings(state: StateCore) -> None:
    """Let a text's headings begin below the page's own, and never skip a level: outlines are read aloud."""
    opened = [token for token in state.tokens if token.type == "heading_open"]
    ranks = {tag: rank for rank, tag in enumerate(sorted({token.tag for token in opened}))}
    level = _FIRST_HEADING - 1
    for token in state.tokens:
        if token.type == "heading_open":
            level = min(_FIRST_HEADING + ranks[token.tag], level + 1, _LAST_HEADING)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"


_dollars = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)


def _formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the parser's own signature
    """Take `$…$` for a formula, but not two prices and the words between them."""
    start, pushed = state.pos, len(state.tokens)
    pending = state.pending
    is_amount = start > 0 and state.src[start - 1].isalnum()  # US$5
    if state.src[start] != "$" or is_amount or not _dollars(state, silent):
        return False
    if _is_prose(state.src[start : state.pos].strip("$")):
        state.pos, state.pending = start, pending
        del state.tokens[pushed:]
        return False
    return True


def _is_prose(inside: str) -> bool:
    """Return whether what stands between two dollars is no formula: `$5, or 6$`."""
    if not _SIGNS.isdisjoint(inside):
        return False
    words = [word for word in (each.strip(".,;:!?()'\"") for each in inside.split()) if word.isalpha()]
    return (inside[0].isdigit() and any(len(word) > 1 for word in words)) or sum(len(word) > 2 for word in words) > 1  # noqa: PLR2004 -- "or" and "of" also stand in formulas


def _mention(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 -- the parser's own signature
    """Take an @ and a name for somebody who is addressed."""
    names: Names = state.env["names"]
    found = names.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("mention", "span", 0).content = found
    state.pos += 1 + len(found)
    return True


def _render_formula(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    tex, is_block = token.content.strip(), token.type != "math_inline"
    room: _Room = env["room"]
    try:
        html = maths.to_mathml(tex, is_block=is_block)
    except maths.TexError:
        html = ""
    room.html -= len(html)
    if not html or room.html < 0:
        return f"<pre><code>{escape(tex)}</code></pre>\n" if token.block else f"<code>{escape(tex)}</code>"
    return f'<p class="math" tabindex="0">{html}</p>\n' if token.block else html


def _render_code(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    if token.info.strip().lower() in {"math", "latex-math"}:
        return _render_formula(self, tokens, index, options, env)
    language, code = highlighting.language_of(token.info), escape(token.content, quote=False)
    if language is None:
        return f"<pre><code>{code}</code></pre>\n"
    room: _Room = env["room"]
    room.code -= len(token.content)
    if language in highlighting.LANGUAGES and room.code >= 0:
        coloured = highlighting.highlight(token.content, language)
        room.html -= len(coloured)
        code = coloured if room.html >= 0 else code
    return f'<pre><code class="language-{language}">{code}</code></pre>\n'


def _render_mention(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<span class="mention">@{escape(tokens[index].content)}</span>'


def _build_parser() -> MarkdownIt:
    # `breaks`: who does not know Markdown expects a new line where they typed one.
    # `maxNesting`: the parser's time grows with it in hostile texts; 40 is 20 lists in each other.
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": 40}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    if parser.linkify is not None:
        # Or every `main.py` and `readme.md` becomes a link to Paraguay or Moldova.
        parser.linkify.set({"fuzzy_link": False})
    parser.use(dollarmath_plugin, allow_labels=False, allow_blank_lines=False)
    parser.inline.ruler.at("math_inline", _formula)
    parser.inline.ruler.before("escape", "mention", _mention)
    rules: Iterable[tuple[str, object]] = [
        *((name, _render_formula) for name in ("math_inline", "math_inline_double", "math_block")),
        ("fence", _render_code),
        ("mention", _render_mention),
        ("figure", embedding.render_figure),
        ("image", embedding.render_picture),
    ]
    for name, rule in rules:
        parser.add_render_rule(name, rule)  # type: ignore[arg-type]
    for name, step in (("link_pictures", embedding.link_pictures), ("embed", embedding.embed)):
        parser.core.ruler.push(name, step)
    parser.core.ruler.push("lower_headings", _lower_headings)
    return parser


_parser = _build_parser()
