from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.threads.access import get_thread
from connector.threads.changing import edit_post
from connector.threads.models import Post, PostVersion, ReadMark, Rules, ThreadTag
from connector.threads.retention import close_quiet_threads, forget_old_threads
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build

DAY = timedelta(days=1)


@pytest.fixture
def old(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, title="Filing", body="By date.", tags=["mail"])
    reply = build.reply(session, thread, author=bo, body="By name.")
    edit_post(session, reply, bo, "By name, always.", now=make.NOW)
    return thread


def rules(session, activity, **more):
    session.add(Rules(activity_id=activity.id, **more))
    session.flush()


def test_texts_go_when_their_time_is_over_and_figures_stay(session, activity, ana, bo, trainer, old):
    rules(session, activity, keep_days=30)
    assert forget_old_threads(session, (), now=make.NOW + 30 * DAY) == 0
    gone = []
    after = make.NOW + 31 * DAY
    assert forget_old_threads(session, (lambda _session, ids: gone.extend(ids),), now=after) == 1
    session.expire_all()
    posts = session.scalars(select(Post).order_by(Post.number)).all()
    assert [(post.body, post.body_html, post.snippet, post.author_id) for post in posts] == [
        ("", "", "", ana.id),
        ("", "", "", bo.id),
    ]
    assert (old.title, set(gone)) == ("", {post.id for post in posts})
    for table in (PostVersion, ReadMark, ThreadTag):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    for reader in (ana, bo, trainer):
        with pytest.raises(NotFoundError):
            get_thread(session, build.sight(session, activity, reader), old.id)
    assert forget_old_threads(session, (), now=after) == 0


def test_texts_stay_where_nobody_says_how_long(session, activity, old):
    assert forget_old_threads(session, (), now=make.NOW + 3000 * DAY) == 0
    rules(session, activity)
    assert forget_old_threads(session, (), now=make.NOW + 3000 * DAY) == 0


def test_a_new_post_keeps_its_thread(session, activity, ana, old):
    rules(session, activity, keep_days=30)
    build.reply(session, old, author=ana, after=20 * 24 * 60)
    assert forget_old_threads(session, (), now=make.NOW + 31 * DAY) == 0


def test_a_quiet_thread_closes_and_a_pinned_one_does_not(session, activity, ana, old):
    rules(session, activity, close_after_days=14)
    pinned = build.thread(session, activity=activity, author=ana, title="Read this first")
    pinned.pinned_at = make.NOW
    session.flush()
    assert close_quiet_threads(session, now=make.NOW + 14 * DAY) == 0
    assert close_quiet_threads(session, now=make.NOW + 15 * DAY) == 1
    session.expire_all()
    assert (old.closed_at, pinned.closed_at) == (make.NOW + 15 * DAY, None)
