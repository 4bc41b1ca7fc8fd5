"""What changes after somebody has looked is told, and sent to the gradebook, only where it matters."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.grades.models import Grade
from connector.notifications.models import Notice
from connector.peer_review import rules
from connector.peer_review.board import standing
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Author, Review
from connector.peer_review.notices.reminding import remind_due
from connector.peer_review.results import grading, results
from connector.peer_review.results.grading import Proposed
from connector.peer_review.results.news import CHANGED, SHOWN
from connector.peer_review.results.releasing import matters, note_shown
from connector.peer_review.reviews import feedback
from tests.connector.peer_review import acts
from tests.make import NOW

DAY = timedelta(days=1)


@pytest.fixture
def reviewed(session, activity, trainer, people, translated):
    """Two learners have reviewed each other, and the first has looked at what she got; returns her result."""
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    for each in people[:2]:
        acts.hand_in(session, activity, each)
    for each in people[:2]:
        acts.review_one(session, activity, each)
    where = standing.look(session, activity, people[0], now=NOW)
    note_shown(session, activity, where.received, people[0], now=NOW)
    session.flush()
    return session.get(WorkResult, where.work.id)


def told_of(session, result):
    return session.scalars(select(Author.told).where(Author.submission_id == result.submission_id)).one()


def changed(session):
    return session.scalars(select(Notice).where(Notice.what == CHANGED)).all()


def override(session, activity, trainer, result, score):
    from connector.peer_review.models.reviews import Submission

    work = session.get(Submission, result.submission_id)
    results.override(session, activity, work, by=trainer, score=score, reason="I read it.", now=NOW)


@pytest.mark.parametrize(
    ("told", "final", "expected"),
    [
        (70.0, 71.99, False),
        (70.0, 72.0, True),
        (70.0, 68.0, True),
        (200 / 3, 206 / 3, True),
        (70.0, 70.0, False),
        (None, 10.0, False),
        (70.0, None, True),
    ],
)
def test_change_matters_from_two_points(told, final, expected):
    assert matters(told, final) is expected


@pytest.mark.parametrize(("by", "expected"), [(1.99, 0), (-1.99, 0), (2.0, 1), (-2.0, 1), (20.0, 1)])
def test_author_who_has_looked_is_told_from_two_points(session, activity, trainer, people, reviewed, by, expected):
    override(session, activity, trainer, reviewed, told_of(session, reviewed) + by)
    assert [each.member_id for each in changed(session)] == [people[0].id] * expected


def test_author_who_has_not_looked_is_told_once_that_there_is_something(session, activity, trainer, people, reviewed):
    other = session.scalars(select(WorkResult).where(WorkResult.submission_id != reviewed.submission_id)).one()
    override(session, activity, trainer, other, 3.0)
    assert changed(session) == []
    shown = session.scalars(select(Notice.member_id).where(Notice.what == SHOWN)).all()
    assert shown.count(people[1].id) == 1


def test_after_looking_again_the_next_small_change_is_not_told(session, activity, trainer, people, reviewed):
    override(session, activity, trainer, reviewed, told_of(session, reviewed) + 5)
    where = standing.look(session, activity, people[0], now=NOW)
    note_shown(session, activity, where.received, people[0], now=NOW)
    for notice in changed(session):
        notice.read_at = NOW
    override(session, activity, trainer, reviewed, told_of(session, reviewed) + 1)
    assert [each for each in changed(session) if each.read_at is None] == []


def test_a_review_that_is_changed_or_left_out_tells_the_author(session, activity, trainer, people, reviewed):
    review = session.scalars(select(Review).where(Review.submission_id == reviewed.submission_id)).one()
    acts.send(session, review, level=0, after=5)
    assert len(changed(session)) == 1
    changed(session)[0].read_at = NOW
    results.exclude(session, activity, review, by=trainer, reason="Rude.", now=NOW)
    assert len([each for each in changed(session) if each.read_at is None]) == 1


def test_notice_says_that_it_changed_and_leads_there(session, activity, trainer, people, reviewed, visiting):
    override(session, activity, trainer, reviewed, 3.0)
    visit = visiting(people[0], activity)
    page = visit.client.get(f"/s/{visit.sid}/notices").text
    assert "Your result in “A plan on one page” has changed" in page
    assert visit.get("/feedback").status_code == 200
    session.rollback()
    session.expire_all()
    assert told_of(session, reviewed) == 3.0


# --- at the date ------------------------------------------------------------------------------------------------------
def test_everybody_is_told_once_when_the_date_for_reviews_is_past(
    session, database, activity, trainer, people, translated
):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2, reviews_due_at=NOW + DAY, has_reminders=False)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    acts.review_one(session, activity, people[0])
    session.commit()
    assert remind_due(database, now=NOW + DAY - timedelta(minutes=1)) == 0
    assert remind_due(database, now=NOW + DAY) == 1
    notice = session.scalars(select(Notice).where(Notice.what == SHOWN)).one()
    notice.read_at = NOW + DAY
    session.commit()
    assert remind_due(database, now=NOW + DAY + timedelta(minutes=10)) == 0


def test_everybody_is_told_when_a_trainer_shows_the_results(session, activity, trainer, people, translated, visiting):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    review = acts.review_one(session, activity, people[0])
    author_id = review.submission.author_id
    visit = visiting(trainer, activity)
    visit.get("/overview")
    visit.post("/release", on="1")
    session.rollback()
    assert session.scalars(select(Notice.member_id).where(Notice.what == SHOWN)).all() == [author_id]


# --- the gradebook ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("points", "wanted", "maximum", "expected"),
    [
        (70.0, None, 100, True),
        (70.0, 70.0, 100, False),
        (70.49, 70.0, 100, False),
        (70.5, 70.0, 100, True),
        (69.5, 70.0, 100, True),
        (7.04, 7.0, 10, False),
        (7.05, 7.0, 10, True),
        (None, 70.0, 100, False),
    ],
)
def test_grade_is_sent_again_from_half_a_point_of_a_hundred(points, wanted, maximum, expected):
    assert Proposed(points, wanted, "", maximum).is_new is expected


def test_after_a_question_to_the_trainer_every_change_is_sent(session, activity, trainer, people, reviewed):
    activity.score_maximum = 100.0
    ids = {each.id for each in people}
    found = rules.get_rules(session, activity)
    assert grading.send(session, activity, trainer, ids, now=NOW) == 2
    reviewed.score -= 0.3
    session.flush()
    assert grading.send(session, activity, trainer, ids, now=NOW) == 0
    where = standing.look(session, activity, people[0], now=NOW)
    review = next(each for each in where.received.reviews if not each.is_own)
    feedback.appeal(session, review, where.received, "Look.", by=people[0], now=NOW)
    row = next(each for each in grading.propose(session, activity, found) if each.member.id == people[0].id)
    assert row.work.is_new
    assert grading.send(session, activity, trainer, ids, now=NOW) == 1
    assert session.scalars(select(Grade.points).where(Grade.member_id == people[0].id)).one() == row.work.points


def test_a_trainers_own_score_is_sent_however_little_it_changes(session, activity, trainer, people, reviewed):
    activity.score_maximum = 100.0
    ids = {each.id for each in people}
    grading.send(session, activity, trainer, ids, now=NOW)
    override(session, activity, trainer, reviewed, round(reviewed.score, 2) + 0.1)
    assert grading.send(session, activity, trainer, ids, now=NOW) == 1


def test_who_wrote_more_than_was_asked_for_reads_so_in_the_gradebook(session, activity, trainer, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=2, reviewing_maximum=10.0)
    for each in people[:4]:
        acts.hand_in(session, activity, each)
    for each in people[:4]:
        acts.review_one(session, activity, each)
    acts.review_one(session, activity, people[0])
    rows = grading.propose(session, activity, rules.get_rules(session, activity))
    comment = next(row.reviewing.comment for row in rows if row.member.id == people[0].id)
    assert comment == "2 reviews written, 1 more than asked for."
