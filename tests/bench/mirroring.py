"""A million statements into facts: whether the rate and the memory stay as they are.

`KRING_BENCH_STATEMENTS` says how many (50,000 unless told), `KRING_BENCH_ENGINE` on which database (SQLite). The store is a
process that makes its pages up as it is asked, as quickly as it can, so that the puller is what is measured.
"""

import json
import multiprocessing
import os
import resource
import time
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from sqlalchemy import func, select

from connector.reports.models import Fact
from connector.reports.pulling import PAGE, Progress, pull
from tests.bench import databases
from tests.bench.lively_course import BEGIN
from tests.connector.delivery import build
from tests.connector.reports.scene import Scene, stamp
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient

MANY = int(os.environ.get("KRING_BENCH_STATEMENTS", "50000"))
ENGINE = os.environ.get("KRING_BENCH_ENGINE", "sqlite")
_ID, _WHEN, _THREAD = "3f1c5a52-0000-4000-8000-000000000000", "2001-02-03T04:05:06.000Z", "/threads/0"


def main() -> None:
    """Print the rate and the memory of each tenth."""
    with databases.each() as each:
        database = each[ENGINE]
        scene = Scene(database, type("Store", (), {"url": "http://127.0.0.1:9/xAPI"})())
        told = [
            json.dumps(
                scene.statement("post.replied", who, word_count=9, depth=1, target=other, id_=uuid.UUID(_ID), parent=f"{scene.place.iri}{_THREAD}")
                | {"timestamp": _WHEN, "stored": _WHEN, "version": "1.0.3", "authority": scene.account("kring")}
            )
            for who, other in zip(scene.learners, reversed(scene.learners), strict=True)
        ]  # fmt: skip
        ours, theirs = multiprocessing.Pipe()
        store = multiprocessing.get_context("spawn").Process(target=_serve, args=(told, theirs), daemon=True)
        store.start()
        url = f"http://127.0.0.1:{ours.recv()}/xAPI"
        with database.session(writes=True) as session:
            scene.endpoint.url = url
            session.merge(scene.endpoint)
            session.commit()
        ceiling = _follow(url, min(MANY, 50_000))
        print(f"{ENGINE}: whoever only follows the pages reads {ceiling:.0f} statements/s")
        _mirror(scene, ceiling)
        with database.session(writes=False) as session:
            print(f"facts: {session.scalar(select(func.count()).select_from(Fact))}")
        store.terminate()


def _follow(url: str, many: int) -> float:
    with requests.Session() as http:
        begin, client = time.perf_counter(), LRSClient(Address(url, build.USERNAME, build.PASSWORD), http)
        pages = client.pages(limit=PAGE, ascending=True, max_pages=many // PAGE)
        return sum(len(page.statements) for page in pages) / (time.perf_counter() - begin)


def _mirror(scene: Scene, ceiling: float) -> None:
    tenth, marks = max(MANY // 10, PAGE), [(0, time.perf_counter(), time.process_time())]
    print(f"{'statements':>12}{'per second':>12}{'of that':>9}{'CPU, µs each':>14}{'peak memory, MB':>17}")

    def note(progress: Progress) -> None:
        seen, begin, cpu = marks[-1]
        if progress.seen - seen >= tenth:
            marks.append((progress.seen, time.perf_counter(), time.process_time()))
            rate, spent = tenth / (marks[-1][1] - begin), (marks[-1][2] - cpu) / tenth * 1e6
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{progress.seen:>12}{rate:>12.0f}{rate / ceiling:>9.2f}{spent:>14.0f}{memory:>17}", flush=True)

    progress = pull(scene.database, build.SETTINGS, scene.endpoint.id, max_pages=MANY // PAGE, on_page=note)
    print(f"read {progress.seen if progress else 0}, {(progress and progress.error) or 'no error'}")


def _serve(told: list[str], pipe: Any) -> None:
    """Answer with statements that differ in id, time and thread, without end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            begin = int(dict(parse_qsl(urlsplit(self.path).query)).get("from", "0"))
            listed = ", ".join(_one(told[number % len(told)], number) for number in range(begin, begin + PAGE))
            body = f'{{"statements": [{listed}], "more": "/xAPI/statements?from={begin + PAGE}"}}'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(server.server_port)
    server.serve_forever()


def _one(text: str, number: int) -> str:
    moment = stamp(BEGIN + timedelta(seconds=10 * number))
    text = text.replace(_ID, f"{_ID[:24]}{number:012x}").replace(_WHEN, moment)
    return text.replace(_THREAD, f"/threads/{number // 5}")


if __name__ == "__main__":
    main()
