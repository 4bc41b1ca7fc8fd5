"""Names that a text mentions: in other forms, as parts of compounds, in four languages, and not where they only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.search.languages import LANGUAGES, UNKNOWN, is_stop_word, tongue
from connector.search.naming import named
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
