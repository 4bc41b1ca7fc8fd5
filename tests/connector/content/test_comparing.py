from hypothesis import given
from hypothesis import strategies as st

from connector.content.comparing import compare

texts = st.text(alphabet="ab \n\té.", max_size=40)


def told(earlier, later):
    signs = {"same": "{}", "gone": "[-{}]", "new": "[+{}]"}
    return "".join(signs[piece.change].format(piece.text) for piece in compare(earlier, later))


@given(texts, texts)
def test_the_pieces_make_up_both_texts(earlier, later):
    pieces = compare(earlier, later)
    assert "".join(piece.text for piece in pieces if piece.change != "new") == earlier
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == later


def test_words_that_went_stand_before_those_that_came():
    assert told("We file by date here", "We file by name here") == "We file by[- date][+ name] here"


def test_what_was_added_and_what_was_removed():
    assert told("one two", "one two three") == "one two[+ three]"
    assert told("one two", "one") == "one[- two]"
    assert told("one\ntwo", "two") == "[-one\n]two"


def test_a_word_that_stayed_by_chance_belongs_to_the_change():
    assert told("x the y end of it", "a the b end of it") == "[-x the y][+a the b] end of it"


def test_nothing_changed():
    assert told("same", "same") == "same"
    assert told("", "") == ""
