"""What the rules of an activity let a thread be, and how it may change."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.delivery.models import Message
from connector.threads import changing
from connector.threads.access import get_thread, may_read
from connector.threads.models import Moderation, PostState, PostVersion, Rules, ThreadKind
from connector.threads.reading import read_thread
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.threads import build
from tests.connector.threads.build import count


# --- what a thread may be ---------------------------------------------------------------------------------------------
@pytest.fixture
def rules(session, activity):
    return add_rules(session, activity)


def add_rules(session, activity, **more):
    values = {"learners_start": True, "allows_anonymous": True, "allows_private": True, "hold_after_reports": 3}
    row = Rules(activity_id=activity.id, **(values | more))
    session.add(row)
    session.flush()
    return row


def test_who_hides_their_name_goes_by_one_number_all_through_a_thread(session, activity, rules, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, is_anonymous=True)
    first = build.reply(session, thread, author=bo, is_anonymous=True)
    again = build.reply(session, thread, author=ana, is_anonymous=True)
    named = build.reply(session, thread, author=ana)
    assert [post.alias for post in (thread.opening, first, again, named)] == [1, 2, 1, None]


def test_names_are_not_hidden_where_the_activity_does_not_let_one(session, activity, ana):
    with pytest.raises(NotFoundError):
        build.thread(session, activity=activity, author=ana, is_anonymous=True)


def test_who_leads_the_course_does_not_hide(session, activity, rules, trainer):
    with pytest.raises(NotFoundError):
        build.thread(session, activity=activity, author=trainer, is_anonymous=True)


def test_what_waits_for_approval_is_seen_by_its_author_and_staff_alone(session, activity, ana, bo, trainer):
    add_rules(session, activity, moderation=Moderation.ALL)
    thread = build.thread(session, activity=activity, author=ana)
    assert thread.opening.state is PostState.HELD
    for reader, seen in ((ana, True), (trainer, True), (bo, False)):
        try:
            found = get_thread(session, build.sight(session, activity, reader), thread.id)
        except NotFoundError:
            found = None
        assert (found is not None) == seen


def test_only_the_first_post_waits_where_newcomers_are_looked_at(session, activity, ana):
    add_rules(session, activity, moderation=Moderation.FIRST)
    first = build.thread(session, activity=activity, author=ana)
    first.opening.state = PostState.VISIBLE
    session.flush()
    assert build.reply(session, first, author=ana).state is PostState.VISIBLE


def test_a_private_thread_is_between_its_author_and_staff(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=ana, is_private=True)
    assert get_thread(session, build.sight(session, activity, trainer), thread.id) is thread
    with pytest.raises(NotFoundError):
        get_thread(session, build.sight(session, activity, bo), thread.id)


def test_others_answers_show_after_ones_own_where_the_trainer_wants_that(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=trainer)
    thread.shows_after_posts = 1
    session.flush()
    hidden = build.reply(session, thread, author=bo)
    hint = build.reply(session, thread, author=trainer)

    def seen(reader):
        sight = build.sight(session, activity, reader)
        return [shown.post for shown in read_thread(session, sight, thread, page=1).posts]

    assert seen(ana) == [thread.opening, hint]
    own = build.reply(session, thread, author=ana)
    assert seen(ana) == [thread.opening, hidden, hint, own]
    assert seen(trainer) == [thread.opening, hidden, hint, own]


def test_learners_begin_no_thread_where_the_trainer_does(session, activity, ana, trainer):
    add_rules(session, activity, learners_start=False)
    thread = build.thread(session, activity=activity, author=trainer)
    with pytest.raises(NotFoundError):
        build.thread(session, activity=activity, author=ana)
    assert build.reply(session, thread, author=ana).number == 2


def test_nobody_writes_more_a_day_than_the_trainer_lets_them(session, translated, activity, ana):
    add_rules(session, activity, posts_a_day=2)
    thread = build.thread(session, activity=activity, author=ana)
    build.reply(session, thread, author=ana, after=1)
    with pytest.raises(ConflictError, match="at most 2 posts"):
        build.reply(session, thread, author=ana, body="More.", after=2)
    assert build.reply(session, thread, author=ana, body="More.", after=24 * 60 + 2).number == 3


@pytest.mark.parametrize("dates", [{"opens_at": 1}, {"closes_at": 0}])
def test_learners_write_within_the_dates(session, translated, activity, ana, trainer, dates):
    for name, minutes in dates.items():
        setattr(activity, name, make.NOW + timedelta(minutes=minutes))
    with pytest.raises(ConflictError):
        build.thread(session, activity=activity, author=ana)
    assert build.thread(session, activity=activity, author=trainer).post_count == 1


# --- what stands may change -------------------------------------------------------------------------------------------
def test_a_changed_post_keeps_what_it_said(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, title="Filling", body="By dait.")
    changing.edit_post(session, thread.opening, ana, "By date.", title="Filing", now=make.NOW)
    assert thread.opening.edited_at is None, "nobody has answered yet"
    build.reply(session, thread, author=bo)
    changing.edit_post(session, thread.opening, ana, "By name.", now=make.NOW)
    versions = session.scalars(select(PostVersion).order_by(PostVersion.version)).all()
    assert [(each.version, each.title, each.body) for each in versions] == [
        (1, "Filling", "By dait."),
        (2, "Filing", "By date."),
    ]
    assert (thread.opening.version, thread.opening.body, thread.opening.edited_at) == (3, "By name.", make.NOW)


def test_the_same_text_again_is_no_change(session, activity, ana, endpoint):
    thread = build.thread(session, activity=activity, author=ana)
    changing.edit_post(session, thread.opening, ana, thread.opening.body, now=make.NOW)
    assert (thread.opening.version, count(session, Message)) == (1, 1)


def test_others_neither_change_nor_take_back(session, activity, ana, bo, trainer):
    thread = build.thread(session, activity=activity, author=ana)
    for other in (bo, trainer):
        with pytest.raises(NotFoundError):
            changing.edit_post(session, thread.opening, other, "Mine.", now=make.NOW)
        with pytest.raises(NotFoundError):
            changing.withdraw_post(session, thread.opening, other, now=make.NOW)


def test_what_is_taken_back_leaves_its_place(session, activity, ana, bo, endpoint):
    thread = build.thread(session, activity=activity, author=ana)
    reply = build.reply(session, thread, author=ana)
    changing.withdraw_post(session, reply, ana, now=make.NOW)
    sight = build.sight(session, activity, bo)
    shown = [shown.post for shown in read_thread(session, sight, thread, page=1).posts]
    assert (shown, may_read(sight, reply), count(session, Message)) == ([thread.opening, reply], False, 3)


def test_who_asked_accepts_an_answer_and_others_do_not(session, activity, ana, bo, endpoint):
    thread = build.thread(session, activity=activity, author=ana, kind=ThreadKind.QUESTION)
    answer = build.reply(session, thread, author=bo)
    with pytest.raises(NotFoundError):
        changing.accept_answer(session, answer, bo, now=make.NOW)
    changing.accept_answer(session, answer, ana, now=make.NOW)
    assert (thread.accepted_id, count(session, Message)) == (answer.id, 3)
    changing.unaccept_answer(session, answer, ana, now=make.NOW)
    assert thread.accepted_id is None


def test_a_shared_experience_has_no_accepted_answer(session, activity, ana, bo):
    thread = build.thread(session, activity=activity, author=ana, kind=ThreadKind.SHARE)
    with pytest.raises(NotFoundError):
        changing.accept_answer(session, build.reply(session, thread, author=bo), ana, now=make.NOW)
