"""A good example stands in the knowledge pool too where every author agrees to that, and not a moment longer."""

import html
import io
import json
import re
from datetime import timedelta

import flask
import pytest
from sqlalchemy import func, select, update

from connector.activities.models import Placement
from connector.content.models import Attachment, Draft
from connector.courses.models import Role
from connector.notifications.models import Notice
from connector.peer_review import forgetting, privacy
from connector.peer_review.exemplars import exemplars, lending
from connector.peer_review.models.exemplars import Consent, Exemplar
from connector.peer_review.models.reviews import Submission
from connector.peer_review.models.setup import Anonymity, Late, Unit
from connector.peer_review.works import units
from connector.pool import services as pool
from connector.pool.finding import find_entries, find_similar
from connector.pool.making import Text
from connector.pool.models import Entry, EntryTag, EntryVersion, Proposal
from connector.pool.reading import list_elsewhere
from connector.search.models import SearchDocument
from connector.search.services import look_alike
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.content import documents
from tests.connector.content.test_unnaming import unpacked
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import come
from tests.make import NOW

FORM = {"title": "A meeting that helps", "tags": "meetings, Planning"}


@pytest.fixture
def storing(app, translated):
    """Where files are kept, for services that are called without a request."""
    flask.current_app.extensions["kring_files"] = app.extensions["kring_files"]


@pytest.fixture
def place(session, course):
    """Where people of the course talk."""
    found = make.activity(session, course=course)
    session.execute(update(Placement).values(opened_at=NOW))
    return found


def ask(session, activity, trainer, *authors, body="We meet once a week.", answer=True):
    """Ask about the first author's work, for the pool too; results are shown."""
    work = acts.hand_in(session, activity, authors[0], body=body)
    row = exemplars.ask(session, work, trainer, note="To the point.", asks_pool=True, now=NOW)
    for each in authors if answer else ():
        exemplars.answer(session, row, each, agrees=True, for_pool=True, now=NOW)
    acts.set_rules(session, activity, trainer, reviews_due_at=NOW)
    return row


def lend(session, row, place, by):
    return lending.lend(session, row, place, by, title="A meeting that helps", tags=["meetings"], now=NOW)


@pytest.fixture
def lent(session, activity, place, trainer, ana, storing):
    """Ana's work, in the pool; what it said before, and a change that somebody proposes."""
    row = ask(session, activity, trainer, ana)
    entry = lend(session, row, place, trainer)
    change = Text(title="A meeting that helps", body="We meet once a week, or more.", tags=("meetings",))
    pool.change(session, entry, trainer, change, version=1, review_at=None, now=NOW)
    return row


def left(session):
    """Return how much the pool holds."""
    session.flush()
    models = (Entry, EntryTag, EntryVersion, Proposal)
    found = sum(session.scalar(select(func.count()).select_from(model)) for model in models)
    found += session.scalar(select(func.count()).select_from(SearchDocument).where(SearchDocument.kind == "pool"))
    return found + session.scalar(select(func.count()).where(Attachment.holder_kind == "pool_entry"))


def text_of(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


@pytest.fixture
def desks(visiting, session, place, trainer, ana, bo, activity, endpoint):
    """Ana, who handed in a file that names somebody; her trainer; Bo; and where her work is."""
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE)
    author = come(visiting, ana, activity)
    author.post("/work", body="We meet once a week.", file=(io.BytesIO(documents.pdf()), "Plan of Veronika.pdf"))
    session.rollback()
    work = session.scalars(select(Submission)).one()
    session.commit()
    leader, reader, at = visiting(trainer, activity), visiting(bo, activity), f"/works/{work.id}"
    leader.get(at)
    return author, leader, reader, at


def test_authors_are_asked_and_results_are_shown_first(session, desks, ana):
    author, leader, _reader, at = desks
    assert leader.post(f"{at}/pool", **FORM).status_code == 404
    leader.post(f"{at}/exemplar", note="")
    assert "knowledge pool" not in author.get("/exemplars/mine").text
    author.post("/exemplars/mine", answer="anonymous", pool="1")  # nobody asked for that
    assert leader.post(f"{at}/pool", **FORM).status_code == 422
    assert "Ask for that as well" in leader.get(at).text
    assert leader.post(f"{at}/pool", act="ask").status_code == 303
    box = re.search(r'<input type="checkbox" id="pool"[^>]*>', author.get("/exemplars/mine").text)[0]
    assert "checked" not in box
    assert leader.post(f"{at}/pool", **FORM).status_code == 422
    author.post("/exemplars/mine", answer="anonymous", pool="1")
    assert "when the results are shown and nobody has" in text_of(leader.get(at).text)
    refused = leader.post(f"{at}/pool", **FORM)
    assert "when the results are shown and nobody has" in text_of(refused.text)
    session.rollback()
    assert session.scalars(select(Notice.member_id).where(Notice.what == exemplars.ASKED)).all()[0] == ana.id
    assert left(session) == 0


def test_everybody_reads_it_until_the_author_changes_the_answer(session, desks, ana, bo, stored_statements):
    author, leader, reader, at = desks
    leader.post(f"{at}/exemplar", note="", pool="1")
    author.get("/exemplars/mine")
    author.post("/exemplars/mine", answer="anonymous", pool="1")
    leader.post("/release", on="1")
    assert leader.post(f"{at}/pool", title="").status_code == 422
    made = leader.post(f"{at}/pool", **FORM)
    assert leader.post(f"{at}/pool", **FORM).headers["Location"] == made.headers["Location"]
    path = made.headers["Location"].partition("?")[0].replace(leader.sid, reader.sid)
    page = reader.client.get(path).text
    said = text_of(page)
    assert "We meet once a week." in said
    assert "#meetings" in said
    assert "looked after by Tine Bech" in said
    assert "a good example of “A plan on one page”" in said
    assert "Ana Holm" not in page
    assert "Veronika" not in page
    link = re.search(r'href="([^"]+/exemplars#exemplar-[^"]+)"', page)[1]
    assert "We meet once a week." in reader.client.get(link).text
    assert "A copy stands there" in leader.get(at).text
    file = reader.client.get(re.search(r'href="([^"]+/files/[^"]+|[^"]+attachments/[^"]+)"', page)[1])
    assert file.status_code == 200
    assert documents.NAME.encode() not in unpacked(file.data)
    told = [json.loads(each) for each in stored_statements if b"A meeting" in each or b"/pool/" in each]
    assert len(told) == 1
    assert str(ana.person.pseudonym) not in json.dumps(told)
    session.rollback()
    entry = session.scalars(select(Entry)).one()
    assert [each.entry.id for each in find_entries(session, bo, "week", now=NOW, limit=5)] == [entry.id]
    alike = look_alike(session, "meeting helps", "", course_id=bo.course_id)
    assert [each.entry.id for each in find_similar(session, bo, alike, now=NOW, limit=5)] == [entry.id]
    session.commit()
    author.post("/exemplars/mine", answer="anonymous", pool="1")  # the same again changes nothing
    assert reader.client.get(path).status_code == 200
    author.post("/exemplars/mine", answer="anonymous")
    assert reader.client.get(path).status_code == 404
    assert "We meet once a week." in reader.get("/exemplars").text
    session.rollback()
    assert left(session) == 0


def change_answer(session, row, trainer, ana, activity):
    exemplars.answer(session, row, ana, agrees=True, shows_name=True, for_pool=True, now=NOW)


def decline(session, row, trainer, ana, activity):
    exemplars.answer(session, row, ana, agrees=False, now=NOW)


def take_back(session, row, trainer, ana, activity):
    exemplars.take_back(session, row)


def ask_again(session, row, trainer, ana, activity):
    exemplars.ask(session, row.submission, trainer, note="", now=NOW)


def hand_in_again(session, row, trainer, ana, activity):
    acts.hand_in(session, activity, ana, body="We meet every day.")


def withdraw(session, row, trainer, ana, activity):
    acts.handing_in.withdraw(session, activity, ana, now=NOW)


def erase(session, row, trainer, ana, activity):
    privacy.forget(session, ana.person)


def forget_texts(session, row, trainer, ana, activity):
    acts.set_rules(session, activity, trainer, keep_days=1)
    store = flask.current_app.extensions["kring_files"]
    assert forgetting.forget_old(session, store, now=NOW + timedelta(days=3)) == 1


def hide_results(session, row, trainer, ana, activity):
    acts.set_rules(session, activity, trainer, reviews_due_at=NOW + timedelta(days=1))
    lending.check_open(session, activity, now=NOW)


def count_somebody_in(session, row, trainer, ana, activity):
    other = make.member(session, course=activity.course, name="Somebody Else")
    units.count_in(session, row.submission, other, now=NOW)


def remove(session, row, trainer, ana, activity):
    pool.remove(session, row.entry, trainer, now=NOW)


WAYS = (
    *(change_answer, decline, take_back, ask_again, hand_in_again, withdraw, erase, forget_texts, hide_results),
    *(count_somebody_in, remove),
)


@pytest.mark.parametrize("way", WAYS)
def test_goes_without_a_trace(session, activity, place, trainer, ana, bo, lent, way):
    entry, other = lent.entry, ask(session, activity, trainer, bo, body="Another one.", answer=False)
    exemplars.answer(session, other, bo, agrees=True, for_pool=True, now=NOW)
    pool.propose(session, entry, bo, Text(title="No", body="We meet once a week?"), "", now=NOW)
    session.add(
        Draft(member_id=bo.id, place=f"pool {entry.id}", fields={"body": "We meet"}, revision=1, updated_at=NOW)
    )
    assert left(session) == 5
    way(session, lent, trainer, ana, activity)
    assert left(session) == 0
    assert session.scalars(select(Draft.fields).where(Draft.place == f"pool {entry.id}")).all() == [{}]


def test_can_be_put_there_again(session, place, trainer, ana, lent):
    first = lent.entry_id
    pool.remove(session, lent.entry, trainer, now=NOW)
    session.expire(lent)
    again = lend(session, lent, place, trainer)
    assert again.id != first
    assert lend(session, lent, place, trainer) is again


def test_all_of_a_group_must_agree_to_it(session, course, activity, place, trainer, people, storing):
    group = next(iter(build.lms_set(session, course, groups=("One",)).values()))
    build.put(session, group, *people[:2])
    acts.set_rules(session, activity, trainer, unit=Unit.GROUP, group_set_id=group.set_id)
    row = ask(session, activity, trainer, people[0], answer=False)
    exemplars.answer(session, row, people[0], agrees=True, shows_name=True, for_pool=True, now=NOW)
    exemplars.answer(session, row, people[1], agrees=True, shows_name=True, now=NOW)
    assert row.is_shared
    with pytest.raises(ConflictError):
        lend(session, row, place, trainer)
    exemplars.answer(session, row, people[1], agrees=True, shows_name=True, for_pool=True, now=NOW)
    entry = lend(session, row, place, trainer)
    assert entry.author_id is None
    told = lending.tell_lent(session, people[3], entry.id, NOW)
    assert (told.title, list(told.names)) == (activity.title, ["Learner A", "Learner B"])
    exemplars.answer(session, row, people[0], agrees=True, for_pool=True, now=NOW)
    assert left(session) == 0


def test_named_where_they_want_that(session, activity, place, trainer, ana, storing, stored_statements):
    row = ask(session, activity, trainer, ana, answer=False)
    exemplars.answer(session, row, ana, agrees=True, shows_name=True, for_pool=True, now=NOW)
    entry = lend(session, row, place, trainer)
    assert entry.author_id == ana.id
    (held,) = [each for each in privacy.list_of(session, ana.person) if each.name == "exemplar_consents"]
    assert held.records[0]["for_the_knowledge_pool"]
    assert not any(b"/pool/" in each and str(ana.person.pseudonym).encode() in each for each in stored_statements)


def test_waits_for_the_last_reviewer(session, activity, place, trainer, ana, bo, storing):
    acts.set_rules(session, activity, trainer, late=Late.ACCEPT)
    row = ask(session, activity, trainer, ana)
    acts.hand_in(session, activity, bo)
    review = acts.take(session, activity, bo)
    assert not lending.is_ready(session, activity, now=NOW)
    with pytest.raises(ConflictError):
        lend(session, row, place, trainer)
    acts.send(session, review)
    assert lending.is_ready(session, activity, now=NOW)
    assert lend(session, row, place, trainer).is_lent


def test_only_who_leads_puts_it_there(session, activity, place, course, trainer, bo, lent):
    for by in (bo, make.member(session, course=course, role=Role.EXPERT)):
        with pytest.raises(NotFoundError):
            lending.lend(session, lent, place, by, title="Mine", now=NOW)
        with pytest.raises(NotFoundError):
            lending.ask_for_pool(session, lent, by, now=NOW)


def test_page_is_told_only_to_whom_it_is_open(session, course, activity, trainer, bo, lent):
    assert lending.tell_lent(session, trainer, lent.entry_id, NOW).endpoint
    onlooker = make.member(session, course=course, role=Role.OBSERVER)
    told = lending.tell_lent(session, onlooker, lent.entry_id, NOW)
    assert (told.title, told.endpoint) == (activity.title, None)
    assert lending.tell_lent(session, bo, activity.id, NOW) is None


def test_no_other_course_takes_it_over(session, course, trainer, lent):
    elsewhere = make.member(session, course=make.course(session), role=Role.TRAINER)
    assert list_elsewhere(session, elsewhere, [course]) == []
    lent.entry.is_lent = False
    assert len(list_elsewhere(session, elsewhere, [course])) == 1


def test_needs_a_place_to_talk(visiting, session, activity, trainer, ana, storing):
    row = ask(session, activity, trainer, ana)
    session.commit()
    leader = visiting(trainer, activity)
    leader.get(f"/works/{row.submission_id}")
    refused = leader.post(f"/works/{row.submission_id}/pool", **FORM)
    assert refused.status_code == 422
    assert "needs an activity in which people talk" in refused.text
    assert session.scalars(select(Exemplar.entry_id)).all() == [None]
    assert session.scalars(select(Consent.for_pool)).all() == [True]
