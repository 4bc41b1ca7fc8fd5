"""Tests that share a demo run in one worker: it takes half a minute to start.

With pytest 9.2 and pytest-xdist 3.8 the mark `xdist_group` says nothing, without a word of warning: xdist writes the group to
an attribute of the test that pytest no longer reads. So the files are named here.
"""

from xdist.scheduler import LoadScopeScheduling

FILES = {
    "tests/browser/test_blocked_cookies.py": "stack",
    "tests/browser/test_deep_linking.py": "stack",
    "tests/browser/test_main_job.py": "stack",
    "tests/browser/test_reading.py": "stack",
    "tests/browser/test_registration.py": "stack",
    "tests/browser/test_story.py": "told",
}
"""The demo that each file's tests share, as its fixture is called."""


class Scheduling(LoadScopeScheduling):
    """Large groups first, then the other tests one by one, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return FILES.get(nodeid.partition("::")[0], nodeid)
