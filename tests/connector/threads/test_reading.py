from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.courses.models import Role
from connector.db import Database
from connector.delivery.models import Message
from connector.discussion.overview import get_overview
from connector.threads import reading, services
from connector.threads.models import ReadMark, Visit
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build


def listed(session, activity, reader, page=1):
    """The titles and the numbers of new posts of a page."""
    return [
        (row.thread.title, row.new_count)
        for row in reading.list_threads(session, build.sight(session, activity, reader), page=page).rows
    ]


def read(session, thread, reader, *, page=1, after=0):
    """Look at a page as a view does: see it, and note that it was seen."""
    sight = build.sight(session, thread.activity, reader, after=after)
    shown = reading.read_thread(session, sight, thread, page=page)
    reading.mark_read(session, sight, thread, [each.post.id for each in shown.posts if each.is_new])
    return shown


def new_in(shown):
    return [each.post.number for each in shown.posts if each.is_new]


# --- the list ---------------------------------------------------------------------------------------------------------
def test_threads_with_something_new_come_first_then_the_most_recent(session, activity, ana, bo):
    threads = {
        title: build.thread(session, activity=activity, author=bo, title=title, after=number)
        for number, title in enumerate(("new and old", "new and young", "read and old", "read and young"))
    }
    for title in ("read and old", "read and young"):
        read(session, threads[title], ana)
    assert listed(session, activity, ana) == [
        ("new and young", 1),
        ("new and old", 1),
        ("read and young", 0),
        ("read and old", 0),
    ]


def test_a_reply_makes_a_read_thread_new_again(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo)
    build.reply(session, thread, author=bo)
    build.reply(session, thread, author=ana)
    assert listed(session, activity, ana) == [("How do you file?", 2)]
    assert listed(session, activity, bo) == [("How do you file?", 2)]


def test_threads_of_other_activities_are_not_listed(session, course, activity, ana):
    build.thread(session, activity=make.activity(session, course=course), author=ana)
    assert listed(session, activity, ana) == []


def test_the_list_is_cut_into_pages(session, activity, ana):
    for number in range(reading.THREADS_A_PAGE + 2):
        build.thread(session, activity=activity, author=ana, title=f"{number}", after=number)
    second = reading.list_threads(session, build.sight(session, activity, ana), page=2)
    assert [row.thread.title for row in second.rows] == ["1", "0"]
    assert (second.count, second.page, second.pages) == (22, 2, 2)


@pytest.mark.parametrize(("asked", "given_"), [(-1, 1), (0, 1), (1, 1), (2, 1), (10**30, 1)])
def test_a_page_that_does_not_exist_becomes_the_nearest_that_does(session, activity, ana, asked, given_):
    assert reading.list_threads(session, build.sight(session, activity, ana), page=asked).page == given_


# --- a thread ---------------------------------------------------------------------------------------------------------
def test_what_was_shown_is_new_on_that_view_and_not_on_the_next(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    build.reply(session, thread, author=bo)
    first = read(session, thread, ana)
    assert (new_in(first), first.new_count, first.first_new) == ([1, 2], 2, thread.opening)
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


def test_marking_twice_is_marking_once(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    for _ in range(2):
        reading.mark_read(session, build.sight(session, activity, ana), thread, [thread.opening.id])
    assert session.scalar(select(func.count()).where(ReadMark.member_id == ana.id)) == 1


def test_only_the_posts_of_the_page_are_marked(session, activity, ana, bo, monkeypatch):
    monkeypatch.setattr(reading, "REPLIES_A_PAGE", 2)
    thread = build.thread(session, activity=activity, author=bo)
    replies = [build.reply(session, thread, author=bo) for _ in range(3)]
    second = read(session, thread, ana, page=2)
    assert (new_in(second), second.pages) == ([4], 2)
    assert (second.posts[0].post, second.first_new) == (replies[2], thread.opening)
    first = read(session, thread, ana)
    assert (new_in(first), first.new_count) == ([1, 2, 3], 3)


def test_a_post_stays_on_its_page(session, activity, ana, monkeypatch):
    monkeypatch.setattr(reading, "REPLIES_A_PAGE", 2)
    thread = build.thread(session, activity=activity, author=ana)
    replies = [build.reply(session, thread, author=ana) for _ in range(5)]
    for reply in (thread.opening, *replies):
        page = reading.read_thread(
            session, build.sight(session, activity, ana), thread, page=reading.page_of(reply.number)
        )
        assert reply in [shown.post for shown in page.posts]


def test_an_answer_on_another_page_stands_at_the_top_and_knows_its_parent(session, activity, ana, bo, monkeypatch):
    monkeypatch.setattr(reading, "REPLIES_A_PAGE", 1)
    thread = build.thread(session, activity=activity, author=ana)
    parent = build.reply(session, thread, author=bo)
    build.reply(session, thread, author=ana, parent=parent)
    (shown,) = reading.read_thread(session, build.sight(session, activity, ana), thread, page=2).posts
    assert (shown.level, shown.answered) == (1, parent)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parents=st.lists(st.integers(0, 30), max_size=12))
def test_replies_stand_below_what_they_answer(tmp_path_factory, parents):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('tree')}/kring.sqlite")
    from connector.migrations import upgrade

    upgrade(str(database.engine.url))
    with database.session(writes=True) as session:
        ana = make.member(session)
        thread = build.thread(session, activity=make.activity(session, course=ana.course), author=ana)
        posts = [thread.opening]
        for choice in parents:
            answered = posts[choice % len(posts)]
            posts.append(build.reply(session, thread, author=ana, parent=answered))
        shown = reading.read_thread(session, build.sight(session, thread.activity, ana), thread, page=1).posts
    database.dispose()
    order = [each.post for each in shown]
    assert sorted(each.number for each in order) == list(range(1, len(posts) + 1))
    for each in shown[1:]:
        assert order.index(each.answered) < order.index(each.post)
        assert each.level == min(each.post.depth, 3)


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


# --- the overview -----------------------------------------------------------------------------------------------------
def test_the_figures_of_a_discussion(session, activity, ana, bo, trainer):
    test_student = make.member(session, course=activity.course, role=Role.TEST_STUDENT)
    answered = build.thread(session, activity=activity, author=ana, title="answered")
    build.reply(session, answered, author=trainer, after=24 * 60)
    waiting = build.thread(session, activity=activity, author=ana, title="waiting", after=1)
    closed = build.thread(session, activity=activity, author=ana, title="closed")
    services.close_thread(session, closed, trainer, now=make.NOW)
    build.reply(session, build.thread(session, activity=activity, author=test_student), author=test_student)
    build.thread(session, activity=make.activity(session, course=activity.course), author=bo)
    session.expire_all()
    found = get_overview(session, activity, trainer, now=make.NOW + timedelta(days=1))
    assert (found.thread_count, found.reply_count, found.learner_count, found.active_count) == (3, 1, 2, 1)
    assert (found.silent, found.unanswered) == ([bo], [waiting])
    assert (len(found.days), found.days[-2:]) == (14, [(date(2026, 3, 2), 3), (date(2026, 3, 3), 1)])


def test_posts_before_the_first_day_are_not_counted(session, activity, ana, trainer):
    build.thread(session, activity=activity, author=ana)
    found = get_overview(session, activity, trainer, now=make.NOW + timedelta(days=14))
    assert sum(posts for _, posts in found.days) == 0


def test_who_left_is_not_silent(session, activity, ana, trainer):
    ana.is_active = False
    session.flush()
    assert get_overview(session, activity, trainer, now=make.NOW).silent == []


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_only_staff_sees_figures(session, course, activity, role):
    member = make.member(session, course=course, role=role)
    with pytest.raises(NotFoundError):
        get_overview(session, activity, member, now=make.NOW)
