"""Holds a page against what HTML allows in what: browsers mend what is wrong, each form and style in its own way."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {
    *("address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "main", "menu", "nav", "ol", "p", "pre"),
    *("search", "section", "table", "ul"),
}
PHRASING = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "span", "button", "label", "strong", "em", "small", "b", "i"),
    *("code", "abbr", "time", "q", "cite", "sub", "sup", "dfn", "output", "bdi", "summary", "legend"),
}
"""What no block stands in."""
CLICKED = {"a", "button", "label", "select", "textarea"}
ONLY = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "menu": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr", "template"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
    "select": {"option", "optgroup", "hr"},
    "optgroup": {"option"},
}
"""What stands in these, and nothing else."""
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "hgroup"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._judge(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._judge(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self._note(f"</{tag}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] in ONLY:
            self._note("text")

    def close(self) -> None:
        super().close()
        if self.open:
            self._note("end of the page")

    def _judge(self, tag: str, attributes: dict[str, str | None]) -> None:
        if "svg" in self.open or "math" in self.open:
            return
        inside = self.open[-1] if self.open else ""
        if inside in ONLY and tag not in ONLY[inside]:
            self._note(tag)
        for above in PHRASING.intersection(self.open) if tag in BLOCKS else ():
            if not (tag in HEADINGS and above in {"summary", "legend"}):
                self._note(tag)
        if tag in {"a", "button", "form", "label"} and tag in self.open:
            self._note(tag)
        if tag in CLICKED and {"a", "button"}.intersection(self.open):
            self._note(tag)
        id_ = attributes.get("id")
        if id_ in self.ids:
            self._note(f"a second #{id_}")
        elif id_ is not None:
            self.ids.add(id_)

    def _note(self, what: str) -> None:
        self.wrong.append(f"{what} in {' > '.join(self.open[-4:])}, line {self.getpos()[0]}")


def misplaced(html: str) -> list[str]:
    """Return what stands where HTML does not allow it, and each id that stands twice."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.wrong
