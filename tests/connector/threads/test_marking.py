import pytest
from sqlalchemy import func, select

from connector.threads import marking, news
from connector.threads.models import PostState, ReadMark
from tests import make
from tests.connector.threads import build


def unread(session, thread, reader):
    """The numbers of the posts that a member has not seen, as every one of their devices shows them."""
    from connector.threads.outline import get_outline

    lines = get_outline(session, build.sight(session, thread.activity, reader), thread).lines()
    return [line.id for line in lines if line.is_new]


def here(session, thread, reader):
    return build.sight(session, thread.activity, reader)


def test_marking_twice_is_marking_once(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    for _ in range(2):
        marking.mark_read(session, here(session, thread, ana), thread, [thread.opening.id])
    assert session.scalar(select(func.count()).where(ReadMark.member_id == ana.id)) == 1


def test_a_whole_thread_is_read_at_once_and_others_stay_new(session, activity, ana, bo):
    thread, other = (build.thread(session, activity=activity, author=bo, title=title) for title in ("a", "b"))
    build.reply(session, thread, author=bo)
    for _ in range(2):
        marking.mark_all_read(session, here(session, thread, ana), [thread.id])
    assert (unread(session, thread, ana), unread(session, other, ana)) == ([], [1])


def test_everything_is_read_at_once(session, activity, ana, bo, trainer):
    threads = [build.thread(session, activity=activity, author=bo, title=title) for title in ("a", "b")]
    elsewhere = build.thread(session, activity=make.activity(session, course=activity.course), author=bo)
    marking.mark_all_read(session, here(session, threads[0], ana))
    assert [unread(session, thread, ana) for thread in (*threads, elsewhere)] == [[], [], [1]]
    assert unread(session, threads[0], trainer) == [1]


def test_what_one_may_not_see_is_not_marked_and_is_new_once_it_comes_into_sight(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    held = build.reply(session, thread, author=bo)
    held.state = PostState.HELD
    session.flush()
    marking.mark_all_read(session, here(session, thread, ana))
    held.state = PostState.VISIBLE
    session.flush()
    assert unread(session, thread, ana) == [2]


def test_unread_from_here_goes_by_the_order_of_reading(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    first = build.reply(session, thread, author=bo)
    second = build.reply(session, thread, author=bo)
    build.reply(session, thread, author=bo, parent=first)
    build.reply(session, thread, author=ana)
    marking.mark_all_read(session, here(session, thread, ana))
    marking.mark_unread_from(session, here(session, thread, ana), second)
    assert unread(session, thread, ana) == [3]  # 4 stands above it, and 5 is her own
    marking.mark_unread_from(session, here(session, thread, ana), first)
    assert unread(session, thread, ana) == [2, 4, 3]
    assert unread(session, thread, bo) == [5]


# --- what came meanwhile ----------------------------------------------------------------------------------------------
def arrivals(session, thread, reader, after):
    return news.arrivals_in_thread(session, here(session, thread, reader), thread.id, after=after, since=make.NOW)


def test_a_page_is_told_of_what_came_after_it_was_shown(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    marking.mark_all_read(session, here(session, thread, ana))
    assert arrivals(session, thread, ana, 1) is None
    first, _ = build.reply(session, thread, author=bo), build.reply(session, thread, author=bo)
    build.reply(session, thread, author=ana)
    assert arrivals(session, thread, ana, 1) == news.Arrivals(2, first.id, 2)
    assert arrivals(session, thread, ana, 2).first_number == 3
    assert arrivals(session, thread, bo, 3).count == 1


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
def test_a_page_is_not_told_of_what_cannot_be_read(session, activity, ana, bo, state):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo).state = state
    session.flush()
    assert arrivals(session, thread, ana, 1) is None
    assert news.arrivals_in_activity(session, here(session, thread, ana), since=make.NOW) == 0


def test_a_page_is_not_told_of_what_another_device_has_shown(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=bo)
    marking.mark_read(session, here(session, thread, ana), thread, [reply.id])
    assert arrivals(session, thread, ana, 1) is None


def test_the_list_is_told_of_what_came_since(session, activity, ana, bo):
    old = build.thread(session, activity=activity, author=bo)
    build.reply(session, old, author=bo, after=2)
    build.thread(session, activity=activity, author=bo, title="new", after=3)
    build.reply(session, old, author=ana, after=4)
    assert news.arrivals_in_activity(session, here(session, old, ana), since=make.NOW) == 2
