import csv
import io
import json

import pytest

from connector.moderation.services import remove
from connector.threads.models import Rules
from tests import make
from tests.bench import wsgi
from tests.connector.threads import build


@pytest.fixture
def thread(session, activity, ana, bo):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    thread = build.thread(session, activity=activity, author=ana, title="=SUM(1)", body="By date.", tags=["b", "a"])
    hidden = build.reply(session, thread, author=bo, body="+ by name", is_anonymous=True)
    build.reply(session, thread, author=ana, parent=hidden, body="Why?")
    return thread


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_table_of_all_posts(visiting, activity, trainer, thread):
    answer = visiting(trainer, activity).get("/export.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    rows = rows_of(answer)
    assert [(row["number"], row["answers"], row["author"]) for row in rows] == [
        ("1", "", "Ana Holm"),
        ("2", "1", "Anonymous 1"),
        ("3", "2", "Ana Holm"),
    ]
    assert (rows[0]["thread"], rows[0]["tags"], rows[1]["text"]) == ("'=SUM(1)", "a, b", "'+ by name")


def test_the_same_as_data(visiting, activity, trainer, thread):
    told = json.loads(visiting(trainer, activity).get("/export.json").text)
    assert told["title"] == activity.title
    assert [post["text"] for post in told["posts"]] == ["By date.", "+ by name", "Why?"]


def test_an_empty_discussion_is_a_document_as_well(visiting, activity, trainer):
    visit = visiting(trainer, activity)
    assert json.loads(visit.get("/export.json").text)["posts"] == []
    assert rows_of(visit.get("/export.csv")) == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_no_trace_of_who_hides(visiting, activity, trainer, bo, thread, form):
    text = visiting(trainer, activity).get(f"/export.{form}").text
    person = bo.person
    secrets = [person.name, person.subject, str(person.id), str(bo.id), str(person.pseudonym), bo.id.hex, "Bo Dam"]
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("form", ["csv", "json", "exe"])
def test_learners_take_nothing(visiting, activity, ana, thread, form):
    assert visiting(ana, activity).get(f"/export.{form}").status_code == 404


def test_what_was_removed_is_in_it_with_its_state(visiting, session, activity, trainer, bo, thread):
    remove(session, build.reply(session, thread, author=bo, body="Rude."), trainer, "Tone.", now=make.NOW)
    rows = rows_of(visiting(trainer, activity).get("/export.csv"))
    assert rows[-1]["state"] == "removed"


def test_hundreds_of_posts_cost_a_few_queries(app, visiting, session, activity, trainer, ana, thread):
    visit = visiting(trainer, activity)
    one = count(app, visit)
    for number in range(60):
        build.reply(session, thread, author=ana, body=f"{number}")
    session.commit()
    assert count(app, visit) == one


def count(app, visit):
    """How many questions the file asks the database."""
    with wsgi.counting(app.extensions["kring"].database.engine) as queries:
        assert visit.get("/export.csv").text
    return len(queries)
