"""Passages in rendered texts: whatever is marked, the text stays what it was and its elements nest."""

import re
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.content import anchoring, markdown, marking
from connector.content.marking import PICTURE, Span

RICH = """# A plan

Hello **big *and* small** [li*nk* & more](https://x.example/a) world, $x^2$ & `a < b`
next line.

- one
- two
  - nested **deep**

    loose

| who | what |
|---|---|
| Ana | *writes* |

```python
x = 1 < 2
```

$$
a + b
$$

> quoted

![A bridge](attachment:5f0f9c4e-1f2a-4a9e-8a52-0c1f9f0f6a11) and ![](attachment:5f0f9c4e-1f2a-4a9e-8a52-0c1f9f0f6a12)

https://www.youtube.com/watch?v=abc
"""
PIECES = st.sampled_from([*RICH.split("\n"), "a", "*b*", "**", "`", "- x", "  - y", "1. z", "&amp;", "<b>", "|", "$$", "[a](https://x.example)", ""])  # fmt: skip
SOURCES = st.one_of(st.just(RICH), st.lists(PIECES, max_size=15).map("\n".join), st.text(max_size=80))
AFTER = '<a class="passage-number" href="#note">7</a>'
OFFER = '<button class="comment-on">C</button>'


class Nesting(HTMLParser):
    """Follows which elements are open, and fails where one ends that is not the last that began."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.wrong = []

    def handle_starttag(self, tag, _attributes):
        self.wrong += [tag] if tag in {"a", "mark"} and tag in self.open else []
        self.wrong += [tag] if tag == "mark" and self.open and self.open[-1] in {"ul", "ol", "table", "tbody", "tr"} else []  # fmt: skip
        if tag not in {"br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.wrong.append(tag)


def parsed(html):
    """Return HTML as a browser's parser understands it, marks included."""
    attributes = {tag: set(each) for tag, each in markdown.ATTRIBUTES.items()}
    attributes["mark"] = attributes["button"] = {"class", "aria-details"}
    for tag in markdown.TAGS:
        attributes[tag] = attributes.get(tag, set()) | {"class"}
    tags = markdown.TAGS | {"mark", "button"}
    return nh3.clean(html, tags=tags, attributes=attributes, url_schemes=markdown.SCHEMES, link_rel=None)


@settings(max_examples=150)
@given(SOURCES, st.lists(st.tuples(st.integers(-5, 400), st.integers(-5, 400)), max_size=6))
def test_marks_change_no_text_and_nest(source, places):
    html = markdown.render(source)
    reading = marking.read(html)
    spans = [Span(start, end, f"note-{number}", AFTER) for number, (start, end) in enumerate(places)]
    marked = marking.mark(reading, spans, offer=lambda _paragraph: OFFER)
    bare = re.sub(r"</?mark[^>]*>", "", marked.replace(AFTER, "").replace(OFFER, ""))
    assert bare == marking.mark(reading, [])
    assert parsed(bare) == parsed(html)
    nesting = Nesting()
    nesting.feed(marked)
    assert (nesting.open, nesting.wrong) == ([], [])
    shown = [each for each in spans if reading.text[max(each.start, 0) : max(each.end, 0)].strip()]
    assert marked.count(AFTER) == len(shown)
    # A browser moves nothing out of a table or a link: its parser keeps what was written.
    kept = parsed(marked.replace(AFTER, "")).replace(OFFER, "")
    assert re.sub(r"</?mark[^>]*>", "", kept) == parsed(bare)


@settings(max_examples=150)
@given(SOURCES, st.integers(0, 300), st.integers(1, 60))
def test_what_is_marked_is_the_passage(source, start, length):
    reading = marking.read(markdown.render(source))
    anchor = anchoring.anchor_at(reading.text, start, start + length)
    if anchor is None:
        return
    marked = marking.mark(reading, [Span(anchor.start, anchor.start + len(anchor.exact), "n")])
    inside = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", marked, re.DOTALL))
    words = "".join(anchor.exact.split())
    said = "".join(marking.read(inside).text.split())
    assert words in said
    assert len(said) == len(words) or "<math" in inside or "<img" in inside


@given(SOURCES, st.integers(0, 300), st.integers(1, 60), st.text(max_size=30), st.text(max_size=30))
def test_passage_survives_changes_elsewhere(source, start, length, before, behind):
    text = marking.read(markdown.render(source)).text
    anchor = anchoring.anchor_at(text, start, start + length)
    if anchor is None:
        return
    assert anchoring.find(text, anchor, is_same=True) == anchor.start
    changed = f"{before}\n{text}\n{behind}"
    place = anchoring.find(changed, anchor, is_same=False)
    if changed.count(anchor.exact) == 1:
        assert place == len(before) + 1 + anchor.start
    if place is not None:
        assert changed.startswith(anchor.exact, place)


def test_paragraphs_are_what_one_can_comment_on():
    reading = marking.read(markdown.render(RICH))
    found = [reading.text[each.start : each.end] for each in reading.paragraphs]
    assert found[0] == "A plan"
    assert found[1].startswith("Hello big and small link & more world, x^2 & a < b")
    assert {"one", "two", "who\nwhat", "Ana\nwrites", "x = 1 < 2", "a + b", "quoted"} <= set(found)
    assert f"A bridge and {PICTURE}" in found


def test_number_of_a_passage_that_ends_in_a_link_stands_behind_the_link():
    reading = marking.read(markdown.render("See [the plan](https://x.example) now."))
    marked = marking.mark(reading, [Span(0, 7, "n", "<i>1</i>")])
    assert marked.index("<i>1</i>") > marked.index("</a>")


@pytest.mark.parametrize(
    ("words", "count"),
    [("a plan", 1), ("A  PLAN\nwith", 1), ("plan", 2), ("", 0), ("(", 0), ("no such", 0), ("with ends.", 1)],
)
def test_words_are_found_whatever_white_space_is_between_them(words, count):
    assert len(anchoring.find_words("We have a plan\nwith ends. The plan is good.", words)) == count


@given(st.text(alphabet=" \n\taAbİß.", max_size=40), st.text(alphabet=" \naAbİß.", max_size=6))
def test_words_that_are_found_are_the_words(text, words):
    found = anchoring.find_words(text, words)
    assert all(text[start:end].lower().split() == words.lower().split() for start, end in found)
    if words.strip() and words.strip() in text:
        assert found


def test_words_that_stand_twice_are_told_apart_by_what_is_around_them():
    text = "Pay now. Then wait. Pay now. Then leave."
    second = anchoring.anchor_at(text, 20, 27)
    assert second.exact == "Pay now"
    assert anchoring.find(f"First. {text}", second, is_same=False) == 27
    assert anchoring.find("Pay now. Pay now.", second, is_same=False) is None
