import csv
import io
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.moderation.models import Act, Deed
from connector.threads.models import ReadMark, Thread, ThreadTag
from tests import make
from tests.connector.discussion.test_views import token_of
from tests.connector.threads import build
from tests.visits import text_of


@pytest.fixture
def thread(session, activity, bo):
    return build.thread(session, activity=activity, author=bo, title="How do you file?", body="Tell *me*.")


@pytest.fixture
def other(session, activity, bo):
    return build.thread(session, activity=activity, author=bo, title="Other")


def marks(stored, member):
    return len(stored(select(ReadMark.post_id).where(ReadMark.member_id == member.id)))


def test_who_leads_the_course_closes_tags_and_reads_many(enter, session, stored, trainer, bo, activity, thread):
    other = build.thread(session, activity=activity, author=bo, title="Other")
    visit = enter(trainer)
    page = visit.get("?choose=1")
    assert page.text.count('name="thread"') == 2
    both = [str(thread.id), str(other.id)]
    assert visit.post("/threads/bulk", thread=both, act="close").location == f"{visit.path}?done=close"
    assert len(stored(select(Thread.id).where(Thread.closed_at.is_not(None)))) == 2
    visit.post("/threads/bulk", thread=both, act="reopen")
    assert stored(select(Thread.id).where(Thread.closed_at.is_not(None))) == []
    visit.post("/threads/bulk", thread=both, act="tag", tags="Week 2")
    assert stored(select(ThreadTag.tag)) == ["week 2", "week 2"]
    visit.post("/threads/bulk", thread=both, act="read")
    assert marks(stored, trainer) == 2


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"act": "close"}, "Choose at least one thread."),
        ({"act": "tag", "thread": "{id}"}, "Write the tags to add."),
        ({"act": "tag", "thread": "{id}", "tags": "a,b,c,d,e,f"}, "At most 5 tags."),
    ],
)
def test_what_cannot_be_done_with_many_is_said(enter, trainer, thread, form, sentence):
    answer = enter(trainer).post("/threads/bulk", **{name: value.format(id=thread.id) for name, value in form.items()})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in text_of(answer)


@pytest.mark.parametrize("form", [{"act": "burn", "thread": "x"}, {}, {"thread": "x", "act": "close"}])
def test_nonsense_for_many_is_refused(enter, trainer, thread, form):
    assert enter(trainer).post("/threads/bulk", **form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_threads_of_another_activity_are_left_alone(enter, session, stored, trainer, bo, activity):
    elsewhere = build.thread(session, activity=make.activity(session, course=activity.course), author=bo)
    enter(trainer).post("/threads/bulk", thread=str(elsewhere.id), act="close")
    assert stored(select(Thread.id).where(Thread.closed_at.is_not(None))) == []


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EXPERT, Role.OBSERVER, Role.TEST_STUDENT])
def test_many_at_once_and_the_whole_on_paper_are_for_staff(enter, session, course, thread, role):
    visit = enter(make.member(session, course=course, role=role))
    assert 'name="thread"' not in visit.get("?choose=1").text
    visit.token = token_of(visit)
    assert visit.post("/threads/bulk", thread=str(thread.id), act="close").status_code == HTTPStatus.NOT_FOUND


# --- dates ------------------------------------------------------------------------------------------------------------
def test_many_are_due_and_close_at_another_time(enter, stored, trainer, thread, other):
    form = {"thread": [str(thread.id), str(other.id)], "act": "dates", "zone": "Europe/Copenhagen"}
    visit = enter(trainer)
    page = visit.post("/threads/bulk", **form, due_at="2031-06-01T12:00", closes_at="2031-06-08T12:00")
    assert page.location == f"{visit.path}?done=dates"
    assert "The threads have their new dates." in visit.get("?done=dates").text
    assert stored(select(Thread.due_at)) == [datetime(2031, 6, 1, 10, tzinfo=UTC)] * 2
    visit.post("/threads/bulk", **form, due_at="2031-06-02T12:00")
    assert stored(select(Thread.due_at)) == [datetime(2031, 6, 2, 10, tzinfo=UTC)] * 2
    assert stored(select(Thread.closes_at)) == [datetime(2031, 6, 8, 10, tzinfo=UTC)] * 2


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Give a date and a time."),
        ({"due_at": "tomorrow"}, "Give a date and a time."),
        ({"due_at": "2031-06-09T12:00"}, "“Other” would close before it is due. Give both times."),
        ({"closes_at": "2030-01-01T12:00"}, "“Other” opens later than that."),
    ],
)
def test_dates_that_cannot_be_are_said_and_nothing_changes(
    enter, session, stored, trainer, thread, other, form, sentence
):
    other.opens_at, other.closes_at = datetime(2031, 1, 1, tzinfo=UTC), datetime(2031, 6, 8, tzinfo=UTC)
    session.commit()
    both = [str(thread.id), str(other.id)]
    page = enter(trainer).post("/threads/bulk", thread=both, act="dates", **form)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in text_of(page)
    assert page.text.count('form="bulk" checked>') == 2, "the ticks are still there"
    assert all(f'value="{typed}"' in page.text for typed in form.values())
    assert stored(select(Thread.due_at)) == [None, None]


# --- elsewhere --------------------------------------------------------------------------------------------------------
def test_many_move_to_another_discussion(enter, session, stored, trainer, activity, thread, other):
    place = make.activity(session, course=activity.course, title="Week 2")
    visit = enter(trainer)
    assert "Week 2" in text_of(visit.get("?choose=1"))
    page = visit.post("/threads/bulk", thread=[str(thread.id), str(other.id)], act="move", target=str(place.id))
    assert page.location == f"{visit.path}?done=move"
    assert "The threads were moved" in visit.get("?done=move").text
    assert stored(select(Thread.activity_id)) == [place.id] * 2
    assert stored(select(Act.deed)) == [Deed.MOVED] * 2


@pytest.mark.parametrize("target", ["", "x", "00000000-0000-0000-0000-000000000001", "elsewhere"])
def test_threads_go_nowhere_but_to_a_discussion_of_the_course(
    enter, session, stored, trainer, activity, thread, target
):
    if target == "elsewhere":
        target = str(make.activity(session, title="Of others").id)
    page = enter(trainer).post("/threads/bulk", thread=str(thread.id), act="move", target=target)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose where they go." in text_of(page)
    assert stored(select(Thread.activity_id)) == [activity.id]


# --- as a file --------------------------------------------------------------------------------------------------------
def test_the_chosen_threads_as_a_file(enter, session, trainer, ana, thread, other):
    build.reply(session, other, author=ana, body="Here.")
    visit = enter(trainer)
    table = visit.post("/threads/bulk", thread=str(other.id), act="csv")
    assert table.headers["Content-Disposition"].startswith("attachment;")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert [row["thread"] for row in rows] == ["Other", "Other"]
    assert len(visit.post("/threads/bulk", thread=str(other.id), act="json").json["posts"]) == 2
