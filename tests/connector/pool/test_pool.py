"""Entries come from posts or from scratch, are kept right by those who should know, and are looked at again."""

import datetime as dt
import json
import re
import uuid

import pytest
from sqlalchemy import select

from connector.delivery.models import Message
from connector.moderation import services as moderation
from connector.notifications.models import Notice
from connector.pool import services
from connector.pool.access import Standing, standing_of
from connector.pool.finding import find_entries
from connector.pool.making import Text
from connector.pool.models import Entry, EntryMark, Proposal
from connector.pool.reading import attribution
from connector.pool.tidying import DUE, remind
from connector.threads import changing
from connector.threads.limits import get_rules
from connector.threads.models import PostState, Thread, ThreadKind
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.pool.writing import YEAR, text_of, write
from tests.connector.threads import build


# --- from posts ---------------------------------------------------------------------------------------------------------
def test_a_post_becomes_an_entry_by_one_click(session, at, answer, question, expert, ana, clock):
    desk = at(expert)
    page = desk.visit.get(f"/threads/{question.id}").text
    assert "Into the knowledge pool" in text_of(page)
    made = desk.post("/promote", post=str(answer.id))
    page = text_of(desk.visit.client.get(made.location).text)
    assert "Which form?" in page
    assert "from Bo Dam" in page
    assert "looked after by Eva Krog" in page
    assert "#forms" in page
    assert desk.post("/promote", post=str(answer.id)).location == made.location
    learner = at(ana)
    assert "Into the knowledge pool" not in learner.visit.get(f"/threads/{question.id}").text
    assert learner.post("/promote", post=str(answer.id)).status_code == 404
    assert "Which form?" in text_of(learner.get().text)


def test_what_becomes_of_the_post_changes_nothing(session, answer, entry, bo, trainer):
    before = entry.body, entry.title
    changing.edit_post(session, answer, bo, "Something else.", now=make.NOW)
    changing.withdraw_post(session, answer, bo, now=make.NOW)
    session.flush()
    session.refresh(entry)
    assert (entry.body, entry.title) == before
    assert [each.entry.id for each in find_entries(session, trainer, "12b", now=make.NOW, limit=5)] == [entry.id]


def test_who_hid_their_name_stays_hidden(session, activity, question, bo, expert, at, endpoint):
    rules = get_rules(session, activity)
    rules.allows_anonymous = True
    session.add(rules)
    hidden = build.reply(session, question, author=bo, body="I know.", is_anonymous=True)
    entry = services.promote(session, hidden, expert, now=make.NOW)
    assert (entry.author_id, entry.alias) == (None, hidden.alias)
    assert attribution(entry) == "Anonymous 1"
    page = text_of(at(expert).get(f"/{entry.id}").text)
    assert "from Anonymous 1" in page
    assert "Bo Dam" not in page
    told = [json.loads(each.body) for each in session.scalars(select(Message)) if b"promoted" in each.body]
    assert len(told) == 1
    assert str(bo.person.pseudonym) not in json.dumps(told)


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
def test_what_not_all_can_read_is_not_promoted(session, answer, expert, state):
    answer.state = state
    with pytest.raises(NotFoundError):
        services.promote(session, answer, expert, now=make.NOW)


def test_what_is_between_two_sides_stays_there(session, activity, ana, trainer, at):
    private = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION, is_private=True)
    with pytest.raises(NotFoundError):
        services.promote(session, private.opening, trainer, now=make.NOW)
    desk = at(trainer)
    assert desk.post("/promote", post=str(private.opening.id)).status_code == 404
    assert desk.post("/promote", post=str(uuid.uuid4())).status_code == 404


# --- keeping it right ----------------------------------------------------------------------------------------------------
def test_an_entry_is_written_changed_and_compared(session, at, expert, ana):
    desk = at(expert)
    form = {"title": "Keys", "body": "At the desk.", "tags": "keys, House", "review_on": "2027-01-01"}
    made = desk.post("/new", **form)
    assert made.status_code == 303
    entry = session.scalars(select(Entry)).one()
    session.commit()
    assert entry.review_at == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    path = f"/{entry.id}"
    assert desk.post(f"{path}/edit", **form | {"body": "At the front desk.", "version": "1"}).status_code == 303
    assert desk.post(f"{path}/edit", **form | {"body": "Lost.", "version": "1"}).status_code == 409
    page = text_of(desk.get(f"{path}/versions").text)
    assert "Version 2 Now" in page
    assert "[added: front ]" in page.replace("  ", " ") or "front" in page
    assert "#house" in text_of(desk.get(path).text)
    assert at(ana).post("/new", **form).status_code == 404
    assert at(ana).get("/new").status_code == 404


def test_learners_propose_and_those_who_know_decide(session, at, entry, ana, bo, expert, trainer, endpoint):
    learner, keeper = at(ana), at(trainer)
    path = f"/{entry.id}"
    form = {"title": "Which form?", "body": "Form 13, since May.", "version": "1", "reason": "It changed."}
    assert learner.post(f"{path}/edit", **form).status_code == 303
    assert "waits for those who look after the pool" in text_of(learner.get(path).text)
    session.refresh(entry)
    assert "12b" in entry.body
    notice = session.scalars(select(Notice).where(Notice.what == services.PROPOSED)).one()
    assert notice.member_id == expert.id
    session.commit()
    page = keeper.get(path).text
    assert "Proposed by Ana Holm" in text_of(page)
    (action,) = set(re.findall(r'action="[^"]+(/[^/"]+/proposals/[^"]+)"', page))
    assert at(bo).post(action).status_code == 404
    assert keeper.post(action).status_code == 303
    session.refresh(entry)
    assert entry.body == "Form 13, since May."
    assert session.scalars(select(Proposal)).all() == []
    told = [json.loads(each.body) for each in session.scalars(select(Message))]
    added = [each for each in told if each["verb"]["id"].endswith("/add")]
    assert len(added) == 1
    session.commit()
    assert "was taken over" in text_of(learner.visit.client.get(f"/s/{learner.visit.sid}/notices").text)


def test_who_proposes_again_replaces_what_they_proposed(session, entry, ana):
    for body in ("One", "Two"):
        services.propose(session, entry, ana, Text(title="T", body=body), "", now=make.NOW)
    assert [each.body for each in session.scalars(select(Proposal))] == ["Two"]


def test_standing_goes_from_confirmed_to_due_to_confirmed(session, entry, expert, ana):
    assert standing_of(entry, now=make.NOW) is Standing.CURRENT
    later = make.NOW + YEAR
    assert standing_of(entry, now=later) is Standing.DUE
    services.confirm(session, entry, expert, now=later)
    assert standing_of(entry, now=later) is Standing.CURRENT
    services.call_outdated(session, entry, expert, now=later)
    assert standing_of(entry, now=later) is Standing.OUTDATED
    services.confirm(session, entry, expert, now=later)
    assert standing_of(entry, now=later) is Standing.CURRENT
    for act in (services.confirm, services.call_outdated, services.remove):
        with pytest.raises(NotFoundError):
            act(session, entry, ana, now=later)


def test_owners_are_reminded_once_and_trainers_where_the_owner_has_left(session, entry, expert, trainer, activity):
    other = write(session, activity, trainer, title="Other")
    remind(session, now=make.NOW)
    assert session.scalars(select(Notice).where(Notice.what == DUE)).all() == []
    later = make.NOW + YEAR
    for _time in range(2):
        remind(session, now=later)
    found = session.scalars(select(Notice).where(Notice.what == DUE)).all()
    assert {(each.about, each.member_id) for each in found} == {(entry.id, expert.id), (other.id, trainer.id)}
    services.confirm(session, entry, expert, now=later)
    expert.is_active = False
    remind(session, now=later + YEAR)
    told = session.scalars(select(Notice).where(Notice.what == DUE, Notice.about == entry.id)).all()
    assert {each.member_id for each in told} == {expert.id, trainer.id}


def test_a_notice_leads_to_the_entry(session, at, entry, expert):
    remind(session, now=make.NOW + YEAR)
    session.commit()
    desk = at(expert)
    page = desk.visit.client.get(f"/s/{desk.visit.sid}/notices").text
    assert "Is “Which form?” still right?" in text_of(page)


def test_an_entry_is_handed_over_and_taken_out(session, at, entry, expert, trainer, ana, answer):
    desk = at(expert)
    path = f"/{entry.id}"
    assert desk.post(f"{path}/owner", owner=str(ana.id)).status_code == 404
    assert desk.post(f"{path}/owner", owner=str(trainer.id)).status_code == 303
    assert desk.post(f"{path}/remove").status_code == 404
    assert at(trainer).post(f"{path}/remove").status_code == 303
    assert desk.get(path).status_code == 404
    assert find_entries(session, trainer, "12b", now=make.NOW, limit=5) == []
    again = services.promote(session, answer, expert, now=make.NOW)
    assert again.id != entry.id


def test_a_click_keeps_an_entry_and_another_lets_it_go(session, at, entry, observer, endpoint):
    desk = at(observer)
    for _time in range(2):
        assert desk.post(f"/{entry.id}/save").status_code == 303
    assert "Which form?" in text_of(desk.get("?show=saved").text)
    assert len([each for each in session.scalars(select(Message)) if b"bookmark" in each.body]) >= 1
    session.commit()
    desk.post(f"/{entry.id}/save", undo="1")
    assert session.scalars(select(EntryMark)).all() == []


def test_an_entry_has_a_thread(session, at, activity, entry, trainer, ana, question):
    page = at(ana).get(f"/{entry.id}").text
    assert f"/threads/{question.id}" in page
    fresh = write(session, activity, trainer)
    session.commit()
    desk = at(ana)
    led = desk.post(f"/{fresh.id}/discuss").location
    assert desk.post(f"/{fresh.id}/discuss").location == led
    assert desk.visit.client.get(led).status_code == 200
    session.refresh(fresh)
    thread = session.get_one(Thread, fresh.thread_id)
    moderation.remove(session, thread.opening, trainer, "No", now=make.NOW)
    assert thread.title == fresh.title
