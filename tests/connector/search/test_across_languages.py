"""With a model, questions are found by what they mean; who may find them stays as it is."""

import dataclasses
import html
import os
import re
import threading
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from sqlalchemy import event, func, select, update

from connector.activities.models import GroupMode, Kind, Placement
from connector.cli import main
from connector.config import SettingsError
from connector.holders import HOLDERS
from connector.pool import finding as pool
from connector.pool.services import promote
from connector.privacy.erasure import erase_person
from connector.search import vectors as search_vectors
from connector.search import worker
from connector.search.indexing import remove
from connector.search.meanings import Model
from connector.search.models import OUTDATED, SearchDocument, SearchVector
from connector.search.worker import Maker
from connector.threads.finding import index_posts
from connector.threads.models import Moderation, Post, Rules
from connector.threads.retention import forget_old_threads
from tests import make
from tests.connector.expert_qa import asking
from tests.connector.groups import build as groups
from tests.connector.search.dictionary import save_model
from tests.connector.threads.members import *  # noqa: F403 -- a course and its members

DANISH = "Hvem skal jeg ringe til, når jeg er syg?"
SWEDISH = "Var anmäler jag mig sjuk, och till vilken chef"
SIMILAR = f"/similar?title={quote(SWEDISH)}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def settings(settings, folder):
    return dataclasses.replace(settings, semantic_model=folder)


@pytest.fixture
def activity(session, course):
    found = make.activity(session, course=course, title="Ask the experts")
    found.kind = Kind.EXPERT_QA
    session.execute(update(Placement).where(Placement.activity_id == found.id).values(opened_at=make.NOW))
    session.flush()
    return found


@pytest.fixture
def learn(session, database, folder):
    """Return how the worker makes the vectors that are missing; what the session holds is committed."""
    maker = Maker(database, Model(folder))

    def make_all():
        session.commit()
        while maker.make_some():
            pass

    return make_all


@pytest.fixture
def look(visiting, activity, learn):
    """Return what a page of the activity, or of the course, says to a member."""

    def read(member, path=SIMILAR, *, everywhere=False):
        visit = visiting(member, activity)
        learn()
        response = visit.client.get(f"/s/{visit.sid}{path}") if everywhere else visit.get(path)
        assert response.status_code == HTTPStatus.OK
        body = re.sub(r"<(script|style).*?</\1>", " ", response.text, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    return read


@pytest.fixture
def sick(session, activity, bo):
    """A Danish question among others."""
    for title in ("Hvor er kantinen?", "Må jeg tage min cykel med ind?", "Hvornår er der ferie?"):
        asking.ask(session, activity, bo, title=title)
    return asking.ask(session, activity, bo, title=DANISH, body="Eller skal jeg skrive?")


def act(visit, thread, what, **form):
    """Do something to a question, as its page does."""
    (path,) = set(re.findall(rf'"([^"]+/posts/{thread.opening.id}/{what})"', visit.get(f"/threads/{thread.id}").text))
    return visit.client.post(path, data={"csrf_token": visit.token, **form})


def vectors(session):
    rows = session.execute(
        select(SearchDocument.title, SearchVector.model, SearchVector.vector).join(
            SearchVector, SearchVector.document_number == SearchDocument.number
        )
    )
    return {title: (model, vector) for title, model, vector in rows}


# --- what is found -----------------------------------------------------------------------------------------------------
def test_a_swedish_question_finds_the_danish_answer(look, session, sick, ana, bo):
    asking.answer(session, sick, bo, "Ring til din leder.")
    page = look(ana)
    assert DANISH in page
    assert "Ring til din leder." in page
    assert "cykel" not in page


def test_the_pool_is_found_in_another_language_too(look, session, sick, ana, bo, trainer):
    entry = promote(session, asking.answer(session, sick, bo, "Ring til din leder."), trainer, now=asking.at(5))
    entry.title = "Sygemelding"
    pool.index_entries(session, [entry])
    assert "From the knowledge pool" in look(ana)


def test_a_search_that_no_post_has_the_words_of_finds_what_means_the_same(look, sick, ana):
    page = look(ana, "/search?q=ziekmelding", everywhere=True)
    assert "No post has all of these words. These come closest." in page
    assert DANISH in page
    assert "cykel" not in page
    for asked in ('"ziekmelding"', "ziekmelding -cykel", "ziekm*"):
        closest = look(ana, f"/search?q={quote(asked)}", everywhere=True)
        assert (DANISH in closest) is (asked[0] == '"')  # one word is no phrase


def test_words_that_are_there_are_not_joined_by_meanings(look, session, activity, sick, ana, bo):
    asking.ask(session, activity, bo, title="Ziekmelding: hoe werkt dat?")
    page = look(ana, "/search?q=ziekmelding", everywhere=True)
    assert "hoe werkt dat?" in page
    assert DANISH not in page


def test_what_has_the_words_and_the_meaning_stands_first(look, session, activity, sick, ana, bo):
    asking.ask(session, activity, bo, title="Vem ringer jag när jag är sjuk?")
    asking.ask(session, activity, bo, title="Var anmäler jag mig till kursen?")
    page = look(ana)
    assert page.index("Vem ringer jag") < page.index("Hvem skal jeg ringe")
    assert "till kursen" in page


def test_many_who_share_its_words_do_not_hide_what_says_it_in_another_language(look, session, activity, sick, ana, bo):
    for number in range(65):
        asking.ask(session, activity, bo, title=f"Var anmäler jag mig till kurs {number}?")
    assert DANISH in look(ana)


@pytest.mark.parametrize("folder", [""], scope="module")
def test_without_a_model_words_alone_count(settings, app, visiting, session, activity, sick, ana, folder):
    assert visiting(ana, activity).get(SIMILAR).text.count(DANISH) == 0
    assert session.scalar(select(func.count()).select_from(SearchVector)) == 0


# --- who finds it ------------------------------------------------------------------------------------------------------
def test_what_one_may_not_read_is_not_found_by_meaning(look, session, activity, ana, bo, trainer):
    asking.ask(session, activity, bo, title=DANISH, is_private=True)
    session.add(Rules(activity_id=activity.id, moderation=Moderation.ALL))
    session.flush()
    asking.ask(session, activity, bo, title="Hvordan gør man ved sygemelding?")
    for path, everywhere in ((SIMILAR, False), ("/search?q=ziekmelding", True)):
        assert {"syg" in look(ana, path, everywhere=everywhere), "Hvem" in look(ana)} == {False}
        for reader in (bo, trainer):
            page = look(reader, path, everywhere=everywhere)
            assert DANISH in page
            assert "sygemelding?" in page


def test_another_group_and_another_course_find_nothing(look, session, activity, ana, bo):
    group, _ = groups.lms_set(session, activity.course).values()
    activity.group_mode, activity.group_set_id = GroupMode.SEPARATE, group.set_id
    groups.put(session, group, bo)
    asking.ask(session, activity, bo, title=DANISH, group_id=group.id)
    other = make.activity(session, title="Elsewhere")
    other.kind = Kind.EXPERT_QA
    asking.ask(session, other, make.member(session, course=other.course, name="Eli Sø"), title="Sygemelding?")
    assert "syg" not in look(ana).lower()
    assert DANISH in look(bo)


def test_nobody_is_shown_behind_an_alias(look, session, activity, ana, bo):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    session.flush()
    asking.ask(session, activity, bo, title=DANISH, is_anonymous=True)
    page = look(ana)
    assert DANISH in page
    assert "Bo Dam" not in page


def test_what_is_hidden_takes_no_place_from_what_is_not(look, session, activity, sick, ana, bo):
    for _ in range(60):
        asking.ask(session, activity, bo, title="Vem ringer jag när jag är sjuk?", is_private=True)
    assert DANISH in look(ana, f"/similar?title={quote('Vem ringer jag när jag är sjuk?')}")


# --- what changes and goes ---------------------------------------------------------------------------------------------
def test_an_edit_changes_the_meaning(look, visiting, session, activity, sick, ana, bo):
    assert DANISH in look(ana)
    answer = act(
        visiting(bo, activity), sick, "edit", title="Hvor får jeg en ny kode?", body="Den gamle er glemt.", version=1
    )
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert vectors(session)["Hvor får jeg en ny kode?"] == (OUTDATED, b"")
    assert "kode" not in look(ana)
    assert "ny kode" in look(ana, f"/similar?title={quote('Jag har glömt mitt lösenord')}")


def test_a_vector_goes_with_what_it_was_made_of(look, visiting, session, activity, sick, ana, bo):
    look(ana)
    assert DANISH in vectors(session)
    assert act(visiting(bo, activity), sick, "withdraw").status_code == HTTPStatus.SEE_OTHER
    assert DANISH not in vectors(session)
    assert DANISH not in look(ana)


def test_who_is_erased_is_in_no_vector(look, session, activity, ana, bo, folder):
    thread = asking.ask(session, activity, bo, title="Hvem er syg?", body="@Ana Holm, er du syg?")
    look(bo)
    erase_person(session, ana.person, holders=HOLDERS, now=asking.at(5))
    assert "Ana" not in session.scalar(select(SearchDocument.text).where(SearchDocument.id == thread.opening.id))
    assert vectors(session)["Hvem er syg?"] == (OUTDATED, b"")


def test_what_was_kept_long_enough_is_in_no_vector(learn, session, activity, sick, bo):
    session.add(Rules(activity_id=activity.id, keep_days=30))
    learn()
    assert vectors(session)
    forget_old_threads(session, (remove,), now=make.NOW + timedelta(days=400))
    assert DANISH not in vectors(session)


def test_another_model_makes_all_of_them_again(learn, session, database, sick, tmp_path):
    learn()
    before, numbers = vectors(session), set(session.scalars(select(SearchVector.number)))
    session.commit()
    other = Model(save_model(tmp_path, seed=2))
    maker = Maker(database, other)
    while maker.make_some():
        pass
    after = vectors(session)
    assert after.keys() == before.keys()
    assert {model for model, _ in after.values()} == {other.fingerprint}
    assert all(before[title][1] != vector for title, (_, vector) in after.items() if vector)
    assert min(session.scalars(select(SearchVector.number))) > max(numbers)


def test_what_was_changed_meanwhile_gets_no_vector_of_what_it_was(session, database, sick):
    session.commit()
    made = {}
    with database.session(writes=False) as reading:
        for told in search_vectors.without_vector(reading, after=0, limit=100):
            made[told] = b"1"
    sick.opening.body_html = "<p>Cykel</p>"
    index_posts(session, session.scalars(select(Post)).all())
    session.commit()
    assert search_vectors.store(session, "model", made) == len(made) - 1
    assert DANISH not in vectors(session)


def test_the_worker_makes_them_and_drops_them_where_none_are_wanted(session, database, settings, sick):
    session.commit()
    for chosen, count in ((settings, 4), (dataclasses.replace(settings, semantic_model=""), 0)):
        stop = threading.Event()
        loop = threading.Thread(target=worker.run, args=(database, chosen), kwargs={"stop": stop, "idle": 0.01})
        loop.start()
        for _ in range(500):
            with database.session(writes=False) as reading:
                if reading.scalar(select(func.count()).select_from(SearchVector)) == count:
                    break
            stop.wait(0.02)
        else:
            pytest.fail("the worker made no vectors")
        stop.set()
        loop.join()


def test_many_questions_ask_no_more_of_the_database_than_one(look, visiting, session, activity, ana, bo, app):
    counts = []
    engine = app.extensions["kring"].database.engine
    for more in (1, 29):
        for _ in range(more):
            asking.ask(session, activity, bo, title=DANISH)
        look(ana)
        visit = visiting(ana, activity)
        seen = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        visit.get(SIMILAR)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]))
    assert counts[0] == counts[1]


# --- where it cannot work ----------------------------------------------------------------------------------------------
def test_an_application_does_not_start_with_half_a_model(settings, tmp_path):
    from connector.app import create_app

    with pytest.raises(SettingsError, match="KRING_SEMANTIC_MODEL"):
        create_app(dataclasses.replace(settings, semantic_model=str(tmp_path)))


def test_a_model_that_breaks_later_leaves_the_words(
    look, session, activity, settings, app, visiting, ana, bo, tmp_path
):
    asking.ask(session, activity, bo, title="Var anmäler jag mig till kursen?")
    held = app.extensions["kring"].database.info["kring_meanings"]
    held._folder = str(tmp_path)
    assert "till kursen" in look(ana)
    assert held.model is None


def test_an_operator_can_see_it_done(session, database_url, sick, folder):
    session.commit()
    ours = {name: None for name in os.environ if name.startswith("KRING_")}
    environ = {**ours, "KRING_DATABASE_URL": database_url, "KRING_SECRET_KEY": "s" * 32}

    def told(**more):
        result = CliRunner().invoke(main, ["search", "meanings"], env=environ | more, catch_exceptions=False)
        return result.exit_code, result.output

    code, output = told(KRING_SEMANTIC_MODEL=folder)
    assert (code, output.splitlines()[-1]) == (0, "4 vectors of 48 numbers were made; 4 of 4 texts have one.")
    assert told(KRING_SEMANTIC_MODEL=folder)[1].startswith("0 vectors")
    assert told()[0] == 1
    code, output = told(KRING_SEMANTIC_MODEL="minishlab/potion-multilingual-128M")
    assert (code, "KRING_SEMANTIC_MODEL is no folder on this machine" in output) == (1, True)
