import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connector.content import addressees
from connector.courses.models import Group, GroupMember, GroupSet, Role
from connector.courses.people import list_people
from connector.groups import building, services
from connector.groups.building import copy_set, deal_rest, deal_set, make_set
from connector.groups.placing import find_members, place
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from tests import make
from tests.connector.groups import build
from tests.make import NOW


def fields_of(refused):
    return list(refused.value.errors)


@pytest.fixture
def group_set(session, trainer):
    return make_set(session, trainer, "Here", 2, now=NOW)


@pytest.fixture
def groups(session, group_set):
    return build.groups_of_set(session, group_set)


def test_groups_by_hand_have_numbers_for_names(groups):
    assert [group.name for group in groups] == ["Group 1", "Group 2"]


@pytest.mark.parametrize("count", [0, -1, services.MOST_GROUPS + 1])
def test_number_of_groups_that_cannot_be(session, trainer, count):
    with pytest.raises(InvalidInputError) as refused:
        make_set(session, trainer, "Here", count, now=NOW)
    assert fields_of(refused) == ["number"]


def test_sets_have_names_of_their_own(session, course, trainer, group_set):
    build.lms_set(session, course, "Teams")
    for name in ("here", "HERE ", "teams", "Ｔeams"):
        with pytest.raises(InvalidInputError) as refused:
            make_set(session, trainer, name, 1, now=NOW)
        assert fields_of(refused) == ["name"]
    with pytest.raises(InvalidInputError):
        services.rename_set(session, trainer, group_set.id, "Teams")
    assert services.rename_set(session, trainer, group_set.id, "HERE").name == "HERE"


def test_groups_of_a_set_have_names_of_their_own(session, trainer, group_set, groups):
    first, _ = groups
    for change in (
        lambda: services.add_group(session, group_set, "group 1"),
        lambda: services.rename_group(session, trainer, first.id, "GROUP 2"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            change()
        assert fields_of(refused) == ["name"]
    assert services.rename_group(session, trainer, first.id, "GROUP 1").name == "GROUP 1"
    assert services.add_group(session, group_set, "Group 3").is_active is True


def test_moving_leaves_one_group_for_the_other(session, course, learner, group_set, groups, told):
    first, second = groups
    place(session, group_set, {learner: first}, now=NOW)
    place(session, group_set, {learner: first}, now=NOW)
    place(session, group_set, {learner: second}, now=NOW + timedelta(seconds=1))
    assert (build.inside(session, first), build.inside(session, second)) == (set(), {learner.id})
    place(session, group_set, {learner: None}, now=NOW + timedelta(seconds=2))
    assert build.inside(session, second) == set()
    name = str(learner.person.pseudonym)
    assert told() == [("joined", name), ("joined", name), ("left", name), ("left", name)]


def test_moving_is_told_of_nobody_who_is_not_to_be_recorded(session, course, group_set, groups, told):
    hidden = make.member(session, course=course)
    hidden.person.is_recorded = False
    student = make.member(session, course=course, role=Role.TEST_STUDENT)
    place(session, group_set, dict.fromkeys([hidden, student], groups[0]), now=NOW)
    assert (build.inside(session, groups[0]), told()) == ({hidden.id, student.id}, [])


def test_only_who_is_in_the_course_and_may_do_something_is_moved(session, course, learner):
    gone, observer, stranger = (
        make.member(session, course=course),
        make.member(session, course=course, role=Role.OBSERVER),
        make.member(session),
    )
    gone.is_active = False
    session.flush()
    asked = [learner.id, gone.id, observer.id, stranger.id, uuid.uuid4()]
    assert find_members(session, course.id, asked) == [learner]


def test_a_dissolved_group_comes_back_with_its_people(session, course, trainer, group_set, groups, told):
    first, second = groups
    stays, moves = build.learners(session, course, 2)
    place(session, group_set, dict.fromkeys([stays, moves], first), now=NOW)
    services.dissolve_group(session, trainer, first.id, now=NOW + timedelta(seconds=1))
    services.dissolve_group(session, trainer, first.id, now=NOW + timedelta(seconds=1))
    place(session, group_set, {moves: second}, now=NOW + timedelta(seconds=2))
    services.add_group(session, group_set, "Group 1")
    services.restore_group(session, trainer, first.id, now=NOW + timedelta(seconds=3))
    assert (first.is_active, first.name, build.inside(session, first)) == (True, "Group 1 (2)", {stays.id})
    assert build.inside(session, second) == {moves.id}
    assert [event for event, name in told() if name == str(stays.person.pseudonym)] == ["joined", "joined", "left"]
    assert [event for event, name in told() if name == str(moves.person.pseudonym)] == ["joined", "joined", "left"]


def test_nobody_addresses_or_sees_the_groups_of_a_dissolved_set(session, course, trainer, learner, group_set, groups):
    place(session, group_set, {learner: groups[0]}, now=NOW)
    listed = lambda: [each.name for each in addressees.list_addressees(session, course, trainer) if each.is_group]  # noqa: E731
    of_learner = lambda: next(each.groups for each in list_people(session, course) if each.member.id == learner.id)  # noqa: E731
    assert (listed(), of_learner()) == (["Group 1", "Group 2"], ("Group 1",))
    services.dissolve_set(session, trainer, group_set.id, now=NOW)
    session.flush()
    assert (listed(), of_learner()) == ([], ())


def test_a_dissolved_set_comes_back_as_it_was(session, trainer, learner, group_set, groups, told):
    place(session, group_set, {learner: groups[0]}, now=NOW)
    services.dissolve_set(session, trainer, group_set.id, now=NOW + timedelta(seconds=1))
    with pytest.raises(ConflictError):
        services.add_group(session, group_set, "More")
    make_set(session, trainer, "Here", 1, now=NOW)
    services.restore_set(session, trainer, group_set.id, now=NOW + timedelta(seconds=2))
    assert (group_set.is_active, group_set.name) == (True, "Here (2)")
    assert build.inside(session, groups[0]) == {learner.id}
    assert [event for event, _ in told()] == ["joined", "joined", "left"]


def test_people_are_dealt_by_chance(session, course, trainer, told):
    people = build.learners(session, course, 10)
    gone = make.member(session, course=course)
    gone.is_active = False
    session.flush()
    group_set = deal_set(session, trainer, "Dealt", size=4, now=NOW)
    inside = [build.inside(session, group) for group in build.groups_of_set(session, group_set)]
    assert (sorted(map(len, inside)), set.union(*inside)) == ([5, 5], {member.id for member in people})
    assert len(told()) == 10
    again = deal_set(session, trainer, "Again", count=2, seed=group_set.seed, now=NOW)
    assert [build.inside(session, group) for group in build.groups_of_set(session, again)] == inside


def test_departments_are_spread(session, course, trainer):
    departments = build.lms_set(session, course, "Departments", ["Sales", "Care", "IT"])
    for group, count in zip(departments.values(), (7, 5, 2), strict=True):
        build.put(session, group, *build.learners(session, course, count))
    build.learners(session, course, 3)
    set_id = str(departments["Sales"].set_id)
    group_set = deal_set(session, trainer, "Mixed", count=4, traits=[set_id, building.SEEN], now=NOW)
    assert group_set.traits == [set_id, "seen"]
    for department in departments.values():
        there = build.inside(session, department)
        counts = [len(there & build.inside(session, each)) for each in build.groups_of_set(session, group_set)]
        assert max(counts) - min(counts) <= 1


def test_dealing_what_cannot_be_dealt(session, course, trainer):
    def refuse(**how):
        with pytest.raises(InvalidInputError) as refused:
            deal_set(session, trainer, "Dealt", **how, now=NOW)
        return fields_of(refused)

    assert refuse(count=2) == ["roles"]
    build.learners(session, course, 3)
    assert [refuse(count=4), refuse(count=0), refuse(size=0, roles=[])] == [["number"], ["number"], ["roles"]]
    assert refuse(count=2, traits=["role", "seen", "role"]) == ["traits"]
    for trait in ("nonsense", str(uuid.uuid4())):
        with pytest.raises(NotFoundError):
            deal_set(session, trainer, "Dealt", count=2, traits=[trait], now=NOW)


def test_another_courses_set_is_no_trait(session, course, trainer):
    build.learners(session, course, 3)
    theirs = build.lms_set(session, make.course(session))["Team 1"]
    with pytest.raises(NotFoundError):
        deal_set(session, trainer, "Dealt", count=2, traits=[str(theirs.set_id)], now=NOW)


def test_who_comes_later_goes_into_the_smallest_group(session, course, trainer, group_set, groups):
    first, second = groups
    early = build.learners(session, course, 3)
    place(session, group_set, dict.fromkeys(early, first), now=NOW)
    late = build.learners(session, course, 4)
    assert deal_rest(session, trainer, group_set.id, now=NOW) == 4
    assert (len(build.inside(session, first)), len(build.inside(session, second))) == (4, 3)
    assert {member.id for member in late} <= build.inside(session, first) | build.inside(session, second)


def test_who_comes_later_finds_no_place_where_there_is_none(session, course, trainer, group_set, groups):
    group_set.capacity = 1
    build.learners(session, course, 5)
    assert deal_rest(session, trainer, group_set.id, now=NOW) == 2
    assert [len(build.inside(session, each)) for each in groups] == [1, 1]


def test_late_comers_are_spread_as_well(session, course, trainer):
    departments = build.lms_set(session, course, "Departments", ["Sales", "Care"])
    build.put(session, departments["Sales"], *build.learners(session, course, 3))
    traits = [str(departments["Sales"].set_id)]
    group_set = deal_set(session, trainer, "Mixed", count=3, traits=traits, now=NOW)
    late = build.learners(session, course, 3)
    build.put(session, departments["Care"], *late)
    deal_rest(session, trainer, group_set.id, now=NOW)
    there = {member.id for member in late}
    assert [len(there & build.inside(session, each)) for each in build.groups_of_set(session, group_set)] == [1, 1, 1]


def test_a_copy_is_like_the_lmss_and_can_be_changed(session, course, trainer, learner):
    teams = build.lms_set(session, course)
    build.put(session, teams["Team 1"], learner)
    build.put(session, teams["Team 2"], learner)
    copied = copy_set(session, trainer, "Ours", teams["Team 1"].set, now=NOW)
    first, second = build.groups_of_set(session, copied)
    assert (first.name, build.inside(session, first), build.inside(session, second)) == ("Team 1", {learner.id}, set())
    services.rename_group(session, trainer, first.id, "Mine")
    assert teams["Team 1"].name == "Team 1"


def test_a_copy_of_nothing(session, course, trainer):
    with pytest.raises(InvalidInputError) as refused:
        copy_set(session, trainer, "Ours", None, now=NOW)
    assert fields_of(refused) == ["source"]
    session.add(Group(course=course, lms_id="loose", name="Loose"))
    session.flush()
    copied = copy_set(session, trainer, "Ours", None, now=NOW)
    assert [group.name for group in build.groups_of_set(session, copied)] == ["Loose"]


@pytest.mark.parametrize("role", [Role.LEARNER, Role.OBSERVER, Role.EXPERT, Role.TEST_STUDENT])
def test_only_who_leads_the_course_changes_groups(session, course, group_set, groups, role):
    member = make.member(session, course=course, role=role)
    refuse_all(session, member, group_set, groups[0])


def test_who_leads_another_course_finds_nothing(session, group_set, groups):
    refuse_all(session, make.member(session, role=Role.TRAINER), group_set, groups[0])


def test_the_lmss_groups_are_the_lmss(session, course, trainer):
    group = build.lms_set(session, course)["Team 1"]
    for change in changes(session, trainer, group.set, group)[:-1]:
        with pytest.raises(NotFoundError):
            change()


def changes(session, by, group_set, group):
    return [
        lambda: services.change_set(session, by, group_set.id),
        lambda: services.rename_set(session, by, group_set.id, "x"),
        lambda: services.dissolve_set(session, by, group_set.id, now=NOW),
        lambda: services.rename_group(session, by, group.id, "x"),
        lambda: services.dissolve_group(session, by, group.id, now=NOW),
        lambda: services.restore_group(session, by, group.id, now=NOW),
        lambda: deal_rest(session, by, group_set.id, now=NOW),
        lambda: services.find_group(session, by, group.id),
    ]


def refuse_all(session, by, group_set, group):
    for change in changes(session, by, group_set, group):
        with pytest.raises(NotFoundError):
            change()


def test_a_set_with_many_groups_and_people(session, course, trainer, count_queries):
    """What is told aside, the number of statements to the database does not grow with the people."""
    build.learners(session, course, 600)
    session.commit()
    with count_queries() as asked:
        group_set = deal_set(session, trainer, "Big", count=100, seed=1, now=NOW)
    assert len([each for each in asked if "endpoint" not in each]) < 25
    sizes = [len(build.inside(session, group)) for group in build.groups_of_set(session, group_set)]
    assert sizes == [6] * 100


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["place", "dissolve", "restore", "rest"]), st.integers(0, 5), st.integers(0, 3)),
        max_size=12,
    )
)
def test_whatever_is_done_a_person_is_in_one_group_of_a_set(session, steps):
    course = make.course(session)
    trainer = make.member(session, course=course, role=Role.TRAINER)
    people = build.learners(session, course, 6)
    group_set = make_set(session, trainer, f"Set {uuid.uuid4()}", 4, now=NOW)
    groups = session.scalars(select(Group).where(Group.set_id == group_set.id).order_by(Group.name)).all()
    for number, (what, who, where) in enumerate(steps):
        at = NOW + timedelta(seconds=number)
        if what == "place":
            place(session, group_set, {people[who]: groups[where] if groups[where].is_active else None}, now=at)
        elif what == "rest":
            deal_rest(session, trainer, group_set.id, now=at)
        else:
            change = services.dissolve_group if what == "dissolve" else services.restore_group
            change(session, trainer, groups[where].id, now=at)
        inside = [each for group in groups if group.is_active for each in build.inside(session, group)]
        assert len(inside) == len(set(inside))
    assert len(session.scalars(select(GroupSet).where(GroupSet.course_id == course.id)).all()) == 1
    assert session.scalars(select(GroupMember)).all() is not None
