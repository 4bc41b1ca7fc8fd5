from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.content.embedding import ATTACHMENT
from connector.content.markdown import (
    ATTRIBUTES,
    CLASSES,
    LINK_REL,
    SCHEMES,
    TAGS,
    find_attachments,
    find_names,
    render,
)
from connector.content.names import Names
from connector.content.text import BODY_LIMIT, normalise, plain_text

FILE = "attachment:12345678-1234-1234-1234-123456789abc"

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
    r"$\text{</mtext></math><script>alert(1)</script>}$",
    r"$\href{javascript:alert(1)}{x}$ $\style{position:fixed}{x}$ $\class{btn}{x}$ $\color{red}{x}$ $\hspace{999em}$",
    r"$\raise{99em}{x}\Huge{x}\rule{99em}{99em}$",
    "![x](attachment:../../s/1) [x](attachment:javascript:alert(1))",
    f'![" onerror=alert(1)]({FILE})',
    f'["><script>alert(1)</script>.mp4]({FILE})',
    'https://youtu.be/"onmouseover=alert(1)',
    "@<img src=x onerror=alert(1)>",
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
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | extra | {"class"}
        assert set(attributes.get("class", "").split()) <= CLASSES.get(tag, set())
        assert ATTACHMENT.fullmatch(attributes.get("src", FILE))
        if tag == "a":
            assert attributes["rel"] == LINK_REL
            assert attributes["target"] == "_blank"
        if "href" in attributes:
            assert attributes["href"].partition(":")[0].lower() in SCHEMES


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_renders_to_allowed_elements_only(source):
    assert_harmless(render(normalise(source)))


WORDS = ["http://", "javascript:", "&#x6a;", " onclick=", "- ", "> ", "    ", "@", "Anna Berg", FILE, ".mp4"]
TEX = ["$", "$$", "\\frac", "\\text{", "{", "}", "^", "\\begin{matrix}", "\\end{matrix}", "\\left(", "x"]
PIECES = st.sampled_from([*HOSTILE, *"[]()<>*_`~|#\n\"'&;:!\\", *WORDS, *TEX])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
@example("&#x202e;txt.exe")
def test_any_text_renders_to_allowed_elements_only(source):
    html = render(normalise(source), ("Anna Berg", "<img src=x onerror=alert(1)>"))
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


def test_a_code_block_keeps_its_text_and_its_language():
    assert render("```mermaid\na<b\n```") == '<pre><code class="language-mermaid">a&lt;b\n</code></pre>'


def test_a_language_that_nobody_knows_is_dropped():
    assert render('```x"y\na\n```') == "<pre><code>a\n</code></pre>"


def test_code_is_coloured_by_classes_only():
    assert render("```py\nif x:\n```") == (
        '<pre><code class="language-python"><span class="k">if</span> <span class="n">x</span>'
        '<span class="p">:</span>\n</code></pre>'
    )


def test_long_code_is_not_coloured():
    assert "<span" not in render("```python\n" + "a = 1\n" * 700 + "```")


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


SLOW = [
    "$",
    "$a",
    "$$a\n",
    "$x_1$,",
    "@a ",
    "@Anna ",
    "\\$",
    f"![]({FILE})\n",
    "https://youtu.be/a\n",
    "```c\n\n\n```\n",
]


@pytest.mark.parametrize(
    "piece", ["[", "*a ", ">", "`", "[a](", "<", "_a_", "~~a", "[a][b", "- ", "> a\n", "http://a", *SLOW]
)
@pytest.mark.timeout(10)
def test_a_repeated_piece_takes_no_minutes(piece):
    assert_harmless(render(normalise(piece * (BODY_LIMIT // len(piece))), ("Anna", "a")))


def test_a_picture_that_was_sent_along_is_shown_with_its_description():
    assert render(f'![Two "cats"]({FILE})') == (f'<p><img src="{FILE}" alt="Two &quot;cats&quot;" loading="lazy"></p>')


def test_a_picture_without_description_is_flagged_unless_it_is_decoration():
    assert 'class="no-alt"' in render(f"![]({FILE})")
    assert "class" not in render(f'![]({FILE} "decorative")')


@pytest.mark.parametrize(("name", "player"), [("film.mp4", "video"), ("Talk.WEBM", "video"), ("note.mp3", "audio")])
def test_sound_and_film_alone_on_a_line_get_a_player(name, player):
    tags = [tag for tag, _ in Elements(render(f"Listen:\n[{name}]({FILE})\nDone")).found]
    assert tags == ["p", "figure", player, "figcaption", "a", "p"]


def test_a_file_between_words_is_a_link():
    assert [tag for tag, _ in Elements(render(f"see [film.mp4]({FILE}) there")).found] == ["p", "a"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.youtube.com/watch?v=a-b_c&t=3", "youtube.com"),
        ("https://m.youtube.com/shorts/abc", "youtube.com"),
        ("https://youtu.be/abc", "youtube.com"),
        ("https://vimeo.com/1234/ab12", "vimeo.com"),
        ("https://player.vimeo.com/video/1234", "vimeo.com"),
    ],
)
def test_a_film_elsewhere_is_a_link_whose_caption_names_the_site(url, host):
    html = render(f"See\n{url}")
    assert [tag for tag, _ in Elements(html).found] == ["p", "figure", "a", "figcaption"]
    assert plain_text(html) == f"See {url} Video · {host}"


@pytest.mark.parametrize(
    "source",
    [
        "https://youtube.com.evil.example/watch?v=1",
        "https://evil.example@youtube.com/watch?v=1",
        "https://youtube.com/feed",
        "https://youtube.com/watch",
        "https://vimeo.com/about",
        "see https://youtu.be/abc there",
        "- https://youtu.be/abc",
    ],
)
def test_other_links_get_no_caption(source):
    assert "figure" not in render(source)


def test_names_that_are_addressed_stand_out():
    assert render("Hi @anna berg, @Anna and @Annabel: `@Anna`", ("Anna", "Anna Berg")) == (
        '<p>Hi <span class="mention">@anna berg</span>, <span class="mention">@Anna</span> and @Annabel: '
        "<code>@Anna</code></p>"
    )


def test_names_are_found_outside_of_code_and_addresses():
    names = Names(["Anna Berg", "Anna", "Bo"])
    assert find_names("@ANNA BERG (@Bo) `@Anna` a@Anna.se x@bo", names) == {"ANNA BERG", "Bo"}


def test_files_are_found_outside_of_code_with_what_pictures_show():
    ids = [FILE.partition(":")[2][:-1] + digit for digit in "abcd"]
    source = '![A cat](attachment:{0}) [a.mp4](attachment:{1}) `attachment:{2}`\n\n![](attachment:{3} "decorative")'
    assert find_attachments(source.format(*ids)) == {ids[0]: "A cat", ids[1]: None, ids[3]: ""}
