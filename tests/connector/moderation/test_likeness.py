"""Passages that two texts share are found, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.moderation.likeness import (
    SHINGLE,
    WINDOW,
    fingerprints,
    is_much,
    own_text,
    shared,
    shingles,
    spans_of,
    words_of,
)

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=60)
FOREIGN = st.lists(st.sampled_from("stuvwxyz"), max_size=20)


@given(WORDS, WORDS)
def test_passages_stand_in_both_texts(one, other):
    for each in shared(one, other):
        assert each.length >= SHINGLE
        assert one[each.first : each.first + each.length] == other[each.second : each.second + each.length]


@given(WORDS, WORDS)
def test_passages_of_the_first_text_do_not_overlap(one, other):
    end = 0
    for each in shared(one, other):
        assert each.first >= end
        end = each.first + each.length


@given(FOREIGN, FOREIGN, st.lists(st.integers(0, 10**6).map(str), min_size=SHINGLE + WINDOW - 1, max_size=40))
def test_any_long_passage_gives_a_fingerprint_in_common(before, after, passage):
    one, other = [*before, *passage, *after], [*after, "between", *passage, *before]
    assert fingerprints(one) & fingerprints(other)


@given(WORDS)
def test_there_are_fewer_fingerprints_than_shingles_and_each_is_one(words):
    assert fingerprints(words) <= set(shingles(words))
    assert all(0 <= each < 2**63 for each in fingerprints(words))


@given(WORDS.filter(lambda words: len(words) >= SHINGLE))
def test_a_text_shares_all_of_itself(words):
    assert sum(each.length for each in shared(words, words)) == len(words) or len(set(words)) < len(words)


@given(st.lists(st.integers(0, 10**6).map(str), min_size=20, max_size=80, unique=True))
def test_a_copy_is_much_alike_whatever_stands_around_it(words):
    other = ["hello", *words, "bye"]
    assert is_much(shared(words, other), words, other)
    assert not is_much(shared(words, list(reversed(words))), words, other)


@given(WORDS, WORDS)
def test_what_is_common_to_all_is_not_shared(one, other):
    assert shared(one, other, common=set(shingles(one))) == []


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_words_stand_where_their_places_say(text):
    assert [text[start:end].casefold() for start, end in spans_of(text)] == list(words_of(text))


def test_quotations_code_and_formulas_are_left_out():
    html = "<p>Mine <q>a</q> “theirs here” and</p><blockquote><p>theirs <em>too</em></p></blockquote><pre>x</pre><p>mine.</p>"
    assert own_text(html) == "Mine and mine."


def test_an_end_without_a_beginning_leaves_nothing_out():
    assert own_text("<p>One</blockquote> two</p>") == "One two"
