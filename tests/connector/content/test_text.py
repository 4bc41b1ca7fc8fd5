import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.content.text import (
    SNIPPET_LIMIT,
    count_words,
    is_blank,
    normalise,
    normalise_line,
    plain_text,
    snippet,
)

ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates included: JSON brings them


@given(ANY_TEXT)
def test_normalising_twice_is_normalising_once(text):
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT)
def test_a_normalised_line_is_one_line(text):
    line = normalise_line(text)
    assert line.splitlines() in ([], [line])
    assert normalise_line(line) == line


@given(ANY_TEXT)
def test_normalised_text_can_be_stored_and_sent(text):
    normalised = normalise(text)
    assert unicodedata.is_normalized("NFC", normalised)
    assert normalised.encode("utf-8").decode("utf-8") == normalised
    assert "\x00" not in normalised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("e\u0301", "é"),
        ("e\u202e\u0301", "é"),
        ("\u202a\u202b\u202c\u202d\u202e", ""),
        ("\u2066א\u2069 \u200f", "\u2066א\u2069 \u200f"),
        ("a\x00b\x1bc\ufeff", "abc"),
        ("\n  \n    code\n\n", "    code"),
        ("a  \nb  ", "a  \nb"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\U0001ffff", ""),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected


def test_a_line_has_single_spaces():
    assert normalise_line("  a \n\t b\u00a0 c ") == "a b c"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "\u3164", "\u2800", "\u0301", "\u00ad"])
def test_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "1", "?", "👍", "字"])
def test_not_blank(text):
    assert not is_blank(text)


def test_plain_text_keeps_words_of_neighbouring_blocks_apart():
    html = "<p>a<br>b</p><ul><li>c</li></ul><table><tr><th>d</th><td>e<em>f</em></td></tr></table><p>&lt;g&gt;</p>"
    assert plain_text(html) == "a b c d ef <g>"


def test_a_short_text_is_its_own_snippet():
    assert snippet("a" * SNIPPET_LIMIT) == "a" * SNIPPET_LIMIT


def test_a_snippet_ends_with_a_whole_word():
    assert snippet("word " * 100) == "word " * 30 + "word…"


def test_a_snippet_of_one_long_word_is_cut():
    assert snippet("a" * 500) == "a" * (SNIPPET_LIMIT - 1) + "…"


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("One, two; don't - e-mail", 4), ("rød grød med fløde", 4), ("3.5 %", 1)]
)
def test_count_words(text, words):
    assert count_words(text) == words
