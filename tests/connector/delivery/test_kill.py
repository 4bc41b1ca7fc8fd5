"""Workers are killed, restarted and run side by side; what the stores hold in the end is counted."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import func, select

from connector.delivery.models import Delivery, State
from tests import make
from tests.connector.delivery import build, stores
from tests.ports import free_port

ROOT = Path(__file__).parents[3]


@contextlib.contextmanager
def started(database_url, *, lease=2):
    """Run a worker process; it is killed in the end, if it still lives."""
    command = [sys.executable, "-m", "tests.connector.delivery.worker_program", database_url, str(lease)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    reader = threading.Thread(target=lambda: setattr(process, "said", process.stdout.read()), daemon=True)
    reader.start()  # a full pipe would stop the worker
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def fill(database, *urls, count):
    """Store statements that wait for every store; return their ids in order."""
    with database.session(writes=True) as session:
        course = make.course(session)
        tenant = course.deployment.platform.tenant
        endpoints = [build.endpoint(session, tenant, url=url) for url in urls]
        ids = build.waiting(session, *endpoints, count=count, course=course)
        session.commit()
    return [str(id_) for id_ in ids]


def count_done(database):
    with database.session(writes=False) as session:
        return session.scalar(select(func.count()).where(Delivery.state == State.DONE))


def wait_until(condition, *, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_workers_that_are_killed_lose_and_double_nothing(database, database_url, tmp_path):
    with stores.process(tmp_path) as url:
        ids = fill(database, url, count=700)
        for share, pause in ((1, 0.0), (300, 0.011), (500, 0.037), (700, 0.0)):
            with started(database_url) as process:
                wait_until(lambda share=share: count_done(database) >= share)
                time.sleep(pause)
                process.send_signal(signal.SIGKILL)
                process.wait()
        assert sorted(stores.held_by(url)) == sorted(ids)
    assert count_done(database) == 700


def test_a_worker_that_is_killed_while_the_store_answers_is_followed_by_another(database, database_url, store):
    ids = fill(database, store.url, count=250)
    is_stored, may_answer = threading.Event(), threading.Event()

    def hold_the_answer(_environ):
        is_stored.set()
        may_answer.wait(30)

    store.after = hold_the_answer
    with started(database_url) as process:
        assert is_stored.wait(30)
        process.send_signal(signal.SIGKILL)
        process.wait()
    store.after = stores.say_nothing
    may_answer.set()
    assert count_done(database) == 0
    with started(database_url):
        wait_until(lambda: count_done(database) == 250)
    assert stores.held_by(store.url) == ids
    assert store.posts[0] == store.posts[1] == ids[:100]  # the very batch whose answer nobody heard


def test_four_workers_at_once_send_each_statement_once(database, database_url, store, tmp_path):
    with contextlib.ExitStack() as stack:
        (tmp_path / "other").mkdir()
        other = stores.Store(tmp_path / "other")
        stack.callback(other.close)
        ids = fill(database, store.url, other.url, count=600)
        for _ in range(4):
            stack.enter_context(started(database_url, lease=30))
        wait_until(lambda: count_done(database) == 1200)
        for one in (store, other):
            assert [id_ for ids_ in one.posts for id_ in ids_] == ids
            assert stores.held_by(one.url) == ids


def test_a_worker_that_is_asked_to_stop_ends_after_the_batch_and_gives_its_lane_back(database, database_url, store):
    fill(database, store.url, count=300)
    has_come, may_answer = threading.Event(), threading.Event()

    def hold_the_answer(_environ):
        has_come.set()
        may_answer.wait(30)

    store.after = hold_the_answer
    with started(database_url, lease=3600) as process:
        assert has_come.wait(30)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        may_answer.set()
        assert process.wait(timeout=60) == 0
        assert (count_done(database), len(store.posts)) == (100, 1)
    with started(database_url):
        wait_until(lambda: count_done(database) == 300)


def test_a_store_that_goes_and_comes_back_gets_everything_in_order(database, database_url, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}/xAPI"
    ids = fill(database, url, count=300)
    with started(database_url):
        time.sleep(1.5)
        assert count_done(database) == 0
        with stores.process(tmp_path, port):
            wait_until(lambda: count_done(database) == 300)
            assert stores.held_by(url) == ids


def test_the_worker_program_says_no_secret(database, database_url, store):
    fill(database, store.url, count=3)
    with started(database_url) as process:
        wait_until(lambda: count_done(database) == 3)
        os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
    said = process.said.decode()
    assert "delivered" in said
    assert build.PASSWORD not in said
    assert "person-" not in said
