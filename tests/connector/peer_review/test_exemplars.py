"""Good work is shown when every author agrees and results are shown; never with a name, unless all of them want it there."""

import io
import json
import re

import flask
import pytest
from sqlalchemy import select

from connector.content.models import Attachment
from connector.notifications.models import Notice
from connector.peer_review import privacy, rules
from connector.peer_review.copying import copy_settings
from connector.peer_review.exemplars import exemplars
from connector.peer_review.models.exemplars import Consent, Exemplar
from connector.peer_review.models.reviews import Submission
from connector.peer_review.models.setup import Anonymity, Unit
from connector.web.errors import InvalidInputError, NotFoundError
from tests import make
from tests.connector.content import documents
from tests.connector.content.test_unnaming import unpacked
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import hand_in
from tests.make import NOW


@pytest.fixture
def storing(app, translated):
    """Where files are kept, for services that are called without a request."""
    flask.current_app.extensions["kring_files"] = app.extensions["kring_files"]


def release(session, activity, trainer):
    acts.set_rules(session, activity, trainer, released_at=NOW)


@pytest.fixture
def asked(session, activity, trainer, ana, storing):
    """Ana was asked."""
    work = acts.hand_in(session, activity, ana, body="We meet once a week.")
    return exemplars.ask(session, work, trainer, note="Short, and to the point.", now=NOW)


def shown(session, activity, reader):
    return [(each.exemplar.body, list(each.names)) for each in exemplars.exemplars(session, activity, reader, now=NOW)]


def test_whole_path(visiting, session, trainer, ana, bo, activity, endpoint, stored_statements):
    author = hand_in(visiting, ana, activity, body="We meet once a week.")
    reader = hand_in(visiting, bo, activity)
    session.rollback()
    work = session.scalars(select(Submission).where(Submission.author_id == ana.id)).one()
    session.commit()
    leader = visiting(trainer, activity)
    assert "Ask whether it may be shown" in leader.get(f"/works/{work.id}").text
    assert leader.post(f"/works/{work.id}/exemplar", note="x" * 1_001).status_code == 422
    assert leader.post(f"/works/{work.id}/exemplar", note="To the point.").status_code == 303
    assert "Waits for an answer" in leader.get("/exemplars").text
    assert "asks whether your work may be shown" in author.get().text
    assert reader.get("/exemplars/mine").status_code == 404
    page = author.get("/exemplars/mine").text
    assert "We meet once a week." in page
    assert "To the point." in page
    assert author.post("/exemplars/mine", answer="").status_code == 422
    assert author.post("/exemplars/mine", answer="anonymous").status_code == 303
    assert "Not open yet" in reader.get("/exemplars").text
    session.rollback()
    release(session, activity, trainer)
    session.commit()
    assert "Good examples" in reader.get().text
    page = reader.get("/exemplars").text
    assert "We meet once a week." in page
    assert "To the point." in page
    assert "Ana Holm" not in page
    assert author.post("/exemplars/mine", answer="named").status_code == 303
    assert "Ana Holm" in reader.get("/exemplars").text
    assert author.post("/exemplars/mine", answer="no").status_code == 303
    assert "We meet once a week." not in reader.get("/exemplars").text
    assert "Not agreed" in leader.get(f"/works/{work.id}").text
    told = [each for each in map(json.loads, stored_statements) if each["object"]["id"].find("/exemplars/") > 0]
    assert len(told) == 1
    assert str(work.id) not in json.dumps(told)
    assert str(ana.person.pseudonym) not in json.dumps(told)
    assert str(trainer.person.pseudonym) not in json.dumps(told)  # double-blind: everybody is veiled
    assert session.scalars(select(Notice.member_id).where(Notice.what == exemplars.ASKED)).all() == [ana.id]
    session.commit()
    assert leader.post(f"/works/{work.id}/exemplar", act="take-back").status_code == 303
    assert author.get("/exemplars/mine").status_code == 404


def test_notice_says_what_is_asked(session, app, activity, ana, bo, asked):
    tell = app.extensions["kring_tellers"][exemplars.ASKED]
    assert "be shown as a good example" in tell(session, ana, [asked.id])[asked.id].title
    assert tell(session, bo, [asked.id]) == {}


def test_name_only_where_all_of_a_group_want_it(session, course, activity, trainer, people, storing):
    group = next(iter(build.lms_set(session, course, groups=("One",)).values()))
    build.put(session, group, *people[:2])
    acts.set_rules(session, activity, trainer, unit=Unit.GROUP, group_set_id=group.set_id)
    work = acts.hand_in(session, activity, people[0], body="Ours.")
    row = exemplars.ask(session, work, trainer, note="", now=NOW)
    release(session, activity, trainer)
    exemplars.answer(session, row, people[0], agrees=True, shows_name=True, now=NOW)
    assert shown(session, activity, people[3]) == []
    exemplars.answer(session, row, people[1], agrees=True, now=NOW)
    assert shown(session, activity, people[3]) == [("Ours.", [])]
    exemplars.answer(session, row, people[1], agrees=True, shows_name=True, now=NOW)
    assert shown(session, activity, people[3]) == [("Ours.", ["Learner A", "Learner B"])]
    exemplars.answer(session, row, people[0], agrees=False, now=NOW)
    assert shown(session, activity, people[3]) == []
    with pytest.raises(NotFoundError):
        exemplars.answer(session, row, people[3], agrees=True, now=NOW)


def test_hidden_from_who_still_reviews_and_from_outsiders(session, activity, trainer, ana, bo, asked, people):
    exemplars.answer(session, asked, ana, agrees=True, now=NOW)
    assert shown(session, activity, trainer) == [("We meet once a week.", [])]
    assert shown(session, activity, bo) == []
    acts.hand_in(session, activity, bo)
    review = acts.take(session, activity, bo)
    release(session, activity, trainer)
    assert shown(session, activity, bo) == []
    acts.send(session, review)
    assert shown(session, activity, bo) == [("We meet once a week.", [])]
    elsewhere = make.member(session, course=make.course(session))
    assert shown(session, activity, elsewhere) == []
    people[0].person.is_guest = True
    assert shown(session, activity, people[0]) == []


def test_what_is_handed_in_again_is_asked_about_again(session, activity, trainer, ana, bo, asked):
    exemplars.answer(session, asked, ana, agrees=True, now=NOW)
    work = acts.hand_in(session, activity, ana, body="We meet every day.")
    assert shown(session, activity, trainer) == []
    with pytest.raises(NotFoundError):
        exemplars.answer(session, asked, ana, agrees=True, now=NOW)
    again = exemplars.ask(session, work, trainer, note="", now=NOW)
    assert again.consents == []
    exemplars.answer(session, again, ana, agrees=True, now=NOW)
    assert shown(session, activity, trainer) == [("We meet every day.", [])]
    acts.handing_in.withdraw(session, activity, ana, now=NOW)
    assert shown(session, activity, trainer) == []


def test_only_learners_work_is_asked_about(session, activity, trainer, ana, bo, storing):
    work = acts.hand_in(session, activity, ana)
    with pytest.raises(NotFoundError):
        exemplars.ask(session, work, bo, note="", now=NOW)
    with pytest.raises(InvalidInputError):
        exemplars.ask(session, work, trainer, note="x" * 1_001, now=NOW)
    acts.handing_in.withdraw(session, activity, ana, now=NOW)
    with pytest.raises(NotFoundError):
        exemplars.ask(session, work, trainer, note="", now=NOW)


def test_erased_authors_work_disappears(session, activity, trainer, ana, asked):
    exemplars.answer(session, asked, ana, agrees=True, shows_name=True, now=NOW)
    (held,) = [each for each in privacy.list_of(session, ana.person) if each.name == "exemplar_consents"]
    assert [(each["agrees"], each["shows_name"]) for each in held.records] == [(True, True)]
    privacy.forget(session, ana.person)
    session.flush()
    assert shown(session, activity, trainer) == []
    assert session.scalars(select(Consent)).all() == session.scalars(select(Exemplar)).all() == []


def test_is_never_copied(session, course, activity, ana, asked):
    exemplars.answer(session, asked, ana, agrees=True, now=NOW)
    copy = make.activity(session, course=course, title="Copy")
    copy_settings(session, activity, copy, NOW)
    assert [each.activity_id for each in session.scalars(select(Exemplar))] == [activity.id]


def test_files_lose_who_made_them(visiting, app, session, activity, trainer, ana, bo, storing):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE)
    visit = visiting(ana, activity)
    visit.get("/work")
    visit.post("/work", body="My plan.", file=(io.BytesIO(documents.pdf()), "Plan of Veronika.pdf"))
    session.rollback()
    work = session.scalars(select(Submission)).one()
    row = exemplars.ask(session, work, trainer, note="", now=NOW)
    exemplars.answer(session, row, ana, agrees=True, now=NOW)
    mine, copy = sorted(session.scalars(select(Attachment)), key=lambda each: each.holder_kind == exemplars.HOLDER)
    assert (mine.name, copy.name) == ("Plan of Veronika.pdf", "file-1.pdf")
    assert "Veronika" not in row.body
    assert str(copy.id) in row.body
    session.commit()
    address = re.search(rf'href="([^"]*{copy.id}[^"]*)"', visit.get("/exemplars/mine").text)[1]
    reader = visiting(bo, activity)
    address = address.replace(f"/{visit.sid}/", f"/{reader.sid}/")
    assert reader.client.get(address).status_code == 404
    release(session, activity, trainer)
    session.commit()
    answer = reader.client.get(address)
    assert answer.status_code == 200
    assert documents.NAME.encode() not in unpacked(answer.data)
    assert reader.client.get(address.replace(str(copy.id), str(mine.id))).status_code == 404


def test_file_that_keeps_a_name_is_left_out(visiting, session, activity, trainer, ana, storing):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE)
    visit = visiting(ana, activity)
    visit.get("/work")
    visit.post("/work", body="My plan.", file=(io.BytesIO(documents.pdf(signed=True)), "Plan of Veronika.pdf"))
    session.rollback()
    row = exemplars.ask(session, session.scalars(select(Submission)).one(), trainer, note="", now=NOW)
    assert row.files_left_out == 1
    assert row.body.strip() == "My plan."
    assert len(session.scalars(select(Attachment)).all()) == 1


def test_list_takes_as_many_queries_for_many_as_for_few(
    visiting, session, course, activity, trainer, ana, asked, storing, count_queries
):
    exemplars.answer(session, asked, ana, agrees=True, now=NOW)
    session.commit()
    leader = visiting(trainer, activity)

    def look():
        leader.get("/exemplars")
        with count_queries() as seen:
            assert leader.get("/exemplars").status_code == 200
        return len(seen)

    few = look()
    for number in range(29):
        member = make.member(session, course=course, name=f"Learner {number}")
        row = exemplars.ask(session, acts.hand_in(session, activity, member), trainer, note="", now=NOW)
        exemplars.answer(session, row, member, agrees=True, now=NOW)
    session.commit()
    assert look() <= few


def test_rules_say_when_it_is_open(session, activity, trainer, bo, storing):
    assert not exemplars.is_open_to(session, activity, bo, now=NOW)
    acts.set_rules(session, activity, trainer, reviews_due_at=NOW)
    assert rules.get_rules(session, activity).released_at is None
    assert exemplars.is_open_to(session, activity, bo, now=NOW)
