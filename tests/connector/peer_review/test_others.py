"""Reviewers read what others said of the same work, where the rules say so: once all results are shown, and nameless."""

import re

import pytest
from sqlalchemy import select

from connector.peer_review import copying, rules
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Anonymity
from connector.peer_review.rules import PromiseError
from tests import make
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import fill, hand_in
from tests.make import NOW

OTHERS = "What others said of it"


@pytest.mark.parametrize("anonymity", [Anonymity.DOUBLE, Anonymity.NONE])
def test_once_all_is_shown_and_only_by_who_reviewed_it(
    visiting, session, trainer, activity, people, endpoint, anonymity
):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2, shows_others=True, anonymity=anonymity)
    session.commit()
    visits = [hand_in(visiting, each, activity) for each in people[:3]]
    places = []
    for number, visit in enumerate(visits):
        for _again in range(2):
            where = visit.post("/reviews").location.removeprefix(visit.path)
            form = {
                name: f"From {number}." if name.startswith("comment") else "2" for name in fill(visit.get(where).text)
            }
            visit.post(where, act="send", **form)
            assert "others who reviewed the same work read it as well" in visit.get(f"{where}/send").text
            visit.post(f"{where}/send")
            places.append((number, where))
    for number, where in places:
        assert OTHERS not in visits[number].get(where).text
    leader = visiting(trainer, activity)
    leader.get("/overview")
    assert leader.post("/release", on="1").status_code == 303
    reviewed = {str(each.id): each.submission_id for each in session.scalars(select(Review))}
    session.commit()
    for number, where in places:
        page = visits[number].get(where).text
        (other,) = [
            writer for writer, place in places
            if writer != number and reviewed[place.rpartition("/")[2]] == reviewed[where.rpartition("/")[2]]
        ]  # fmt: skip
        shown = page[page.index(OTHERS) :]
        assert set(re.findall(r"From \d\.", shown)) == {f"From {other}."}
        assert ("Learner" in shown.split("</main>")[0]) is (anonymity is Anonymity.NONE)


def test_left_out_reviews_are_not_read_and_the_rule_is_a_promise(session, activity, trainer, people, translated):
    assert not rules.defaults(activity).shows_others
    acts.hand_in(session, activity, people[0])
    with pytest.raises(PromiseError):
        acts.set_rules(session, activity, trainer, shows_others=True)
    other = make.activity(session, course=activity.course)
    acts.set_rules(session, other, trainer, shows_others=True)
    copy = make.activity(session, course=activity.course)
    copying.copy_settings(session, other, copy, NOW)
    assert rules.get_rules(session, copy).shows_others
