import uuid

import pytest
from sqlalchemy import select

from connector.activities.models import GroupMode
from connector.courses.models import Membership, Role
from connector.groups import access, services
from connector.groups.building import make_set
from connector.groups.placing import place
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.groups import build
from tests.make import NOW

LEAD = [Role.TRAINER, Role.ASSISTANT]


@pytest.fixture
def teams(session, course):
    return build.lms_set(session, course)


@pytest.fixture
def separate(activity):
    activity.group_mode = GroupMode.SEPARATE
    return activity


def ids(groups):
    return {group.id for group in groups}


def test_without_groups_everybody_is_together(session, activity, learner, teams):
    build.put(session, teams["Team 1"], learner)
    assert (
        access.groups_of(session, learner, activity),
        access.visible_group_ids(session, learner, activity),
        access.writable_groups(session, learner, activity),
        access.can_begin_for_everybody(learner, activity),
    ) == ((), None, (), True)


@pytest.mark.parametrize("mode", [GroupMode.SEPARATE, GroupMode.VISIBLE])
def test_a_learner_writes_in_their_group(session, activity, learner, teams, mode):
    activity.group_mode = mode
    build.put(session, teams["Team 1"], learner)
    mine = {teams["Team 1"].id}
    assert ids(access.groups_of(session, learner, activity)) == mine
    assert ids(access.writable_groups(session, learner, activity)) == mine
    assert access.visible_group_ids(session, learner, activity) == (mine if mode is GroupMode.SEPARATE else None)
    assert access.can_begin_for_everybody(learner, activity) is False


def test_who_is_in_no_group_has_what_is_for_everybody(session, separate, learner, teams):
    assert access.visible_group_ids(session, learner, separate) == frozenset()
    assert access.writable_groups(session, learner, separate) == []


@pytest.mark.parametrize("role", [*LEAD, Role.EXPERT])
def test_who_leads_and_experts_see_and_write_everywhere(session, course, separate, teams, role):
    member = make.member(session, course=course, role=role)
    assert access.visible_group_ids(session, member, separate) is None
    assert ids(access.writable_groups(session, member, separate)) == ids(teams.values())
    assert access.can_begin_for_everybody(member, separate) is True


def test_observers_see_everything_and_write_nowhere(session, course, separate, teams):
    member = make.member(session, course=course, role=Role.OBSERVER)
    build.put(session, teams["Team 1"], member)
    assert access.visible_group_ids(session, member, separate) is None
    assert access.writable_groups(session, member, separate) == ()
    for group_id in (None, teams["Team 1"].id):
        with pytest.raises(NotFoundError):
            access.find_writable(session, member, separate, group_id, begins=False)


def test_test_students_are_like_learners(session, course, separate, teams):
    member = make.member(session, course=course, role=Role.TEST_STUDENT)
    assert access.visible_group_ids(session, member, separate) == frozenset()


def test_only_the_groups_of_the_set_count(session, course, separate, learner, teams):
    others = build.lms_set(session, course, "Cohorts", ["Spring"])
    build.put(session, teams["Team 1"], learner)
    build.put(session, others["Spring"], learner)
    separate.group_set_id = others["Spring"].set_id
    assert access.visible_group_ids(session, learner, separate) == {others["Spring"].id}
    separate.group_set_id = None
    assert access.visible_group_ids(session, learner, separate) == {others["Spring"].id, teams["Team 1"].id}


def test_what_is_dissolved_does_not_count(session, separate, learner, trainer):
    group_set = make_set(session, trainer, "Here", 2, now=NOW)
    first, _ = build.groups_of_set(session, group_set)
    place(session, group_set, {learner: first}, now=NOW)
    assert access.visible_group_ids(session, learner, separate) == {first.id}
    services.dissolve_group(session, trainer, first.id, now=NOW)
    assert access.visible_group_ids(session, learner, separate) == frozenset()
    services.restore_group(session, trainer, first.id, now=NOW)
    services.dissolve_set(session, trainer, group_set.id, now=NOW)
    assert access.visible_group_ids(session, learner, separate) == frozenset()
    assert access.writable_groups(session, trainer, separate) == []


def test_groups_of_another_course_never_count(session, separate, learner, trainer):
    other = make.course(session)
    theirs = build.lms_set(session, other)["Team 1"]
    build.put(session, theirs, learner)
    assert access.visible_group_ids(session, learner, separate) == frozenset()
    for member in (learner, trainer):
        for begins in (True, False):
            with pytest.raises(NotFoundError):
                access.find_writable(session, member, separate, theirs.id, begins=begins)


def test_where_something_may_be_written(session, separate, learner, trainer, teams):
    mine, other = teams["Team 1"], teams["Team 2"]
    build.put(session, mine, learner)

    def may(member, group, *, begins):
        try:
            access.find_writable(session, member, separate, group and group.id, begins=begins)
        except NotFoundError:
            return False
        return True

    asked = [(group, begins) for group in (None, mine, other) for begins in (True, False)]
    assert [may(learner, group, begins=begins) for group, begins in asked] == [False, True, True, True, False, False]
    assert [may(trainer, group, begins=begins) for group, begins in asked] == [True] * 6
    other.is_active = False
    access.forget(session)
    assert [may(trainer, other, begins=begins) for begins in (True, False)] == [False, True]
    separate.group_mode = GroupMode.NONE
    assert [may(learner, group, begins=begins) for group, begins in asked] == [True, True, False, True, False, True]


def test_who_left_a_group_writes_in_it_no_more(session, separate, learner, trainer):
    group_set = make_set(session, trainer, "Here", 2, now=NOW)
    first, second = build.groups_of_set(session, group_set)
    place(session, group_set, {learner: first}, now=NOW)
    assert access.find_writable(session, learner, separate, first.id, begins=False) is first
    place(session, group_set, {learner: second}, now=NOW)
    assert access.find_writable(session, learner, separate, second.id, begins=True) is second
    with pytest.raises(NotFoundError):
        access.find_writable(session, learner, separate, first.id, begins=False)


def test_no_such_group(session, separate, trainer):
    with pytest.raises(NotFoundError):
        access.find_writable(session, trainer, separate, uuid.uuid4(), begins=False)


def test_readers_are_those_who_see_it(session, course, separate, learner, trainer, teams):
    """Asked by group and asked by member, the answer is the same."""
    build.put(session, teams["Team 1"], learner)
    everybody = [learner, trainer, *(make.member(session, course=course, role=role) for role in Role)]
    build.put(session, teams["Team 2"], everybody[2])
    gone = make.member(session, course=course)
    gone.is_active = False
    build.put(session, teams["Team 1"], gone)
    make.member(session)
    session.flush()
    for mode in GroupMode:
        separate.group_mode = mode
        for group_id in (None, *ids(teams.values())):
            seen = {each: access.visible_group_ids(session, each, separate) for each in everybody}
            expected = {
                each.id for each, found in seen.items() if group_id is None or found is None or group_id in found
            }
            assert set(session.scalars(select(Membership.id).where(access.readers(separate, group_id)))) == expected


def test_condition_says_the_same_as_the_ids(session, course, separate, learner, teams):
    build.put(session, teams["Team 1"], learner)
    column = Membership.id  # any column of ids will do
    for visible, expected in ((None, True), (frozenset(), False), (frozenset([learner.id]), True)):
        query = select(Membership.id).where(Membership.id == learner.id, access.visible_to(column, visible))
        assert (session.scalar(query) is not None) is expected


@pytest.mark.parametrize("role", [Role.LEARNER, Role.TRAINER, Role.OBSERVER, Role.EXPERT])
@pytest.mark.parametrize("mode", list(GroupMode))
def test_each_question_costs_one_query_at_most(session, course, activity, teams, count_queries, role, mode):
    activity.group_mode = mode
    member = make.member(session, course=course, role=role)
    build.put(session, teams["Team 1"], member)
    session.commit()
    session.scalar(select(1))
    for question in (access.groups_of, access.visible_group_ids, access.writable_groups):
        access.forget(session)
        with count_queries() as asked:
            question(session, member, activity)
        assert len(asked) <= 1
    with count_queries() as again:
        access.writable_groups(session, member, activity)
        access.groups_of(session, member, activity)
    assert len(again) <= (1 if role in access.EVERYWHERE | {Role.OBSERVER} else 0)


def test_another_transaction_asks_again(session, database, separate, learner, teams):
    session.commit()
    assert access.visible_group_ids(session, learner, separate) == frozenset()
    session.commit()
    with database.session(writes=True) as other:
        build.put(other, teams["Team 1"], learner)
        other.commit()
    assert access.visible_group_ids(session, learner, separate) == {teams["Team 1"].id}
