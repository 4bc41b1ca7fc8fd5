"""What somebody quotes of a post stands in it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from connector.notebook.quoting import is_said, words_of
from connector.threads.models import Post

WORDS = st.lists(st.text("abcæø", min_size=1, max_size=6), min_size=1, max_size=12)


def post(text):
    made = Post()
    made.write(text)
    return made


@given(WORDS, st.data())
def test_any_pieces_of_a_post_in_their_order_are_said(words, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(words)), min_size=2, max_size=6)))
    pieces = [" ".join(words[start:end]) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    gap = data.draw(st.sampled_from([" … ", "...", "[…]", "\n", " […]  "]))
    assert is_said(gap.join(pieces), post(" ".join(words)))


@given(WORDS, st.text("xyz", min_size=1, max_size=6))
def test_a_word_that_does_not_stand_there_is_not_said(words, foreign):
    assert not is_said(f"{words[0]} {foreign}", post(" ".join(words)))


def test_pieces_in_another_order_are_not_said():
    assert not is_said("name … date", post("By date, never by name."))


def test_markup_does_not_matter():
    made = post("By date, *never*\nby [name](https://example.org).")
    assert is_said("by name", made)
    assert is_said(words_of(made), made)


def test_no_more_is_offered_than_fits():
    assert len(words_of(post("word " * 1000))) == 2000
    assert re.fullmatch(r"(word )+", words_of(post("word " * 1000)))
