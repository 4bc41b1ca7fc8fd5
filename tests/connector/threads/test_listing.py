from datetime import timedelta

import pytest

from connector.threads import changing, listing, marking, services, tagging
from connector.threads.listing import Show, Sort
from connector.threads.models import PostState, ThreadKind
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build


def found(session, activity, reader, *, page=1, after=0, **asked):
    return listing.list_threads(session, build.sight(session, activity, reader, after=after), page=page, **asked)


def listed(session, activity, reader, **asked):
    """The titles and the numbers of new posts of a page."""
    return [(row.thread.title, row.entry.new_count) for row in found(session, activity, reader, **asked).rows]


def titles(session, activity, reader, **asked):
    return [title for title, _ in listed(session, activity, reader, **asked)]


def see(session, thread, reader):
    marking.mark_all_read(session, build.sight(session, thread.activity, reader), [thread.id])


# --- order ------------------------------------------------------------------------------------------------------------
def test_threads_with_something_new_come_first_then_the_most_recent(session, activity, ana, bo):
    threads = {
        title: build.thread(session, activity=activity, author=bo, title=title, after=number)
        for number, title in enumerate(("new and old", "new and young", "read and old", "read and young"))
    }
    for title in ("read and old", "read and young"):
        see(session, threads[title], ana)
    assert listed(session, activity, ana) == [
        ("new and young", 1),
        ("new and old", 1),
        ("read and young", 0),
        ("read and old", 0),
    ]


def test_pinned_threads_stand_above_in_every_order(session, activity, ana):
    for number, title in enumerate(("first", "pinned", "last")):
        thread = build.thread(session, activity=activity, author=ana, title=title, after=number)
        thread.pinned_at = make.NOW if title == "pinned" else None
    for sort in Sort:
        assert titles(session, activity, ana, sort=sort)[0] == "pinned"


def test_the_orders(session, activity, ana, bo):
    old = build.thread(session, activity=activity, author=bo, title="old")
    build.thread(session, activity=activity, author=bo, title="young", after=1)
    for _ in range(2):
        build.reply(session, old, author=bo)
    build.reply(session, build.thread(session, activity=activity, author=bo, title="last", after=2), author=bo, after=3)
    assert titles(session, activity, ana, sort=Sort.NEWEST) == ["last", "young", "old"]
    assert titles(session, activity, ana, sort=Sort.OLDEST) == ["old", "young", "last"]
    assert titles(session, activity, ana, sort=Sort.REPLIES) == ["old", "last", "young"]


def test_a_prompt_waits_for_a_learner_until_they_have_answered(session, activity, ana, bo, trainer):
    prompt = build.thread(session, activity=activity, author=trainer, title="prompt")
    prompt.due_at = make.NOW + timedelta(days=2)
    build.thread(session, activity=activity, author=bo, title="other", after=1)
    (row, _) = found(session, activity, ana).rows
    assert (row.thread, row.entry.is_waiting) == (prompt, True)
    build.reply(session, prompt, author=ana)
    see(session, prompt, ana)
    assert titles(session, activity, ana) == ["other", "prompt"]


def test_a_question_without_an_answer_waits_for_who_leads_the_course(session, activity, ana, trainer):
    build.thread(session, activity=activity, author=ana, title="asked", kind=ThreadKind.QUESTION)
    build.thread(session, activity=activity, author=ana, title="shared", kind=ThreadKind.SHARE, after=1)
    waiting = {row.thread.title: row.entry.is_waiting for row in found(session, activity, trainer).rows}
    assert waiting == {"asked": True, "shared": False}


# --- what is looked for -----------------------------------------------------------------------------------------------
def test_what_can_be_looked_for(session, activity, ana, bo, trainer):
    question = build.thread(session, activity=activity, author=bo, title="question", kind=ThreadKind.QUESTION)
    answered = build.thread(session, activity=activity, author=bo, title="answered", after=1)
    build.reply(session, answered, author=ana, after=2)
    build.thread(session, activity=activity, author=ana, title="own", after=3)
    services.close_thread(
        session, build.thread(session, activity=activity, author=bo, title="closed", after=4), trainer, now=make.NOW
    )
    see(session, question, ana)
    session.expire_all()
    names = {show: set(titles(session, activity, ana, show=show)) for show in Show}
    assert names == {
        Show.ALL: {"question", "answered", "own", "closed"},
        Show.UNREAD: {"answered", "closed"},
        Show.QUESTIONS: {"question"},
        Show.MINE: {"answered", "own"},
        Show.UNANSWERED: {"question", "own"},
    }
    assert found(session, activity, ana).counts == {show: len(each) for show, each in names.items()}


def test_threads_are_found_by_tag(session, activity, ana):
    build.thread(session, activity=activity, author=ana, title="a", tags=["excel", "mail"])
    build.thread(session, activity=activity, author=ana, title="b", tags=["excel"])
    elsewhere = make.activity(session, course=activity.course)
    build.thread(session, activity=elsewhere, author=ana, title="c", tags=["mail"])
    assert titles(session, activity, ana, tag="mail") == ["a"]
    assert titles(session, activity, ana, tag="nothing") == []
    everything = found(session, activity, ana)
    assert everything.tags == [("excel", 2), ("mail", 1)]
    assert {row.thread.title: row.tags for row in everything.rows} == {"a": ["excel", "mail"], "b": ["excel"]}


def test_tags_of_threads_that_one_may_not_see_are_not_told(session, activity, ana, bo):
    build.thread(session, activity=activity, author=bo, tags=["secret"], is_private=True)
    assert found(session, activity, ana).tags == []


# --- counts -----------------------------------------------------------------------------------------------------------
def test_a_reply_makes_a_read_thread_new_again(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo)
    build.reply(session, thread, author=bo)
    build.reply(session, thread, author=ana)
    assert listed(session, activity, ana) == [("How do you file?", 2)]
    assert listed(session, activity, bo) == [("How do you file?", 2)]


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
def test_posts_that_cannot_be_read_count_nowhere(session, activity, ana, bo, state):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo, after=9).state = state
    session.flush()
    (row,) = found(session, activity, ana).rows
    assert (row.entry.reply_count, row.entry.new_count, row.entry.is_unanswered) == (0, 0, True)


def test_a_held_reply_does_not_tell_when_it_was_written(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo, after=9).state = PostState.HELD
    session.flush()
    (row,) = found(session, activity, ana).rows
    assert row.entry.last_at == make.NOW


def test_threads_of_other_activities_are_not_listed(session, course, activity, ana):
    build.thread(session, activity=make.activity(session, course=course), author=ana)
    assert listed(session, activity, ana) == []


def test_the_list_is_cut_into_pages(session, activity, ana):
    for number in range(listing.THREADS_A_PAGE + 2):
        build.thread(session, activity=activity, author=ana, title=f"{number}", after=number)
    second = found(session, activity, ana, page=2)
    assert [row.thread.title for row in second.rows] == ["1", "0"]
    assert (second.count, second.page, second.pages) == (22, 2, 2)


@pytest.mark.parametrize(("asked", "given_"), [(-1, 1), (0, 1), (1, 1), (2, 1), (10**30, 1)])
def test_a_page_that_does_not_exist_becomes_the_nearest_that_does(session, activity, ana, asked, given_):
    assert found(session, activity, ana, page=asked).page == given_


# --- tags -------------------------------------------------------------------------------------------------------------
def test_who_leads_the_course_adds_tags_to_many_threads(session, activity, ana, trainer):
    full = build.thread(session, activity=activity, author=ana, tags=list("abcde"))
    other = build.thread(session, activity=activity, author=ana, title="other")
    tagging.add_tags(session, [full, other], trainer, ["x", "a"])
    assert tagging.tags_of(session, [full.id, other.id]) == {full.id: list("abcde"), other.id: ["a", "x"]}


def test_tags_are_the_authors_and_the_trainers(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, tags=["a"])
    tagging.set_tags(session, thread, ana, ["b"])
    for act in (
        lambda: tagging.set_tags(session, thread, bo, ["c"]),
        lambda: tagging.add_tags(session, [thread], ana, ["c"]),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert tagging.tags_of(session, [thread.id]) == {thread.id: ["b"]}


def test_a_thread_that_was_taken_from_sight_stays_in_the_list_as_a_place(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=bo)
    build.reply(session, thread, author=ana)
    changing.withdraw_post(session, thread.opening, bo, now=make.NOW)
    (row,) = found(session, activity, ana).rows
    assert (row.entry.reply_count, row.entry.new_count) == (1, 0)
