import threading
import uuid

import pytest
from sqlalchemy import select

from connector.delivery.models import Message
from connector.threads import services
from connector.threads.access import get_thread
from connector.threads.models import Post, Thread
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.threads import build
from tests.connector.threads.build import count

KEY = uuid.uuid4()


def test_a_thread_keeps_what_was_written_and_what_follows_from_it(session, activity, ana):
    thread = build.thread(session, activity=activity, author=ana, title="Filing", body="I file *by date*.")
    session.commit()
    session.expire_all()
    assert (
        thread.title,
        thread.opening.body,
        thread.opening.body_html,
        thread.opening.snippet,
        thread.opening.word_count,
    ) == (
        "Filing",
        "I file *by date*.",
        "<p>I file <em>by date</em>.</p>",
        "I file by date.",
        4,
    )
    assert (thread.created_at, thread.last_activity_at, thread.reply_count) == (make.NOW, make.NOW, 0)


def test_replies_are_numbered_and_know_their_depth(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    first = build.reply(session, thread, author=bo)
    second = build.reply(session, thread, author=ana, parent=first)
    third = build.reply(session, thread, author=bo, parent=second)
    assert [(each.number, each.depth, each.parent_id) for each in (first, second, third)] == [
        (2, 1, thread.opening.id),
        (3, 2, first.id),
        (4, 3, second.id),
    ]


def test_a_reply_moves_its_thread_on(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=bo, after=5)
    session.commit()
    session.expire_all()
    assert (thread.reply_count, thread.last_activity_at) == (1, reply.created_at)


def test_a_form_sent_twice_is_one_thread(session, activity, ana, endpoint):
    first = build.thread(session, activity=activity, author=ana, key=KEY)
    assert build.thread(session, activity=activity, author=ana, key=KEY, after=1) is first
    assert (count(session, Thread), count(session, Message)) == (1, 1)


def test_a_form_sent_twice_is_one_reply(session, activity, ana, endpoint):
    thread = build.thread(session, activity=activity, author=ana)
    first = build.reply(session, thread, author=ana, key=KEY)
    assert build.reply(session, thread, author=ana, key=KEY, after=1) is first
    assert (count(session, Post), thread.reply_count, count(session, Message)) == (2, 1, 2)


def test_a_form_that_was_changed_after_going_back_is_another_reply(session, activity, ana):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=ana, key=KEY, body="By date.")
    build.reply(session, thread, author=ana, key=KEY, body="By name.")
    assert list(session.scalars(select(Post.body).where(Post.number > 1).order_by(Post.number))) == [
        "By date.",
        "By name.",
    ]


def test_two_members_may_have_the_same_key(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    assert build.reply(session, thread, author=ana, key=KEY) is not build.reply(session, thread, author=bo, key=KEY)


def test_a_reply_sent_again_after_its_thread_was_closed_is_still_that_reply(session, activity, ana, trainer):
    thread = build.thread(session, activity=activity, author=ana)
    first = build.reply(session, thread, author=ana, key=KEY)
    services.close_thread(session, thread, trainer, now=make.NOW)
    assert build.reply(session, thread, author=ana, key=KEY) is first


def race(database, act):
    """Do `act` in two sessions at once; return what it returned, sorted."""
    barrier, found, failures = threading.Barrier(2), [], []

    def run():
        try:
            barrier.wait()
            with database.session(writes=True) as session:
                made = act(session)
                session.commit()
                found.append(made)
        except Exception as error:  # noqa: BLE001 -- shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return sorted(found)


def test_two_requests_with_one_form_race_to_one_thread(database, session, activity, ana, endpoint):
    session.commit()

    def post(other):
        here, author = other.get(type(activity), activity.id), other.get(type(ana), ana.id)
        return build.thread(other, activity=here, author=author, key=KEY).id

    first, second = race(database, post)
    assert first == second
    assert (count(session, Thread), count(session, Message)) == (1, 1)


def test_two_requests_with_one_form_race_to_one_reply(database, session, activity, ana, endpoint):
    thread = build.thread(session, activity=activity, author=ana)
    session.commit()

    def post(other):
        here, author = other.get(Thread, thread.id), other.get(type(ana), ana.id)
        return build.reply(other, here, author=author, key=KEY).id

    first, second = race(database, post)
    session.refresh(thread)
    assert first == second
    assert (thread.reply_count, count(session, Post), count(session, Message)) == (1, 2, 2)


def test_two_replies_at_once_get_two_numbers(database, session, activity, ana):
    thread = build.thread(session, activity=activity, author=ana)
    session.commit()

    def post(other):
        here, author = other.get(Thread, thread.id), other.get(type(ana), ana.id)
        return build.reply(other, here, author=author).number

    assert race(database, post) == [2, 3]


def test_nobody_replies_to_a_closed_thread(session, translated, activity, ana, trainer):
    thread = build.thread(session, activity=activity, author=ana)
    services.close_thread(session, thread, trainer, now=make.NOW)
    with pytest.raises(ConflictError):
        build.reply(session, thread, author=trainer)
    assert (count(session, Post), thread.reply_count) == (1, 0)


def test_a_reopened_thread_takes_replies(session, activity, ana, trainer):
    thread = build.thread(session, activity=activity, author=ana)
    services.close_thread(session, thread, trainer, now=make.NOW)
    services.reopen_thread(session, thread, trainer)
    assert build.reply(session, thread, author=ana).number == 2


def test_closing_again_keeps_the_first_time(session, activity, ana, trainer):
    thread = build.thread(session, activity=activity, author=ana)
    services.close_thread(session, thread, trainer, now=make.NOW)
    services.close_thread(session, thread, trainer, now=make.NOW.replace(hour=23))
    session.refresh(thread)
    assert thread.closed_at == make.NOW


def test_learners_neither_close_nor_reopen(session, activity, ana):
    thread = build.thread(session, activity=activity, author=ana)
    with pytest.raises(NotFoundError):
        services.close_thread(session, thread, ana, now=make.NOW)
    with pytest.raises(NotFoundError):
        services.reopen_thread(session, thread, ana)


def test_observers_do_not_write(session, activity, ana, observer):
    thread = build.thread(session, activity=activity, author=ana)
    with pytest.raises(NotFoundError):
        build.thread(session, activity=activity, author=observer)
    with pytest.raises(NotFoundError):
        build.reply(session, thread, author=observer)


def test_a_thread_of_another_activity_is_not_found(session, course, activity, ana):
    thread = build.thread(session, activity=make.activity(session, course=course), author=ana)
    with pytest.raises(NotFoundError):
        get_thread(session, build.sight(session, activity, ana), thread.id)


def test_what_a_test_student_does_is_not_told(session, activity, test_student, endpoint):
    build.reply(session, build.thread(session, activity=activity, author=test_student), author=test_student)
    assert count(session, Message) == 0
