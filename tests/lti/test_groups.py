from collections.abc import Iterator

import pytest

from lti import claims
from lti.errors import ServiceUnavailableError
from lti.groups import Group, GroupsEndpoint, GroupSet, group_sets, groups, read_groups_endpoint
from tests.lti.server import Platform, Reply, calling, platform


@pytest.fixture
def lms() -> Iterator[Platform]:
    with platform() as played:
        yield played


def test_launch_tells_where():
    claim = {
        "scope": [claims.SCOPE_GROUP_READONLY],
        "context_groups_url": "https://lms.example/groups",
        "context_group_sets_url": "https://lms.example/sets",
        "service_versions": ["1.0"],
    }
    assert read_groups_endpoint({claims.GROUPS_SERVICE: claim}) == GroupsEndpoint(
        groups_url="https://lms.example/groups", sets_url="https://lms.example/sets"
    )


@pytest.mark.parametrize(
    "message", [{}, {claims.GROUPS_SERVICE: None}, {claims.GROUPS_SERVICE: {"context_groups_url": 1}}]
)
def test_launch_offers_none(message: dict[str, object]):
    assert read_groups_endpoint(message) is None


def test_groups_of_a_course_and_of_a_person(lms: Platform):
    rows = [{"id": 1, "name": "Team A", "set_id": "s"}, {"id": "2", "tag": "x"}, {"name": "nameless"}, None]
    lms.answer = lambda _: Reply({"groups": rows})
    endpoint = GroupsEndpoint(groups_url=f"{lms.url}/groups?c=1", sets_url=None)
    with calling(lms) as service:
        found = list(groups(service, endpoint))
        list(groups(service, endpoint, user_id="u 1"))
        assert list(group_sets(service, endpoint)) == []
    assert found == [
        Group(id="1", name="Team A", tag=None, set_id="s"),
        Group(id="2", name=None, tag="x", set_id=None),
    ]
    assert [asked.target for asked in lms.asked] == ["/groups?c=1", "/groups?c=1&user_id=u+1"]
    assert lms.asked[0].headers["Accept"] == claims.MEDIA_GROUP_CONTAINER


def test_sets(lms: Platform):
    lms.answer = lambda _: Reply({"sets": [{"id": "s", "name": "Teams"}, {}]})
    with calling(lms) as service:
        found = list(group_sets(service, GroupsEndpoint(groups_url=f"{lms.url}/g", sets_url=f"{lms.url}/sets")))
    assert found == [GroupSet(id="s", name="Teams")]
    assert lms.asked[0].headers["Accept"] == claims.MEDIA_GROUP_SET_CONTAINER


def test_answer_that_is_no_list(lms: Platform):
    endpoint = GroupsEndpoint(groups_url=f"{lms.url}/g", sets_url=None)
    with calling(lms) as service:
        lms.answer = lambda _: Reply({"groups": None})
        assert list(groups(service, endpoint)) == []
        lms.answer = lambda _: Reply({"groups": {}})
        with pytest.raises(ServiceUnavailableError):
            list(groups(service, endpoint))
