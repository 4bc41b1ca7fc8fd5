from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.delivery.models import Message
from connector.threads import changing, marking, outline, reading
from connector.threads.models import PostState, Visit
from tests import make
from tests.connector.threads import build


def look(session, thread, reader, **where):
    return reading.read_thread(session, build.sight(session, thread.activity, reader), thread, **where)


def read(session, thread, reader, *, after=0, **where):
    """Look at a page as a view does: see it, and note that it was seen."""
    sight = build.sight(session, thread.activity, reader, after=after)
    shown = reading.read_thread(session, sight, thread, **where)
    marking.mark_read(session, sight, thread, [each.post.id for each in shown.posts if each.is_new])
    return shown


def new_in(shown):
    return [each.post.number for each in shown.posts if each.is_new]


def numbers_in(shown):
    return [each.post.number for each in shown.posts]


# --- what is new ------------------------------------------------------------------------------------------------------
def test_what_was_shown_is_new_on_that_view_and_not_on_the_next(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    build.reply(session, thread, author=bo)
    first = read(session, thread, ana)
    assert (new_in(first), first.new_count, first.first_new.id) == ([1, 2], 2, thread.opening.id)
    second = read(session, thread, ana)
    assert (new_in(second), second.new_count, second.first_new) == ([], 0, None)


def test_ones_own_posts_are_read(session, activity, ana):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=ana)
    assert new_in(read(session, thread, ana)) == []


def test_what_one_member_reads_stays_new_for_another(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=bo)
    read(session, thread, ana)
    assert new_in(read(session, thread, trainer)) == [1]


def test_only_the_posts_of_the_page_are_marked(session, activity, ana, bo, monkeypatch):
    monkeypatch.setattr(outline, "POSTS_A_PAGE", 2)
    thread = build.thread(session, activity=activity, author=bo)
    for _ in range(3):
        build.reply(session, thread, author=bo)
    second = read(session, thread, ana, page=2)
    assert (new_in(second), second.pages, second.first_new.number, second.next_new.number) == ([4], 2, 1, 1)
    first = read(session, thread, ana)
    assert (new_in(first), first.new_count, first.next_new) == ([1, 2, 3], 3, None)


def test_the_first_new_post_is_the_first_that_is_read_not_the_oldest(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    first = build.reply(session, thread, author=ana)
    build.reply(session, thread, author=bo)
    below = build.reply(session, thread, author=bo, parent=first)
    assert look(session, thread, ana).first_new.id == below.id


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
def test_what_nobody_can_read_is_not_new(session, activity, ana, bo, state):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo).state = state
    session.flush()
    page = look(session, thread, ana)
    assert (page.new_count, page.first_new, new_in(page)) == (0, None, [])


def test_a_held_post_is_new_for_who_leads_the_course_and_once_it_stands_for_all(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=bo)
    reply.state = PostState.HELD
    session.flush()
    assert (look(session, thread, trainer).new_count, look(session, thread, ana).new_count) == (2, 0)
    reply.state = PostState.VISIBLE
    session.flush()
    assert look(session, thread, ana).new_count == 1


def test_posts_that_come_into_sight_with_ones_own_are_new_then(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=trainer)
    thread.shows_after_posts = 1
    hidden = build.reply(session, thread, author=bo)
    before = read(session, thread, ana)
    assert (numbers_in(before), before.reply_count, before.last_number) == ([1], 0, 1)
    assert reading.is_veiled(session, build.sight(session, activity, ana), thread)
    build.reply(session, thread, author=ana)
    after = read(session, thread, ana)
    assert (numbers_in(after), new_in(after), after.first_new.id) == ([1, 2, 3], [2], hidden.id)
    assert not reading.is_veiled(session, build.sight(session, activity, ana), thread)


# --- pages ------------------------------------------------------------------------------------------------------------
def test_every_post_is_on_the_page_that_its_address_leads_to(session, activity, ana, monkeypatch):
    monkeypatch.setattr(outline, "POSTS_A_PAGE", 3)
    monkeypatch.setattr(outline, "FOLDED_FROM", 3)
    monkeypatch.setattr(outline, "FOLDED_TO", 2)
    thread = build.thread(session, activity=activity, author=ana)
    posts = [thread.opening]
    for choice in (0, 1, 1, 0, 2, 4, 5, 6, 0, 8, 0):
        posts.append(build.reply(session, thread, author=ana, parent=posts[choice]))
    for post in posts:
        page = look(session, thread, ana, post=post.number)
        assert post in [shown.post for shown in page.posts]


def test_a_long_branch_shows_its_beginning_and_has_pages_of_its_own(session, activity, ana, bo, monkeypatch):
    monkeypatch.setattr(outline, "POSTS_A_PAGE", 3)
    monkeypatch.setattr(outline, "FOLDED_FROM", 4)
    monkeypatch.setattr(outline, "FOLDED_TO", 2)
    thread = build.thread(session, activity=activity, author=ana)
    parent = root = build.reply(session, thread, author=ana)
    for _ in range(4):
        parent = build.reply(session, thread, author=bo, parent=parent)
    build.reply(session, thread, author=ana)
    whole = look(session, thread, ana)
    assert numbers_in(whole) == [1, 2, 3, 7]
    (hidden,) = (shown.hidden for shown in whole.posts if shown.hidden)
    assert (hidden.first.number, hidden.count, hidden.new_count) == (4, 3, 3)
    branch = look(session, thread, ana, post=5)
    assert (numbers_in(branch), branch.page, branch.pages) == ([5, 6], 2, 2)
    assert (branch.branch, branch.branch_size) == (root, 4)
    assert numbers_in(look(session, thread, ana, branch=2)) == [2, 3, 4]


@pytest.mark.parametrize(("asked", "given_"), [(-1, 1), (0, 1), (1, 1), (2, 1), (10**30, 1)])
def test_a_page_that_does_not_exist_becomes_the_nearest_that_does(session, activity, ana, asked, given_):
    thread = build.thread(session, activity=activity, author=ana)
    assert look(session, thread, ana, page=asked).page == given_


@pytest.mark.parametrize("where", [{"post": 99}, {"post": 0}, {"branch": 99}, {"branch": 1}])
def test_a_post_that_is_not_there_leads_to_the_beginning(session, activity, ana, where):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=ana)
    assert numbers_in(look(session, thread, ana, **where)) == [1, 2]


def test_an_answer_to_a_post_on_another_page_knows_it(session, activity, ana, bo, monkeypatch):
    monkeypatch.setattr(outline, "POSTS_A_PAGE", 2)
    monkeypatch.setattr(outline, "FOLDED_FROM", 1)
    monkeypatch.setattr(outline, "FOLDED_TO", 1)
    thread = build.thread(session, activity=activity, author=ana)
    first = build.reply(session, thread, author=bo)
    build.reply(session, thread, author=ana, parent=build.reply(session, thread, author=ana, parent=first))
    (shown,) = look(session, thread, ana, branch=2, page=2).posts
    assert (shown.level, shown.answered.number) == (3, 3)


def test_what_answers_a_post_that_the_reader_may_not_see_stands_at_the_top(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    held = build.reply(session, thread, author=bo)
    held.state = PostState.HELD
    build.reply(session, thread, author=ana, parent=held)
    shown = look(session, thread, ana).posts[1]
    assert (shown.level, shown.answered) == (1, None)


def test_the_accepted_answer_is_known_on_every_page(session, activity, ana, bo, monkeypatch):
    monkeypatch.setattr(outline, "POSTS_A_PAGE", 1)
    thread = build.thread(session, activity=activity, author=ana, kind="question")
    build.reply(session, thread, author=bo)
    answer = build.reply(session, thread, author=bo)
    thread.accepted_id = answer.id
    session.flush()
    assert look(session, thread, ana).accepted == answer
    changing.withdraw_post(session, answer, bo, now=make.NOW)
    assert look(session, thread, ana).accepted is None


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(parents=st.lists(st.integers(0, 30), max_size=12))
def test_replies_stand_below_what_they_answer(database, parents):
    with database.session(writes=True) as session:
        ana = make.member(session)
        thread = build.thread(session, activity=make.activity(session, course=ana.course), author=ana)
        posts = [thread.opening]
        for choice in parents:
            answered = posts[choice % len(posts)]
            posts.append(build.reply(session, thread, author=ana, parent=answered))
        sight = build.sight(session, thread.activity, ana)
        shown = reading.read_thread(session, sight, thread).posts
        on_paper = reading.read_whole(session, sight, [thread])[thread.id]
    order = [each.post for each in shown]
    assert sorted(each.number for each in order) == list(range(1, len(posts) + 1))
    for each in shown[1:]:
        assert order.index(each.answered) < order.index(each.post)
        assert each.level == min(each.post.depth, 3)
    assert [(each.post, each.level, each.answered) for each in on_paper] == [
        (each.post, each.level, each.answered) for each in shown
    ]


# --- visits -----------------------------------------------------------------------------------------------------------
def test_the_days_first_visit_is_told_once(session, activity, ana, bo, endpoint):
    thread = build.thread(session, activity=activity, author=bo)
    told = lambda: session.scalar(select(func.count()).select_from(Message)) - 1  # noqa: E731 -- read as a sentence
    read(session, thread, ana)
    read(session, thread, ana, after=60)
    assert told() == 1
    read(session, thread, ana, after=24 * 60)
    assert told() == 2
    assert session.scalars(select(Visit.day)).all() == [date(2026, 3, 3)]


def test_there_is_nothing_to_note_on_a_days_second_look(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    assert read(session, thread, ana).has_news
    assert not read(session, thread, ana, after=1).has_news
    assert read(session, thread, ana, after=24 * 60).has_news
