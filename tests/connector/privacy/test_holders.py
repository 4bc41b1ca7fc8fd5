"""What the folders above the connector hold of people, and that it is gone once somebody is erased."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.courses.models import GroupSet
from connector.grades.models import Grade, State
from connector.grades.services import set_score
from connector.groups.models import GroupWish
from connector.holders import HOLDERS
from connector.moderation import services as moderation
from connector.moderation.models import Act, Complaint, Report
from connector.participation import rubric
from connector.participation.models import Mark, Remark
from connector.privacy.erasure import erase_person
from connector.search.services import search
from connector.threads.models import Mute, Post
from tests import make
from tests.connector.threads import build
from tests.connector.threads.members import *  # noqa: F403 -- the fixtures of everybody who tests threads

SECRET = "a telling word"


@pytest.fixture
def in_app(app):
    """What is held is listed in the reader's language."""
    with app.app_context():
        yield


@pytest.fixture
def told(session, in_app, activity, ana, bo, trainer):
    """Ana, of whom every folder holds something."""
    thread = build.thread(session, activity=activity, author=bo, title="Filing", body="@Ana Holm, how do you file?")
    reply = build.reply(session, thread, author=ana, body="By date.")
    moderation.report(session, thread.opening, ana, Complaint.OTHER, SECRET, now=make.NOW)
    moderation.remove(session, reply, trainer, SECRET, now=make.NOW)
    until = make.NOW + timedelta(days=1)
    moderation.mute(session, ana, activity, by=trainer, until=until, reason=SECRET, now=make.NOW)
    rubric.set_criteria(session, activity, trainer, [rubric.CriterionForm(title="Depth", levels=[("a", 0), ("b", 1)])])
    (criterion,) = rubric.list_criteria(session, activity)
    rubric.mark(session, activity, ana, by=trainer, levels={criterion.id: 1}, remark=SECRET, now=make.NOW)
    set_score(session, activity, ana, points=5, maximum=10, comment=SECRET, now=make.NOW)
    session.flush()
    return thread


def listed(session, person):
    return {holding.name: holding.records for each in HOLDERS for holding in each.list_holdings(session, person)}


def test_everything_is_listed_for_the_person(session, told, ana):
    found = listed(session, ana.person)
    for name in ("reports", "moderation", "mutes", "marks", "remarks", "grades"):
        assert found[name], name


def test_a_wish_for_a_group_is_listed(session, in_app, course, ana):
    group_set = GroupSet(course_id=course.id, name="Circles", created_at=make.NOW)
    session.add(group_set)
    session.flush()
    session.add(GroupWish(set_id=group_set.id, member_id=ana.id, name="Early birds", created_at=make.NOW))
    session.flush()
    (record,) = listed(session, ana.person)["courses"]
    assert record["group_wishes"] == [{"group": "Early birds", "at": make.NOW.isoformat()}]


def test_nothing_of_it_is_left(session, told, ana):
    erase_person(session, ana.person, holders=HOLDERS, now=make.NOW)
    session.expire_all()
    texts = [
        *session.scalars(select(Report.note)),
        *session.scalars(select(Act.reason)),
        *session.scalars(select(Remark.text)),
        *session.scalars(select(Grade.comment)),
    ]
    assert {text for text in texts if text} == set()
    assert session.scalars(select(Mark)).all() == session.scalars(select(Mute)).all() == []
    assert [grade.state for grade in session.scalars(select(Grade))] == [State.NONE]


def test_the_name_is_neither_in_what_others_wrote_nor_found_there(session, told, course, ana):
    among = select(Post.id)
    assert search(session, "Holm", course_id=course.id, among=among, limit=5).count == 1
    erase_person(session, ana.person, holders=HOLDERS, now=make.NOW)
    session.expire_all()
    assert "Holm" not in told.opening.body + told.opening.body_html
    assert search(session, "Holm", course_id=course.id, among=among, limit=5).count == 0
