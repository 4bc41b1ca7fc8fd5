import itertools
import re
import uuid

import pytest
from sqlalchemy import select

from connector.search.languages import LANGUAGES
from connector.search.models import SearchDocument
from connector.search.services import look_alike
from tests.connector.search.shelf import read_pairs

AT = 5
BAR = 0.58
"""Of how many questions the duplicate must be among the first five; here of questions written before any ranking."""


def put_all(shelf, language):
    """Index every question of a language, as if nobody had said which; return the ids of each pair, both ways round."""
    pairs, others = read_pairs(language)
    ids = {question: shelf.put(question) for question in (*itertools.chain(*pairs), *others)}
    return [(ids[one], ids[other]) for pair in pairs for one, other in (pair, pair[::-1])]


def recall(shelf, wanted, find):
    found = sum(shelf.titles[other] in find(one) for one, other in wanted)
    return found / len(wanted)


def by_like(shelf):
    """Return how LIKE finds: any word of the question, those with most words first."""

    def find(one):
        words = set(re.findall(r"\w+", shelf.titles[one].lower()))
        others = [title for id_, title in shelf.titles.items() if id_ != one]
        return sorted(others, key=lambda title: -sum(word in title.lower() for word in words))[:AT]

    return find


@pytest.mark.parametrize("language", LANGUAGES)
def test_fixture_is_large_enough(language):
    pairs, others = read_pairs(language)
    assert len(pairs) >= 60
    assert len(others) >= 100
    assert len({*itertools.chain(*pairs), *others}) == 2 * len(pairs) + len(others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_duplicates_are_suggested(shelf, language):
    wanted = put_all(shelf, language)
    ours = recall(shelf, wanted, lambda one: shelf.alike(shelf.titles[one], limit=AT, excepting=one))
    likes = recall(shelf, wanted, by_like(shelf))
    assert ours >= BAR
    assert ours >= 2 * likes


def test_half_a_word_is_enough(shelf):
    shelf.put("How do I reset my password?")
    shelf.put("How do I print my certificate?")
    assert shelf.alike("I cannot log in with my passw")[:1] == ["How do I reset my password?"]


def test_text_helps_where_the_title_says_little(shelf):
    shelf.put("Help", "The forklift does not start")
    shelf.put("Question", "My certificate is missing")
    assert shelf.alike("It does not work", "I turned the key of the forklift twice")[:1] == ["Help"]


def test_question_itself_is_left_out(shelf):
    own = shelf.put("How do I reset my password?")
    shelf.put("Password reset")
    assert shelf.alike("How do I reset my password?", excepting=own) == ["Password reset"]


@pytest.mark.parametrize("title", ["", "?", "how do I", "🎉", "x" * 10_000, '"AND (', "word " * 3_000])
def test_anything_may_be_typed(shelf, title):
    shelf.put("Exam dates")
    assert shelf.alike(title, title) == []


@pytest.mark.parametrize("is_sparse", [False, True])
def test_one_look_serves_several_lists(shelf, session, is_sparse):
    ids = [shelf.put(f"How do I reset password {number}?") for number in range(3)]
    alike = look_alike(session, "Reset a password", "", course_id=shelf.course_id)

    def pick(*wanted):
        return alike.pick(select(SearchDocument.id).where(SearchDocument.id.in_(wanted)), limit=5, is_sparse=is_sparse)

    assert pick(*ids[:2]) == [ids[1], ids[0]]
    assert pick(ids[2], uuid.uuid4()) == [ids[2]]
    assert pick() == []
