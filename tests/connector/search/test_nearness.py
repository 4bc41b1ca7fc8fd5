"""What a process keeps of the vectors of courses: no more than it may, and nothing for long that is gone."""

import threading

import pytest

from connector.search import vectors
from connector.search.indexing import remove
from connector.search.meanings import Model, pack
from connector.search.nearness import Meanings
from tests.connector.search.dictionary import save_model
from tests.connector.search.shelf import Shelf


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def learn(session, folder):
    model = Model(folder)

    def make_all():
        session.flush()
        for told in (vectors.outdated(session, limit=100), vectors.without_vector(session, after=0, limit=100)):
            if told:
                vectors.store(session, model.fingerprint, {each: pack(model.vector(each.title, "")) for each in told})

    return make_all


def near(meanings, session, shelf, text):
    """Return how many documents come near to a text."""
    numbers, similar = meanings.near(session, shelf.course_id, meanings.model.vector(text, ""))
    assert len(numbers) == len(similar)
    return len(numbers)


def test_what_is_new_and_what_is_changed_is_read_on(session, shelf, learn, folder):
    meanings = Meanings(folder)
    id_ = shelf.put("Sygemelding")
    learn()
    assert (near(meanings, session, shelf, "sjuk"), near(meanings, session, shelf, "fiets")) == (1, 0)
    shelf.put("Ziek")
    shelf.put("Min cykel", id_=id_)
    learn()
    assert (near(meanings, session, shelf, "sjuk"), near(meanings, session, shelf, "fiets")) == (1, 1)


def test_what_is_indexed_again_as_it_was_keeps_its_vector(session, shelf, learn):
    id_ = shelf.put("Sygemelding", "Hej")
    learn()
    shelf.put("Sygemelding", "Hej", id_=id_, language="da")
    assert vectors.outdated(session, limit=9) == []
    shelf.put("Sygemelding", "Hej igen", id_=id_)
    assert [each.text for each in vectors.outdated(session, limit=9)] == ["Hej igen"]


def test_what_is_gone_leaves_the_memory(session, shelf, learn, folder):
    meanings = Meanings(folder, check_seconds=0)
    id_ = shelf.put("Sygemelding")
    shelf.put("Ziek")
    learn()
    assert near(meanings, session, shelf, "sjuk") == 2
    remove(session, [id_])
    assert near(meanings, session, shelf, "sjuk") == 1
    assert len(meanings._courses[shelf.course_id].rows) == 1


def test_there_is_room_for_the_newest_alone(session, shelf, learn, folder):
    meanings = Meanings(folder, most_bytes=3 * 60)
    for _ in range(5):
        shelf.put("Sygemelding")
        learn()
        near(meanings, session, shelf, "sjuk")
    assert near(meanings, session, shelf, "sjuk") == 3
    other = Shelf(session)
    other.put("Ziek")
    learn()
    assert near(meanings, session, other, "sjuk") == 1
    assert list(meanings._courses) == [other.course_id]
    assert near(Meanings(folder, most_bytes=3 * 60), session, shelf, "sjuk") == 3


def test_threads_read_on_at_once(session, database, shelf, learn, folder):
    meanings, counts = Meanings(folder), []
    for _ in range(30):
        shelf.put("Sygemelding")
    learn()
    session.commit()

    def ask():
        with database.session(writes=False) as reading:
            counts.append(near(meanings, reading, shelf, "sjuk"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counts == [30] * 4
