"""Groups hand in: the stories of MDL-73931 and MDL-35594, and what Moodle's team mode leaves open.

Source: https://tracker.moodle.org/browse/MDL-73931 and https://tracker-old.moodle.org/browse/MDL-35594.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.activities.models import Activity, Kind
from connector.courses.models import GroupMember
from connector.groups.building import make_set
from connector.groups.services import dissolve_group
from connector.notifications.models import Notice
from connector.peer_review import rules
from connector.peer_review.board import export, mending, standing
from connector.peer_review.copying import copy_settings
from connector.peer_review.matching import assigning, distributing
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Anonymity, Unit
from connector.peer_review.results import grading
from connector.peer_review.works import sharing, units
from connector.peer_review.works.handing_in import GROUP_ACTED
from tests import make
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import review
from tests.connector.peer_review.test_setup import RULES, TWO
from tests.make import NOW

BASE = re.compile(r'name="base" value="(\d+)"')


@pytest.fixture
def teams(session, course, activity, trainer, people):
    """Three groups of two, which hand in."""
    group_set = make_set(session, trainer, "Teams", 3, now=NOW)
    groups = build.groups_of_set(session, group_set)
    for number, group in enumerate(groups):
        build.put(session, group, *people[2 * number : 2 * number + 2])
    acts.set_rules(session, activity, trainer, unit=Unit.GROUP, group_set_id=group_set.id, reviews_each=1, needed=1)
    return groups


def come(visiting, member, activity):
    """Come in, to a page that has a form."""
    visit = visiting(member, activity)
    visit.get("/overview" if member.is_staff else "/work")
    if not visit.token:
        page = visit.client.get(f"/s/{visit.sid}/notices/settings").text
        visit.token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return visit


def base_of(visit):
    return BASE.search(visit.get("/work").text)[1]


def hand_in(visit, body="Our plan.", **more):
    return visit.post("/work", body=body, base=base_of(visit), **more)


def renew(session):
    """Read everything anew; nothing is left to be loaded later, which would hold the database against the pages."""
    session.rollback()
    for row in list(session):
        session.refresh(row)


def only_work(session):
    renew(session)
    return session.scalars(select(Submission)).one()


def move(session, member, group, to=None):
    session.delete(session.get_one(GroupMember, (group.id, member.id)))
    if to is not None:
        build.put(session, to, member)
    session.commit()


# --- the stories -------------------------------------------------------------------------------------------------------
def test_teacher_switches_team_mode_on(visiting, session, trainer, activity, course):
    group_set = make_set(session, trainer, "Teams", 2, now=NOW)
    visit = come(visiting, trainer, activity)
    page = visit.get("/setup").text
    assert "Groups, each one piece of work" in page
    form = {"act": "save", **RULES, **TWO, "unit": "group", "group_set_id": str(group_set.id)}
    assert visit.post("/setup", **form).status_code == 303
    renew(session)
    found = rules.get_rules(session, activity)
    assert (found.unit, found.group_set_id) == (Unit.GROUP, group_set.id)
    session.commit()
    refused = visit.post("/setup", **{**form, "grouping": "within"})
    assert "nothing to review within one&#39;s own group" in refused.text


def test_one_hands_in_for_all_of_the_group(visiting, session, activity, people, teams, endpoint):
    assert hand_in(come(visiting, people[0], activity)).status_code == 303
    work = only_work(session)
    assert work.author_ids == {people[0].id, people[1].id}
    session.commit()
    page = come(visiting, people[1], activity).get().text
    assert "The work of your group" in page
    assert "Our plan." in page
    told = session.scalars(select(Notice).where(Notice.what == GROUP_ACTED)).one()
    assert told.member_id == people[1].id


def test_any_member_resubmits_and_takes_back(visiting, session, activity, people, teams):
    hand_in(come(visiting, people[0], activity))
    other = come(visiting, people[1], activity)
    assert hand_in(other, "Our better plan.").status_code == 303
    work = only_work(session)
    assert (work.version, work.body) == (2, "Our better plan.")
    session.commit()
    assert other.post("/work/withdraw").status_code == 303
    assert only_work(session).state is WorkState.WITHDRAWN
    session.commit()
    assert hand_in(come(visiting, people[0], activity), "Once more.").status_code == 303
    assert only_work(session).state is WorkState.HANDED_IN


def test_nobody_reviews_their_own_group(visiting, session, activity, people, teams):
    for index in (0, 2):
        hand_in(come(visiting, people[index], activity))
    for member in people[:4]:
        visit = come(visiting, member, activity)
        where = visit.post("/reviews").headers["Location"]
        session.rollback()
        given = session.scalar(select(Review).where(Review.reviewer_id == member.id))
        assert str(given.id) in where
        assert member.id not in given.submission.author_ids
        session.commit()


def test_all_of_the_group_get_result_and_feedback(visiting, session, activity, people, teams, trainer, endpoint):
    activity.score_maximum = 10
    for index in (0, 2):
        hand_in(come(visiting, people[index], activity))
    for member in people[:4]:
        review(come(visiting, member, activity))
    for member in people[:2]:
        page = come(visiting, member, activity).get("/feedback").text
        assert "Reviewer 1" in page
        assert "Learner C" not in page
    renew(session)
    found = {
        each.member.id: each.work.points
        for each in grading.propose(session, activity, rules.get_rules(session, activity))
    }
    assert found[people[0].id] == found[people[1].id] is not None


def test_teacher_gives_one_of_the_group_another_grade_with_a_reason(
    visiting, session, activity, people, teams, trainer
):
    activity.score_maximum = 10
    for index in (0, 2):
        hand_in(come(visiting, people[index], activity))
    for member in people[:4]:
        review(come(visiting, member, activity))
    work = units.find_work(session, activity, people[0])
    visit = come(visiting, trainer, activity)
    page = f"/works/{work.id}/authors/{people[1].id}"
    assert visit.post(page, score="30").status_code == 422
    assert visit.post(page, score="300", reason="x").status_code == 422
    assert visit.post(page, score="30", reason="Joined for the last day only.").status_code == 303
    assert visit.post(f"/works/{work.id}/authors/{people[5].id}", score="30", reason="x").status_code == 404
    renew(session)
    found = {
        each.member.id: each.work for each in grading.propose(session, activity, rules.get_rules(session, activity))
    }
    assert (found[people[1].id].points, found[people[1].id].comment) == (3.0, "Joined for the last day only.")
    assert found[people[0].id].points != 3.0
    session.commit()
    assert "Joined for the last day only." in come(visiting, people[1], activity).get("/feedback").text
    assert "Joined for the last day only." not in come(visiting, people[0], activity).get("/feedback").text


def test_teacher_distributes_the_work_of_groups(session, activity, people, teams, trainer, translated):
    for index in (0, 2, 4):
        acts.hand_in(session, activity, people[index])
    distributing.distribute(session, activity, trainer, now=NOW)
    given = session.scalars(select(Review)).all()
    assert sorted(each.reviewer_id for each in given) == sorted(each.id for each in people)
    for each in given:
        assert each.reviewer_id not in each.submission.author_ids
    counts = {
        each.id: sum(one.submission_id == each.id for one in given) for each in session.scalars(select(Submission))
    }
    assert set(counts.values()) == {2}


# --- what a group writes together ------------------------------------------------------------------------------------
def test_text_is_kept_for_the_group_before_it_is_handed_in(visiting, session, activity, people, teams):
    visit = come(visiting, people[0], activity)
    assert visit.post("/work", body="We begin.", base="0", act="keep").headers["Location"].endswith("did=kept")
    renew(session)
    assert session.scalars(select(Submission)).all() == []
    session.commit()
    other = come(visiting, people[1], activity)
    assert "Go on with your group&#39;s text" in other.get().text
    assert "We begin." in other.get("/work").text
    assert "We begin." not in come(visiting, people[2], activity).get("/work").text


@pytest.mark.parametrize("act", ["keep", ""])
def test_nobody_writes_over_what_another_kept(visiting, session, activity, people, teams, act):
    first, second = (come(visiting, each, activity) for each in people[:2])
    bases = [base_of(each) for each in (first, second)]
    assert first.post("/work", body="By the first one.", base=bases[0], act="keep").status_code == 303
    answer = second.post("/work", body="By the second one.", base=bases[1], act=act)
    assert answer.status_code == 409
    assert "By the second one." in answer.text
    assert "By the first one." in answer.text
    renew(session)
    assert [each.body for each in session.scalars(select(SharedText))] == ["By the first one."]
    session.commit()
    page = second.get("/work").text
    assert "You have a text of your own" in page
    assert "By the second one." in second.get("/work?mine=1").text
    both = second.post("/work", body="By both.", base=BASE.search(answer.text)[1])
    assert both.status_code == 303
    assert only_work(session).body == "By both."
    session.commit()
    assert "By the first one." in first.get("/work").text  # among the earlier texts
    assert "You have a text of your own" not in second.get("/work").text


def test_own_text_is_let_go(visiting, activity, people, teams):
    first, second = (come(visiting, each, activity) for each in people[:2])
    first.post("/work", body="One.", base="0", act="keep")
    second.post("/work", body="Other.", base="0", act="keep")
    assert second.post("/work/fresh").status_code == 303
    assert "Other." not in second.get("/work").text


def test_who_hands_in_alone_keeps_nothing_for_a_group(visiting, ana, activity):
    assert come(visiting, ana, activity).post("/work", body="Mine.", act="keep").status_code == 404


# --- people without a group, and groups that change ------------------------------------------------------------------
def test_who_is_in_no_group_is_told_what_to_do_and_helped(visiting, session, activity, trainer, ana, bo, people, teams):
    visit = come(visiting, ana, activity)
    assert "you are in none yet" in visit.get().text
    answer = visit.post("/work", body="What shall I do?")
    assert answer.status_code == 409
    assert "What shall I do?" in answer.text
    board = come(visiting, trainer, activity)
    page = board.get("/overview").text
    assert "In no group" in page
    assert board.post("/groups", act="alone", member=str(ana.id)).status_code == 303
    assert board.post("/groups", act="deal").status_code == 303
    assert "In no group" not in board.get("/overview").text
    assert visit.post("/work", body="Alone.").status_code == 303
    assert units.find_work(session, activity, ana).group is None
    assert units.unit_of(session, activity, rules.get_rules(session, activity), bo).group in teams


def test_who_comes_into_the_group_later_is_no_author_until_they_hand_in_again(
    visiting, session, activity, ana, people, teams
):
    hand_in(come(visiting, people[0], activity))
    build.put(session, teams[0], ana)
    visit = come(visiting, ana, activity)
    assert "handed in before you came into it" in visit.get().text
    assert visit.get("/feedback").status_code == 404
    assert visit.post("/work/withdraw").status_code == 303  # it is their group's work
    assert hand_in(visit, "With all of us.").status_code == 303
    assert ana.id in only_work(session).author_ids


def test_trainer_counts_somebody_in(visiting, session, activity, trainer, ana, people, teams):
    for index in (0, 2):
        hand_in(come(visiting, people[index], activity))
    renew(session)
    work = units.find_work(session, activity, people[0])
    own = assigning.give(
        session, activity, rules.get_rules(session, activity), ana, work, why="lot", lease=None, now=NOW
    )
    acts.send(session, own)
    build.put(session, teams[0], ana)
    session.commit()
    board = come(visiting, trainer, activity)
    assert "Their group handed in before they came into it" in board.get("/overview").text
    assert board.post("/groups", act="count-in", member=str(ana.id)).status_code == 303
    renew(session)
    assert ana.id in units.find_work(session, activity, people[0]).author_ids
    assert session.get(Review, own.id).excluded_at is not None


def test_who_has_joined_the_group_does_not_review_it(session, activity, ana, people, teams, translated):
    for index in (0, 2):
        acts.hand_in(session, activity, people[index])
    acts.set_rules(session, activity, make.member(session, course=activity.course, role="trainer"), due_at=NOW)
    build.put(session, teams[0], ana)
    given = acts.take(session, activity, ana, after=10)
    assert given.submission.author_ids == {people[2].id, people[3].id}


def test_authors_stay_authors_when_their_group_changes_or_dissolves(
    visiting, session, activity, trainer, people, teams
):
    hand_in(come(visiting, people[0], activity))
    move(session, people[1], teams[0], teams[1])
    page = come(visiting, people[1], activity).get("/work").text
    assert "You wrote this with a group that you have left." in page
    assert come(visiting, people[1], activity).post("/work/withdraw").status_code == 404
    hand_in(come(visiting, people[2], activity))
    renew(session)
    works = session.scalars(select(Submission).order_by(Submission.first_at, Submission.id)).all()
    assert {frozenset(each.author_ids) for each in works} == {
        frozenset({people[0].id, people[1].id}),
        frozenset({people[2].id, people[3].id}),
    }
    dissolve_group(session, trainer, teams[0].id, now=NOW)
    session.commit()
    renew(session)
    assert units.find_work(session, activity, people[0]).author_ids == {people[0].id, people[1].id}
    assert hand_in(come(visiting, people[0], activity), "After the group was dissolved.").status_code == 303


def test_work_stays_though_an_author_leaves_the_course(session, activity, trainer, people, teams, translated):
    for index in (0, 2):
        acts.hand_in(session, activity, people[index])
    people[0].is_active = False
    session.flush()
    taken = acts.take(session, activity, people[2])
    assert people[1].id in taken.submission.author_ids
    distributing.distribute(session, activity, trainer, now=NOW)
    assert people[0].id not in set(session.scalars(select(Review.reviewer_id)))


# --- secrets, dates, copies, files ------------------------------------------------------------------------------------
def test_names_of_groups_are_names(visiting, session, activity, people, teams):
    teams[0].name = "The Otters"
    answer = hand_in(come(visiting, people[0], activity), "By the otters, in March.")
    assert "did=named" in answer.headers["Location"]
    hand_in(come(visiting, people[2], activity))
    visit = come(visiting, people[2], activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    page = visit.get(where).text
    assert "The Otters" not in page
    assert "Learner A" not in page


def test_names_of_groups_are_shown_where_nobody_is_hidden(visiting, session, activity, trainer, people, teams):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.NONE)
    teams[0].name = "The Otters"
    for index in (0, 2):
        hand_in(come(visiting, people[index], activity))
    visit = come(visiting, people[2], activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    assert "The work of The Otters" in visit.get(where).text


def test_more_time_for_one_is_more_time_for_the_group(session, activity, trainer, people, teams, translated):
    acts.set_rules(session, activity, trainer, due_at=NOW, late="refuse")
    rules.extend(session, activity, [people[1]], by=trainer, values={"due_at": NOW + timedelta(days=1)})
    assert not acts.hand_in(session, activity, people[0], after=60).is_late


def test_who_hands_in_cannot_be_changed_after_the_first_work(session, activity, trainer, people, teams, translated):
    acts.hand_in(session, activity, people[0])
    with pytest.raises(rules.PromiseError):
        acts.set_rules(session, activity, trainer, unit=Unit.PERSON)


def test_copy_in_the_same_course_keeps_the_groups(session, course, activity, teams):
    copy = make.activity(session, course=course, title="Again")
    copy.kind = Kind.PEER_REVIEW
    copy_settings(session, activity, copy, NOW)
    found = rules.get_rules(session, copy)
    assert (found.unit, found.group_set_id) == (Unit.GROUP, teams[0].set_id)
    elsewhere = make.activity(session)
    copy_settings(session, activity, elsewhere, NOW)
    assert rules.get_rules(session, elsewhere).group_set_id is None


def test_export_tells_all_authors(session, activity, people, teams):
    for index in (0, 2):
        acts.hand_in(session, activity, people[index])
    acts.review_one(session, activity, people[0])
    session.commit()
    renew(session)
    assert "Learner C, Learner D" in "".join(export.as_csv(session, activity))
    assert '"name": "Learner D"' in "".join(export.as_json(session, activity, NOW))


def test_only_the_group_opens_files_of_a_text_that_is_not_handed_in(session, activity, people, teams, trainer):
    text = sharing.keep(session, activity, teams[0], people[0], body="x", link=None, language=None, base=0, now=NOW)
    sharing.open_text(session, people[1], text.id)
    for member in (people[2], trainer):
        with pytest.raises(sharing.NotFoundError):
            sharing.open_text(session, member, text.id)


def test_two_authors_talk_to_a_reviewer_as_one(visiting, session, activity, people, teams, endpoint):
    for index in (0, 2):
        hand_in(come(visiting, people[index], activity))
    visits = [come(visiting, each, activity) for each in people[:4]]
    wheres = [review(each) for each in visits]
    begin = re.search(r'action="[^"]*(/received/[^"]+/say)"', visits[0].get("/feedback").text)[1]
    for visit, words in zip(visits[:2], ["Which line?", "And why?"], strict=True):
        assert visit.post(begin, message=words).status_code == 303
    page = "".join(visit.get(where).text for visit, where in zip(visits[2:], wheres[2:], strict=True))
    assert "Which line?" in page
    assert "And why?" in page
    assert "Learner A" not in page
    for visit, usefulness in zip(visits[:2], ["3", "1"], strict=True):
        assert visit.post(begin.replace("say", "rate"), usefulness=usefulness).status_code == 303
    renew(session)
    rated = session.scalars(select(Review).where(Review.usefulness.is_not(None), Review.state == ReviewState.SUBMITTED))
    assert [each.usefulness for each in rated] == [1]


def test_board_takes_as_many_queries_for_many_groups_as_for_few(
    visiting, session, course, activity, people, teams, trainer, count_queries
):
    visit = come(visiting, trainer, activity)

    def look():
        visit.get("/overview")
        with count_queries() as seen:
            assert visit.get("/overview").status_code == 200
        return len(seen)

    acts.hand_in(session, activity, people[0])
    session.commit()
    few = look()
    group_set_id = teams[0].set_id
    for number in range(27):
        group = build.Group(course=course, set_id=group_set_id, name=f"More {number}", is_active=True)
        session.add(group)
        session.flush()
        pair = build.learners(session, course, 2)
        build.put(session, group, *pair)
        acts.hand_in(session, activity, pair[0])
    for index in (2, 4):
        acts.hand_in(session, activity, people[index])
    session.commit()
    assert look() <= few


def test_first_page_of_a_group_takes_as_many_queries_for_many_as_for_few(
    visiting, session, course, activity, people, teams, count_queries
):
    acts.hand_in(session, activity, people[0])
    visit = come(visiting, people[0], activity)

    def look():
        visit.get()
        with count_queries() as seen:
            assert visit.get().status_code == 200
        return len(seen)

    acts.hand_in(session, activity, people[2])
    session.commit()
    few = look()
    for _ in range(10):
        group = build.Group(course=course, set_id=teams[0].set_id, name=f"More {_}", is_active=True)
        session.add(group)
        session.flush()
        pair = build.learners(session, course, 2)
        build.put(session, group, *pair)
        acts.hand_in(session, activity, pair[0])
    session.commit()
    assert look() <= few


def test_standing_of_a_member_whose_group_has_a_text(session, activity, people, teams, translated):
    sharing.keep(session, activity, teams[0], people[0], body="x", link=None, language=None, base=0, now=NOW)
    found = standing.look(session, activity, people[1], now=NOW)
    assert found.shared.by_id == people[0].id
    assert found.situation.work is standing.Work.DRAFTED


def test_lms_groups_cannot_be_dealt_here(session, course, activity, trainer, ana):
    groups = build.lms_set(session, course)
    set_id = next(iter(groups.values())).set_id
    acts.set_rules(session, activity, trainer, unit=Unit.GROUP, group_set_id=set_id)
    assert not mending.can_deal(session, rules.get_rules(session, activity))
    with pytest.raises(mending.NotFoundError):
        mending.deal(session, activity, trainer, now=NOW)
    assert isinstance(activity, Activity)
