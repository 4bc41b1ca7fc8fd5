from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connector.courses.models import Group, GroupMember, GroupSet, Membership, Person, Role
from connector.courses.roster import EmptyRosterError, Roster, raised, store_roster
from lti import claims
from lti.groups import Group as ListedGroup
from lti.roles import parse_roles
from lti.roster import Member, Status
from tests import make
from tests.make import NOW

LATER = NOW + timedelta(days=1)
ROLES = {
    Role.LEARNER: claims.ROLE_LEARNER,
    Role.TRAINER: claims.ROLE_INSTRUCTOR,
    Role.OBSERVER: claims.ROLE_MENTOR,
}


def listed(user_id, role=Role.LEARNER, *, status=Status.ACTIVE, name=None, group_ids=None):
    return Member(
        user_id=user_id,
        roles=parse_roles([ROLES[role]]),
        status=status,
        name=name or f"Person {user_id}",
        given_name=None,
        family_name=None,
        email=None,
        picture=None,
        sourced_id=None,
        custom={},
        group_ids=group_ids,
    )


def store(session, course, *members, now=LATER, **more):
    store_roster(session, course, Roster(members=members, **more), now=now)
    session.flush()
    session.expire_all()


def people(session, course):
    """Return everybody's role and whether they are active, by the LMS's id."""
    rows = session.execute(
        select(Person.subject, Membership.role, Membership.is_active)
        .join(Membership.person)
        .where(Membership.course_id == course.id)
    )
    return {subject: (role, is_active) for subject, role, is_active in rows}


def test_strangers_are_added(session):
    course = make.course(session)
    store(session, course, listed("1"), listed("2", Role.TRAINER))
    assert people(session, course) == {"1": (Role.LEARNER, True), "2": (Role.TRAINER, True)}
    assert course.roster_synced_at == LATER


def test_who_is_gone_becomes_inactive_and_comes_back(session):
    course = make.course(session)
    store(session, course, listed("1"), listed("2"))
    store(session, course, listed("1"))
    assert people(session, course)["2"] == (Role.LEARNER, False)
    store(session, course, listed("1"), listed("2"))
    assert people(session, course)["2"] == (Role.LEARNER, True)


def test_inactive_in_the_lms_is_inactive_here(session):
    course = make.course(session)
    store(session, course, listed("1"), listed("2", status=Status.INACTIVE))
    assert people(session, course)["2"] == (Role.LEARNER, False)


def test_role_of_a_launch_is_not_lowered(session):
    course = make.course(session)
    tutor = make.member(session, course=course, role=Role.ASSISTANT)
    store(session, course, listed(tutor.person.subject, Role.LEARNER))
    assert people(session, course)[tutor.person.subject] == (Role.ASSISTANT, True)


def test_role_of_a_launch_is_raised(session):
    course = make.course(session)
    learner = make.member(session, course=course)
    store(session, course, listed(learner.person.subject, Role.TRAINER))
    assert people(session, course)[learner.person.subject] == (Role.TRAINER, True)


def test_role_that_only_the_roster_told_follows_the_roster(session):
    course = make.course(session)
    store(session, course, listed("1", Role.TRAINER))
    store(session, course, listed("1", Role.LEARNER))
    assert people(session, course)["1"] == (Role.LEARNER, True)


def test_who_launched_just_now_stays(session):
    course = make.course(session)
    manager = make.member(session, course=course, role=Role.OBSERVER)
    store(session, course, listed("1"), now=NOW + timedelta(hours=1))
    assert people(session, course)[manager.person.subject] == (Role.OBSERVER, True)
    store(session, course, listed("1"), now=LATER)
    assert people(session, course)[manager.person.subject] == (Role.OBSERVER, False)


def test_empty_roster_changes_nothing(session):
    course = make.course(session)
    make.member(session, course=course)
    before = people(session, course)
    with pytest.raises(EmptyRosterError):
        store(session, course)
    assert people(session, course) == before


def test_names_are_taken_over_and_not_taken_away(session):
    course = make.course(session)
    known = make.member(session, course=course, name="Old Name")
    store(session, course, listed(known.person.subject, name="New Name"))
    assert session.get(Person, known.person_id).name == "New Name"


def test_people_of_another_course_are_left_alone(session):
    course = make.course(session)
    other = make.course(session, deployment=course.deployment)
    there = make.member(session, course=other)
    store(session, course, listed("1"))
    assert people(session, other) == {there.person.subject: (Role.LEARNER, True)}


def test_same_id_in_another_lms_is_somebody_else(session):
    mine, theirs = make.course(session), make.course(session)
    store(session, mine, listed("1", name="Mine"))
    store(session, theirs, listed("1", name="Theirs"))
    assert sorted(session.scalars(select(Person.name))) == ["Mine", "Theirs"]


def test_groups_follow_the_lms(session):
    course = make.course(session)
    groups = [ListedGroup(id="a", name="A", tag=None, set_id="s"), ListedGroup(id="b", name="B", tag=None, set_id=None)]
    store(session, course, listed("1", group_ids=("a",)), groups=groups, set_names={"s": "Teams"})
    store(session, course, listed("1", group_ids=("b",)), groups=groups[1:], set_names={})
    found = {row.lms_id: (row.name, row.set and row.set.name, row.is_active) for row in session.scalars(select(Group))}
    assert found == {"a": ("A", "Teams", False), "b": ("B", None, True)}
    (teams,) = session.scalars(select(GroupSet))
    assert (teams.lms_id, teams.is_active) == ("s", False)
    (only,) = session.scalars(select(GroupMember))
    assert session.get(Group, only.group_id).lms_id == "b"


def test_statements_do_not_grow_with_people(session, count_queries):
    def cost(size):
        course = make.course(session)
        members = [listed(f"{course.label}-{number}") for number in range(size)]
        store(session, course, *members)
        with count_queries() as first:
            store(session, course, *members)
        with count_queries() as second:
            store(session, course, *members[: size // 2])
        return len(first), len(second)

    assert cost(4) == cost(300)


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    rosters=st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(list(ROLES)), min_size=1), min_size=1, max_size=5
    )
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_any_rosters_the_active_are_those_of_the_last(session, rosters):
    course = make.course(session)
    for roster in rosters:
        store(session, course, *(listed(user_id, role) for user_id, role in roster.items()))
    active = {who: role for who, (role, is_active) in people(session, course).items() if is_active}
    assert active == rosters[-1]
    assert set(people(session, course)) == set().union(*rosters)


@given(launched=st.sampled_from(Role), on_list=st.sampled_from(Role))
def test_roster_never_lowers_a_role(launched, on_list):
    assert raised(raised(launched, on_list), launched) in {launched, on_list}
    assert raised(launched, launched) == launched
    if launched is Role.TRAINER:
        assert raised(launched, on_list) is Role.TRAINER


def test_ten_thousand_members_in_one_pass(session, count_queries):
    course = make.course(session)
    members = [listed(str(number)) for number in range(10_000)]
    with count_queries() as sent:
        store(session, course, *members)
    # Names are looked up 500 at a time; what is added goes as one statement with many rows.
    assert len(sent) < 10_000 / 100
    assert len(people(session, course)) == 10_000
    store(session, course, *members[:9_000])
    assert sum(is_active for _, is_active in people(session, course).values()) == 9_000


def test_groups_that_were_made_here_are_left_alone(session):
    course = make.course(session)
    store(session, course, listed("1"))
    member = session.scalars(select(Membership)).one()
    own = GroupSet(course_id=course.id, lms_id=None, name="Here")
    group = Group(course=course, lms_id=None, set=own, name="Ours")
    session.add_all([own, group])
    session.flush()
    session.add(GroupMember(group_id=group.id, membership_id=member.id))
    session.flush()
    theirs = [ListedGroup(id="a", name="A", tag=None, set_id="s")]
    store(session, course, listed("1", group_ids=("a",)), groups=theirs, set_names={"s": "Here"})
    store(session, course, listed("1"), groups=[], set_names={})
    session.expire_all()
    assert (own.is_active, group.is_active, group.name) == (True, True, "Ours")
    assert [row.group_id for row in session.scalars(select(GroupMember))] == [group.id]
