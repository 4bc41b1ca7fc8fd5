"""A learner's whole path over HTTP, without scripts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.content.drafts import find_draft
from connector.notifications.models import Notice
from connector.peer_review.board.standing import draft_place
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Anonymity, Late, Product
from connector.peer_review.reviews.feedback import SETTLED
from tests.connector.peer_review import acts
from tests.make import NOW

FIELD = re.compile(r'name="((?:level|comment)-[0-9a-f-]{36})"')


def fill(page, level="2"):
    """Return a form that answers everything a page asks."""
    return {name: level if name.startswith("level") else "Since it says so." for name in set(FIELD.findall(page))}


def come(visiting, member, activity):
    """Open the form for handing in."""
    visit = visiting(member, activity)
    visit.get("/work")
    return visit


def hand_in(visiting, member, activity, body="My plan."):
    visit = come(visiting, member, activity)
    assert visit.post("/work", body=body).status_code == 303
    return visit


def review(visit, level="2"):
    """Take work, fill the form in, look it over, and send it."""
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    page = visit.get(where).text
    assert visit.post(where, act="send", **fill(page, level)).headers["Location"].endswith(f"{where}/send")
    assert "The author sees this review without your name" in visit.get(f"{where}/send").text
    assert visit.post(f"{where}/send").status_code == 303
    return where


def test_first_page_asks_for_the_work(visiting, ana, activity):
    page = visiting(ana, activity).get().text
    assert "Hand in your work" in page
    assert "Write a plan on one page." in page


def test_whole_path(visiting, session, trainer, activity, people, endpoint):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    visits = [hand_in(visiting, each, activity) for each in people[:3]]
    for visit in visits:
        page = visit.get().text
        assert "Begin review 1 of 2" in page
        assert "Your reviewers do not see your name, nor you theirs." in page  # as before it was handed in
        assert "The author sees this review without your name" not in page
        review(visit)
        page = visit.get().text
        assert "The author sees this review without your name, and you do not see theirs." in page
        assert "Authors read it once there are enough reviews." in page
    for visit in visits:
        review(visit, level="1")
    page = visits[0].get("/feedback").text
    assert "Reviewer 1" in page
    assert "Reviewer 2" in page
    assert "Learner B" not in page
    found = re.search(r'action="[^"]*(/received/[^"]+/rate)"', page)
    assert visits[0].post(found[1], usefulness="3").status_code == 303
    assert visits[0].post(found[1].replace("rate", "appeal"), reason="It is about other work.").status_code == 303
    assert "You asked your trainer" in visits[0].get("/feedback").text
    leader = visiting(trainer, activity)
    page = leader.get("/overview").text
    assert "Authors asked you to look" in page
    assert "Waits for more than two days" not in page
    review_id = found[1].split("/")[2]
    assert leader.post(f"/given/{review_id}/settle").status_code == 303
    assert leader.post(f"/given/{review_id}/settle").status_code == 303
    assert "your trainer looked at it on" in visits[0].get("/feedback").text
    told = visits[0].client.get(f"/s/{visits[0].sid}/notices").text
    assert "Your trainer has looked at the review that you asked about" in told
    assert len(session.scalars(select(Notice).where(Notice.what == SETTLED)).all()) == 1


def test_author_and_reviewer_talk_without_names(visiting, session, trainer, ana, bo, activity, endpoint):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    author, reviewer = (hand_in(visiting, each, activity) for each in (ana, bo))
    review(author)
    where = review(reviewer)
    assert reviewer.post(f"{where}/say", message="I begin.").status_code == 404
    begin = re.search(r'action="[^"]*(/received/[^"]+/say)"', author.get("/feedback").text)[1]
    key = "5f0f9c4e-1f2a-4a9e-8a52-0c1f9f0f6a11"
    for _ in range(2):
        assert author.post(begin, message="Which line do you mean?", idempotency_key=key).status_code == 303
    page = reviewer.get(where).text
    assert page.count("Which line do you mean?") == 1
    assert "Ana Holm" not in page
    assert reviewer.post(f"{where}/say", message="The third.").status_code == 303
    page = author.get("/feedback").text
    assert "The third." in page
    assert "Bo Dam" not in page
    assert author.post(begin, message=" ").status_code == 422


def test_reviewer_sees_what_the_author_changed(visiting, ana, bo, activity):
    author = hand_in(visiting, bo, activity, body="We meet once a month.")
    visit = hand_in(visiting, ana, activity)
    where = review(visit)
    author.post("/work", body="We meet once a week.")
    page = visit.get(where).text
    assert "The author handed in again after you sent this." in page
    assert "</span> week.<span" in page
    review_again = visit.post(where, act="send", **fill(page, "3"))
    assert review_again.status_code == 303
    assert visit.post(f"{where}/send").status_code == 303
    assert "The author handed in again" not in visit.get(where).text


def test_first_page_takes_as_many_queries_for_many_as_for_few(
    visiting, session, course, activity, people, translated, count_queries
):
    visits = [hand_in(visiting, each, activity) for each in people[:2]]

    def look():
        visits[0].get()
        with count_queries() as seen:
            assert visits[0].get().status_code == 200
        return len(seen)

    few = look()
    for each in people[2:]:
        acts.hand_in(session, activity, each)
    session.commit()
    assert look() <= few


def test_strangers_do_not_talk(visiting, session, trainer, ana, bo, activity, people):
    hand_in(visiting, bo, activity)
    where = review(hand_in(visiting, ana, activity))
    stranger = hand_in(visiting, people[0], activity)
    assert stranger.post(f"{where}/say", message="Hello").status_code == 404
    assert stranger.post(f"/received{where.removeprefix('/reviews')}/say", message="Hello").status_code == 404


def test_alone_in_the_course_one_is_told_so(visiting, ana, activity):
    visit = hand_in(visiting, ana, activity)
    assert "Nobody else has handed in yet" in visit.get().text
    assert visit.post("/reviews").status_code == 409


def test_two_learners_review_each_other(visiting, session, ana, bo, activity):
    visits = [hand_in(visiting, each, activity) for each in (ana, bo)]
    for visit in visits:
        review(visit)
    session.rollback()
    assert len(session.scalars(select(Review).where(Review.state == ReviewState.SUBMITTED)).all()) == 2


def test_work_is_handed_in_again_and_taken_back(visiting, session, ana, activity, endpoint):
    visit = hand_in(visiting, ana, activity)
    visit.post("/work", body="A better plan.")
    assert visit.post("/work/withdraw").status_code == 303
    session.rollback()
    found = session.scalars(select(Submission)).one()
    assert (found.version, found.body, found.state) == (2, "A better plan.", WorkState.WITHDRAWN)
    session.commit()
    assert "Hand in your work" in visit.get().text
    assert visit.post("/work", body="A third one.").status_code == 303


def test_nothing_is_lost_when_the_date_passes_while_somebody_types(visiting, session, trainer, ana, activity, clock):
    acts.set_rules(session, activity, trainer, due_at=NOW + timedelta(hours=1), late=Late.REFUSE)
    visit = come(visiting, ana, activity)
    visit.get("/work")
    clock.move(hours=2)
    answer = visit.post("/work", body="Written until the very last second.")
    assert answer.status_code == 409
    assert "Written until the very last second." in answer.text
    session.rollback()
    assert find_draft(session, ana, draft_place(activity)).fields == {"body": "Written until the very last second."}


def test_review_is_kept_when_the_date_passes_while_somebody_types(visiting, session, trainer, ana, bo, activity, clock):
    acts.set_rules(session, activity, trainer, reviews_due_at=NOW + timedelta(hours=1), late=Late.REFUSE)
    hand_in(visiting, bo, activity)
    visit = hand_in(visiting, ana, activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    form = fill(visit.get(where).text)
    clock.move(hours=2)
    assert visit.post(where, act="send", **form).status_code == 303
    answer = visit.post(f"{where}/send")
    assert answer.status_code == 409
    assert "Since it says so." in answer.text


def test_late_work_is_marked(visiting, session, trainer, ana, activity, clock):
    acts.set_rules(session, activity, trainer, due_at=NOW + timedelta(hours=1))
    clock.move(hours=2)
    visit = hand_in(visiting, ana, activity)
    assert "late" in visit.get().text
    session.rollback()
    assert session.scalars(select(Submission)).one().is_late


def test_work_that_is_not_there_is_asked_for(visiting, session, trainer, ana, activity):
    acts.set_rules(session, activity, trainer, product=Product.LINK)
    visit = come(visiting, ana, activity)
    assert "Give the address of your work." in visit.post("/work", body="").text
    assert "https://" in visit.post("/work", link="javascript:alert(1)").text
    assert visit.post("/work", link="https://example.org/plan").status_code == 303


def test_own_name_in_the_text_is_warned_about(visiting, ana, activity):
    visit = come(visiting, ana, activity)
    answer = visit.post("/work", body="By Ana Holm, in March.")
    assert "did=named" in answer.headers["Location"]


def test_saving_keeps_fields_one_by_one(visiting, session, ana, bo, activity):
    hand_in(visiting, bo, activity)
    visit = hand_in(visiting, ana, activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    one, other = sorted(name for name in fill(visit.get(where).text) if name.startswith("comment"))[:2]
    for name in (one, other):
        answer = visit.client.post(
            visit.path + where,
            json={"fields": {name: f"About {name}"}},
            headers={"X-CSRF-Token": visit.token, "Accept": "application/json"},
        )
        assert answer.json == {"saved": True}
    page = visit.get(where).text
    assert f"About {one}" in page
    assert f"About {other}" in page


@pytest.mark.parametrize("wrong", ["9", "-1", "x", ""])
def test_levels_off_the_scale_are_refused(visiting, session, ana, bo, activity, wrong):
    hand_in(visiting, bo, activity)
    visit = hand_in(visiting, ana, activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    answer = visit.post(where, act="send", **fill(visit.get(where).text, wrong))
    assert answer.status_code == 422
    assert "Choose one." in answer.text


def test_others_reviews_are_not_found(visiting, ana, bo, activity):
    hand_in(visiting, bo, activity)
    visit = hand_in(visiting, ana, activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    other = visiting(bo, activity)
    assert other.get(where).status_code == 404
    assert other.post(f"{where}/send").status_code == 404


def test_observers_read_what_it_is_about(visiting, observer, activity):
    visit = visiting(observer, activity)
    assert visit.get().status_code == 200
    assert visit.get("/work").status_code == 404


def test_names_are_shown_where_nobody_is_hidden(visiting, session, trainer, ana, bo, activity):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE, needed=1, reviews_each=1)
    hand_in(visiting, bo, activity)
    visit = hand_in(visiting, ana, activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    assert "Bo Dam" in visit.get(where).text
