import uuid
from datetime import timedelta

import pytest

from connector.content import attachments, drafts, privacy
from connector.content.models import Attachment
from tests.make import NOW


@pytest.fixture
def file(session, learner):
    def add(**more):
        id_ = uuid.uuid4()
        row = Attachment(
            id=id_,
            course_id=learner.course_id,
            member=learner,
            name="a.pdf",
            media_type="application/pdf",
            size=5,
            storage_key=str(id_),
            created_at=NOW,
            **more,
        )
        session.add(row)
        session.flush()
        return row

    return add


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


def test_a_copy_of_ones_data_has_drafts_and_files(session, learner, file):
    row = file(alt=None)
    drafts.save_draft(session, learner, "reply 1", {"body": "a"}, base=0, now=NOW)
    held = {each.name: each.records for each in privacy.list_holdings(session, learner.person)}
    assert held["drafts"] == [{"place": "reply 1", "texts": {"body": "a"}, "at": NOW.isoformat()}]
    assert [each["id"] for each in held["files"]] == [str(row.id)]


def test_who_is_erased_leaves_no_drafts_and_no_files_but_those_in_posts(session, learner, file, store):
    loose, kept = file(), file(holder_kind="post", holder_id=uuid.uuid4())
    drafts.save_draft(session, learner, "reply 1", {"body": f"attachment:{loose.id}"}, base=0, now=NOW)
    privacy.forget(session, learner.person)
    privacy.forget(session, learner.person)  # again harms nothing
    assert drafts.list_drafts_of(session, learner.person) == []
    attachments.tidy_attachments(session, store, NOW + timedelta(minutes=1))
    assert session.query(Attachment).all() == [kept]
