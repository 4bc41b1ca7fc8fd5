"""Texts that have passages in common are found and shown; others are left alone."""

from hypothesis import given
from hypothesis import strategies as st

from connector.content import likeness

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
