"""What others and records learn of notes: nothing, but what their owner agreed to."""

import json

import pytest
from sqlalchemy import select

from connector.courses.models import Membership
from connector.delivery.models import Message
from connector.holders import HOLDERS
from connector.housekeeping import tidy_writings
from connector.notebook import statements
from connector.notebook.models import Note, Receipt
from connector.notifications.models import Notice
from connector.privacy.erasure import erase_person
from connector.privacy.models import Purpose
from connector.privacy.services import decide
from connector.search.models import SearchDocument
from connector.threads.models import Rules
from tests import make

SECRET = "zqsecretword"


def told(session):
    found = [json.loads(row.body) for row in session.scalars(select(Message).order_by(Message.created_at))]
    session.commit()
    return found


def test_nothing_is_told_unless_somebody_agreed(at, session, endpoint, ana, thread):
    session.commit()
    before = len(told(session))
    desk = at(ana)
    desk.write(SECRET, post=str(thread.opening.id))
    assert len(told(session)) == before


def test_who_agreed_is_told_of_and_nothing_else(at, session, endpoint, ana, activity, thread):
    desk = at(ana)
    desk.post("/recording", is_agreed="1")
    desk.write(SECRET, post=str(thread.opening.id))
    made = [each for each in told(session) if each["verb"]["id"].endswith("/experienced")]
    (statement,) = made
    extensions = statement["context"].pop("extensions")
    assert sorted(extensions.values()) == ["private", "reflection.made"]
    around = statement["context"].pop("contextActivities")
    assert set(around) == {"category", "grouping"}
    assert [each["id"] for each in around["grouping"]] == [ana.course.iri]
    assert set(statement["context"]) == {"registration"}
    assert set(statement) == {"id", "actor", "verb", "object", "context", "timestamp"}
    assert set(statement["object"]["definition"]) == {"type"}
    ids = {str(each) for each in (activity.id, thread.id, thread.opening.id, session.scalars(select(Note.id)).one())}
    assert not [each for each in ids if each in json.dumps(statement)]


def test_a_change_and_an_end_are_not_told(at, session, endpoint, ana):
    desk = at(ana)
    desk.post("/recording", is_agreed="1")
    place = desk.write("One.")
    count = len(told(session))
    desk.post(f"{place}/edit", body="Two.")
    desk.post(f"{place}/throw-away")
    assert len(told(session)) == count


def test_consent_can_be_taken_back(at, session, endpoint, ana):
    desk = at(ana)
    desk.post("/recording", is_agreed="1")
    assert "checked" in desk.get().text.partition('name="is_agreed"')[2][:40]
    desk.post("/recording")
    desk.write("One.")
    assert not [each for each in told(session) if each["verb"]["id"].endswith("/experienced")]


def test_two_reflections_have_nothing_in_common_but_their_author(session, ana):
    one, two = (statements.reflected(ana, make.NOW) for _ in range(2))
    assert one.object.id != two.object.id
    assert one.id != two.id


def test_no_page_figure_export_search_or_notice_has_it(at, session, ana, bo, trainer, observer, activity, thread):
    mine = at(ana)
    mine.write(SECRET, post=str(thread.opening.id))
    notes = session.scalars(select(Note.id)).all()
    paths = [
        "",
        "/overview",
        f"/review/{ana.id}",
        "/export.csv",
        "/export.json",
        "/print",
        f"/search?q={SECRET}",
        f"/threads/{thread.id}",
        f"/threads/{thread.id}/print",
        "/moderation",
        f"/moderation/posts/{thread.opening.id}",
    ]
    others = ["/course", "/notices?show=all", "/saved", f"/search?q={SECRET}", f"/people/{ana.id}", "/mentions?q=a"]
    for member in (bo, trainer, observer):
        desk = at(member)
        pages = [desk.visit.get(path).text for path in paths]
        pages += [desk.visit.client.get(f"/s/{desk.visit.sid}{path}").text for path in others]
        for page in pages:
            assert SECRET not in page.replace(f'value="{SECRET}"', "").replace(f"q={SECRET}", "").replace(
                f"Search: {SECRET}", ""
            )
            assert not [each for each in notes if str(each) in page]
    assert session.scalars(select(Notice).where(Notice.created_at >= make.NOW, Notice.about.in_(notes))).all() == []
    assert session.scalars(select(SearchDocument).where(SearchDocument.id.in_(notes))).all() == []


def test_figures_about_people_are_the_same_with_and_without_notes(at, session, ana, trainer, activity, thread):
    looking = at(trainer)
    paths = ["/overview", f"/review/{ana.id}"]
    mine = at(ana)

    def seen():
        return [looking.visit.get(path).text.partition("<main")[2] for path in paths]

    before = seen()
    mine.write(SECRET, post=str(thread.opening.id))
    assert seen() == before


@pytest.fixture
def in_app(app):
    with app.app_context():
        yield


@pytest.mark.usefixtures("in_app")
def test_erasing_somebody_leaves_no_note(at, session, ana, bo, thread):
    desk = at(ana)
    place = desk.write(SECRET, post=str(thread.opening.id))
    desk.visit.post("/threads", note=place.removeprefix("/"), title="A copy", body="For all.")
    kept = at(bo).write("Bo's own.")
    session.expire_all()
    erase_person(session, session.get_one(Membership, ana.id).person, holders=HOLDERS, now=make.NOW)
    session.commit()
    assert [note.body for note in session.scalars(select(Note))] == ["Bo's own."]
    assert session.scalars(select(Receipt)).all() == []
    assert at(bo).get(kept).status_code == 200


@pytest.mark.usefixtures("in_app")
def test_quotations_go_when_the_time_of_a_text_is_over(at, app, session, activity, ana, thread):
    desk = at(ana)
    place = desk.write("My own words.", post=str(thread.opening.id), keeps="words", quotation="By date")
    session.add(Rules(activity_id=activity.id, keep_days=1))
    session.flush()
    tidy_writings(session, app.extensions["kring_files"], now=make.NOW.replace(year=make.NOW.year + 1))
    session.commit()
    session.expire_all()
    note = session.scalars(select(Note)).one()
    assert (note.quotation, note.post_id, note.body) == ("", None, "My own words.")
    assert "My own words." in desk.read(place)


@pytest.mark.usefixtures("in_app")
def test_the_decision_is_kept_with_the_others(session, ana):
    decide(session, ana.person, Purpose.PRIVATE_EVENTS, is_given=True, now=make.NOW)
    listed = {each.name: each.records for holder in HOLDERS for each in holder.list_holdings(session, ana.person)}
    assert [each["purpose"] for each in listed["consents"]] == ["private-events"]
