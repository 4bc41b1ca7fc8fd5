"""Reviews that somebody drafts, and an expert or a trainer edits and sends: nobody else learns who drafted them."""

import json

import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.notifications.models import Notice
from connector.peer_review import consulting, preparing, privacy
from connector.peer_review.board import export, standing
from connector.peer_review.kind import PARTS
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Anonymity
from connector.peer_review.reviews import reviewing
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import fill
from tests.connector.peer_review.test_statements import told
from tests.make import NOW
from xapi.vocabulary.events import REVIEW_STARTED


@pytest.fixture
def work(session, activity, trainer, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    found = [acts.hand_in(session, activity, each) for each in people[:3]]
    session.commit()
    return found[0]


def only(session):
    query = select(Review).where(Review.is_expert, Review.state != ReviewState.GONE)
    return session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("anonymity", [Anonymity.DOUBLE, Anonymity.NONE])
def test_whole_way_over_http(visiting, session, course, activity, trainer, people, endpoint, translated, anonymity):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1, anonymity=anonymity)
    work = acts.hand_in(session, activity, people[0], body="We meet on Mondays.")
    sender = make.member(session, course=course, name="Edda Expert", role=Role.EXPERT)
    at_work = f"/works/{work.id}"
    asked = {"drafter": str(people[4].id), "sender": str(sender.id)}
    leader, learner, expert, author, other = (
        visiting(each, activity) for each in (trainer, people[4], sender, people[0], people[5])
    )
    session.commit()
    page = leader.get(at_work).text
    assert "Have a review drafted" in page
    assert leader.post(f"{at_work}/draft", **asked).status_code == 303
    assert leader.post(f"{at_work}/draft", **asked).status_code == 409
    review = only(session)
    where = f"/reviews/{review.id}"
    session.commit()
    assert "Could you draft a review" in learner.client.get(f"/s/{learner.sid}/notices").text
    assert "You draft a review" in learner.get().text
    page = learner.get(where).text
    assert "You draft this review for somebody else" in page
    assert ("Learner A" in page) is (anonymity is Anonymity.NONE)
    assert "Edda Expert" not in page
    assert learner.post(where, act="send", **fill(page, "9")).status_code == 422
    assert learner.get(f"{where}/send").status_code == learner.post(f"{where}/send").status_code == 404
    page = expert.get(where).text
    assert "is drafting this review." in page
    assert ("Learner E" in page) is (anonymity is Anonymity.NONE)
    assert expert.post(f"{where}/decline").status_code == 409
    assert learner.post(where, act="send", **fill(learner.get(where).text, "1")).location.endswith("did=drafted")
    assert learner.get(where).status_code == learner.post(where, act="save", summary="More.").status_code == 404
    assert learner.get(f"{where}/draft").status_code == 404  # it is not sent
    assert "is drafted, and waits for you" in expert.client.get(f"/s/{expert.sid}/notices").text
    page = expert.get(where).text
    assert "Since it says so." in page
    form = {name: "Better: name the day." if name.startswith("comment") else "2" for name in fill(page)}
    expert.post(where, act="send", **form)
    assert expert.post(f"{where}/send").status_code == 303
    page = learner.get(f"{where}/draft").text
    assert "Better" in page
    assert "Edda Expert" not in page
    assert "What became of your draft" in learner.get().text
    assert session.scalars(select(WorkResult.by_expert)).one()
    session.commit()
    page = author.get("/feedback").text
    assert "Better: name the day." in page
    assert "Learner E" not in page
    assert author.get(f"{where}/draft").status_code == other.get(f"{where}/draft").status_code == 404
    assert "drafted by Learner E" in leader.get(at_work).text


def test_drafters_are_none_of_the_authors_and_do_not_review_the_same_as_colleagues(
    session, activity, trainer, people, work
):
    able = preparing.list_drafters(session, activity, work, now=NOW)
    assert people[0] not in able
    assert {people[1], people[4], trainer} <= set(able)
    with pytest.raises(ConflictError):
        preparing.ask(session, activity, trainer, work, drafter_id=people[0].id, sender_id=trainer.id, now=NOW)
    with pytest.raises(ConflictError):
        preparing.ask(session, activity, trainer, work, drafter_id=trainer.id, sender_id=trainer.id, now=NOW)
    with pytest.raises(ConflictError):
        preparing.ask(session, activity, trainer, work, drafter_id=people[1].id, sender_id=people[2].id, now=NOW)
    with pytest.raises(NotFoundError):
        preparing.ask(session, activity, people[1], work, drafter_id=people[2].id, sender_id=trainer.id, now=NOW)
    preparing.ask(session, activity, trainer, work, drafter_id=people[1].id, sender_id=trainer.id, now=NOW)
    given = acts.take(session, activity, people[1])
    assert given.submission_id != work.id
    where = standing.look(session, activity, people[1], now=NOW)
    assert (where.situation.quota, [each.id for each in where.given]) == (
        2,
        [given.id],
    )  # a draft is none of their reviews


def test_who_lets_go_leaves_what_they_wrote_and_who_takes_back_ends_it(
    visiting, session, activity, trainer, people, work
):
    review = preparing.ask(session, activity, trainer, work, drafter_id=people[4].id, sender_id=trainer.id, now=NOW)
    assert PARTS.count_news(session, trainer, [activity.id], NOW) == {}
    where, again, at_work = f"/reviews/{review.id}", str(review.id), f"/works/{work.id}"
    learner, leader = visiting(people[4], activity), visiting(trainer, activity)
    session.commit()
    learner.get(where)
    learner.post(where, act="save", summary="Half of it.")
    assert learner.post(f"{where}/decline").status_code == 303
    assert learner.get(where).status_code == 404
    page = leader.get(where).text
    assert "Half of it." in page
    assert "Your score becomes the result" in page
    told = session.scalars(select(Notice.what).where(Notice.member_id == trainer.id)).all()
    assert told == [consulting.ASKED]
    session.commit()
    assert leader.post(f"{at_work}/draft", review=again).status_code == 303
    assert leader.get(where).status_code == 404


def test_export_has_it_and_erasure_lets_it_go(session, activity, trainer, people, work):
    review = preparing.ask(session, activity, trainer, work, drafter_id=people[4].id, sender_id=trainer.id, now=NOW)
    review.typed = {"summary": "Not handed over."}
    session.flush()
    records = {each.name: each.records for each in privacy.list_of(session, people[4].person)}
    assert [each["review"] for each in records["review_drafts"]] == [str(review.id)]
    told = json.loads("".join(export.as_json(session, activity, NOW)))
    assert [each["drafter_id"] for each in told["drafted_reviews"]] == [str(people[4].id)]
    assert "Not handed over." not in json.dumps(told)
    privacy.forget(session, people[4].person)
    session.expire_all()
    assert session.scalars(select(ReviewDraft)).all() == []
    assert (review.typed, review.state) == ({}, ReviewState.OPEN)


def test_no_statement_tells_who_drafted(session, activity, trainer, people, work, endpoint):
    review = preparing.ask(session, activity, trainer, work, drafter_id=people[4].id, sender_id=trainer.id, now=NOW)
    reviewing.start(session, review, by=people[4], now=NOW)
    own = acts.take(session, activity, people[1])
    reviewing.start(session, own, now=NOW)
    assert [each["object"]["id"] for each in told(session, REVIEW_STARTED)] == [own.iri]
