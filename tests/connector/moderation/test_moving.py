import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connector.moderation import moving
from connector.moderation.models import Act
from connector.threads.access import ThreadMovedError, get_thread
from connector.threads.changing import accept_answer
from connector.threads.models import Post, Rules, Thread, ThreadKind
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.threads import build


def shape(session, thread):
    """The posts of a thread: number, parent, depth, alias."""
    posts = session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.number))
    return [(post.id, post.number, post.parent_id, post.depth, post.alias) for post in posts]


@pytest.fixture
def tree(session, activity, ana, bo):
    """A thread with a branch: opening, a, b below a, c below b, d."""
    thread = build.thread(session, activity=activity, author=ana, title="Filing")
    a = build.reply(session, thread, author=bo, body="a")
    b = build.reply(session, thread, author=ana, parent=a, body="b")
    c = build.reply(session, thread, author=bo, parent=b, body="c")
    d = build.reply(session, thread, author=bo, body="d")
    return thread, a, b, c, d


def split(session, post, by, title="Mails"):
    return moving.split(session, post, by, title, "Another topic.", now=make.NOW)


def test_a_branch_becomes_a_thread(session, tree, trainer, bo):
    thread, a, b, _c, d = tree
    new = session.get(Thread, split(session, a, trainer).target_id)
    assert [(number, parent, depth) for _, number, parent, depth, _ in shape(session, new)] == [
        (1, None, 0),
        (2, a.id, 1),
        (3, b.id, 2),
    ]
    assert [id_ for id_, *_ in shape(session, thread)] == [thread.opening.id, d.id]
    assert (new.title, new.author_id, new.post_count) == ("Mails", bo.id, 3)


def test_undoing_a_split_brings_everything_back(session, tree, trainer):
    thread, a, *_ = tree
    before = shape(session, thread)
    act = split(session, a, trainer)
    moving.undo(session, act, trainer, now=make.NOW)
    assert shape(session, thread) == before
    sight = build.sight(session, thread.activity, trainer)
    with pytest.raises(ThreadMovedError):
        get_thread(session, sight, act.target_id)


def test_a_split_that_went_on_is_not_undone(session, translated, tree, trainer, ana):
    act = split(session, tree[1], trainer)
    build.reply(session, session.get(Thread, act.target_id), author=ana)
    with pytest.raises(ConflictError):
        moving.undo(session, act, trainer, now=make.NOW)


def test_an_opening_post_is_not_split_off(session, tree, trainer):
    with pytest.raises(NotFoundError):
        split(session, tree[0].opening, trainer)


def test_a_merged_thread_stands_below_the_other_and_its_address_leads_there(session, activity, tree, trainer, ana, bo):
    thread, *_ = tree
    other = build.thread(session, activity=activity, author=bo, title="How do you file?", after=1)
    follow_up = build.reply(session, other, author=ana, body="e", after=2)
    moving.merge(session, other, thread, trainer, "The same.", now=make.NOW)
    assert [row[1:4] for row in shape(session, thread)[-2:]] == [
        (6, thread.opening.id, 1),
        (7, session.get(Post, follow_up.id).parent_id, 2),
    ]
    with pytest.raises(ThreadMovedError) as moved:
        get_thread(session, build.sight(session, activity, ana), other.id)
    assert moved.value.thread is thread


def test_undoing_a_merge_brings_everything_back(session, activity, tree, trainer, ana, bo):
    thread, *_ = tree
    other = build.thread(session, activity=activity, author=bo, kind=ThreadKind.QUESTION)
    answer = build.reply(session, other, author=ana)
    accept_answer(session, answer, bo, now=make.NOW)
    before = shape(session, thread), shape(session, other)
    act = moving.merge(session, other, thread, trainer, "", now=make.NOW)
    build.reply(session, thread, author=ana, body="This stays.")
    moving.undo(session, act, trainer, now=make.NOW)
    assert (shape(session, thread)[:-1], shape(session, other)) == before
    assert (other.accepted_id, other.merged_into_id) == (answer.id, None)


def test_hidden_authors_keep_apart_and_together_in_a_merge(session, activity, ana, bo, trainer):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True))
    first = build.thread(session, activity=activity, author=ana, is_anonymous=True)
    second = build.thread(session, activity=activity, author=bo, is_anonymous=True, title="Other")
    again = build.reply(session, second, author=ana, is_anonymous=True)
    moving.merge(session, second, first, trainer, "", now=make.NOW)
    session.expire_all()
    assert (first.opening.alias, session.get(Post, again.id).alias) == (1, 1)
    assert [alias for *_, alias in shape(session, first)] == [1, 2, 1]


def test_threads_for_different_people_do_not_become_one(session, translated, activity, ana, trainer, tree):
    secret = build.thread(session, activity=activity, author=ana, is_private=True)
    with pytest.raises(ConflictError):
        moving.merge(session, secret, tree[0], trainer, "", now=make.NOW)


def test_a_thread_moves_to_another_discussion_and_back(session, course, activity, tree, trainer):
    thread, *_ = tree
    place = make.activity(session, course=course)
    iri = thread.iri
    act = moving.move(session, thread, place, trainer, "", now=make.NOW)
    session.expire_all()
    assert (thread.activity_id, thread.iri) == (place.id, iri)
    assert set(session.scalars(select(Post.activity_id))) == {place.id}
    moving.undo(session, act, trainer, now=make.NOW)
    session.expire_all()
    assert set(session.scalars(select(Post.activity_id))) == {activity.id}
    with pytest.raises(ConflictError):
        moving.undo(session, act, trainer, now=make.NOW)


def test_a_thread_does_not_move_to_another_course(session, tree, trainer):
    with pytest.raises(NotFoundError):
        moving.move(session, tree[0], make.activity(session), trainer, "", now=make.NOW)


def test_learners_move_nothing(session, course, activity, tree, ana, bo):
    thread, a, *_ = tree
    other = build.thread(session, activity=activity, author=bo, title="Other")
    for act in (
        lambda: split(session, a, ana),
        lambda: moving.merge(session, other, thread, ana, "", now=make.NOW),
        lambda: moving.move(session, thread, make.activity(session, course=course), ana, "", now=make.NOW),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert session.scalars(select(Act)).all() == []


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(parents=st.lists(st.integers(0, 20), min_size=1, max_size=10), acts=st.lists(st.integers(0, 20), max_size=4))
def test_splits_undone_in_reverse_leave_no_trace(database, parents, acts):
    with database.session(writes=True) as session:
        ana = make.member(session)
        trainer = make.member(session, course=ana.course, role="trainer")
        thread = build.thread(session, activity=make.activity(session, course=ana.course), author=ana)
        posts = [thread.opening]
        for number, choice in enumerate(parents):
            parent = posts[choice % len(posts)]
            posts.append(build.reply(session, thread, author=ana, parent=parent, body=str(number)))
        before = shape(session, thread)
        done = []
        for choice in acts:
            post = posts[1 + choice % (len(posts) - 1)]
            session.refresh(post)
            if not post.is_opening:
                done.append(split(session, post, trainer))
        numbers = [post.number for post in session.scalars(select(Post))]
        assert all(number > 0 for number in numbers)
        for act in reversed(done):
            moving.undo(session, act, trainer, now=make.NOW)
        assert shape(session, thread) == before
        session.rollback()


def test_the_address_of_a_thread_that_moved_leads_to_it(session, course, activity, tree, trainer, ana):
    thread, *_ = tree
    moving.move(session, thread, make.activity(session, course=course), trainer, "", now=make.NOW)
    with pytest.raises(ThreadMovedError) as moved:
        get_thread(session, build.sight(session, activity, ana), thread.id)
    assert moved.value.thread is thread
