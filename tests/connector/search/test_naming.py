"""Names that a text mentions: in other forms, as parts of compounds, in four languages, and not where they only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.search.languages import LANGUAGES, UNKNOWN, is_stop_word, tongue
from connector.search.naming import Wording, named, wording
from connector.search.words import stem, tokens


def mentions(name, text):
    words = [token.word for token in tokens(text)]
    language = tongue(None, words)
    return named([name], [stem(word, language) for word in words if not is_stop_word(word, language)], language) == {
        name
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("depreciation", "How do we count the depreciations of a van?"),
        ("expense reports", "Where do I file the report of an expense?"),
        ("afskrivning", "Hvordan er reglerne for afskrivninger på en varevogn?"),
        ("afskrivning", "Hvad er afskrivningsreglerne for det?"),
        ("avskrivning", "Hur gör jag avskrivningen av en bil?"),
        ("afschrijving", "Wat zijn de regels voor afschrijvingen?"),
        ("vergaderverslag", "Hoe schrijf ik het vergaderverslag voor de directie?"),
        ("c++", "Who knows C++ here?"),
        ("invoices", "invoice Kortrijk 2026"),
    ],
)
def test_other_forms_and_compounds_name_it(name, text):
    assert mentions(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pension", "Who signs the suspension of a contract?"),
        ("it", "Where do I find it, and when?"),
        ("expense reports", "Where do I file the report?"),
        ("r", "What are the r and d rules?"),
        ("", "What are the rules?"),
        ("travel", ""),
    ],
)
def test_what_only_looks_like_it_does_not(name, text):
    assert not mentions(name, text)


@given(st.text(), st.text(), st.sampled_from([*LANGUAGES, UNKNOWN]))
def test_anything_may_be_a_name_or_a_text(name, text, language):
    assert named([name], text.split(), language) <= {name}


def test_other_words_lead_to_the_name_in_any_language_and_the_name_stays_itself():
    known = wording([("depreciation", "afskrivning"), ("depreciation", "avskrivning"), ("writing off", "avskrivning")])
    asked = "Hvordan er reglerne for afskrivninger på en varevogn?"
    words = [stem(token.word, "da") for token in tokens(asked)]
    said = named([*known.meanings, "depreciation"], words, "da")
    assert (said, known.names(said)) == ({"afskrivning"}, {"depreciation"})
    assert known.names(["avskrivning", "travel"]) == {"depreciation", "writing off", "travel"}
    assert known.synonyms("afskrivning") == ("avskrivning", "depreciation")
    assert known.synonyms("travel") == ()


_words = st.text("abc", min_size=1, max_size=2)


@given(st.lists(st.tuples(_words, _words), max_size=8), st.lists(_words, max_size=4))
def test_whatever_is_said_to_be_the_same_words_lead_to_names_and_no_further(pairs, words):
    known = wording(pairs)
    names = known.names(words)
    assert known.names(names) == names
    assert all(known.names([word]) for word in words)
    assert names <= {*words, *(name for name, _word in pairs)}
    for word in words:
        others = known.synonyms(word)
        assert word not in others
        assert all(not known.names([word]).isdisjoint(known.names([other])) for other in others)


@given(st.lists(_words), _words)
def test_without_other_words_everything_is_called_what_it_is(words, word):
    assert (Wording().names(words), Wording().synonyms(word)) == (frozenset(words), ())
