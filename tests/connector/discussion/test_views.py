import html
import re
import uuid
from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from connector.courses.models import Role
from connector.pool.services import promote
from connector.threads import listing, outline
from connector.threads.models import Post, ReadMark, Thread
from tests import make
from tests.connector.threads import build
from tests.visits import text_of

TYPED = "Half of <b>my</b> answer"


@pytest.fixture
def thread(session, activity, bo):
    return build.thread(session, activity=activity, author=bo, title="How do you file?", body="Tell *me*.")


def keys_in(response):
    return re.findall(r'name="idempotency_key" value="([^"]+)"', response.text)


def count(stored, kind):
    return stored(select(func.count()).select_from(kind))[0]


# --- the list ---------------------------------------------------------------------------------------------------------
def test_an_empty_discussion_says_how_to_begin(enter, ana):
    page = enter(ana).get()
    assert page.status_code == HTTPStatus.OK
    assert "Be the first: tell of a problem that you met this week." in text_of(page)


def test_an_empty_discussion_gives_its_trainer_openings_that_fill_the_form(enter, trainer):
    visit = enter(trainer)
    assert "starter=1#title" in visit.get().text
    assert 'value="What went wrong, and what did you learn?"' in visit.get("?starter=1").text


def test_the_prompt_is_shown_as_markdown(enter, ana, activity):
    activity.prompt = "Share *one* habit. <script>alert(1)</script>"
    page = enter(ana).get()
    assert "Share <em>one</em> habit. &lt;script&gt;" in page.text


def test_a_row_tells_what_who_and_what_is_new(enter, session, ana, bo, thread):
    build.reply(session, thread, author=bo)
    told = text_of(enter(ana).get())
    assert "Unread: How do you file? Tell me. Bo Dam Discussion 1 reply last post today, 09:30 2 new" in told


def test_an_alias_stands_in_for_a_name_that_the_lms_keeps(enter, ana, bo, thread):
    bo.person.name = None
    assert f"Member {bo.id.hex[:4].upper()}" in text_of(enter(ana).get())


def test_the_list_is_cut_into_pages(enter, session, ana, activity):
    for number in range(listing.THREADS_A_PAGE + 1):
        build.thread(session, activity=activity, author=ana, title=f"Thread {number:02}", after=number)
    visit = enter(ana)
    assert re.findall(r"Thread \d\d", text_of(visit.get("?page=2"))) == ["Thread 00"]
    assert "Page 2 of 2" in text_of(visit.get("?page=99"))


def test_an_activity_of_another_course_is_not_found(enter, session, ana, activity):
    visit = enter(ana)
    elsewhere = make.activity(session)
    session.commit()
    assert visit.client.get(f"/s/{visit.sid}/discussions/{elsewhere.id}").status_code == HTTPStatus.NOT_FOUND


def test_the_list_takes_as_many_queries_for_thirty_threads_as_for_one(enter, session, ana, activity, queries):
    def get():
        queries.clear()
        assert visit.get().status_code == HTTPStatus.OK
        return len(queries)

    def add(number):
        author = make.member(session, course=activity.course)
        build.reply(session, build.thread(session, activity=activity, author=author, title=f"T{number}"), author=ana)

    add(0)
    visit = enter(ana)
    one = get()
    for number in range(1, 30):
        add(number)
    session.commit()
    assert get() == one <= 11


# --- opening a thread -------------------------------------------------------------------------------------------------
def test_a_new_thread_is_shown_at_once(enter, stored, ana):
    visit = enter(ana)
    answer = visit.post("/threads", title="Filing", body="I file *by date*.", idempotency_key=str(uuid.uuid4()))
    thread = stored(select(Thread))[0]
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location == f"{visit.path}/threads/{thread.id}#post-{stored(select(Post))[0].id}"
    assert "<p>I file <em>by date</em>.</p>" in visit.get(f"/threads/{thread.id}").text


def test_a_double_click_opens_one_thread(enter, stored, ana):
    visit = enter(ana)
    form = {"title": "Filing", "body": "By date.", "idempotency_key": keys_in(visit.get())[0]}
    first, second = visit.post("/threads", **form), visit.post("/threads", **form)
    assert first.location == second.location
    assert count(stored, Thread) == 1


def test_an_unusable_thread_keeps_what_was_typed(enter, stored, ana):
    answer = enter(ana).post("/threads", title="  ", body=TYPED)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Give it a title." in text_of(answer)
    assert html.escape(TYPED) in answer.text
    assert count(stored, Thread) == 0


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"title": "a" * 201, "body": "b"}, "This is 1 character too long; 200 fit."),
        ({"title": "a", "body": "b" * 20_003}, "This is 3 characters too long; 20000 fit."),
        ({"title": "a", "body": "\u200b\n "}, "Write something first."),
        ({"title": "\u202e", "body": "b"}, "Give it a title."),
        ({}, "Give it a title."),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_field(enter, ana, form, sentence):
    answer = enter(ana).post("/threads", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.text.count(sentence) == 2  # beside the field, and in the summary


def test_hostile_text_is_shown_as_text(enter, ana):
    attack = "<script>alert(1)</script>"
    page = enter(ana).post("/threads", title=attack, body=f"{attack}\n\n[x](javascript:alert(1))")
    assert page.status_code == HTTPStatus.SEE_OTHER
    shown = enter(ana).get("/threads/" + page.location.partition("#post-")[2])
    assert attack not in shown.text
    assert "href=javascript" not in shown.text.replace('"', "")


# --- a thread ---------------------------------------------------------------------------------------------------------
def test_a_post_is_new_once(enter, session, ana, thread):
    build.reply(session, thread, author=thread.author)
    visit = enter(ana)
    first, second = text_of(visit.get(f"/threads/{thread.id}")), text_of(visit.get(f"/threads/{thread.id}"))
    assert "Post 2, unread, Bo Dam, reply to post 1" in first
    assert "unread, Bo Dam" not in second
    assert "Unread:" not in text_of(visit.get())


def test_a_link_leads_to_the_first_new_post(enter, session, ana, thread):
    visit = enter(ana)
    visit.get(f"/threads/{thread.id}")
    first, _ = (build.reply(session, thread, author=thread.author) for _ in range(2))
    session.commit()
    page = visit.get(f"/threads/{thread.id}")
    assert f'href="?post=2#post-{first.id}">2 new posts: go to the first</a>' in page.text


def test_a_look_ahead_by_the_browser_reads_nothing(enter, stored, ana, thread):
    visit = enter(ana)
    visit.get(f"/threads/{thread.id}", headers={"Sec-Purpose": "prefetch;prerender"})
    visit.client.head(f"{visit.path}/threads/{thread.id}")
    assert stored(select(ReadMark.member_id)) == [thread.author_id]


def test_replies_name_whom_they_answer(enter, session, ana, bo, thread):
    build.reply(session, thread, author=bo, parent=build.reply(session, thread, author=ana))
    told = text_of(enter(ana).get(f"/threads/{thread.id}"))
    assert "Post 3, unread, Bo Dam, reply to post 2" in told
    assert "in reply to Ana Holm" in told


def test_below_the_third_level_words_tell_the_depth(enter, session, ana, thread):
    parent = None
    for _ in range(5):
        parent = build.reply(session, thread, author=ana, parent=parent)
    page = enter(ana).get(f"/threads/{thread.id}")
    assert re.findall(r'data-depth="(\d)"', page.text) == ["0", "1", "2", "3", "3", "3"]


def test_a_thread_of_another_activity_is_found_there_and_one_of_another_course_nowhere(enter, session, ana, activity):
    other = build.thread(session, activity=make.activity(session, course=activity.course), author=ana)
    elsewhere = make.activity(session)
    foreign = build.thread(session, activity=elsewhere, author=make.member(session, course=elsewhere.course))
    visit = enter(ana)
    there = f"/s/{visit.sid}/discussions/{other.activity_id}/threads/{other.id}"
    assert visit.get(f"/threads/{other.id}").location == there
    assert visit.get(f"/threads/{foreign.id}").status_code == HTTPStatus.NOT_FOUND


def test_a_thread_takes_as_many_queries_for_thirty_replies_as_for_one(enter, session, ana, thread, queries):
    def get():
        queries.clear()
        assert visit.get(f"/threads/{thread.id}").status_code == HTTPStatus.OK
        return len(queries)

    parent = build.reply(session, thread, author=make.member(session, course=thread.activity.course))
    visit = enter(ana)
    one = get()
    for _ in range(29):
        parent = build.reply(session, thread, author=make.member(session, course=thread.activity.course), parent=parent)
    session.commit()
    thirty_new = get()
    assert thirty_new <= one <= 17
    assert get() <= 14


def test_a_long_thread_is_cut_into_pages_and_addresses_lead_to_the_one_that_holds_the_post(
    enter, session, ana, thread, monkeypatch
):
    monkeypatch.setattr(outline, "POSTS_A_PAGE", 2)
    first, second, third = (build.reply(session, thread, author=ana, body=f"number {n}") for n in (2, 3, 4))
    late = build.reply(session, thread, author=ana, body="number 5", parent=first)
    visit = enter(ana)
    assert re.findall(r"number \d", text_of(visit.get(f"/threads/{thread.id}"))) == ["number 2", "number 5"]
    page = visit.get(f"/threads/{thread.id}?page=2")
    assert re.findall(r"number \d", text_of(page)) == ["number 3", "number 4"]
    assert "Page 2 of 2" in text_of(page)
    assert f'href="?post=4&amp;to={third.id}#body"' in page.text
    for post, told in ((late, "number 5"), (second, "number 3")):
        assert told in text_of(visit.get(f"/threads/{thread.id}?post={post.number}"))
        answer = visit.get(f"/posts/{post.id}")
        assert answer.location == f"{visit.path}/threads/{thread.id}?post={post.number}#post-{post.id}"


# --- replying ---------------------------------------------------------------------------------------------------------
def test_a_reply_is_shown_at_its_own_address(enter, stored, ana, thread):
    visit = enter(ana)
    answer = visit.post(f"/threads/{thread.id}/replies", body="By date.", idempotency_key=str(uuid.uuid4()))
    reply = stored(select(Post).where(Post.number > 1))[0]
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location == f"{visit.path}/threads/{thread.id}?post=2#post-{reply.id}"
    assert f'id="post-{reply.id}"' in visit.get(f"/threads/{thread.id}").text


def test_a_retry_after_a_lost_answer_is_the_same_reply(enter, stored, ana, thread):
    visit = enter(ana)
    form = {"body": "By date.", "idempotency_key": keys_in(visit.get(f"/threads/{thread.id}"))[0]}
    first = visit.post(f"/threads/{thread.id}/replies", **form)
    second = visit.post(f"/threads/{thread.id}/replies", **form)
    assert first.location == second.location
    assert count(stored, Post) == 2


def test_answering_a_reply_opens_the_form_below_it(enter, session, stored, ana, thread):
    reply = build.reply(session, thread, author=thread.author)
    visit = enter(ana)
    page = visit.get(f"/threads/{thread.id}?to={reply.id}")
    assert f'<input type="hidden" name="parent" value="{reply.id}">' in page.text
    assert page.text.count('<textarea id="body"') == 1
    visit.post(f"/threads/{thread.id}/replies", body="Why?", parent=str(reply.id))
    assert stored(select(Post.parent_id).where(Post.author_id == ana.id))[0] == reply.id


def test_an_empty_reply_keeps_the_form_where_it_was(enter, session, ana, bo, thread):
    reply = build.reply(session, thread, author=bo)
    answer = enter(ana).post(f"/threads/{thread.id}/replies", body=" ", parent=str(reply.id))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Write something first." in text_of(answer)
    assert f'name="parent" value="{reply.id}"' in answer.text


def test_a_reply_that_is_too_long_is_not_lost(enter, ana, thread):
    long = "long " * 4001
    answer = enter(ana).post(f"/threads/{thread.id}/replies", body=long)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert long in answer.text


@pytest.mark.parametrize("field", ["parent", "idempotency_key"])
def test_a_broken_hidden_field_loses_no_text(enter, ana, thread, field):
    answer = enter(ana).post(f"/threads/{thread.id}/replies", body=TYPED, **{field: "x"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert html.escape(TYPED) in answer.text


def test_a_reply_to_a_closed_thread_is_a_conflict_that_keeps_the_text(enter, session, stored, ana, thread):
    thread.closed_at = make.NOW
    answer = enter(ana).post(f"/threads/{thread.id}/replies", body=TYPED)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "This thread has been closed, so your reply was not posted." in text_of(answer)
    assert html.escape(TYPED) in answer.text
    assert count(stored, Post) == 1


def test_a_parent_in_another_thread_is_not_found(enter, session, ana, thread):
    stranger = build.reply(
        session, build.thread(session, activity=thread.activity, author=ana, title="Other"), author=ana
    )
    answer = enter(ana).post(f"/threads/{thread.id}/replies", body="x", parent=str(stranger.id))
    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["/threads", "/threads/{id}/replies"])
def test_who_asks_for_json_is_told_the_errors_in_json(enter, ana, thread, path):
    visit = enter(ana)
    visit.get()
    answer = visit.client.post(
        visit.path + path.format(id=thread.id),
        json={"title": "x", "body": ""},
        headers={"X-CSRF-Token": visit.token, "Accept": "application/json"},
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json["error"]["fields"] == {"body": ["Write something first."]}


# --- who may do what --------------------------------------------------------------------------------------------------
def test_observers_see_no_form_and_cannot_post(enter, stored, observer, thread):
    visit = enter(observer)
    for path in ("", f"/threads/{thread.id}"):
        assert "<textarea" not in visit.get(path).text
        assert ">Reply<" not in visit.get(path).text
    assert visit.get("/new").status_code == HTTPStatus.NOT_FOUND
    visit.token = token_of(visit)
    for path in ("/threads", f"/threads/{thread.id}/replies"):
        for form in ({"title": "x", "body": "x"}, {}):
            assert visit.post(path, **form).status_code == HTTPStatus.NOT_FOUND
    assert (count(stored, Thread), count(stored, Post)) == (1, 1)


def test_a_trainer_closes_and_reopens(enter, trainer, thread):
    visit = enter(trainer)
    assert visit.post(f"/threads/{thread.id}/close").status_code == HTTPStatus.SEE_OTHER
    closed = text_of(visit.get(f"/threads/{thread.id}"))
    assert "This thread is closed" in closed
    assert "Closed" in text_of(visit.get())
    assert visit.post(f"/threads/{thread.id}/reopen").status_code == HTTPStatus.SEE_OTHER
    assert "This thread is closed" not in text_of(visit.get(f"/threads/{thread.id}"))


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_only_staff_closes_reopens_and_looks_at_figures(enter, session, course, thread, role):
    visit = enter(make.member(session, course=course, role=role))
    assert "/overview" not in visit.get().text
    assert "/close" not in visit.get(f"/threads/{thread.id}").text
    visit.token = token_of(visit)
    assert visit.get("/overview").status_code == HTTPStatus.NOT_FOUND
    assert visit.post(f"/threads/{thread.id}/close").status_code == HTTPStatus.NOT_FOUND
    assert visit.post(f"/threads/{thread.id}/reopen").status_code == HTTPStatus.NOT_FOUND


def token_of(visit):
    """The form token, also for somebody who is shown no form."""
    import hmac

    key = visit.client.application.extensions["kring"].settings.secret_key.encode()
    return hmac.new(key, f"csrf {visit.sid}".encode(), "sha256").hexdigest()


# --- the overview -----------------------------------------------------------------------------------------------------
def test_the_overview_of_an_empty_discussion(enter, trainer):
    page = enter(trainer).get("/overview")
    assert page.status_code == HTTPStatus.OK
    assert "Nobody has written yet." in text_of(page)


@pytest.mark.usefixtures("ana", "endpoint")
def test_the_overview_names_who_is_silent_and_what_is_unanswered(enter, session, trainer, thread):
    build.thread(session, activity=thread.activity, author=trainer, title="Welcome")
    told = text_of(enter(trainer).get("/overview"))
    assert "1 of 2" in told
    assert "Silent learners They have written nothing under their name in this discussion. AH Ana Holm" in told
    assert "How do you file?" in told
    assert "Mon 2 Mar" in told
    assert "Waiting 2 the oldest for" in told


def test_the_list_leads_to_the_pool_where_there_is_something_in_it(enter, session, ana, trainer, thread, activity):
    visit = enter(ana)
    assert "Knowledge pool" not in visit.get().text
    promote(session, thread.opening, trainer, now=make.NOW)
    session.commit()
    assert "Knowledge pool" in visit.get().text
