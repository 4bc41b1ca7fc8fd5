import threading
from datetime import timedelta

import pytest
from sqlalchemy import event

from connector.platforms import checks
from connector.platforms.checks import Seen, note, note_all, read_checks
from connector.platforms.models import Check
from tests import make
from tests.make import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def platform_id(session):
    platform = make.platform(session)
    session.commit()
    return platform.id


@pytest.fixture
def read(database, platform_id):
    def read(check):
        with database.session(writes=False) as session:
            return read_checks(session, platform_id).get(check)

    return read


@pytest.fixture
def writes(database):
    seen = []

    def listen(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", listen)
    return seen


def test_first_success_is_noted(database, platform_id, read):
    note(database, platform_id, Check.LOGIN, ok=True, now=NOW)
    row = read(Check.LOGIN)
    assert (row.ok_at, row.failed_at, row.detail, row.count) == (NOW, None, None, 1)


def test_session_is_its_owners_to_commit(session, platform_id, read):
    note(session, platform_id, Check.LOGIN, ok=True, now=NOW)
    session.rollback()
    assert read(Check.LOGIN) is None


def test_busy_minute_is_noted_once(database, platform_id, read, writes):
    for second in range(60):
        note(database, platform_id, Check.LAUNCH, ok=True, now=NOW + second * SECOND)
    assert (len(writes), read(Check.LAUNCH).ok_at) == (1, NOW)
    note(database, platform_id, Check.LAUNCH, ok=True, now=NOW + 60 * SECOND)
    assert (read(Check.LAUNCH).ok_at, read(Check.LAUNCH).count) == (NOW + 60 * SECOND, 2)


def test_failure_is_noted_at_once_and_so_is_its_end(database, platform_id, read):
    note(database, platform_id, Check.ROSTER, ok=True, now=NOW)
    note(database, platform_id, Check.ROSTER, ok=False, detail="service_forbidden", now=NOW + SECOND)
    failing = read(Check.ROSTER)
    assert (checks.is_failing(failing), failing.ok_at, failing.detail) == (True, NOW, "service_forbidden")
    note(database, platform_id, Check.ROSTER, ok=True, now=NOW + 2 * SECOND)
    assert (checks.is_failing(read(Check.ROSTER)), read(Check.ROSTER).detail) == (False, None)


def test_another_reason_is_noted_at_once(database, platform_id, read):
    note(database, platform_id, Check.SCORE, ok=False, detail="service_forbidden", now=NOW)
    note(database, platform_id, Check.SCORE, ok=False, detail="service_not_found", now=NOW + SECOND)
    assert read(Check.SCORE).detail == "service_not_found"


def test_words_that_are_seen_by_turns_join(database, platform_id, read, writes):
    for second, role in enumerate(("trainer", "learner", "trainer", "learner")):
        note_all(
            database,
            platform_id,
            [Seen(check=Check.LAUNCH, detail=role, is_one_of=True)],
            now=NOW + second * SECOND,
        )
    assert (read(Check.LAUNCH).detail, len(writes)) == ("learner trainer", 2)


def test_words_do_not_join_what_failed(database, platform_id, read):
    note(database, platform_id, Check.LAUNCH, ok=False, detail="iss_invalid", now=NOW)
    note_all(database, platform_id, [Seen(check=Check.LAUNCH, detail="learner", is_one_of=True)], now=NOW + SECOND)
    assert read(Check.LAUNCH).detail == "learner"


def test_long_detail_is_cut_and_still_the_same(database, platform_id, read, writes):
    for _ in range(2):
        note(database, platform_id, Check.SCORE, ok=False, detail="x" * 1000, now=NOW)
    assert (len(read(Check.SCORE).detail), len(writes)) == (checks.DETAIL_LIMIT, 1)


def test_platforms_do_not_mix(database, session, platform_id, read):
    other = make.platform(session)
    session.commit()
    note(database, other.id, Check.LOGIN, ok=True, now=NOW)
    assert read(Check.LOGIN) is None


def test_many_at_once_do_not_disturb_each_other(database, platform_id, read):
    failures = []

    def launch():
        try:
            note_all(database, platform_id, [Seen(check=check) for check in reversed(Check)], now=NOW)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test must hear of it
            failures.append(error)

    threads = [threading.Thread(target=launch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert read(Check.LAUNCH).ok_at == NOW


def test_one_question_where_nothing_changed(database, platform_id, count_queries):
    seen = [Seen(check=check) for check in Check]
    note_all(database, platform_id, seen, now=NOW)
    with count_queries() as queries:
        note_all(database, platform_id, seen, now=NOW)
    assert len(queries) == 1
