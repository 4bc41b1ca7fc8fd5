import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti import claims
from lti.roles import Role, Roles, parse_roles

MEMBERSHIP = claims.MEMBERSHIP


@pytest.mark.parametrize(
    ("role", "course_role"),
    [
        (claims.ROLE_LEARNER, Role.LEARNER),
        (claims.ROLE_INSTRUCTOR, Role.TRAINER),
        (claims.ROLE_CONTENT_DEVELOPER, Role.TRAINER),
        (claims.ROLE_CONTEXT_ADMINISTRATOR, Role.TRAINER),
        (claims.ROLE_MENTOR, Role.OBSERVER),
        (claims.ROLE_MANAGER, Role.OBSERVER),
        (f"{MEMBERSHIP}#Member", Role.LEARNER),
        (claims.ROLE_TEACHING_ASSISTANT, Role.ASSISTANT),
        (f"{MEMBERSHIP}#TeachingAssistant", Role.ASSISTANT),
        (f"{MEMBERSHIP}/Instructor#TeachingAssistantSection", Role.ASSISTANT),
        (f"{MEMBERSHIP}/Instructor#Grader", Role.ASSISTANT),
        (f"{MEMBERSHIP}/Instructor#PrimaryInstructor", Role.TRAINER),
        (f"{MEMBERSHIP}/Manager#CourseCoordinator", Role.TRAINER),
        (f"{MEMBERSHIP}/Manager#Observer", Role.OBSERVER),
        (f"{MEMBERSHIP}/Administrator#Support", Role.OBSERVER),
        (f"{MEMBERSHIP}/Mentor#Auditor", Role.OBSERVER),
        (f"{MEMBERSHIP}/Learner#GuestLearner", Role.LEARNER),
        (f"{MEMBERSHIP}/Learner#Instructor", Role.LEARNER),
        ("Learner", Role.LEARNER),
        ("Instructor", Role.TRAINER),
        ("TeachingAssistant", Role.ASSISTANT),
        ("Instructor#TeachingAssistant", Role.ASSISTANT),
        ("Mentor", Role.OBSERVER),
        (f"{MEMBERSHIP}#Officer", None),
        (f"{MEMBERSHIP}#Unknown", None),
        ("instructor", None),
        ("", None),
        ("#", None),
        (f"{claims.INSTITUTION_PERSON}#Instructor", None),
        (f"{claims.INSTITUTION_PERSON}#Faculty", None),
        (claims.ROLE_INSTITUTION_STUDENT, None),
        (claims.ROLE_INSTITUTION_ADMINISTRATOR, None),
        (claims.ROLE_SYSTEM_ADMINISTRATOR, None),
        ("https://elsewhere.example/membership#Instructor", None),
    ],
)
def test_course_role(role: str, course_role: Role | None):
    assert parse_roles([role]).course_role == course_role


@pytest.mark.parametrize(
    ("roles", "course_role"),
    [
        ([claims.ROLE_LEARNER, claims.ROLE_INSTRUCTOR], Role.TRAINER),
        ([claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT], Role.ASSISTANT),
        ([claims.ROLE_TEACHING_ASSISTANT, claims.ROLE_INSTRUCTOR, claims.ROLE_LEARNER], Role.ASSISTANT),
        ([claims.ROLE_INSTRUCTOR, f"{MEMBERSHIP}/Instructor#Lecturer", claims.ROLE_TEACHING_ASSISTANT], Role.TRAINER),
        ([claims.ROLE_TEACHING_ASSISTANT, claims.ROLE_CONTENT_DEVELOPER], Role.TRAINER),
        ([claims.ROLE_MENTOR, claims.ROLE_LEARNER], Role.OBSERVER),
        ([claims.ROLE_MENTOR, claims.ROLE_INSTRUCTOR], Role.TRAINER),
        ([claims.ROLE_TEST_USER, claims.ROLE_LEARNER], Role.TEST_STUDENT),
        ([claims.ROLE_TEST_USER, claims.ROLE_INSTRUCTOR], Role.TEST_STUDENT),
        ([claims.ROLE_INSTITUTION_ADMINISTRATOR, claims.ROLE_LEARNER], Role.LEARNER),
        ([], None),
    ],
)
def test_roles_together(roles: list[str], course_role: Role | None):
    assert parse_roles(roles).course_role == course_role


def test_administrators_are_told_but_given_nothing():
    assert parse_roles([claims.ROLE_INSTITUTION_ADMINISTRATOR, claims.ROLE_SYSTEM_ADMINISTRATOR]) == Roles(
        course_role=None,
        is_institution_admin=True,
        is_system_admin=True,
        raw=(claims.ROLE_INSTITUTION_ADMINISTRATOR, claims.ROLE_SYSTEM_ADMINISTRATOR),
    )


def test_moodles_odd_administrator():
    assert parse_roles(["http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"]).is_institution_admin


_stems = st.sampled_from(
    [claims.MEMBERSHIP, claims.MEMBERSHIP + "/Instructor", claims.INSTITUTION_PERSON, claims.SYSTEM_PERSON, ""]
)
_names = st.sampled_from(["Instructor", "Learner", "TeachingAssistant", "Administrator", "Mentor", ""]) | st.text()
_roles = st.builds("{}#{}".format, _stems, _names) | st.text()


@given(st.lists(_roles))
def test_any_strings_are_read(roles: list[str]):
    assert parse_roles(roles).raw == tuple(roles)


@given(st.permutations([claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT, claims.ROLE_LEARNER, "x"]))
def test_order_does_not_matter(roles: list[str]):
    assert parse_roles(roles).course_role == Role.ASSISTANT


@given(st.lists(st.builds("{}#{}".format, st.sampled_from([claims.INSTITUTION_PERSON, claims.SYSTEM_PERSON]), _names)))
def test_roles_outside_of_the_course_never_give_one(roles: list[str]):
    assert parse_roles(roles).course_role is None
