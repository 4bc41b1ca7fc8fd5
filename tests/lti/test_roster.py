from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti import claims
from lti.errors import IncompleteListError, ServiceRefusedError, ServiceUnavailableError
from lti.profiles import CANVAS, GENERIC, MOODLE, OPENEDX
from lti.roles import Role
from lti.roster import Member, Status, members
from lti.service import Service
from tests.lti.recorded import MEMBERSHIPS, play
from tests.lti.server import Asked, Platform, Reply, calling, platform


@pytest.fixture
def lms() -> Iterator[Platform]:
    with platform() as played:
        yield played


@pytest.fixture
def service(lms: Platform) -> Iterator[Service]:
    with calling(lms) as called:
        yield called


def container(*rows: Any) -> dict[str, Any]:
    return {"id": "https://lms.example/m", "context": {"id": "another"}, "members": list(rows)}


def read(service: Service, lms: Platform, *rows: Any, **options: Any) -> list[Member]:
    lms.answer = lambda _: Reply(container(*rows))
    return list(members(service, f"{lms.url}/m", **{"profile": GENERIC, **options}))


class TestMoodle:
    def test_whole_course(self, lms: Platform, service: Service):
        play(lms, "51-nrps-all")
        found = list(members(service, lms.url + MEMBERSHIPS, profile=MOODLE))
        assert [member.user_id for member in found] == ["6", "8", "9", "5", "3", "4", "7"]
        assert [member.name for member in found if member.user_id in "679"] == [
            "Zoë Müller-Łukasz",
            "Sara Smith & Sons",
            "小明 王",
        ]
        assert found[2].family_name == "Smith & Sons"
        assert {member.user_id for member in found if member.roles.course_role == Role.TRAINER} == {"3"}
        assert {member.status for member in found} == {Status.ACTIVE}
        assert (found[2].sourced_id, found[3].sourced_id, found[3].email) == (None, "SIS-S1", "student1@example.org")
        (asked,) = lms.asked
        assert asked.headers["Accept"] == claims.MEDIA_MEMBERSHIP_CONTAINER

    def test_names_of_others_are_left_alone(self, lms: Platform, service: Service):
        play(lms, "51-nrps-all")
        found = {
            member.user_id: member for member in members(service, lms.url + MEMBERSHIPS, profile=GENERIC, limit=1000)
        }
        assert found["9"].name == "Sara Smith &amp; Sons"

    def test_page_by_page(self, lms: Platform, service: Service):
        play(lms, *(f"51-nrps-limit2-page{number}" for number in (1, 2, 3, 4)))
        found = list(members(service, lms.url + MEMBERSHIPS, profile=MOODLE, limit=2))
        assert len({member.user_id for member in found}) == len(found) == 7
        assert (len(lms.asked), len(lms.token_requests)) == (4, 1)

    def test_those_who_may_open_a_link(self, lms: Platform, service: Service):
        play(lms, "51-nrps-rlid")
        assert len(list(members(service, lms.url + MEMBERSHIPS, profile=MOODLE, rlid="1"))) == 7

    def test_forgotten_link_gives_the_whole_course(self, lms: Platform, service: Service):
        play(lms, "51-nrps-error-rlid-unknown", "51-nrps-all")
        assert len(list(members(service, lms.url + MEMBERSHIPS, profile=MOODLE, rlid="999"))) == 7
        assert [asked.query.get("rlid") for asked in lms.asked] == ["999", None]


class TestWalk:
    @pytest.mark.parametrize("status", [403, 410, 422])
    def test_other_refusals_of_a_link_stand(self, lms: Platform, service: Service, status: int):
        lms.answer = lambda _: Reply({}, status)
        with pytest.raises(ServiceRefusedError):
            list(members(service, f"{lms.url}/m", profile=GENERIC, rlid="1"))
        assert len(lms.asked) == 1

    def test_course_that_is_gone_is_told(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply({}, 404)
        with pytest.raises(ServiceRefusedError):
            list(members(service, f"{lms.url}/m", profile=GENERIC, rlid="1"))

    def test_number_to_ask_for(self, lms: Platform, service: Service):
        for profile in (GENERIC, CANVAS, OPENEDX):
            read(service, lms, profile=profile)
        read(service, lms, limit=7, has_groups=True)
        assert [asked.target for asked in lms.asked] == ["/m?limit=100", "/m?limit=50", "/m", "/m?limit=7&groups=true"]

    def test_canvas_gives_fifty_and_a_bookmark(self, lms: Platform, service: Service):
        def answer(asked: Asked) -> Reply:
            first = int(asked.query.get("page", "bookmark:0").removeprefix("bookmark:"))
            rows = [{"user_id": f"U{n}", "roles": [claims.ROLE_LEARNER]} for n in range(first, min(first + 50, 120))]
            link = f'<{lms.url}/m?page=bookmark:{first + 50}>; rel="next"' if first + 50 < 120 else ""
            return Reply(container(*rows), headers={"Link": link} if link else {})

        lms.answer = answer
        assert len(list(members(service, f"{lms.url}/m", profile=CANVAS))) == 120
        assert len(lms.asked) == 3

    def test_somebody_who_was_enrolled_between_two_pages_shifts_nobody_in_twice(self, lms: Platform, service: Service):
        pages = {"1": (["a", "b"], "<?page=2>; rel=next"), "2": (["b", "c"], "")}

        def answer(asked: Asked) -> Reply:
            ids, link = pages[asked.query.get("page", "1")]
            return Reply(container(*({"user_id": id_, "roles": []} for id_ in ids)), headers={"Link": link})

        lms.answer = answer
        assert [member.user_id for member in members(service, f"{lms.url}/m", profile=GENERIC)] == ["a", "b", "c"]

    def test_looping_roster_names_everybody_and_then_says_that_it_is_not_whole(self, lms: Platform, service: Service):
        lms.answer = lambda _: Reply(
            container({"user_id": "a", "roles": []}), headers={"Link": "</m?limit=100>; rel=next"}
        )
        found = members(service, f"{lms.url}/m", profile=GENERIC)
        assert next(found).user_id == "a"
        with pytest.raises(IncompleteListError):
            next(found)

    def test_large_course(self, lms: Platform, service: Service):
        rows = [{"user_id": str(number), "roles": ["Learner"], "name": "x" * 500} for number in range(5000)]
        assert len(read(service, lms, *rows)) == 5000

    @pytest.mark.parametrize("body", ["[]", "{}", '{"members": {}}', '{"members": null}', "x"])
    def test_answer_without_members_does_not_empty_a_course(self, lms: Platform, service: Service, body: str):
        lms.answer = lambda _: Reply(body)
        with pytest.raises(ServiceUnavailableError):
            list(members(service, f"{lms.url}/m", profile=GENERIC))


class TestMember:
    def test_full_and_short_roles(self, lms: Platform, service: Service):
        found = read(
            service,
            lms,
            {"user_id": "1", "roles": [claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT]},
            {"user_id": "2", "roles": ["Instructor"]},
            {"user_id": "3", "roles": ["Learner", "Mentor"]},
            {"user_id": "4", "roles": [claims.ROLE_LEARNER, claims.ROLE_TEST_USER]},
            {"user_id": "5", "roles": None},
        )
        assert [member.roles.course_role for member in found] == [
            Role.ASSISTANT,
            Role.TRAINER,
            Role.OBSERVER,
            Role.TEST_STUDENT,
            None,
        ]

    def test_status(self, lms: Platform, service: Service):
        said = ["Active", "Inactive", "Deleted", "inactive", None, "Odd"]
        found = read(service, lms, *({"user_id": str(n), "roles": [], "status": each} for n, each in enumerate(said)))
        assert [member.status for member in found] == [
            Status.ACTIVE,
            Status.INACTIVE,
            Status.DELETED,
            Status.INACTIVE,
            Status.ACTIVE,
            Status.ACTIVE,
        ]

    def test_custom_parameters_and_groups(self, lms: Platform, service: Service):
        message = {claims.CUSTOM: {"sections": "A", "canvas_user_id": 7, "x": "$Canvas.unknown.variable"}}
        (found,) = read(
            service,
            lms,
            {"user_id": "1", "roles": [], "message": [1, message], "group_enrollments": [{"group_id": "g1"}, 2, {}]},
        )
        assert (found.custom, found.group_ids) == ({"sections": "A", "canvas_user_id": "7"}, ("g1",))

    def test_no_groups_told(self, lms: Platform, service: Service):
        assert read(service, lms, {"user_id": "1", "roles": []})[0].group_ids is None

    @given(
        st.lists(
            st.none()
            | st.integers()
            | st.dictionaries(
                st.sampled_from(
                    ["user_id", "roles", "status", "name", "email", "message", "group_enrollments", "picture"]
                ),
                st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=3)
                | st.lists(st.dictionaries(st.sampled_from([claims.CUSTOM, "group_id"]), st.text() | st.integers())),
            ),
            max_size=4,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_any_rows_are_read(self, rows: list[Any]):
        with platform() as lms, calling(lms) as service:
            for found in read(service, lms, *rows):
                assert isinstance(found, Member)
                assert found.user_id
