"""What waits for a trainer changes nothing that others see, until it is let stand."""

import html
import re

import pytest

from connector.activities.models import Kind
from connector.expert_qa.models import Question
from connector.moderation import moving
from connector.moderation.services import approve
from connector.threads import changing
from connector.threads.models import Moderation, PostState, Rules, ThreadKind
from tests import make
from tests.connector.expert_qa import asking
from tests.connector.expert_qa.test_asking import text_of
from tests.connector.threads import build

LISTS = ("", "?show=all", "?show=unanswered", "?show=all&sort=newest")


@pytest.fixture
def held(session, activity):
    """Return how to let everything wait, from now on."""

    def begin():
        session.add(Rules(activity_id=activity.id, moderation=Moderation.ALL))
        session.flush()

    return begin


def polls(visit, thread):
    """Return what pages that somebody has open ask for again and again."""
    pages = [visit.get(each).text for each in ("", f"/threads/{thread.id}")]
    return [html.unescape(found) for page in pages for found in re.findall(r'data-poll="([^"]+)"', page)]


def seen(visit, thread, asked):
    """Return what somebody sees of all threads and of one, and what their open pages hear."""
    pages = [text_of(visit.get(each)) for each in (*LISTS, f"/threads/{thread.id}")]
    answers = [visit.client.get(each) for each in asked]
    return pages, [(each.status_code, each.text, each.get_etag()) for each in answers]


@pytest.mark.parametrize("kind", [Kind.EXPERT_QA, Kind.DISCUSSION])
def test_a_held_reply_moves_nothing_for_others(enter, session, activity, ana, bo, trainer, held, kind):
    activity.kind = kind
    cy = make.member(session, course=activity.course, name="Cy Ek")
    older = build.thread(session, activity=activity, author=ana, title="Older", kind=ThreadKind.QUESTION)
    build.thread(session, activity=activity, author=ana, title="Newer", kind=ThreadKind.QUESTION, after=5)
    held()
    session.commit()
    visit = enter(cy)
    asked, moved = polls(visit, older), older.last_activity_at
    assert asked
    visit.get(f"/threads/{older.id}")  # what was new is not, from the second visit on
    before = seen(visit, older, asked)
    reply = build.reply(session, older, author=bo, after=60)
    assert reply.state is PostState.HELD
    session.commit()
    assert seen(visit, older, asked) == before
    assert older.last_activity_at == moved
    approve(session, reply, trainer, now=asking.at(90))
    session.commit()
    assert seen(visit, older, asked) != before
    assert older.last_activity_at == reply.created_at


def test_a_held_reply_leaves_no_mark_on_what_is_changed_after_it(session, activity, ana, bo, trainer, held):
    thread = build.thread(session, activity=activity, author=ana)
    held()
    reply = build.reply(session, thread, author=bo, after=1)
    changing.edit_post(session, thread.opening, ana, "Tell me more.", now=asking.at(2))
    assert thread.opening.edited_at is None
    approve(session, reply, trainer, now=asking.at(3))
    changing.edit_post(session, thread.opening, ana, "Tell me all.", now=asking.at(4))
    assert thread.opening.edited_at == asking.at(4)


def test_a_held_reply_that_is_moved_still_moves_nothing(session, activity, ana, bo, trainer, held):
    thread = build.thread(session, activity=activity, author=ana)
    branch = build.reply(session, thread, author=ana, after=1)
    held()
    build.reply(session, thread, author=bo, parent=branch, after=60)
    moving.split(session, branch, trainer, "Apart", "Another topic.", now=asking.at(61))
    assert branch.thread.last_activity_at == branch.created_at


def test_a_held_addition_leaves_a_question_waiting_for_it(app, session, activity, ana, expert, trainer, held):
    with app.test_request_context():
        thread = asking.ask(session, activity, ana)
        asking.services.ask_info(session, thread, expert, "Which office?", now=asking.at(1))
        held()
        added = asking.answer(session, thread, ana, "In Paris.", after=2)
        assert session.get_one(Question, thread.id).info_asked_at == asking.at(1)
        approve(session, added, trainer, now=asking.at(3))
        assert session.get_one(Question, thread.id).info_asked_at is None
