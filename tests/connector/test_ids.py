"""Many ids at once are those that Python's own module makes one by one."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from connector.ids import hyphened, named_ids, random_ids


@given(st.lists(st.uuids(), max_size=5), st.text(max_size=20))
def test_named_ids_are_those_of_uuid5(namespaces, name):
    assert named_ids([each.hex for each in namespaces], name) == [uuid.uuid5(each, name).hex for each in namespaces]


def test_random_ids_are_of_version_4_and_differ():
    ids = random_ids(1_000)
    assert len(set(ids)) == 1_000
    assert {(uuid.UUID(each).version, uuid.UUID(each).variant) for each in ids} == {(4, uuid.RFC_4122)}


@given(st.uuids())
def test_an_id_has_its_hyphens_where_they_belong(id_):
    assert hyphened(id_.hex) == str(id_)
