"""Markdown to HTML that is safe to show in anybody's page.

Two nets hang below each other: the parser takes no HTML, and what it makes passes an allow list. Rendering happens once,
when a text is written; `RENDERER` is stored with the result, so that older results can be found and made again.
"""

from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from connector.content.text import BODY_LIMIT, strip_controls

RENDERER = 1
"""The version of what this module makes of a text; goes up with every change that shows."""

TAGS = frozenset(
    "a blockquote br code em h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()  # noqa: SIM905
)
"""The elements that a text may consist of. Pictures come with attachments, not from other people's servers."""
# "*": nh3 would let `title` and `lang` pass everywhere; a title on a link can say that it leads elsewhere.
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
LINK_REL = "noopener nofollow ugc"

_FIRST_HEADING, _LAST_HEADING = 3, 6
# A table of 20,000 characters can fill megabytes; honest texts stay below twice their length.
_HTML_LIMIT = 10 * BODY_LIMIT

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    # A path of ours that somebody else wrote would act in the name of whoever follows it.
    url_relative="deny",
    link_rel=LINK_REL,
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


@lru_cache(maxsize=64)  # a form's text is looked at before it is stored, and a prompt is shown with every list
def render(source: str) -> str:
    """Return `source` as sanitised HTML.

    Args:
        source: Markdown, normalised.
    """
    # Entities (`&#x202e;`) bring back what normalising took out of the source; it goes before the allow list looks.
    html = strip_controls(_parser.render(source))
    if len(html) > _HTML_LIMIT:
        html = f"<p>{escape(source)}</p>"
    return _cleaner.clean(html).strip()


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


def _build_parser() -> MarkdownIt:
    # `breaks`: who does not know Markdown expects a new line where they typed one.
    # `maxNesting`: the parser's time grows with it in hostile texts; 40 is 20 lists in each other.
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": 40}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"]).disable("image")
    if parser.linkify is not None:
        # Or every `main.py` and `readme.md` becomes a link to Paraguay or Moldova.
        parser.linkify.set({"fuzzy_link": False})
    parser.core.ruler.push("lower_headings", _lower_headings)
    return parser


_parser = _build_parser()
