"""A discussion of 1,000 nested replies: its first load, a reply to it, unread counts, and 500 people who ask for news.

The tree is that of ../shared/forum_1000.json, or of the same shape where that file is absent. The baseline is a plain page
of 50 posts from bare Flask and Jinja, with as many bytes as the page of the thread that it stands beside, in the same run.
Beside the time that passed stands what this process had of a processor: the same on a machine that has other work.
"""

import contextlib
import gzip
import json
import random
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from connector.activities.models import Activity
from connector.app import create_app
from connector.config import Settings
from connector.content import markdown
from connector.courses.models import Membership
from connector.db import Database
from connector.serving import settle
from connector.threads import listing
from connector.threads.access import look
from connector.threads.models import OPENING, Post, Thread
from tests import make
from tests.bench import databases, discussion_page, wsgi
from tests.connector.threads import build
from tests.visits import Visit, visit

TREE = Path("../shared/forum_1000.json")
THREADS, POSTS_EACH, PEOPLE = 200, 25, 500
ROUNDS = 60
HOST = "http://localhost"


@dataclass(frozen=True, slots=True)
class Line:
    """A post of the tree."""

    parent: int | None
    user: int
    body: str


def load_tree() -> Sequence[Line]:
    """Return the tree; the opening post comes first, and every other one after what it answers."""
    if TREE.is_file():
        rows = json.loads(TREE.read_text())
        return [Line(row["parent"], row["user"], "\n\n".join(row["paragraphs"])) for row in rows]
    chance = random.Random(1000)  # noqa: S311 -- the same tree in every run
    words = [
        "argument",
        "source",
        "claim",
        "method",
        "result",
        "because",
        "however",
        "therefore",
        "peer",
        "review",
        "draft",
        "compare",
        "explain",
    ]
    text = [" ".join(chance.choices(words, k=46)).capitalize() + "." for _ in range(100)]
    lines = [Line(None, 0, "\n\n".join(text[:2]))]
    for number in range(1, 1001):
        parent = 0 if chance.random() < 0.4 else chance.randrange(max(number - 300, 0), number)
        lines.append(Line(parent, chance.randrange(300), "\n\n".join(chance.sample(text, k=2))))
    return lines


def main() -> None:
    """Print milliseconds of the server, sizes, numbers of queries, and ratios to the baseline."""
    with contextlib.ExitStack() as stack:
        each = stack.enter_context(databases.each())
        stack.enter_context(wsgi.logging_to_memory(Settings()))
        print(
            f"{'':48}{'median':>11}{'p95':>11}{'baseline':>11}{'ratio':>8}{'cpu':>11}{'bytes':>9}{'gzip':>8}{'queries':>9}"
        )
        for name, database in each.items():
            url = database.engine.url.render_as_string(hide_password=False)
            app = create_app(Settings(public_url=HOST, database_url=url), clock=lambda: make.NOW)
            stack.callback(app.extensions["kring"].database.dispose)
            _bench(name, app, database)


def _bench(name: str, app: Flask, database: Database) -> None:
    with database.session(writes=True) as session:
        activity = make.activity(session)
        people = [make.member(session, course=activity.course, name=f"Ana {n} Holm") for n in range(PEOPLE)]
        thread = _plant(session, activity, people, load_tree())
        readers = [visit(app, session, reader, activity) for reader in people[300:]]
        busy = make.activity(session, course=activity.course)
        for number in range(THREADS):
            lines = [Line(None if n == 0 else 0, n, "By date.") for n in range(POSTS_EACH)]
            _plant(session, busy, people, lines, title=f"Thread {number}")
        listed = visit(app, session, people[-1], busy)
        session.commit()
        databases.analyse(session, "post", "thread", "membership", "person", "read_mark", "subscription")
        path, threads = f"/threads/{thread.id}", busy
    settle()  # as the server does, once it has begun
    settled = readers[-1]
    _get(app, path, settled)
    size = _measure(f"first load, all new, {name}", app, path, iter(readers), times=ROUNDS)
    baseline = discussion_page.plain(size, 50)
    _measure(f"the same page again, {name}", app, path, _again(settled), baseline=baseline)
    _measure(f"last page, {name}", app, f"{path}?page=99", _again(settled), baseline=baseline)
    _measure(f"page with a post in the middle, {name}", app, f"{path}?post=500", _again(settled), baseline=baseline)
    _measure(f"all 1,001 posts for paper, {name}", app, f"{path}/print", _again(settled), baseline=baseline, times=5)
    _measure(f"list of {THREADS} threads, all new, {name}", app, "", _again(listed), baseline=baseline)
    _count_unread(name, database, threads, people[-1].id)
    _reply(name, app, path, settled)
    _poll(name, app, f"{path}/changes?after=1001", readers)


def _plant(
    session: Any, activity: Activity, people: Sequence[Membership], lines: Sequence[Line], title: str = "A long thread"
) -> Thread:
    """Store a thread at once, as it stands after everybody has written."""
    thread = build.thread(session, activity=activity, author=people[0], title=title, body=lines[0].body)
    ids = [thread.opening.id, *(uuid.uuid4() for _ in lines[1:])]
    depths = [0]
    rows = []
    for number, line in enumerate(lines[1:], start=1):
        depths.append(depths[line.parent or 0] + 1)
        html = markdown.render(line.body)
        rows.append(
            {
                "id": ids[number],
                "activity_id": activity.id,
                "thread_id": thread.id,
                "iri": f"{thread.iri}/replies/{ids[number]}",
                "parent_id": ids[line.parent or 0],
                "author_id": people[line.user % len(people)].id,
                "key": uuid.uuid4(),
                "number": OPENING + number,
                "depth": depths[-1],
                "created_at": make.NOW + timedelta(seconds=number),
                "body": line.body,
                "body_html": html,
                "renderer": markdown.RENDERER,
                "snippet": line.body[:160],
                "word_count": len(line.body.split()),
                "state": "visible",
                "version": 1,
            }
        )
    session.execute(insert(Post), rows)
    thread.post_count, thread.last_activity_at = len(lines), make.NOW + timedelta(seconds=len(lines))
    session.flush()
    return thread


def _measure(
    way: str,
    app: Flask,
    path: str,
    readers: Any,
    *,
    baseline: Callable[[], float] | None = None,
    times: int = ROUNDS,
) -> int:
    """Print how long a page takes, and return its size; the baseline takes turns with it."""
    reader = next(readers)
    with wsgi.counting(app.extensions["kring"].database.engine) as queries:
        _, page = _get(app, path, reader)
    size = len(page)
    baseline = baseline or discussion_page.plain(size, 50)
    ours, plain, busy = [], [], []
    for _ in range(times):
        begin = time.process_time()
        ours.append(_get(app, path, next(readers))[0] * 1000)
        busy.append((time.process_time() - begin) * 1000)
        plain.append(baseline() * 1000)
    more = f"{statistics.median(busy):>8.2f} ms{size:>9}{len(gzip.compress(page, 6)):>8}{len(queries):>9}"
    _print(way, ours, statistics.median(plain), more)
    return size


def _print(way: str, times: list[float], baseline: float | None = None, more: str = "") -> None:
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    ratio = f"{baseline:>8.2f} ms{median / baseline:>7.1f}x" if baseline else " " * 19
    print(f"{way:48}{median:>8.2f} ms{p95:>8.2f} ms{ratio}{more}")


def _count_unread(name: str, database: Database, activity: Activity, reader_id: uuid.UUID) -> None:
    """Time the one query that the list's unread counts come from, and all that the list asks for."""
    times, busy = [], []
    with database.session(writes=False) as session:
        reader = session.get_one(Membership, reader_id)
        sight = look(session, reader, activity, now=make.NOW)
        for _ in range(ROUNDS):
            begin, began = time.perf_counter(), time.process_time()
            found = listing.list_threads(session, sight, page=1)
            times.append((time.perf_counter() - begin) * 1000)
            busy.append((time.process_time() - began) * 1000)
    if found.new_count != THREADS * POSTS_EACH:
        raise RuntimeError(f"{found.new_count} posts are new")
    _print(f"unread counts of {THREADS} threads, sorted, {name}", times, more=f"{statistics.median(busy):>8.2f} ms")


def _reply(name: str, app: Flask, path: str, reader: Visit) -> None:
    times, busy = [], []
    _, page = _get(app, path, reader)
    token = page.decode().partition('name="csrf_token" value="')[2].partition('"')[0]
    for number in range(ROUNDS):
        form = {
            "csrf_token": token,
            "body": f"By *date*, for the {number}th time.",
            "idempotency_key": str(uuid.uuid4()),
        }
        begin = time.process_time()
        seconds, answer = wsgi.send(
            app, f"{reader.path}{path}/replies", base_url=HOST, cookies=_cookies(reader), form=form
        )
        if answer.status_code != 303:
            raise RuntimeError(answer.get_data(as_text=True))
        busy.append((time.process_time() - begin) * 1000)
        times.append(seconds * 1000)
    _print(f"posting a reply, {name}", times, more=f"{statistics.median(busy):>8.2f} ms")


def _poll(name: str, app: Flask, path: str, readers: Sequence[Visit]) -> None:
    """Let people ask for news, each with the tag of what they were told before; in one process, one after the other."""
    for told, tagged in (("first", False), ("unchanged", True)):
        times, busy = [], []
        for number in range(PEOPLE):
            reader = readers[number % len(readers)]
            tag = None
            if tagged:
                _, answer = wsgi.send(app, reader.path + path, base_url=HOST, cookies=_cookies(reader))
                tag = answer.headers["ETag"]
            headers = {"If-None-Match": tag} if tag else {}
            begin = time.process_time()
            seconds, answer = wsgi.send(
                app, reader.path + path, base_url=HOST, cookies=_cookies(reader), headers=headers
            )
            if answer.status_code != (304 if tagged else 200):
                raise RuntimeError(answer.status)
            busy.append((time.process_time() - begin) * 1000)
            times.append(seconds * 1000)
        rate = 1000 / statistics.mean(times)
        more = f"{statistics.median(busy):>8.2f} ms {rate:.0f} requests a second"
        _print(f"{PEOPLE} people ask for news, {told}, {name}", times, more=more)


def _again(reader: Visit) -> Any:
    while True:
        yield reader


def _get(app: Flask, path: str, reader: Visit) -> tuple[float, bytes]:
    seconds, answer = wsgi.send(app, reader.path + path, base_url=HOST, cookies=_cookies(reader))
    if answer.status_code != 200:
        raise RuntimeError(answer.get_data(as_text=True))
    return seconds, answer.data


def _cookies(reader: Visit) -> str:
    cookie = reader.client.get_cookie("__Host-kring-browser")
    if cookie is None:
        raise RuntimeError("the reader has no cookie")
    return f"{cookie.key}={cookie.value}"


if __name__ == "__main__":
    main()
