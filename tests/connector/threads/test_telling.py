"""Who is told of what happens in threads, and what they are told: nothing that they may not see."""

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.notifications.models import Level, Notice, Scope
from connector.notifications.places import subscribe
from connector.notifications.services import count_unread, mark_read, set_level
from connector.notifications.tellers import tell
from connector.threads import changing, marking, telling
from connector.threads.access import look
from connector.threads.models import Post, PostState, Rules, ThreadKind
from connector.threads.recipients import readers_of
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.threads import build
from tests.make import NOW


@pytest.fixture
def member(session, activity):
    """Return how to let somebody join."""

    def member(name, role=Role.LEARNER):
        return make.member(session, course=activity.course, name=name, role=role)

    return member


@pytest.fixture
def cy(member):
    return member("Cy Dahl")


def told(session, member):
    """Return what a member is told of, the oldest first."""
    mine = select(Notice.what).where(Notice.member_id == member.id)
    return session.scalars(mine.order_by(Notice.created_at, Notice.id)).all()


def titles(app, session, member):
    with app.test_request_context():
        notices = session.scalars(select(Notice).where(Notice.member_id == member.id)).all()
        return sorted(each.title for each in tell(session, member, notices).values())


def test_new_thread_is_told_to_all_who_want_threads(session, activity, ana, bo, cy, member):
    expert = member("Eva", Role.EXPERT)
    set_level(session, cy.id, Scope.ACTIVITY, activity.id, Level.MENTIONS, now=NOW)
    build.thread(session, activity=activity, author=ana)
    assert [told(session, each) for each in (ana, bo, cy, expert)] == [[], ["thread"], [], []]


def test_reply_is_told_to_the_author_of_the_thread_and_to_who_follows_everything(
    session, activity, ana, bo, cy, member
):
    dan = member("Dan")
    set_level(session, cy.id, Scope.COURSE, activity.course_id, Level.EVERYTHING, now=NOW)
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=bo, after=1)
    build.reply(session, thread, author=dan, parent=reply, after=2)
    assert told(session, ana) == ["answered", "replied"]
    assert told(session, bo) == ["thread", "answered"]
    assert told(session, cy) == ["thread", "replied", "replied"]
    assert told(session, dan) == ["thread"]


def test_who_is_named_is_told_of_that_and_of_nothing_else(session, activity, ana, bo, cy):
    set_level(session, cy.id, Scope.COURSE, activity.course_id, Level.MENTIONS, now=NOW)
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo, body="What do you say, @Ana Holm and @Cy Dahl?", after=1)
    assert (told(session, ana), told(session, cy)) == (["mentioned"], ["mentioned"])


def test_names_in_a_thread_that_is_not_theirs_reach_nobody(session, activity, ana, bo, cy):
    build.thread(session, activity=activity, author=ana, body="@Bo Dam is slow.", is_private=True)
    assert told(session, bo) == []


def test_trainer_names_everybody(session, activity, ana, bo, member):
    trainer = member("Tine", Role.TRAINER)
    build.thread(session, activity=activity, author=trainer, body="Look at this, @everyone!")
    assert (told(session, ana), told(session, bo), told(session, trainer)) == (["mentioned"], ["mentioned"], [])


def test_muted_means_nothing_at_all(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    set_level(session, ana.id, Scope.THREAD, thread.id, Level.MUTED, now=NOW)
    build.reply(session, thread, author=bo, body="Well, @Ana Holm.", after=1)
    assert told(session, ana) == []


def test_author_can_stop_following_their_thread(session, activity, ana, bo, cy):
    thread = build.thread(session, activity=activity, author=ana)
    first = build.reply(session, thread, author=bo, after=1)
    set_level(session, ana.id, Scope.THREAD, thread.id, None, now=NOW)
    build.reply(session, thread, author=cy, parent=first, after=2)
    assert told(session, ana) == ["answered"]


def test_somebody_named_later_is_told_then_and_nobody_else_again(session, activity, ana, bo, cy):
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=bo, after=1)
    changing.edit_post(session, reply, bo, "By date, as @Cy Dahl does.", now=NOW + timedelta(minutes=2))
    changing.edit_post(session, reply, bo, "By date, as @Cy Dahl does it.", now=NOW + timedelta(minutes=3))
    assert (told(session, ana), told(session, cy)) == (["answered"], ["thread", "mentioned"])


def test_accepted_answer_is_told_to_its_author(app, session, activity, ana, bo, cy):
    thread = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
    answer = build.reply(session, thread, author=bo, after=1)
    changing.accept_answer(session, answer, ana, now=NOW + timedelta(minutes=2))
    assert (told(session, bo), told(session, cy)) == (["thread", "accepted"], ["thread"])
    assert "Your answer helped: it was accepted in “How do you file?”" in titles(app, session, bo)


def test_held_post_is_told_of_when_it_is_let_stand(session, activity, ana, bo):
    session.add(Rules(activity_id=activity.id, moderation="all", hold_after_reports=3))
    session.flush()
    thread = build.thread(session, activity=activity, author=ana)
    assert told(session, bo) == []
    thread.opening.state = PostState.VISIBLE
    for _ in range(2):
        telling.tell_of_approved(session, thread.opening, now=NOW)
        mark_read(session, bo.id, now=NOW)
    assert told(session, bo) == ["thread"]


def test_seeing_a_post_reads_its_notice(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    marking.mark_read(session, build.sight(session, activity, bo), thread, [thread.opening.id])
    assert count_unread(session, bo.id) == 0


@pytest.mark.parametrize("is_one", [True, False])
def test_marking_threads_as_read_reads_their_notices(session, activity, ana, bo, is_one):
    thread = build.thread(session, activity=activity, author=ana)
    build.thread(session, activity=activity, author=ana, title="Another")
    marking.mark_all_read(session, build.sight(session, activity, bo), [thread.id] if is_one else None)
    assert count_unread(session, bo.id) == (1 if is_one else 0)


# --- what they are told ---------------------------------------------------------------------------------------------------
def test_notice_says_who_and_where(app, session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=bo, after=1)
    assert titles(app, session, bo) == ["Ana Holm began “How do you file?”"]
    assert titles(app, session, ana) == ["Bo Dam answered you in “How do you file?”"]


def test_who_hides_their_name_is_hidden_in_notices(app, session, activity, ana, bo, cy):
    session.add(Rules(activity_id=activity.id, allows_anonymous=True, hold_after_reports=3))
    session.flush()
    thread = build.thread(session, activity=activity, author=ana, is_anonymous=True)
    build.reply(session, thread, author=cy, is_anonymous=True, body="So do I, @Bo Dam.", after=1)
    with app.test_request_context():
        notices = session.scalars(select(Notice).where(Notice.member_id == bo.id)).all()
        tellings = tell(session, bo, notices).values()
    assert {each.who for each in tellings} == {"Anonymous 1", "Anonymous 2"}
    hidden = {ana.id, ana.person_id, cy.id, cy.person_id}
    assert not any(str(id_) in repr(tellings) or id_ in {each.avatar_id for each in tellings} for id_ in hidden)
    assert "Holm" not in repr(tellings)


@pytest.mark.parametrize("state", [PostState.HELD, PostState.REMOVED, PostState.WITHDRAWN])
@pytest.mark.parametrize("role", [Role.LEARNER, Role.TRAINER])
def test_what_can_no_longer_be_read_is_no_longer_told(app, session, activity, ana, member, state, role):
    reader = member("Bo Dam", role)
    thread = build.thread(session, activity=activity, author=ana)
    thread.opening.state = state
    session.flush()
    assert titles(app, session, reader) == []


def test_telling_many_costs_few_queries(app, session, activity, ana, bo, count_queries):
    def cost():
        notices = session.scalars(select(Notice).where(Notice.member_id == bo.id)).all()
        with app.test_request_context(), count_queries() as queries:
            assert len(tell(session, bo, notices)) == len(notices)
        return len(queries)

    build.thread(session, activity=activity, author=ana)
    few = cost()
    for number in range(20):
        build.thread(session, activity=activity, author=ana, title=f"Thread {number}")
    assert cost() <= few <= 4


def test_telling_a_big_course_costs_few_queries(session, activity, ana, bo, member, count_queries):
    def cost():
        with count_queries() as queries:
            build.thread(session, activity=activity, author=ana, title=str(uuid.uuid4()))
        return len(queries)

    few = cost()
    for number in range(40):
        member(f"Member {number}")
    assert cost() <= few + 1


# --- who may read, turned round -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"is_private": True},
        {"opens_at": NOW + timedelta(days=1)},
        {"opens_at": NOW - timedelta(days=1)},
        {"shows_after_posts": 1},
        {"shows_after_posts": 2},
        {"shows_after_posts": 1, "shows_from": NOW - timedelta(days=1)},
        {"opening": PostState.HELD},
        {"reply": PostState.HELD},
    ],
    ids=str,
)
def test_recipients_are_those_whom_the_door_lets_in(session, activity, ana, bo, cy, member, shape):
    members = [ana, bo, cy, member("Tine", Role.TRAINER), member("Ole", Role.OBSERVER), member("Eva", Role.EXPERT)]
    thread = build.thread(session, activity=activity, author=ana, is_private=shape.get("is_private", False))
    replies = [build.reply(session, thread, author=each, after=number) for number, each in enumerate(members[:4], 1)]
    for name, value in shape.items():
        setattr(thread, name, value) if name not in {"opening", "reply"} else None
    thread.opening.state = shape.get("opening", PostState.VISIBLE)
    replies[1].state = shape.get("reply", PostState.VISIBLE)
    session.flush()
    for post in (thread.opening, *replies):
        seen = {
            each.id
            for each in members
            if session.scalar(
                select(Post.id)
                .join(Post.thread)
                .where(Post.id == post.id, look(session, each, activity, now=NOW).readable())
            )
        }
        chosen = readers_of(session, post, now=NOW)
        if post.state is PostState.VISIBLE and thread.opening.state is PostState.VISIBLE:
            assert chosen == seen, post.number
        else:  # nobody is told of it yet
            assert chosen == set()


# --- following ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def follow(app, session, activity):
    def follow(member, thread, level):
        with app.test_request_context():
            return subscribe(session, member, Scope.THREAD, thread.id, level, now=NOW)

    return follow


@pytest.fixture
def heard(endpoint, stored_statements):
    """Return the verbs of what was told to an LRS so far."""
    return lambda: [json.loads(body)["verb"]["id"].rpartition("/")[2] for body in stored_statements]


def test_following_a_thread_is_told_once(session, activity, ana, bo, follow, heard):
    thread = build.thread(session, activity=activity, author=ana)
    before = len(heard())
    for level in (Level.EVERYTHING, Level.EVERYTHING, Level.MUTED, Level.MENTIONS):
        follow(bo, thread, level)
    assert heard()[before:] == ["follow", "stop-following"]


def test_author_s_following_is_not_told_since_it_would_tell_the_author(session, activity, ana, follow, heard):
    thread = build.thread(session, activity=activity, author=ana)
    before = len(heard())
    for level in (None, Level.EVERYTHING):
        follow(ana, thread, level)
    assert heard()[before:] == []


def test_thread_that_is_not_theirs_cannot_be_followed(session, activity, ana, bo, follow):
    thread = build.thread(session, activity=activity, author=ana, is_private=True)
    with pytest.raises(NotFoundError):
        follow(bo, thread, Level.EVERYTHING)
