"""Files in blind reviews lose what they tell of their author; what they would keep is said before anybody sees it."""

import io

import pytest
from sqlalchemy import select

from connector.content.doors import file_store
from connector.content.models import Attachment
from connector.peer_review.models.reviews import Submission
from connector.peer_review.models.setup import Anonymity
from tests.connector.content import documents
from tests.connector.content.documents import NAME
from tests.connector.content.test_unnaming import unpacked
from tests.connector.peer_review import acts


def stored(app, session):
    """Return the bytes of the files that belong to work."""
    session.rollback()
    rows = session.scalars(select(Attachment).where(Attachment.holder_id.is_not(None))).all()
    with app.app_context():
        found = [b"".join(file_store().read(row.storage_key, 0, row.size)) for row in rows]
    session.commit()
    return found


def send(visiting, member, activity, content, name="Plan of Veronika.pdf", **more):
    visit = visiting(member, activity)
    visit.get("/work")
    return visit.post("/work", body="My plan.", file=(io.BytesIO(content), name), **more)


@pytest.mark.parametrize("anonymity", [Anonymity.DOUBLE, Anonymity.SINGLE])
@pytest.mark.parametrize("kind", ["pdf", "docx", "odt"])
def test_author_is_taken_out(visiting, app, session, activity, trainer, ana, translated, anonymity, kind):
    acts.set_rules(session, activity, trainer, anonymity=anonymity)
    content = documents.pdf() if kind == "pdf" else documents.zipped(documents.OFFICE[kind])
    assert send(visiting, ana, activity, content, f"plan.{kind}").status_code == 303
    (found,) = stored(app, session)
    assert NAME.encode() not in unpacked(found)
    row = session.scalars(select(Attachment)).one()
    assert row.size == len(found)


def test_in_an_open_review_files_stay_as_they_are(visiting, app, session, activity, trainer, ana, translated):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE)
    content = documents.pdf()
    send(visiting, ana, activity, content)
    assert stored(app, session) == [content]


def test_what_keeps_a_name_is_said_and_can_be_handed_in_all_the_same(visiting, app, session, activity, ana):
    content = documents.pdf(signed=True)
    answer = send(visiting, ana, activity, content)
    assert answer.status_code == 422
    assert "may show your name: it is signed" in answer.text
    assert 'name="keeps_names"' in answer.text
    session.rollback()
    assert session.scalars(select(Submission)).all() == []
    file_id = session.scalars(select(Attachment.id)).one()
    assert f"attachment:{file_id}" in answer.text
    session.commit()
    visit = visiting(ana, activity)
    visit.get("/work")
    again = visit.post("/work", body=f"My plan.\n\n[x](attachment:{file_id})", keeps_names="1")
    assert again.status_code == 303
    assert stored(app, session) == [content]


def test_a_script_is_refused(visiting, session, activity, ana):
    answer = send(visiting, ana, activity, documents.pdf(script="app.alert(1)"))
    assert answer.status_code == 422
    assert "holds a script" in answer.text
