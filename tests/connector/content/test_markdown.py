from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.content.markdown import ATTRIBUTES, LINK_REL, SCHEMES, TAGS, render
from connector.content.text import BODY_LIMIT, normalise

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](&#x6a;avascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    '[x](http://a "onmouseover=alert(1)")',
    '[x](http://a" onmouseover="alert(1))',
    '<http://a/" onclick="alert(1)>',
    "```<script>\nalert(1)\n```",
    '```"><img src=x onerror=alert(1)>\nx\n```',
    "</p></div></body><form action=//evil><input name=csrf>",
    "<style>*{display:none}</style>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
    "http://a/<script>alert(1)</script>",
]


class Elements(HTMLParser):
    """Every start tag of a document with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def assert_harmless(html):
    for tag, attributes in Elements(html).found:
        assert tag in TAGS
        extra = {"rel", "target"} if tag == "a" else set()
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | extra
        if tag == "a":
            assert attributes["rel"] == LINK_REL
            assert attributes["target"] == "_blank"
        if "href" in attributes:
            assert attributes["href"].partition(":")[0].lower() in SCHEMES


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_renders_to_allowed_elements_only(source):
    assert_harmless(render(normalise(source)))


PIECES = st.sampled_from(
    [*HOSTILE, *"[]()<>*_`~|#\n\"'&;:!\\", "http://", "javascript:", "&#x6a;", " onclick=", "- ", "> ", "    "]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
@example("&#x202e;txt.exe")
def test_any_text_renders_to_allowed_elements_only(source):
    html = render(normalise(source))
    assert_harmless(html)
    assert "\u202e" not in html


def test_html_is_shown_as_it_was_typed():
    assert render("<b>bold</b>") == "<p>&lt;b&gt;bold&lt;/b&gt;</p>"


def test_emphasis_lists_and_strikethrough():
    assert render("*a* **b** ~~c~~\n\n1. d") == (
        "<p><em>a</em> <strong>b</strong> <s>c</s></p>\n<ol>\n<li>d</li>\n</ol>"
    )


def test_a_line_break_stays_a_line_break():
    assert render("a\nb") == "<p>a<br>\nb</p>"


def test_a_table_is_a_table_without_style():
    assert render("|a|\n|-:|\n|1|").replace("\n", "") == (
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    )


def test_a_code_block_keeps_its_text_and_drops_its_language():
    assert render("```html\n<i>x</i>\n```") == "<pre><code>&lt;i&gt;x&lt;/i&gt;\n</code></pre>"


def test_an_address_becomes_a_link_that_neither_ranks_nor_reaches_back():
    assert render("see https://a.example/b") == (
        '<p>see <a href="https://a.example/b" target="_blank" rel="noopener nofollow ugc">https://a.example/b</a></p>'
    )


def test_a_file_name_does_not_become_a_link():
    assert render("run main.py") == "<p>run main.py</p>"


def test_a_link_into_our_own_pages_loses_its_target():
    assert Elements(render("[close](/s/1/close) [x](//evil.example)")).found == [
        ("p", {}),
        ("a", {"target": "_blank", "rel": LINK_REL}),
        ("a", {"target": "_blank", "rel": LINK_REL}),
    ]


def test_a_picture_becomes_a_link():
    assert Elements(render("![chart](https://a.example/b.png)")).found[1][1]["href"] == "https://a.example/b.png"


def test_headings_begin_below_the_pages_own_and_skip_no_level():
    source = "## a\n\n##### b\n\n# c"
    assert [tag for tag, _ in Elements(render(source)).found] == ["h3", "h4", "h3"]


def test_a_first_heading_is_of_the_third_level():
    assert render("##### a") == "<h3>a</h3>"


def test_a_table_that_would_fill_megabytes_stays_text():
    source = "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|a\n" * 2000
    assert len(render(source)) < 2 * BODY_LIMIT


@pytest.mark.parametrize("piece", ["[", "*a ", ">", "`", "[a](", "<", "_a_", "~~a", "[a][b", "- ", "> a\n", "http://a"])
@pytest.mark.timeout(10)
def test_a_repeated_piece_takes_no_minutes(piece):
    assert_harmless(render(normalise(piece * (BODY_LIMIT // len(piece)))))
