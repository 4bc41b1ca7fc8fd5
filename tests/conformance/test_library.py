"""The conformance cases against `lti.launch.validate_launch`."""

import pytest

from lti.errors import LaunchError
from tests.conformance.cases import CASES, Case
from tests.lti.platform import good, validate


@pytest.mark.parametrize("case", [case for case in CASES if case.code], ids=str)
def test_refused(case: Case):
    with pytest.raises(LaunchError) as refusal:
        validate(case.make(good(case.person)))
    assert refusal.value.code == case.code


@pytest.mark.parametrize("case", [case for case in CASES if not case.code], ids=str)
def test_accepted(case: Case):
    launch = validate(case.make(good(case.person)))
    assert launch.roles.course_role == case.course_role


def test_names_are_told_apart():
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names)
