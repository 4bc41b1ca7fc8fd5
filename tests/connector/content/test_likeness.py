"""Texts that have passages in common are found and shown; others are left alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.content import likeness
from connector.content.likeness import (
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

PLAN = (
    "We begin every meeting with the question that troubled somebody most since the last one, and we write down what "
    "each of us will try until we meet again."
)
OTHER = "On Fridays the team looks at the numbers of the week and decides together which of them needs a closer look."

texts = st.text(alphabet=st.sampled_from("ab de,.\nÅß漢 '"), max_size=80)


def test_copied_text_is_found_whatever_its_case_and_signs():
    copy = f"My own beginning. {PLAN.upper().replace(',', ' -')} And my own end."
    (found,) = likeness.find_alike({"a": PLAN, "b": OTHER, "c": copy})
    assert (found.one, found.other, found.share) == ("a", "c", 1.0)
    assert found.words == len(PLAN.split())


def test_different_texts_and_short_ones_are_not():
    assert likeness.find_alike({"a": PLAN, "b": OTHER, "c": "Well done.", "d": "Well done."}) == []


def test_what_all_were_given_is_nobodys():
    filled = {number: f"{PLAN} {OTHER if number == 3 else 'Mine is this one.'}" for number in range(2)}
    assert likeness.find_alike(filled, known=[PLAN]) == []


def test_what_nearly_all_have_is_taken_for_the_form():
    assert likeness.find_alike({number: f"{PLAN} Answer {number}." for number in range(50)}) == []


def test_shared_passages_stand_side_by_side():
    one, other = likeness.side_by_side(f"Mine first. {PLAN}", f"{PLAN} Theirs after.")
    assert [(piece.text, piece.is_shared) for piece in one] == [
        ("Mine first. ", False),
        (PLAN[:-1], True),
        (".", False),
    ]
    assert [piece.is_shared for piece in other] == [True, False]


def test_scripts_without_spaces_are_compared_by_sign():
    text = "毎回の会議は前回から誰かを最も悩ませた質問で始めます。"
    (found,) = likeness.find_alike({1: text, 2: f"私の考え。{text}"})
    assert found.share == 1.0


@given(texts, texts)
def test_pieces_add_up_to_the_texts(one, other):
    mine, theirs = likeness.side_by_side(one, other)
    assert "".join(piece.text for piece in mine) == one
    assert "".join(piece.text for piece in theirs) == other


@given(st.lists(texts, max_size=6))
def test_pairs_do_not_depend_on_the_order(found):
    forward = likeness.find_alike(dict(enumerate(found)))
    backward = likeness.find_alike(dict(reversed(list(enumerate(found)))))
    assert {(frozenset((each.one, each.other)), each.words) for each in forward} == {
        (frozenset((each.one, each.other)), each.words) for each in backward
    }
    assert all(0 < each.share <= 1 for each in forward)


# --- passages and fingerprints --------------------------------------------------------------------------------------------
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
    assert [text[start:end].casefold().replace("\u2019", "'") for start, end in spans_of(text)] == list(words_of(text))


def test_quotations_code_and_formulas_are_left_out():
    html = "<p>Mine <q>a</q> “theirs here” and</p><blockquote><p>theirs <em>too</em></p></blockquote><pre>x</pre><p>mine.</p>"
    assert own_text(html) == "Mine and mine."


def test_an_end_without_a_beginning_leaves_nothing_out():
    assert own_text("<p>One</blockquote> two</p>") == "One two"
