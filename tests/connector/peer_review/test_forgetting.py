"""Texts of a peer review are deleted when their time is over; what people did, and what it came to, stays."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from connector.activities.models import Kind
from connector.content.models import Attachment, Draft
from connector.courses.models import TenantPolicy
from connector.housekeeping import tidy_writings
from connector.peer_review import forgetting, rules
from connector.peer_review.copying import copy_settings
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import (
    Answer,
    Intention,
    Message,
    Review,
    ReviewState,
    Submission,
    SubmissionVersion,
)
from connector.peer_review.models.setup import PeerReview
from connector.threads.ruling import begin_rules
from connector.web.models import LaunchSession
from tests import make
from tests.connector.discussion.test_views import token_of
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import hand_in, review
from tests.connector.peer_review.test_setup import RULES, TWO
from tests.make import NOW

DAY = timedelta(days=1)
WORDS = ("walrus", "Since it says so.", "Thank you for this.", "A shorter first part", "It is about other work.")


@pytest.fixture
def lived(visiting, session, trainer, activity, people):
    """A peer review in which everything was written that there is."""
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1, keep_days=30)
    one, two = (hand_in(visiting, each, activity, body="My plan is a walrus.") for each in people[:2])
    one.post("/work", body="My plan is a bigger walrus.", file=(io.BytesIO(b"a,b\n1,2\n"), "table.csv"))
    for visit in (one, two):
        where = review(visit)
    assert two.post(f"{where}/passages", words="walrus").status_code == 303
    page = one.get("/feedback").text
    at = re.search(r'action="[^"]*(/received/[^"]+)/say"', page)[1]
    one.post(f"{at}/say", message="Thank you for this.")
    one.post(f"{at}/appeal", reason="It is about other work.")
    one.post("/intentions", intention="A shorter first part")
    two.client.put(
        f"/s/{two.sid}/drafts/hand-in {activity.id}",
        json={"fields": {"body": "Another walrus"}, "base": 0},
        headers={"X-CSRF-Token": two.token},
    )
    session.rollback()
    return one, two


def tidy(app, session, at):
    session.rollback()
    with app.app_context():
        tidy_writings(session, app.extensions["kring_files"], now=at)
    session.commit()
    session.expire_all()


@pytest.fixture
def later(visiting, session, clock, activity):
    """Return how to put a member into the activity at a time that the clock has been moved to."""

    def come(member):
        visit = visiting(member, activity)
        session.execute(update(LaunchSession).values(created_at=clock.time, seen_at=clock.time))
        session.commit()
        return visit

    return come


def stored_words(session):
    """Return everything that is stored of what somebody wrote, as one text."""
    found = []
    for model in (Submission, SubmissionVersion, Review, Answer, Message, Intention, Passage, Draft):
        for row in session.scalars(select(model)):
            found.extend(str(getattr(row, column.key)) for column in row.__table__.columns)
    return "\n".join(found)


@pytest.mark.usefixtures("endpoint")
def test_words_go_and_figures_stay(visiting, later, app, session, clock, trainer, people, activity, lived):
    before = {row.submission_id: row.score for row in session.scalars(select(WorkResult))}
    words = {row.id: row.word_count for row in session.scalars(select(Submission))}
    levels = [row.level for row in session.scalars(select(Answer).order_by(Answer.review_id, Answer.criterion_id))]
    tidy(app, session, NOW + 30 * DAY)
    assert all(word in stored_words(session) for word in WORDS)
    session.commit()
    assert "All texts and files are deleted on" in visiting(trainer, activity).get("/overview").text
    tidy(app, session, NOW + 31 * DAY)
    kept = stored_words(session)
    assert [word for word in WORDS if word in kept] == []
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert {row.submission_id: row.score for row in session.scalars(select(WorkResult))} == before != {}
    assert {row.id: row.word_count for row in session.scalars(select(Submission))} == words
    assert {row.state for row in session.scalars(select(Review))} == {ReviewState.SUBMITTED}
    assert [
        row.level for row in session.scalars(select(Answer).order_by(Answer.review_id, Answer.criterion_id))
    ] == levels
    assert rules.get_rules(session, activity).forgotten_at == NOW + 31 * DAY
    session.commit()
    clock.move(days=32)
    told, work = "What was written here was deleted on", session.scalars(select(Submission.id)).first()
    session.commit()
    for who, path in (
        (people[0], ""),
        (people[0], "/feedback"),
        (people[0], "/work"),
        (trainer, "/overview"),
        (trainer, f"/works/{work}"),
    ):
        page = later(who).get(path)
        assert (path, page.status_code, told in page.text) == (path, 200, True)
    assert "of 100" in later(people[0]).get("/feedback").text
    exported = later(trainer).get("/export.json").text
    assert '"score"' in exported
    assert "walrus" not in exported


@pytest.mark.usefixtures("endpoint")
def test_it_is_over_for_everybody(later, app, session, clock, people, activity, lived, trainer):
    acts.set_rules(session, activity, trainer, has_self_review=True)
    rules.extend(session, activity, people[:1], by=trainer, values={"due_at": NOW + 33 * DAY})
    session.commit()
    tidy(app, session, NOW + 40 * DAY)
    assert rules.get_rules(session, activity).forgotten_at is None  # somebody has time until then
    tidy(app, session, NOW + 64 * DAY)
    session.commit()
    clock.move(days=65)
    visit = later(people[0])
    given = session.scalars(select(Review).where(Review.reviewer_id == people[0].id)).one()
    got = session.scalars(select(Review).where(Review.submission.has(author_id=people[0].id))).one()
    session.commit()
    page = visit.get(f"/reviews/{given.id}").text
    assert ("Look over and send" in page, "Yes, with small gaps" in page) == (False, True)
    page = visit.get("/feedback").text
    assert ("of 100" in page, "How useful was it?" in page) == (True, False)
    visit.token = token_of(visit)  # no page has a form now
    for path, form in (
        ("/work", {"body": "New."}),
        ("/work/withdraw", {}),
        (f"/reviews/{given.id}", {"summary": "More."}),
        (f"/received/{got.id}/say", {"message": "More."}),
        (f"/received/{got.id}/appeal", {"reason": "More."}),
        (f"/received/{got.id}/rate", {"usefulness": "3"}),
        ("/intentions", {"intention": "More."}),
        ("/reviews/own", {}),
    ):
        assert (path, visit.post(path, **form).status_code) == (path, 409)
    session.rollback()
    assert "More." not in stored_words(session)


def test_what_nobody_wrote_in_is_not_over(session, activity, trainer, ana):
    acts.set_rules(session, activity, trainer, keep_days=30)
    found = rules.get_rules(session, activity)
    assert forgetting.due_at(session, activity, found) is None
    acts.hand_in(session, activity, ana)
    assert forgetting.due_at(session, activity, found) == NOW + 30 * DAY
    acts.hand_in(session, activity, ana, after=60)
    assert forgetting.due_at(session, activity, found) == NOW + 30 * DAY + timedelta(hours=1)
    found.second_due_at = NOW + 5 * DAY
    assert forgetting.due_at(session, activity, found) == NOW + 35 * DAY
    found.keep_days = None
    assert forgetting.due_at(session, activity, found) is None


def test_trainer_says_how_long_within_what_the_organisation_admits(visiting, session, trainer, activity):
    session.add(TenantPolicy(tenant_id=activity.course.deployment.platform.tenant_id, recording="on", moderation="none", may_record_fully=True,
                             may_hide_names=True, most_keep_days=60))  # fmt: skip
    session.flush()
    visit = visiting(trainer, activity)
    assert "Days that texts are kept" in visit.get("/setup").text
    form = {"act": "save", **RULES, **TWO}
    for typed, sentence in (("", "for 60 days at most"), ("61", "for 60 days at most"), ("6", "from 7 to 3650")):
        answer = visit.post("/setup", **form, keep_days=typed)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert visit.post("/setup", **form, keep_days="45").status_code == 303
    session.rollback()
    assert session.get(PeerReview, activity.id).keep_days == 45


def test_new_ones_begin_as_the_organisation_wants_and_copies_as_they_were(app, session, trainer, activity, course):
    session.add(TenantPolicy(tenant_id=activity.course.deployment.platform.tenant_id, recording="on", moderation="none", may_record_fully=True,
                             may_hide_names=True, keep_days=90))  # fmt: skip
    session.flush()
    with app.app_context():
        begin_rules(session, activity)
    found = rules.get_rules(session, activity)
    assert found.keep_days == 90
    found.forgotten_at = NOW
    copy = make.activity(session, course=course)
    copy.kind = Kind.PEER_REVIEW
    session.flush()
    copy_settings(session, activity, copy, NOW)
    copied = rules.get_rules(session, copy)
    assert (copied.keep_days, copied.forgotten_at) == (90, None)
