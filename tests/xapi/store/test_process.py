"""The store as a process of its own: killed, stopped, and called by many at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
import requests

from tests.ports import free_port
from tests.xapi.store.lrs import statement

PASSWORD = "hemligt"
HEADERS = {"X-Experience-API-Version": "1.0.3"}


class Process:
    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        command = [
            sys.executable,
            "-m",
            "xapi.store",
            "--port",
            str(port),
            "--database",
            str(folder / "lrs.db"),
            "--user",
            "kring",
        ]
        self.process = subprocess.Popen(
            command, env={**os.environ, "KRING_LRS_PASSWORD": PASSWORD}, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 30
        while not self.is_up():
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < deadline, "the store does not come up"
            time.sleep(0.05)

    def is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    def end(self, how: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(how)
        _, log = self.process.communicate(timeout=60)
        return self.process.returncode, log

    def session(self) -> requests.Session:
        session = requests.Session()
        session.auth = ("kring", PASSWORD)
        session.headers.update(HEADERS)
        return session


@contextmanager
def serving(folder: Path, port: int | None = None) -> Iterator[Process]:
    process = Process(folder, port or free_port())
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.end(signal.SIGKILL)


def all_ids(process: Process, session: requests.Session) -> list[str]:
    found, path = [], "/xAPI/statements?limit=1000&ascending=true"
    while path:
        page = session.get(f"{process.url}{path}", timeout=10).json()
        found += [one["id"] for one in page["statements"]]
        path = page["more"]
    return found


def test_what_was_acknowledged_survives_a_kill_and_the_port_is_free_again(tmp_path):
    port, acknowledged = free_port(), []
    with serving(tmp_path, port) as process, process.session() as session:
        for _ in range(30):
            batch = [statement() for _ in range(20)]
            assert session.post(f"{process.url}/xAPI/statements", json=batch, timeout=10).ok
            acknowledged += [one["id"] for one in batch]
        process.end(signal.SIGKILL)
        deadline = time.monotonic() + 10
        while process.is_up() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not process.is_up()
    with serving(tmp_path, port) as process, process.session() as session:
        assert all_ids(process, session) == acknowledged
        assert session.post(f"{process.url}/xAPI/statements", json=batch, timeout=10).ok
        assert len(all_ids(process, session)) == len(acknowledged)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to_and_says_little(tmp_path, how):
    with serving(tmp_path) as process:
        code, log = process.end(how)
    assert (code, len(log.splitlines())) == (0, 1)
    assert PASSWORD not in log


def test_identical_posts_at_once_store_one_copy(tmp_path):
    barrier = Barrier(8)

    def send(process: Process, batch: list[dict]) -> tuple[int, list[str]]:
        with process.session() as session:
            session.get(f"{process.url}/healthz", timeout=10)
            barrier.wait()
            answer = session.post(f"{process.url}/xAPI/statements", json=batch, timeout=20)
        return answer.status_code, answer.json()

    with serving(tmp_path) as process, ThreadPoolExecutor(8) as pool, process.session() as session:
        for _ in range(6):
            batch = [statement() for _ in range(5)]
            before = len(all_ids(process, session))
            answers = list(pool.map(send, [process] * 8, [batch] * 8))
            assert answers == [(200, [one["id"] for one in batch])] * 8
            assert len(all_ids(process, session)) == before + 5


def test_a_body_in_chunks_is_read_and_limited(tmp_path):
    with serving(tmp_path) as process, process.session() as session:
        url, headers = f"{process.url}/xAPI/statements", {"Content-Type": "application/json"}
        text = json.dumps([statement() for _ in range(10)]).encode()
        chunks = (text[start : start + 100] for start in range(0, len(text), 100))
        assert len(session.post(url, data=chunks, headers=headers, timeout=10).json()) == 10
        large = (b" " * 1_000_000 for _ in range(18))
        assert session.post(url, data=large, headers=headers, timeout=20).status_code == 413


def test_through_is_never_later_than_what_can_be_read(tmp_path):
    """Whoever reads up to the time that an answer names has read all that will ever be stored up to it."""
    seen: dict[str, str] = {}
    with serving(tmp_path) as process, ThreadPoolExecutor(4) as pool, process.session() as session:
        url = f"{process.url}/xAPI/statements"

        def write() -> None:
            with process.session() as own:
                for _ in range(15):
                    own.post(url, json=[statement() for _ in range(20)], timeout=20)

        writers = [pool.submit(write) for _ in range(3)]
        since = "2001-01-01T00:00:00Z"
        finished = False
        while not finished:
            finished = all(writer.done() for writer in writers)
            answer = session.get(url, params={"since": since, "ascending": "true", "limit": "0"}, timeout=20)
            page = answer.json()
            seen |= {one["id"]: one["stored"] for one in page["statements"]}
            through = answer.headers["X-Experience-API-Consistent-Through"]
            # A full page ends early; only a last one reaches to the time that is promised.
            since = page["statements"][-1]["stored"] if page["more"] else through
        assert len(seen) == len(all_ids(process, session)) == 3 * 15 * 20
        [writer.result() for writer in writers]


def refusal(*options: str, password: str = "") -> tuple[int, str]:
    """The exit code and the last line of a store that cannot be started."""
    command = [sys.executable, "-m", "xapi.store", "--user", "kring", *options]
    env = {**os.environ, "KRING_LRS_PASSWORD": password}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)
    return ended.returncode, ended.stderr.splitlines()[-1]


def test_a_password_is_needed(tmp_path):
    (tmp_path / "password").write_text("\n")
    file, database = str(tmp_path / "password"), ("--database", str(tmp_path / "lrs.db"))
    sentence = (
        "python -m xapi.store: error: a password is needed: in the file of --password-file, or in KRING_LRS_PASSWORD"
    )
    assert refusal(*database) == (2, sentence)
    assert refusal(*database, "--password-file", file, password="x") == (2, sentence)


def test_a_file_that_keeps_no_statements_is_told_of_at_once(tmp_path):
    (tmp_path / "letter").write_text("Dear store, I am not a database, whatever my name says. " * 20)
    file = tmp_path / "letter"
    start = "python -m xapi.store: error: "
    assert refusal("--database", str(file), password="x") == (2, f"{start}{file}: file is not a database")
    file = tmp_path / "a" / "b"
    assert refusal("--database", str(file), password="x") == (2, f"{start}{file}: unable to open database file")
