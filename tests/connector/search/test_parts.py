import pytest

from connector.search.excerpts import LIMIT, excerpt, mark
from connector.search.languages import tongue
from connector.search.queries import Query, Word, parse
from connector.search.ranking import fuse
from connector.search.words import fold, stem, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic!", ["don", "panic"]),
        ("De foto's van Anna", ["de", "foto", "van", "anna"]),
        ("MUS'en og e-mail", ["mus", "og", "e", "mail"]),
        ("C++, C# and #tag", ["c++", "c#", "and", "tag"]),
        ("snake_case 3.14 R²", ["snake", "case", "3", "14", "r²"]),
        ("Ja🎉nej", ["ja", "🎉", "nej"]),
        ("ÅNGSTRÖM", ["ångström"]),
    ],
)
def test_words_of_a_text(text, words):
    assert [token.word for token in tokens(text)] == words


def test_words_know_their_places():
    text = "De foto's van Anna"
    assert [text[token.start : token.end] for token in tokens(text)] == ["De", "foto", "van", "Anna"]


@pytest.mark.parametrize(
    ("word", "language", "folded"),
    [
        ("café", "da", "cafe"),
        ("blåbær", "da", "blåbær"),
        ("müsli", "sv", "musli"),
        ("ångström", "sv", "ångström"),
        ("coördinator", "nl", "coordinator"),
        ("naïve", "en", "naive"),
        ("smørrebrød", "en", "smørrebrød"),
    ],
)
def test_accents_are_folded(word, language, folded):
    assert fold(word, language) == folded


def test_unknown_language_keeps_its_endings():
    assert stem("opgaverne", "xx") == "opgaverne"
    assert stem("opgaverne", "da") == stem("opgave", "da")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hvor er min opgave?", "da"),
        ("Var är min uppgift?", "sv"),
        ("Waar is mijn opdracht?", "nl"),
        ("Where is my assignment?", "en"),
        ("Python pandas merge", "xx"),
    ],
)
def test_language_is_told_by_small_words(text, language):
    assert tongue(None, [token.word for token in tokens(text)]) == language


def test_small_words_count_for_more_than_the_tag():
    assert tongue("en-GB", ["hvor", "er", "min", "opgave"]) == "da"
    assert tongue("sv-SE", ["python"]) == "sv"
    assert tongue("fr", ["python"]) == "xx"


def test_query_with_everything():
    assert parse('exam "Peer Review" -old -"very old" beginn*') == Query(
        words=(Word("exam"), Word("peer"), Word("review"), Word("beginn", is_prefix=True)),
        phrases=(" peer review ",),
        excluded=(Word("old"), Word("very"), Word("old")),
    )


def test_hyphen_within_a_word_leaves_nothing_out():
    assert parse("MUS-samtale").words == (Word("mus"), Word("samtale"))


def test_fusion_ranks_equal_scores_equally():
    fused = fuse({"a": 2.0, "b": 2.0, "c": 1.0}, {"c": 5.0})
    assert fused == {"a": 1 / 61, "b": 1 / 61, "c": 1 / 63 + 1 / 61}


def test_excerpt_is_where_most_different_words_are():
    text = "one " + "filler " * 60 + "one two three " + "filler " * 60 + "one one"
    part = excerpt(text, {"one", "two", "three"}.__contains__)
    assert "<mark>one</mark> <mark>two</mark> <mark>three</mark>" in part
    assert len(part.striptags()) <= LIMIT + 4


def test_excerpt_without_a_word_is_the_beginning():
    assert excerpt("short", {"x"}.__contains__) == "short"
    assert excerpt("long " * 100, {"x"}.__contains__).startswith("long long")
    assert excerpt("", {"x"}.__contains__) == ""


def test_excerpt_of_one_endless_word():
    assert len(excerpt("x" * 1000, {"y"}.__contains__)) <= LIMIT + 4


def test_mark_keeps_the_rest():
    assert mark("a < b & c", {"b"}.__contains__) == "a &lt; <mark>b</mark> &amp; c"
