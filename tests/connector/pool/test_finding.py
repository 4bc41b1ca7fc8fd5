"""Entries are found where somebody looks or asks, and leave the pool as a file."""

import io
import re
import uuid
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from connector.activities.models import CourseCopy, Placement
from connector.courses.models import Membership, Role
from connector.holders import HOLDERS
from connector.pool import services
from connector.pool.access import Standing, standing_of
from connector.pool.export import safe_name
from connector.pool.finding import cards, find_entries, find_similar, reindex
from connector.pool.making import Text
from connector.pool.models import Entry, Proposal
from connector.pool.reading import attribution
from connector.privacy.erasure import erase_person
from connector.search.services import look_alike
from connector.web.errors import ConflictError
from tests import make
from tests.connector.pool.writing import text_of, write
from tests.connector.threads import build


# --- finding --------------------------------------------------------------------------------------------------------------
def test_what_is_confirmed_is_found_first(session, activity, trainer, ana, at):
    due = write(session, activity, trainer, title="Holiday rules", body="Ask early about holiday.")
    outdated = write(session, activity, trainer, title="Holiday rules of old", body="Holiday holiday holiday.")
    current = write(session, activity, trainer, title="Leave", body="Of holiday, ask by May.")
    due.review_at = make.NOW
    services.call_outdated(session, outdated, trainer, now=make.NOW)
    session.flush()
    found = find_entries(session, ana, "holiday", now=make.NOW, limit=9)
    assert [each.entry.id for each in found] == [current.id, due.id, outdated.id]
    alike = look_alike(session, "How is the holiday ruled?", "", course_id=ana.course_id)
    similar = find_similar(session, ana, alike, now=make.NOW, limit=9)
    assert outdated.id not in [each.entry.id for each in similar]
    assert set(cards(session, ana, [current.id, uuid.uuid4()], now=make.NOW)) == {current.id}
    session.commit()
    assert "3 entries found" in text_of(at(ana).get("?q=holiday").text)
    assert "Nothing in the pool has these words." in text_of(at(ana).get("?q=xyzzy").text)


def test_other_courses_pools_are_not_found(session, entry, at):
    elsewhere = make.activity(session)
    stranger = make.member(session, course=elsewhere.course, role=Role.TRAINER)
    assert find_entries(session, stranger, "12b", now=make.NOW, limit=9) == []
    assert cards(session, stranger, [entry.id], now=make.NOW) == {}


def test_reindexing_finds_the_same(session, entry, ana):
    assert reindex(session) == 1
    assert [each.entry.id for each in find_entries(session, ana, "12b", now=make.NOW, limit=9)] == [entry.id]


def test_the_list_is_filtered(session, at, activity, trainer, expert, entry):
    write(session, activity, trainer, title="Mine", tags=("desk",))
    session.commit()
    desk = at(trainer)
    assert "Which form?" not in text_of(desk.get("?show=mine").text)
    assert "Mine" not in text_of(desk.get("?tag=forms").text).replace("Mine 1", "")
    assert "No entry fits." in text_of(desk.get("?show=due").text)


def test_a_long_list_asks_no_more_than_a_short_one(session, at, activity, trainer, count_queries):
    asked = []
    for number in (1, 30):
        for each in range(number):
            write(session, activity, trainer, title=f"Entry {each}", tags=(f"tag{each}",))
        session.commit()
        desk = at(trainer)
        desk.get()
        with count_queries() as queries:
            desk.get()
        asked.append(len(queries))
    assert asked[0] == asked[1]


# --- out and over ----------------------------------------------------------------------------------------------------------
def test_the_pool_as_files(session, at, activity, trainer, ana, entry):
    write(session, activity, trainer, title="../../etc/passwd", body="# Big")
    write(session, activity, trainer, title="Æøå?! *:<>", body="x")
    session.commit()
    text = at(ana).get("/export.md").text
    assert text.splitlines()[0] == "# Knowledge pool of Onboarding"
    assert "from Bo Dam" in text
    answer = at(ana).get("/export.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert len(names) == 3
    assert all(re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", name) for name in names)
    assert at(ana).get("/export.pdf").status_code == 404


@given(st.text())
def test_every_title_has_a_safe_name(title):
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", safe_name(title))
    assert safe_name(title) not in {"con", "nul", "com1"}


def test_entries_go_over_to_a_copied_course_without_people(session, visiting, course, activity, entry, trainer, at):
    named = write(session, activity, trainer, title="Desk", body="At the desk.")
    copied = make.course(session, deployment=course.deployment, title="Next year")
    place = make.activity(session, course=copied)
    session.execute(update(Placement).values(opened_at=make.NOW))
    there = Membership(course=copied, person=trainer.person, role=Role.TRAINER, created_at=make.NOW, seen_at=make.NOW)
    learner = make.member(session, course=copied)
    session.add_all(
        [
            there,
            CourseCopy(
                deployment=course.deployment,
                context_id=copied.context_id,
                origin_context_ids=[course.context_id],
                created_at=make.NOW,
            ),
        ]
    )
    session.flush()
    desk = type(at(trainer))(visiting(there, place))
    page = desk.get("/copy").text
    assert "Which form?" in text_of(page)
    assert desk.post("/copy", entry=[str(entry.id), str(uuid.uuid4())]).status_code == 303
    (copy,) = session.scalars(select(Entry).where(Entry.course_id == copied.id)).all()
    assert (copy.author_id, copy.confirmed_at, copy.owner_id) == (None, None, there.id)
    assert standing_of(copy, now=make.NOW) is Standing.DUE
    assert named.title in text_of(desk.get("/copy").text)
    assert "Which form?" not in text_of(desk.get("/copy").text)
    session.commit()
    other = type(desk)(visiting(learner, place))
    assert other.get("/copy").status_code == 404
    assert at(trainer).get("/copy").status_code == 404


def test_who_is_forgotten_is_forgotten_here(session, activity, question, ana, bo, expert):
    answer = build.reply(session, question, author=bo, body="Ask @Ana Holm about the desk.")
    entry = services.promote(session, answer, expert, now=make.NOW)
    assert "@Ana Holm" in entry.body
    services.propose(session, entry, ana, Text(title="T", body="Mine"), "", now=make.NOW)
    held = [
        each
        for holder in HOLDERS
        for each in holder.list_holdings(session, ana.person)
        if each.name == "pool_proposals"
    ]
    assert len(held[0].records) == 1
    services.change(
        session, entry, expert, Text(title="T", body="Do ask @Ana Holm."), version=1, review_at=None, now=make.NOW
    )
    erase_person(session, ana.person, holders=HOLDERS, now=make.NOW)
    session.refresh(entry)
    assert "Ana Holm" not in entry.body + entry.body_html
    assert session.scalars(select(Proposal)).all() == []
    assert find_entries(session, bo, "Holm", now=make.NOW, limit=5) == []
    erase_person(session, bo.person, holders=HOLDERS, now=make.NOW)
    session.refresh(entry)
    assert attribution(entry) == "Former member"


def test_a_change_of_what_somebody_else_changed_is_refused(session, entry, expert):
    text = Text(title="T", body="B")
    services.change(session, entry, expert, text, version=1, review_at=None, now=make.NOW)
    with pytest.raises(ConflictError):
        services.change(session, entry, expert, text, version=1, review_at=None, now=make.NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("body", " "), ("tags", "a,b,c,d,e,f"), ("review_on", "2020-01-01"), ("review_on", "2099-01-01")],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(session, at, expert, field, value):
    answer = at(expert).post("/new", **{"title": "Title", "body": "A long text", "tags": "", field: value})
    assert answer.status_code == 422
    assert field == "body" or "A long text" in answer.text
    assert session.scalars(select(Entry)).all() == []
