import re
import uuid
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.threads.models import Rules, Thread, ThreadTag
from tests.connector.threads import build
from tests.visits import text_of


@pytest.fixture
def thread(session, activity, ana):
    return build.thread(session, activity=activity, author=ana, title="Filing")


@pytest.fixture
def lead(visiting, activity, trainer, thread):
    visit = visiting(trainer, activity)
    visit.get()
    return visit


def test_rules_are_kept_as_typed(lead, database):
    answer = lead.post("/rules", allows_anonymous="1", moderation="first", close_after_days="14", keep_days="30")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with database.session(writes=False) as session:
        rules = session.scalars(select(Rules)).one()
        assert (rules.learners_start, rules.allows_anonymous, rules.close_after_days) == (False, True, 14)
        assert (rules.hold_after_reports, rules.keep_days) == (0, 30)
    assert re.search(r'name="close_after_days"[^>]*value="14"', lead.get("/rules").text)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"close_after_days": "0"}, "from 1 to 365."),
        ({"posts_a_day": "lots"}, "from 1 to 1000."),
        ({"keep_days": "1"}, "from 7 to 3650."),
        ({"hold_after_reports": "99999999999999999999"}, "from 0 to 20."),
    ],
)
def test_unusable_rules_are_told_and_kept(lead, form, told):
    answer = lead.post("/rules", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in text_of(answer)
    assert all(f'value="{typed}"' in answer.text for typed in form.values())


def test_a_thread_gets_its_kind_tags_and_dates(lead, database, thread):
    path = f"/threads/{thread.id}/shape"
    answer = lead.post(
        path, kind="question", tags="Mail, #Filing, mail", due_at="2026-03-09T12:00", zone="Europe/Copenhagen",
        shows_after_posts="1",
    )  # fmt: skip
    assert answer.location.endswith(f"/threads/{thread.id}")
    with database.session(writes=False) as session:
        found = session.get(Thread, thread.id)
        assert (found.kind, found.due_at.isoformat(), found.shows_after_posts) == (
            "question",
            "2026-03-09T11:00:00+00:00",
            1,
        )
        assert sorted(session.scalars(select(ThreadTag.tag))) == ["filing", "mail"]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"due_at": "soon"}, "Give a date and a time."),
        ({"opens_at": "2026-03-09T12:00", "closes_at": "2026-03-09T11:00"}, "It must close after it opens."),
        ({"opens_at": "2026-03-09T12:00", "due_at": "2026-03-09T11:00"}, "It must be due after it opens."),
        ({"due_at": "2026-03-09T12:00", "closes_at": "2026-03-09T11:00"}, "It must not close before it is due."),
        ({"tags": "a,b,c,d,e,f"}, "At most 5 tags."),
        ({"tags": "x" * 41}, "A tag may have 40 characters."),
        ({"group": str(uuid.uuid4())}, "Choose one of the groups."),
    ],
)
def test_unusable_shapes_are_told(lead, thread, form, told):
    answer = lead.post(f"/threads/{thread.id}/shape", kind="share", **form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    if "group" not in form:
        assert told in text_of(answer)


@pytest.mark.parametrize("path", ["/rules", "/threads/{thread}/shape"])
def test_learners_shape_nothing(visiting, activity, ana, thread, path):
    visit = visiting(ana, activity)
    where = path.format(thread=thread.id)
    assert visit.get(where).status_code == HTTPStatus.NOT_FOUND
    assert visit.post(where, kind="share").status_code == HTTPStatus.NOT_FOUND
