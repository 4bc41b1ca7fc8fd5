"""The demo as people start it: `kring demo`, Ctrl-C, and again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.ports import free_ports

KRING = Path(sys.executable).with_name("kring")

pytestmark = pytest.mark.timeout(500)


@pytest.fixture
def port():
    return free_ports(3)


def start(port, data, log):
    command = [KRING, "demo", "--port", str(port), "--data", str(data)]
    with log.open("w") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)


def wait_for_links(process, log, seconds=200):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if links := re.findall(r"http://\S+/login/as/\S+", log.read_text()):
            return links
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def ports_taken(port):
    taken = []
    for number in range(port, port + 3):
        with socket.socket() as probe:
            taken += [number] if probe.connect_ex(("127.0.0.1", number)) == 0 else []
    return taken


def stop(process):
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=60)


def statements(port, data):
    answer = requests.get(
        f"http://127.0.0.1:{port + 2}/xAPI/statements",
        params={"limit": 1000},
        auth=("kring", (data / "lrs-password").read_text()),
        headers={"X-Experience-API-Version": "1.0.3"},
        timeout=10,
    )
    return answer.json()["statements"]


def test_demo_starts_stops_and_goes_on(port, tmp_path):
    data, log = tmp_path / "demo", tmp_path / "log"
    first = start(port, data, log)
    links = wait_for_links(first, log)
    assert len(links) == 4
    assert [requests.get(link, timeout=10).status_code for link in links] == [200, 200, 200, 200]
    deadline = time.monotonic() + 10
    while len(told := statements(port, data)) < 13 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert stop(first) == 0
    assert ports_taken(port) == []

    second = start(port, data, log)
    wait_for_links(second, log)
    again = statements(port, data)
    assert stop(second) == 0
    assert {statement["id"] for statement in again} >= {statement["id"] for statement in told}
    assert len(again) < 2 * len(told)


def test_taken_port_is_told(port, tmp_path):
    log = tmp_path / "log"
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        assert start(port, tmp_path / "demo", log).wait(timeout=60) == 1
    assert f"port {port + 1} is taken" in log.read_text()
    assert "PORT=9000" in log.read_text()


def test_dead_process_ends_the_demo(port, tmp_path):
    data, log = tmp_path / "demo", tmp_path / "log"
    (data).mkdir()
    (data / "story-told").touch()
    process = start(port, data, log)
    wait_for_links(process, log)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    assert process.wait(timeout=60) == 1
    assert "has ended" in log.read_text()
    assert ports_taken(port) == []
