import re
import uuid
from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from connector.content.drafts import find_draft
from connector.courses.models import Role
from connector.notebook.models import Note, Receipt
from connector.threads import changing
from connector.threads.models import Moderation, PostState, Rules
from tests import make
from tests.connector.notebook.conftest import text_of
from tests.connector.threads import build


def test_an_empty_notebook_says_how_to_begin(at, ana):
    page = at(ana).read()
    assert "Your notebook is empty." in page
    assert "Nobody else sees your notes" in page


def test_a_note_is_written_read_changed_and_thrown_away(at, session, ana):
    desk = at(ana)
    place = desk.write("I will **try** it.")
    page = desk.get(place).text
    assert "I will <strong>try</strong> it." in page
    assert "I will try it." in desk.read()
    desk.post(f"{place}/edit", body="I tried it.")
    assert "I tried it." in desk.read(place)
    assert desk.post(f"{place}/throw-away").status_code == HTTPStatus.SEE_OTHER
    assert desk.get(place).status_code == HTTPStatus.NOT_FOUND
    assert session.scalar(select(func.count(Note.id))) == 0


def test_a_note_that_is_sent_twice_is_one(at, session, ana):
    desk, key = at(ana), str(uuid.uuid4())
    assert desk.write("Once.", idempotency_key=key) == desk.write("Once.", idempotency_key=key)
    assert session.scalar(select(func.count(Note.id))) == 1


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 20_001])
def test_what_is_wrong_is_said_and_nothing_is_lost(at, ana, body):
    answer = at(ana).post(body=body)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert body.strip() in answer.text


def test_every_post_offers_to_be_added(at, ana, thread, observer):
    desk = at(ana)
    page = desk.visit.get(f"/threads/{thread.id}").text
    (link,) = re.findall(r'href="([^"]+/notebook/new\?post=[^"]+)"', page)
    form = desk.visit.client.get(link).text
    assert "post 1 by Bo Dam in “Filing”" in text_of(form)
    assert "By date, never by name." in form
    assert "Add to my notebook" not in at(observer).visit.get(f"/threads/{thread.id}").text


def test_a_note_keeps_the_way_to_a_post_and_words_of_it_if_wanted(at, ana, thread):
    desk, about = at(ana), {"post": str(thread.opening.id), "quotation": "By date … name."}
    with_words = desk.write("Right.", keeps="words", **about)
    without = desk.write("Wrong.", keeps="link", **about)
    assert f"/posts/{thread.opening.id}" in desk.get(with_words).text
    assert "By date … name." in desk.read(with_words)
    assert f"/posts/{thread.opening.id}" in desk.get(without).text
    assert "By date" not in desk.read(without)


def test_nobody_is_quoted_with_what_they_did_not_say(at, ana, thread):
    form = {"post": str(thread.opening.id), "keeps": "words", "quotation": "By name"}
    answer = at(ana).post(body="Right.", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The post does not say that." in text_of(answer.text)


def test_a_hidden_author_stays_hidden(at, session, activity, ana, bo, thread):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True, moderation=Moderation.NONE))
    session.flush()
    reply = build.reply(session, thread, author=bo, body="Secretly.", is_anonymous=True)
    desk = at(ana)
    place = desk.write(post=str(reply.id), keeps="words", quotation="Secretly.")
    for path in (place, "", f"/new?post={reply.id}", "/copy"):
        page = desk.get(path).text
        assert ("Anonymous 1" in page, "Bo Dam" in page) == (True, False)


def test_a_post_that_may_not_be_seen_any_more_leaves_ones_own_words(at, session, ana, bo, thread):
    reply = build.reply(session, thread, author=bo, body="Zebra crossing.")
    desk = at(ana)
    place = desk.write("Mine alone.", post=str(reply.id), keeps="words", quotation="Zebra crossing.")
    assert "Zebra" in desk.read(place)
    changing.withdraw_post(session, reply, bo, now=make.NOW)
    session.commit()
    for path in (place, "", f"{place}/edit", "/copy"):
        page = desk.get(path).text
        assert ("Mine alone." in page, "Zebra" in page) == (True, False)
    assert "On a post that is no longer there to be seen." in desk.read(place)
    reply.state = PostState.HELD
    session.commit()
    assert "Zebra" not in desk.read(place)
    desk.post(f"{place}/edit", body="Still mine.")
    reply.state = PostState.VISIBLE
    session.commit()
    assert "Zebra" in desk.read(place)


def test_words_that_the_post_lost_are_lost_here(at, session, ana, bo, thread):
    desk = at(ana)
    place = desk.write(post=str(thread.opening.id), keeps="words", quotation="By date")
    changing.edit_post(session, thread.opening, bo, "By colour.", now=make.NOW)
    session.commit()
    page = desk.read(place)
    assert ("By date" in page, "does not say any more what you quoted" in page) == (False, True)


def test_a_post_that_one_may_not_read_cannot_be_noted(at, session, activity, ana, bo, trainer):
    private = build.thread(session, activity=activity, author=bo, is_private=True)
    held = build.thread(session, activity=activity, author=bo)
    held.opening.state = PostState.HELD
    elsewhere = make.activity(session)
    foreign = build.thread(session, activity=elsewhere, author=make.member(session, course=elsewhere.course))
    desk = at(ana)
    for named in (private.opening.id, held.opening.id, foreign.opening.id, uuid.uuid4(), "x"):
        assert desk.get(f"/new?post={named}").status_code == HTTPStatus.NOT_FOUND
        assert desk.post(body="A note.", post=str(named)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("role", list(Role))
def test_no_role_reaches_anothers_note(at, session, course, ana, role):
    place = at(ana).write("Only mine.")
    other = at(make.member(session, course=course, role=role))
    for path in (place, f"{place}/edit"):
        assert other.get(path).status_code == HTTPStatus.NOT_FOUND
    for act in ("edit", "throw-away"):
        assert other.post(f"{place}/{act}", body="Yours.").status_code == HTTPStatus.NOT_FOUND
    assert "Only mine." not in other.read()
    stem = place.removeprefix("/")
    assert other.visit.get(f"/new?note={stem}").status_code == HTTPStatus.NOT_FOUND


def test_the_list_is_looked_through(at, session, ana, thread, clock):
    desk = at(ana)
    desk.write("Ærlig talt: 100% sikkert.")
    desk.write("On filing.", post=str(thread.opening.id))
    shared = desk.write("For all.")
    form = {"note": shared.removeprefix("/"), "title": "A copy", "body": "For all."}
    assert desk.visit.post("/threads", **form).status_code == HTTPStatus.SEE_OTHER
    found = {
        path: [word for word in ("Ærlig", "On filing.", "For all.") if word in desk.read(path)]
        for path in ("", "?show=posts", "?show=own", "?show=shared", "?q=æRLIG", "?q=0%25+talt", "?q=_", "?q=nothing")
    }
    assert found == {
        "": ["Ærlig", "On filing.", "For all."],
        "?show=posts": ["On filing."],
        "?show=own": ["Ærlig", "For all."],
        "?show=shared": ["For all."],
        "?q=æRLIG": ["Ærlig"],
        "?q=0%25+talt": ["Ærlig"],
        "?q=_": [],
        "?q=nothing": [],
    }
    assert "No note of yours is like that." in desk.read("?q=nothing")


def test_sharing_is_a_copy_through_the_usual_form_with_a_receipt(at, session, ana, bo, trainer, thread):
    desk = at(ana)
    about = {"post": str(thread.opening.id), "keeps": "words", "quotation": "By date"}
    place = desk.write("What I *learned*.", **about)
    (link,) = re.findall(r'href="([^"]+/new\?note=[^"]+)"', desk.get(place).text)
    form = desk.visit.client.get(link).text
    assert "What I *learned*." in form
    assert "By date" not in text_of(form)
    sent = {"note": re.findall(r'name="note" value="([^"]+)"', form)[0], "title": "Learned", "body": "What I learned."}
    assert desk.visit.post("/threads", **sent).status_code == HTTPStatus.SEE_OTHER
    page = desk.read(place)
    assert "Shared on 2 Mar 2026 as Ana Holm: Learned" in page
    assert "What I learned ." in page or "What I learned." in page
    for other in (bo, trainer):
        seen = at(other).visit.get().text
        assert ("Learned" in seen, "otebook/" + sent["note"] in seen) == (True, False)
    receipt = session.scalars(select(Receipt)).one()
    changing.withdraw_post(session, receipt.thread.opening, ana, now=make.NOW)
    session.commit()
    assert "The copy is no longer there." in desk.read(place)


def test_a_copy_behind_an_alias_says_so_in_the_receipt(at, session, activity, ana):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True, moderation=Moderation.NONE))
    session.commit()
    desk = at(ana)
    place = desk.write()
    form = {"note": place.removeprefix("/"), "title": "A copy", "body": "Me.", "anonymous": "1"}
    desk.visit.post("/threads", **form)
    assert "Shared on 2 Mar 2026 as Anonymous 1: A copy" in desk.read(place)


def test_a_thread_that_names_a_note_of_somebody_else_leaves_no_receipt(at, session, ana, bo):
    place = at(ana).write()
    form = {"note": place.removeprefix("/"), "title": "A copy", "body": "Yours."}
    assert at(bo).visit.post("/threads", **form).status_code == HTTPStatus.SEE_OTHER
    assert session.scalars(select(Receipt)).all() == []


def test_a_draft_of_a_note_is_let_go_of_when_it_is_saved(at, session, ana, thread):
    desk, place = at(ana), f"note {thread.opening.id}"
    desk.visit.get()
    url = f"/s/{desk.visit.sid}/drafts/{place}"
    desk.visit.client.put(url, json={"base": 0, "fields": {"body": "Half"}}, headers={"X-CSRF-Token": desk.visit.token})
    assert "Half" in desk.get(f"/new?post={thread.opening.id}").text
    desk.write("Whole.", post=str(thread.opening.id))
    session.expire_all()
    assert find_draft(session, ana, place) is None


def test_sharing_leaves_the_draft_of_another_thread_alone(at, session, activity, ana):
    desk = at(ana)
    place = desk.write("To share.")
    url = f"/s/{desk.visit.sid}/drafts/thread {activity.id}"
    desk.visit.client.put(url, json={"base": 0, "fields": {"body": "Kept"}}, headers={"X-CSRF-Token": desk.visit.token})
    page = desk.visit.get(f"/new?note={place.removeprefix('/')}").text
    assert ("To share." in page, "Kept" in page) == (True, False)
    desk.visit.post("/threads", note=place.removeprefix("/"), title="A copy", body="To share.")
    session.expire_all()
    assert find_draft(session, ana, f"thread {activity.id}") is not None


def test_everything_can_be_taken_along(at, ana, thread, clock):
    desk = at(ana)
    desk.write("First.", post=str(thread.opening.id), keeps="words", quotation="By date")
    clock.move(minutes=1)
    desk.write("Second.")
    answer = desk.get("/copy")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notebook.md"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "> By date\n\nFirst." in answer.text
    assert answer.text.index("First.") < answer.text.index("Second.")


def test_who_only_looks_on_has_no_notebook(at, observer):
    desk = at(observer)
    assert desk.get().status_code == HTTPStatus.NOT_FOUND
    assert "/notebook" not in desk.visit.get().text


def test_a_long_notebook_asks_no_more_than_a_short_one(at, session, activity, ana, bo, thread, count_queries):
    desk, asked = at(ana), []
    for number in (1, 30):
        for each in range(number):
            reply = build.reply(session, thread, author=bo, body="A reply.", after=each)
            session.commit()
            place = desk.write(f"Note {each}.", post=str(reply.id), keeps="words", quotation="reply")
            desk.visit.post("/threads", note=place.removeprefix("/"), title="A copy", body=f"Note {number} {each}.")
        desk.read()
        with count_queries() as queries:
            page = desk.read()
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert "Page 1 of 2" in page


def test_two_notes_of_a_moment_have_an_order(at, ana, clock):
    desk = at(ana)
    desk.write("First.")
    clock.move(minutes=1)
    desk.write("Second.")
    page = desk.read()
    assert page.index("Second.") < page.index("First.")
