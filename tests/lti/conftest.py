"""A platform, and the service that asks it."""

from collections.abc import Iterator

import pytest

from lti.service import Service
from tests.lti.server import Platform, Reply, calling, platform


@pytest.fixture
def lms() -> Iterator[Platform]:
    with platform(answer=lambda _: Reply({"ok": True})) as played:
        yield played


@pytest.fixture
def service(lms: Platform) -> Iterator[Service]:
    with calling(lms) as called:
        yield called
