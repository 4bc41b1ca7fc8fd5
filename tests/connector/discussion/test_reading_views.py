import re
import uuid
from datetime import timedelta
from html import unescape
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.moderation import services as moderation
from connector.threads.models import OPENING, Post, PostState, ReadMark, ThreadKind, ThreadTag
from tests import make
from tests.connector.threads import build
from tests.visits import text_of


@pytest.fixture
def thread(session, activity, bo):
    return build.thread(session, activity=activity, author=bo, title="How do you file?", body="Tell *me*.")


# --- the list ---------------------------------------------------------------------------------------------------------
def test_what_is_looked_for_stands_in_the_address(enter, session, ana, bo, activity):
    build.thread(session, activity=activity, author=bo, title="Asked", kind=ThreadKind.QUESTION, tags=["mail"])
    build.thread(session, activity=activity, author=bo, title="Told", tags=["excel & co"])
    visit = enter(ana)
    assert re.findall(r"Asked|Told", text_of(visit.get("?show=questions"))) == ["Asked"]
    page = visit.get("?tag=excel+%26+co&sort=oldest")
    assert re.findall(r"Asked|Told", text_of(page)) == ["Told"]
    assert 'href="' + visit.path + "?show=unread&amp;sort=oldest&amp;tag=excel+%26+co" in page.text
    assert visit.get("?show=nonsense&sort=nonsense&page=x").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("?show=unread", "You have read everything."),
        ("?show=questions", "Nobody has asked anything yet."),
        ("?show=mine", "You have not written here yet."),
        ("?show=unanswered", "Every thread has a reply."),
        ("?tag=nothing", "No thread here has the tag “nothing”."),
    ],
)
def test_where_nothing_is_found_the_page_says_what_would_stand_there(enter, session, ana, thread, address, sentence):
    build.reply(session, thread, author=thread.author)
    visit = enter(ana)
    visit.get(f"/threads/{thread.id}")
    assert sentence in text_of(visit.get(address))


def test_a_prompt_says_by_when_to_answer(enter, session, ana, trainer, activity):
    prompt = build.thread(session, activity=activity, author=trainer)
    prompt.due_at = make.NOW + timedelta(days=4)
    visit = enter(ana)
    assert "Answer before Fri 6 Mar" in text_of(visit.get())
    visit.post(f"/threads/{prompt.id}/replies", body="Done.")
    assert "You have answered." in text_of(visit.get())


def test_a_thread_that_shows_answers_after_ones_own_says_so(enter, session, ana, bo, trainer, activity):
    prompt = build.thread(session, activity=activity, author=trainer)
    prompt.shows_after_posts = 1
    build.reply(session, prompt, author=bo, body="The secret.")
    visit = enter(ana)
    assert "You see the others once you have written" in text_of(visit.get())
    page = visit.get(f"/threads/{prompt.id}")
    assert "Write your own reply first" in text_of(page)
    assert "The secret." not in page.text
    assert "The secret." not in visit.get(f"/threads/{prompt.id}/print").text
    visit.post(f"/threads/{prompt.id}/replies", body="Mine.")
    assert "The secret." in visit.get(f"/threads/{prompt.id}").text


def test_a_new_thread_has_a_page_of_its_own_and_tags(enter, stored, ana):
    visit = enter(ana)
    assert visit.get("/new").text.count("<textarea") >= 1
    answer = visit.post("/threads", title="Filing", body="By date.", tags="#Excel, mail,, excel")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert sorted(stored(select(ThreadTag.tag))) == ["excel", "mail"]
    refused = visit.post("/threads", title="Filing", body="By date, once more.", tags="a,b,c,d,e,f")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "By date, once more." in refused.text


# --- marks ------------------------------------------------------------------------------------------------------------
def marks(stored, member):
    return len(stored(select(ReadMark.post_id).where(ReadMark.member_id == member.id)))


def test_everything_is_marked_as_read(enter, session, stored, ana, bo, thread):
    build.reply(session, thread, author=bo)
    answer = enter(ana).post("/read")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert marks(stored, ana) == 2


def test_one_thread_is_marked_as_read(enter, session, stored, ana, bo, activity, thread):
    build.thread(session, activity=activity, author=bo, title="Other")
    enter(ana).post(f"/threads/{thread.id}/read")
    assert marks(stored, ana) == 1


def test_unread_from_here_leads_out_of_the_thread_and_back_to_the_post(enter, session, ana, bo, thread):
    first, second = build.reply(session, thread, author=bo), build.reply(session, thread, author=bo)
    visit = enter(ana)
    assert f'form="unread" name="post" value="{first.id}"' in visit.get(f"/threads/{thread.id}").text
    answer = visit.post(f"/threads/{thread.id}/unread", post=str(second.id))
    assert answer.location == f"{visit.path}?done=unread"
    assert "Marked as unread from there on." in visit.get("?done=unread").text
    assert f"?post=3#post-{second.id}" in visit.get(f"/threads/{thread.id}").text


@pytest.mark.parametrize("post", ["x", str(uuid.UUID(int=1)), ""])
def test_unread_from_nowhere_is_refused(enter, ana, thread, post):
    answer = enter(ana).post(f"/threads/{thread.id}/unread", post=post)
    assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


# --- what came meanwhile ----------------------------------------------------------------------------------------------
def test_a_page_asks_for_news_and_is_told_once(enter, session, ana, bo, thread):
    visit = enter(ana)
    page = visit.get(f"/threads/{thread.id}")
    (address,) = map(unescape, re.findall(r'data-poll="([^"]+)"', page.text))
    nothing = visit.client.get(address)
    assert (nothing.status_code, nothing.text) == (HTTPStatus.OK, "")
    again = visit.client.get(address, headers={"If-None-Match": nothing.headers["ETag"]})
    assert (again.status_code, again.text) == (HTTPStatus.NOT_MODIFIED, "")
    reply = build.reply(session, thread, author=bo)
    session.commit()
    told = visit.client.get(address, headers={"If-None-Match": nothing.headers["ETag"]})
    assert f'<a href="{visit.path}/threads/{thread.id}?post=2#post-{reply.id}">1 new post</a>' in told.text
    assert visit.client.get(address, headers={"If-None-Match": told.headers["ETag"]}).status_code == 304
    assert reply.snippet in visit.get(f"/threads/{thread.id}?post=2").text


@pytest.mark.parametrize("path", ["", "/threads/{thread}"])
def test_what_is_let_stand_later_is_news_as_well(enter, session, ana, bo, thread, clock, path):
    trainer = make.member(session, course=ana.course, role=Role.TRAINER)
    held = build.reply(session, thread, author=bo)
    held.state = PostState.HELD
    build.reply(session, thread, author=bo, after=1)
    session.commit()
    clock.time += timedelta(minutes=5)
    visit = enter(ana)
    page = visit.get(path.format(thread=thread.id))
    if not path:
        visit.post(f"/threads/{thread.id}/read")
    (address,) = re.findall(r'data-poll="([^"]+)"', page.text)
    assert visit.client.get(unescape(address)).text == ""
    moderation.approve(session, held, trainer, now=clock.time + timedelta(minutes=1))
    session.commit()
    assert "1 new post</a>" in visit.client.get(unescape(address)).text


def test_the_list_asks_for_news(enter, session, ana, bo, thread, clock):
    visit = enter(ana)
    (address,) = re.findall(r'data-poll="([^"]+)"', visit.get().text)
    assert visit.client.get(address).text == ""
    build.reply(session, thread, author=bo, after=1)
    session.commit()
    assert f'<a href="{visit.path}">1 new post</a>' in visit.client.get(address).text


@pytest.mark.parametrize("path", ["/changes", "/changes?since=x", f"/changes?since={10**40}", "/changes?since=-5"])
def test_news_of_the_list_since_nonsense(enter, ana, thread, path):
    assert enter(ana).get(path).status_code == HTTPStatus.OK


@pytest.mark.parametrize("query", ["", "?after=x", f"?after={10**40}", "?after=-5"])
def test_news_of_a_thread_after_nonsense(enter, ana, thread, query):
    assert enter(ana).get(f"/threads/{thread.id}/changes{query}").status_code == HTTPStatus.OK
    assert enter(ana).get(f"/threads/{uuid.uuid4()}/changes{query}").text == ""


def test_asking_for_news_takes_six_queries_at_most(enter, session, ana, bo, thread, queries):
    for _ in range(30):
        build.reply(session, thread, author=bo)
    visit = enter(ana)
    for path in (f"/threads/{thread.id}/changes?after=1", "/changes?since=0"):
        queries.clear()
        visit.get(path)
        assert len(queries) <= 6


# --- paper ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_the_whole_on_paper_is_for_staff(enter, session, course, thread, role):
    assert enter(make.member(session, course=course, role=role)).get("/print").status_code == HTTPStatus.NOT_FOUND


def test_a_thread_on_paper_has_all_replies_with_their_numbers(enter, session, ana, bo, thread):
    first = build.reply(session, thread, author=ana, body="By *name*.")
    build.reply(session, thread, author=bo, parent=first, body="Why?")
    told = text_of(enter(ana).get(f"/threads/{thread.id}/print"))
    assert "2 Ana Holm" in told
    assert "in reply to 2 by Ana Holm Why?" in told


def test_aliases_stay_aliases_on_paper(enter, session, ana, trainer, thread, activity):
    build.reply(session, thread, author=ana, body="Between us.").alias = 7
    session.flush()
    for path in (f"/threads/{thread.id}/print", "/print"):
        page = enter(trainer).get(path)
        assert "Anonymous 7" in text_of(page)
        assert "Ana Holm" not in page.text


def test_what_was_removed_is_not_on_a_learners_paper(enter, session, ana, bo, trainer, thread):
    build.reply(session, thread, author=bo, body="An insult.").state = PostState.REMOVED
    build.reply(session, thread, author=bo, body="Held back.").state = PostState.HELD
    session.flush()
    page = enter(ana).get(f"/threads/{thread.id}/print")
    assert "A trainer removed this post." in text_of(page)
    assert [secret for secret in ("An insult.", "Held back.") if secret in page.text] == []
    assert "An insult." in enter(trainer).get("/print").text


# --- size -------------------------------------------------------------------------------------------------------------
def test_a_thousand_replies_take_as_many_queries_as_one(enter, session, ana, thread, queries):
    from sqlalchemy import insert

    first = build.reply(session, thread, author=ana)
    visit = enter(ana)

    def get():
        visit.get(f"/threads/{thread.id}")
        queries.clear()
        page = visit.get(f"/threads/{thread.id}")
        return len(queries), len(page.data)

    few, _ = get()
    row = {column.key: getattr(first, column.key) for column in Post.__table__.columns if column.key != "id"}
    session.execute(
        insert(Post),
        [
            {**row, "id": uuid.uuid4(), "key": uuid.uuid4(), "number": number, "parent_id": thread.opening.id}
            for number in range(OPENING + 2, OPENING + 1001)
        ],
    )
    session.commit()
    many, size = get()
    assert many <= few + 1
    assert size < 150_000
