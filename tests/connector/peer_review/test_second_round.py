"""The second round: what authors mean to change, the revised work, and another look by the same reviewers."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.notifications.models import Notice
from connector.peer_review import intending, revising, rules
from connector.peer_review.board import export, standing
from connector.peer_review.matching import gathering
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Intention, Review, ReviewState, Submission
from connector.peer_review.models.setup import Late, SecondRound, Unit
from connector.peer_review.results import results
from connector.peer_review.reviews.reviewing import LOOKED_AGAIN
from connector.peer_review.revising import REVISED
from connector.peer_review.works.handing_in import Handing
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import fill, hand_in, review
from tests.make import NOW


@pytest.fixture
def pair(visiting, session, trainer, ana, bo, activity, endpoint):
    """Two who have reviewed each other, and can read it; there is a second round."""
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1, second_round=SecondRound.BRIEF)
    visits = [
        hand_in(visiting, each, activity, body=f"We meet once a month, says {n}.") for n, each in enumerate((ana, bo))
    ]
    for visit in visits:
        review(visit, level="1")
    return visits


def revise(visit, body="We meet once a week, says 0.", **more):
    return visit.post("/revision", body=body, base="0", **more)


def again(session, reviewer):
    session.rollback()
    found = session.scalars(select(Review.id).where(Review.reviewer_id == reviewer.id, Review.round == 2)).one()
    session.commit()
    return f"/reviews/{found}"


def test_whole_second_round(visiting, session, ana, bo, activity, pair, stored_statements):
    author, reviewer = pair
    page = author.get("/feedback").text
    assert "What I will change" in page
    found = re.search(r'name="review" value="([^"]+)"', page)[1]
    criterion = re.search(r'name="criterion" value="([^"]+)"', page)[1]
    assert author.post("/intentions", review=found, criterion=criterion).status_code == 303
    assert author.post("/intentions", review=found, criterion=criterion).status_code == 303  # once
    assert author.post("/intentions", intention="Fewer words.").status_code == 303
    session.rollback()
    ids = [str(each.id) for each in session.scalars(select(Intention).order_by(Intention.at, Intention.id))]
    texts = {str(each.id): each.body for each in session.scalars(select(Intention))}
    session.commit()
    assert sorted(texts.values()) == ["Fewer words.", "Since it says so."]
    page = author.get("/revision").text
    assert "What did you change because of it?" in page
    mine = next(each for each in ids if texts[each] == "Since it says so.")
    other = next(each for each in ids if each != mine)
    form = {
        f"done-{mine}": "1",
        f"outcome-{mine}": "Now it is weekly.",
        f"outcome-{other}": "",
        "shows_intentions": "1",
    }
    assert revise(author, **form).status_code == 303
    assert "Look at it again" in reviewer.get().text
    where = again(session, bo)
    page = reviewer.get(where).text
    assert ">week," in page.replace(" ", "") or "week," in page
    assert "Now it is weekly." in page
    assert "Fewer words." not in page
    assert "You wrote this" in page
    assert "What you said the first time" in page
    assert "Ana Holm" not in page
    assert 'value="1" checked' in page  # what they said the first time stands in the form
    assert reviewer.post(where, act="send", **fill(page, "3")).status_code == 303
    assert reviewer.post(f"{where}/send").status_code == 303
    page = author.get("/feedback").text
    assert "In the first round it was" in page
    assert "Second round" in page
    session.rollback()
    row = session.scalars(
        select(WorkResult)
        .join(Submission, Submission.id == WorkResult.submission_id)
        .where(Submission.author_id == ana.id)
    ).one()
    assert row.first["score"] < row.score
    events = [
        each["context"]["extensions"]["https://w3id.org/kring/ext/event"] for each in map(json.loads, stored_statements)
    ]
    assert events.count("submission.revised") == 1
    assert events.count("review.assigned") == 3
    whats = session.scalars(select(Notice.what)).all()
    assert REVISED in whats
    assert LOOKED_AGAIN in whats


def test_list_is_private_unless_the_author_shows_it(visiting, session, ana, bo, activity, pair, trainer):
    author, reviewer = pair
    author.post("/intentions", intention="Say less of money.")
    session.rollback()
    row = session.scalars(select(Intention)).one()
    session.commit()
    assert reviewer.post(f"/intentions/{row.id}", act="done").status_code == 404
    revise(author, **{f"done-{row.id}": "1", f"outcome-{row.id}": "Done so."})
    assert "Say less of money." not in reviewer.get(again(session, bo)).text
    assert "Say less of money." not in visiting(trainer, activity).get("/overview").text
    assert "Say less of money." not in visiting(trainer, activity).get("/export.json").text


def test_list_is_ticked_off_and_kept(session, ana, activity, pair):
    author, _reviewer = pair
    author.post("/intentions", intention="Say less.")
    session.rollback()
    row = session.scalars(select(Intention)).one()
    session.commit()
    assert author.post(f"/intentions/{row.id}", act="done").status_code == 303
    assert "Done" in author.get("/feedback").text
    assert author.post(f"/intentions/{row.id}", act="drop").status_code == 303
    session.rollback()
    assert session.scalars(select(Intention)).all() == []
    session.commit()
    assert author.post("/intentions", intention=" ").status_code == 422
    assert author.post("/intentions", intention="x" * 2_001).status_code == 422


def test_without_a_second_round_the_list_is_there_and_no_form(session, trainer, activity, pair):
    acts.set_rules(session, activity, trainer, second_round=SecondRound.NONE)
    session.commit()
    author, _reviewer = pair
    assert author.get("/revision").status_code == 404
    assert revise(author).status_code == 404
    assert "What I will change" in author.get("/feedback").text
    assert "Revise your work" not in author.get("/feedback").text


def test_nobody_revises_before_they_can_read(visiting, session, trainer, ana, activity):
    acts.set_rules(session, activity, trainer, second_round=SecondRound.FULL)
    visit = hand_in(visiting, ana, activity)
    assert visit.get("/revision").status_code == 404
    assert revise(visit).status_code == 404
    assert visit.post("/intentions", intention="x").status_code == 404


def test_full_second_round_begins_with_an_empty_form(session, trainer, bo, activity, pair):
    acts.set_rules(session, activity, trainer, second_round=SecondRound.FULL)
    session.commit()
    author, reviewer = pair
    revise(author)
    assert 'value="1" checked' not in reviewer.get(again(session, bo)).text


def test_revised_work_is_revised_again_and_reviewed_once(session, ana, bo, activity, pair):
    author, reviewer = pair
    revise(author)
    assert revise(author, body="We meet every day, says 0.").status_code == 303
    where = again(session, bo)
    assert "every day," in reviewer.get(where).text
    assert author.post("/work", body="Behind their backs.").status_code == 409
    assert author.post("/work/withdraw").status_code == 409


def test_first_review_stays_once_the_work_is_revised(session, bo, activity, pair):
    author, reviewer = pair
    session.rollback()
    first = session.scalars(select(Review).where(Review.reviewer_id == bo.id)).one()
    session.commit()
    revise(author)
    page = reviewer.get(f"/reviews/{first.id}").text
    reviewer.post(f"/reviews/{first.id}", act="send", **fill(page, "3"))
    assert reviewer.post(f"/reviews/{first.id}/send").status_code == 409


def test_text_is_kept_when_the_date_passes(visiting, session, trainer, activity, pair, clock):
    acts.set_rules(session, activity, trainer, revision_due_at=NOW + timedelta(hours=1), late=Late.REFUSE)
    session.commit()
    author, _reviewer = pair
    clock.move(hours=2)
    answer = revise(author, body="Too late, but not lost.")
    assert answer.status_code == 409
    assert "Too late, but not lost." in answer.text
    assert "Too late, but not lost." not in author.get("/feedback").text


def test_second_review_after_its_date_is_refused(session, trainer, bo, activity, pair, clock):
    acts.set_rules(session, activity, trainer, second_due_at=NOW + timedelta(hours=1), late=Late.REFUSE)
    session.commit()
    author, reviewer = pair
    revise(author)
    where = again(session, bo)
    page = reviewer.get(where).text
    clock.move(hours=2)
    reviewer.post(where, act="send", **fill(page, "3"))
    assert reviewer.post(f"{where}/send").status_code == 409


def test_second_reviews_are_no_first_ones(session, activity, trainer, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=1, second_round=SecondRound.FULL)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    for each in people[:3]:
        for _ in range(2):
            acts.review_one(session, activity, each, level=0)
    found = rules.get_rules(session, activity)
    before = gathering.load_pool(session, activity, found, now=NOW).written_by()
    work = revising.revise(session, activity, people[0], Handing(body="New."), shows_intentions=False, now=NOW)
    seconds = session.scalars(select(Review).where(Review.round == 2)).all()
    assert {each.reviewer_id for each in seconds} == {people[1].id, people[2].id}
    first = session.get(WorkResult, work.id).score
    acts.send(session, seconds[0], level=3, after=5)
    row = session.get(WorkResult, work.id)
    assert (row.reviews, row.first["score"], row.first["reviews"]) == (1, first, 2)
    assert row.score > first
    assert gathering.load_pool(session, activity, found, now=NOW).written_by() == before
    acts.send(session, seconds[1], level=3, after=6)
    assert session.get(WorkResult, work.id).reviews == 2
    results.exclude(session, activity, seconds[0], by=trainer, reason="Rude.", now=NOW)
    assert session.get(WorkResult, work.id).reviews == 1
    rounds = [each["round"] for each in json.loads("".join(export.as_json(session, activity, NOW)))["reviews"]]
    assert sorted(rounds) == [1] * 6 + [2] * 2


def test_reviewers_who_left_are_not_asked_again(session, activity, trainer, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1, second_round=SecondRound.FULL)
    for each in people[:2]:
        acts.hand_in(session, activity, each)
    for each in people[:2]:
        acts.review_one(session, activity, each)
    people[1].is_active = False
    session.flush()
    revising.revise(session, activity, people[0], Handing(body="New."), shows_intentions=False, now=NOW)
    assert session.scalars(select(Review).where(Review.round == 2)).all() == []
    assert standing.look(session, activity, people[0], now=NOW).situation.revision is standing.Revision.REVIEWED


def test_group_revises_together(session, course, activity, trainer, people, translated):
    groups = list(build.lms_set(session, course, groups=("One", "Two")).values())
    for number, group in enumerate(groups):
        build.put(session, group, *people[2 * number : 2 * number + 2])
    acts.set_rules(
        session, activity, trainer, unit=Unit.GROUP, group_set_id=groups[0].set_id, reviews_each=1, needed=1,
        second_round=SecondRound.FULL,
    )  # fmt: skip
    for index in (0, 2):
        acts.hand_in(session, activity, people[index])
    for each in people[:4]:
        acts.review_one(session, activity, each)
    with pytest.raises(ConflictError):
        revising.revise(session, activity, people[1], Handing(body="Old base."), shows_intentions=False, now=NOW)
    work = revising.revise(session, activity, people[1], Handing(body="Ours.", base=1), shows_intentions=False, now=NOW)
    assert work.author_ids == {people[0].id, people[1].id}
    assert len(session.scalars(select(Review).where(Review.round == 2, Review.state == ReviewState.OPEN)).all()) == 2


def test_lists_have_a_limit_and_belong_to_authors(session, activity, ana, bo, translated):
    work = acts.hand_in(session, activity, ana)
    with pytest.raises(NotFoundError):
        intending.intend(session, work, bo, "Not mine.", now=NOW)
    for number in range(intending.MOST):
        intending.intend(session, work, ana, f"Thing {number}", now=NOW)
    with pytest.raises(InvalidInputError):
        intending.intend(session, work, ana, "One too many.", now=NOW)
