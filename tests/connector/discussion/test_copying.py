from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.delivery.models import Message
from connector.discussion.copying import copy_settings
from connector.participation import rubric, services
from connector.participation.models import Grading, Late
from connector.threads.models import Moderation, Post, Rules, Thread, ThreadTag
from tests import make
from tests.connector.threads import build

DUE = make.NOW + timedelta(days=7)


@pytest.fixture
def origin(session, activity, ana, trainer):
    """A discussion with a prompt, an ordinary thread of the trainer, and one of a learner that was pinned."""
    prompt = build.thread(
        session, activity=activity, author=trainer, title="Week 1", body="Say *hello*.", tags=["hello"]
    )
    prompt.due_at, prompt.shows_after_posts = DUE, 1
    build.reply(session, prompt, author=ana, body="Hello!")
    build.thread(session, activity=activity, author=trainer, title="By the way")
    liked = build.thread(session, activity=activity, author=ana, title="Mine")
    liked.pinned_at = make.NOW
    session.add(Rules(activity_id=activity.id, moderation=Moderation.FIRST, posts_a_day=3))
    services.set_participation(
        session, activity, trainer, threads=1, replies=2, posts=0, due_at=DUE, late=Late.HALF, grading=Grading.RUBRIC
    )
    rubric.set_criteria(session, activity, trainer, [rubric.CriterionForm(title="Depth", levels=[("a", 0), ("b", 1)])])
    session.flush()
    return activity


@pytest.fixture
def copy(session):
    return make.activity(session)


def test_rules_conditions_and_prompts_are_taken_over_and_posts_are_not(session, origin, copy, endpoint):
    leader = make.member(session, course=copy.course, role=Role.TRAINER)
    copy_settings(session, origin, copy, make.NOW)
    rules = session.get(Rules, copy.id)
    assert (rules.moderation, rules.posts_a_day) == (Moderation.FIRST, 3)
    wanted = services.get_participation(session, copy)
    assert (wanted.threads, wanted.replies, wanted.due_at, wanted.late) == (1, 2, DUE, Late.HALF)
    assert [each.title for each in rubric.list_criteria(session, copy)] == ["Depth"]
    threads = session.scalars(select(Thread).where(Thread.activity_id == copy.id)).all()
    assert [(each.title, each.author_id, each.due_at, each.shows_after_posts, each.post_count) for each in threads] == [
        ("Week 1", leader.id, DUE, 1, 1)
    ]
    assert threads[0].iri.startswith(f"{copy.iri}/threads/")
    assert session.scalars(select(Post.body).where(Post.activity_id == copy.id)).all() == ["Say *hello*."]
    assert session.scalars(select(ThreadTag.tag).where(ThreadTag.thread_id == threads[0].id)).all() == ["hello"]
    assert session.scalars(select(Message)).all() == []


def test_nobody_of_the_first_course_is_in_the_copy(session, origin, copy):
    make.member(session, course=copy.course, role=Role.TRAINER)
    copy_settings(session, origin, copy, make.NOW)
    people = set(session.scalars(select(Post.author_id).where(Post.activity_id == copy.id)))
    assert people.isdisjoint(session.scalars(select(Post.author_id).where(Post.activity_id == origin.id)))


def test_without_anybody_who_leads_the_copy_has_no_prompts(session, origin, copy):
    copy_settings(session, origin, copy, make.NOW)
    assert session.scalars(select(Thread).where(Thread.activity_id == copy.id)).all() == []
    assert session.get(Rules, copy.id) is not None
