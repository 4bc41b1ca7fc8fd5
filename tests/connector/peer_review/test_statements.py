"""What record stores hear of drafts and of what author and reviewer write to each other; veiled where anybody is hidden."""

import json
import uuid

import pytest
from sqlalchemy import select

from connector.delivery.models import Message
from connector.peer_review.board import standing
from connector.peer_review.models.reviews import Submission
from connector.peer_review.models.setup import Anonymity
from connector.peer_review.reviews import conversing
from connector.peer_review.works.drafting import note_draft
from tests import make
from tests.connector.peer_review import acts
from tests.make import NOW
from xapi.vocabulary.events import EVENTS, REVIEW_DISCUSSED, SUBMISSION_DRAFTED, SUBMISSION_SUBMITTED

pytestmark = pytest.mark.usefixtures("translated", "endpoint")


def told(session, event):
    """Return the statements of an event, the oldest first."""
    session.flush()
    bodies = session.scalars(select(Message.body).order_by(Message.created_at)).all()
    found = [json.loads(body) for body in bodies]
    return [each for each in found if each["verb"]["id"] == event.verb.id]


def typed(session, member, activity, hours=0, body="My plan so far."):
    from datetime import timedelta

    note_draft(session, member, standing.draft_place(activity), {"body": body}, now=NOW + timedelta(hours=hours))


def test_a_draft_is_told_once_a_day(session, activity, ana):
    for hours in (0, 1, 14, 15, 16, 38.5):
        typed(session, ana, activity, hours)
    found = told(session, SUBMISSION_DRAFTED)
    assert [each["timestamp"][:10] for each in found] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert [each["result"]["completion"] for each in found] == [False] * 3


def test_draft_and_work_are_the_same_thing_and_name_nobody(session, activity, ana):
    typed(session, ana, activity)
    acts.hand_in(session, activity, ana)
    (drafted,), (submitted,) = told(session, SUBMISSION_DRAFTED), told(session, SUBMISSION_SUBMITTED)
    assert drafted["object"]["id"] == submitted["object"]["id"] == session.scalars(select(Submission.iri)).one()
    assert drafted["actor"] == submitted["actor"]
    assert str(ana.person.pseudonym) not in json.dumps([drafted, submitted])


def test_what_is_no_draft_of_work_is_not_told(session, activity, ana, trainer, observer):
    for place in ("hand-in", "hand-in x", f"reply {activity.id}", f"hand-in {uuid.uuid4()}"):
        note_draft(session, ana, place, {"body": "Words."}, now=NOW)
    note_draft(session, ana, standing.draft_place(make.activity(session)), {"body": "Words."}, now=NOW)
    typed(session, ana, activity, body="  ")
    for member in (trainer, observer):
        typed(session, member, activity)
    assert told(session, SUBMISSION_DRAFTED) == []


def test_autosave_tells_it(visiting, session, activity, ana):
    visit = visiting(ana, activity)
    visit.get("/work")
    where = f"/s/{visit.sid}/drafts/hand-in {activity.id}"
    for base, body in ((0, "My"), (1, "My plan")):
        form = {"csrf_token": visit.token, "base": str(base), "fields": json.dumps({"body": body})}
        assert visit.client.post(where, data=form).status_code == 200
    session.rollback()
    assert len(told(session, SUBMISSION_DRAFTED)) == 1


@pytest.mark.parametrize("anonymity", Anonymity)
def test_messages_are_told_without_their_words(session, activity, trainer, people, anonymity):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1, anonymity=anonymity)
    for each in people[:2]:
        acts.hand_in(session, activity, each)
    review = acts.review_one(session, activity, people[0])
    author = review.submission.author
    for by in (author, people[0]):
        conversing.say(session, review, by, "What do you mean?", key=uuid.uuid4(), now=NOW)
    found = [each for each in told(session, REVIEW_DISCUSSED) if each["object"]["id"] == review.iri]
    assert len(found) == 2
    assert "mean" not in json.dumps(found)
    named = [str(each.person.pseudonym) in json.dumps(found) for each in (author, people[0])]
    assert named == [anonymity is Anonymity.NONE] * 2


def test_every_event_of_peer_reviews_is_sent_somewhere():
    """`review.calibrated` is told by practice on examples, and all others by what is tried here and beside."""
    from pathlib import Path

    source = "".join(path.read_text() for path in Path("connector/peer_review").rglob("*.py"))
    names = {key.upper().replace(".", "_") for key in EVENTS if key.split(".")[0] in {"submission", "review", "grade"}}
    assert {name for name in names if name not in source} <= {"REVIEW_CALIBRATED"}
