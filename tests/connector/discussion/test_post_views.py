from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.threads import changing
from connector.threads.models import Post, PostState, Thread, ThreadKind, ThreadTag
from tests import make
from tests.connector.threads import build
from tests.visits import text_of


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title="How do you file?", body="Tell *me*.")


# --- addresses --------------------------------------------------------------------------------------------------------
def test_a_posts_own_address_leads_to_where_it_stands(enter, session, ana, bo, thread):
    reply = build.reply(session, thread, author=bo)
    visit = enter(ana)
    page = visit.get(f"/threads/{thread.id}")
    assert f'href="../posts/{reply.id}" aria-label="Link to post 2"' in page.text
    answer = visit.get(f"/posts/{reply.id}")
    assert answer.location == f"{visit.path}/threads/{thread.id}?post=2#post-{reply.id}"


def test_a_merged_thread_leads_to_the_one_that_has_its_posts(enter, session, ana, activity, thread):
    old = build.thread(session, activity=activity, author=ana, title="Old")
    old.merged_into_id = thread.id
    visit = enter(ana)
    assert visit.get(f"/threads/{old.id}").location == f"{visit.path}/threads/{thread.id}"


def test_a_post_that_one_may_not_see_has_no_address(enter, session, ana, bo, thread):
    held = build.reply(session, thread, author=bo)
    held.state = PostState.HELD
    assert enter(ana).get(f"/posts/{held.id}").status_code == HTTPStatus.NOT_FOUND


# --- changing ---------------------------------------------------------------------------------------------------------
def test_an_author_changes_a_thread_with_title_and_tags(enter, stored, ana, thread):
    visit = enter(ana)
    form = visit.get(f"/posts/{thread.opening.id}/edit")
    assert "Tell *me*." in form.text
    answer = visit.post(
        f"/posts/{thread.opening.id}/edit", title="How do you sort?", body="Tell us.", tags="files", version="1"
    )
    assert answer.location == f"{visit.path}/threads/{thread.id}#post-{thread.opening.id}"
    assert stored(select(Thread.title)) == ["How do you sort?"]
    assert stored(select(Post.body)) == ["Tell us."]
    assert stored(select(ThreadTag.tag)) == ["files"]


def test_an_edited_reply_is_marked_for_everybody(enter, session, stored, ana, bo, thread):
    reply = build.reply(session, thread, author=ana, body="By date.")
    build.reply(session, thread, author=bo)
    enter(ana).post(f"/posts/{reply.id}/edit", body="By name.", version="1")
    told = text_of(enter(bo).get(f"/threads/{thread.id}"))
    assert "By name." in told
    assert "edited today" in told


def test_two_tabs_do_not_overwrite_each_other(enter, session, stored, ana, thread):
    reply = build.reply(session, thread, author=ana, body="By date.")
    visit = enter(ana)
    visit.post(f"/posts/{reply.id}/edit", body="By name.", version="1")
    answer = visit.post(f"/posts/{reply.id}/edit", body="By colour.", version="1")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "By colour." in answer.text
    assert stored(select(Post.body).where(Post.id == reply.id)) == ["By name."]


@pytest.mark.parametrize("form", [{"body": " "}, {"body": "x" * 20_001}, {"body": "x", "version": "x"}])
def test_an_unusable_change_keeps_what_was_typed(enter, session, ana, thread, form):
    reply = build.reply(session, thread, author=ana, body="By date.")
    answer = enter(ana).post(f"/posts/{reply.id}/edit", **{"version": "1", **form})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert form["body"] in answer.text


def test_only_the_author_changes_a_post(enter, session, ana, bo, trainer, thread):
    reply = build.reply(session, thread, author=ana)
    for member in (bo, trainer):
        visit = enter(member)
        assert visit.get(f"/posts/{reply.id}/edit").status_code == HTTPStatus.NOT_FOUND
        assert visit.post(f"/posts/{reply.id}/edit", body="x", version="1").status_code == HTTPStatus.NOT_FOUND


def test_what_was_taken_back_is_not_changed(enter, session, ana, thread):
    reply = build.reply(session, thread, author=ana)
    changing.withdraw_post(session, reply, ana, now=make.NOW)
    assert enter(ana).get(f"/posts/{reply.id}/edit").status_code == HTTPStatus.NOT_FOUND


def test_after_taking_back_the_next_post_has_the_focus(enter, session, ana, bo, thread):
    first = build.reply(session, thread, author=ana)
    last = build.reply(session, thread, author=ana)
    below = build.reply(session, thread, author=bo, parent=first)
    visit = enter(ana)
    answer = visit.post(f"/posts/{first.id}/withdraw")
    assert answer.location == f"{visit.path}/threads/{thread.id}?post=4#post-{below.id}"
    answer = visit.post(f"/posts/{last.id}/withdraw")
    assert answer.location == f"{visit.path}/threads/{thread.id}?post=3#post-{last.id}"


# --- versions ---------------------------------------------------------------------------------------------------------
def test_the_author_and_staff_see_what_changed(enter, session, ana, bo, trainer, thread):
    reply = build.reply(session, thread, author=ana, body="We file by date here.")
    build.reply(session, thread, author=bo)
    changing.edit_post(session, reply, ana, "We file by name here.", now=make.NOW)
    for member in (ana, trainer):
        page = enter(member).get(f"/posts/{reply.id}/versions")
        assert "We file by [removed: date ] [added: name ] here." in text_of(page)
        assert "<del>" in page.text
    assert enter(bo).get(f"/posts/{reply.id}/versions").status_code == HTTPStatus.NOT_FOUND
    assert "/versions" not in enter(bo).get(f"/threads/{thread.id}").text


def test_versions_of_an_alias_name_nobody(enter, session, ana, trainer, thread):
    reply = build.reply(session, thread, author=ana, body="One.")
    reply.alias = 3
    changing.edit_post(session, reply, ana, "Two.", now=make.NOW)
    page = enter(trainer).get(f"/posts/{reply.id}/versions")
    assert "Anonymous 3" in text_of(page)
    assert "Ana Holm" not in page.text


def test_who_sees_the_name_is_said_again_to_the_author_alone(enter, session, ana, bo, trainer, thread):
    build.reply(session, thread, author=ana, body="Between us.").alias = 3
    session.flush()
    told = [enter(each).get(f"/threads/{thread.id}").text for each in (ana, bo, trainer)]
    sentence = "Your name is hidden: others, your trainers too, see “Anonymous 3”."
    assert [each.count(sentence) for each in told] == [1, 0, 0]


def test_a_reason_of_somebody_else_is_told(enter, session, ana, trainer, thread):
    reply = build.reply(session, thread, author=ana, body="My number is 12.")
    changing.change_text(session, reply, trainer, "My number is hidden.", now=make.NOW, reason="A telephone number.")
    told = text_of(enter(ana).get(f"/posts/{reply.id}/versions"))
    assert "Tine Bech" in told
    assert "Reason: A telephone number." in told


def test_the_accepted_answer_is_pointed_to_from_the_top(enter, session, ana, bo, thread):
    thread.kind = ThreadKind.QUESTION
    for _ in range(4):
        answer = build.reply(session, thread, author=bo, body="Like this.")
    session.flush()
    changing.accept_answer(session, answer, ana, now=make.NOW)
    page = enter(bo).get(f"/threads/{thread.id}")
    assert "Bo Dam : Like this. Go to the answer" in text_of(page)
