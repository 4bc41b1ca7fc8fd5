"""How long the server needs for a thread of 50 posts and for a list of 20 threads, against bare Flask and Jinja.

The baseline answers with as many bytes from one plain loop over dictionaries: no session, no database, no components.
So the ratio says what these cost together.
"""

import contextlib
import gzip
import statistics
from collections.abc import Callable

from flask import Flask, render_template
from jinja2 import DictLoader

from connector.app import create_app
from connector.config import Settings
from connector.db import Database
from tests import make
from tests.bench import databases, wsgi
from tests.connector.threads import build
from tests.visits import Visit, visit

POSTS, THREADS, AUTHORS = 50, 20, 10
ROUNDS, REQUESTS = 12, 10
FIRST = ROUNDS * REQUESTS
HOST = "http://localhost"
BODY = (
    "I put **everything** of a project into one folder and name files by date, so that the newest stands last.\n\n"
    "- letters as PDF\n- drafts with a number\n\nWhat I never solved: mails. See https://example.org/filing for how "
    "others do it. Does anybody keep them *beside* the files?"
)
PLAIN = """<!doctype html><html lang="en"><title>{{ title }}</title><ol>
{% for post in posts %}<li id="{{ post.id }}"><h2>{{ post.author }}</h2><time>{{ post.at }}</time>{{ post.body|safe }}</li>
{% endfor %}</ol></html>"""


def main() -> None:
    """Print times of the server in milliseconds, sizes and numbers of queries, in rounds that take turns."""
    with contextlib.ExitStack() as stack:
        each = stack.enter_context(databases.each())
        stack.enter_context(wsgi.logging_to_memory(Settings()))
        ways: dict[str, Callable[[], float]] = {}
        told: dict[str, str] = {}
        for name, database in each.items():
            url = database.engine.url.render_as_string(hide_password=False)
            app = create_app(Settings(public_url=HOST, database_url=url), clock=lambda: make.NOW)
            stack.callback(app.extensions["kring"].database.dispose)
            for page, (path, readers) in _fill(app, database).items():
                way = f"{page}, {name}"
                ways[way] = _getter(app, path, readers)
                told[way], size = _look(app, path, readers[-1])
                ways.setdefault(f"{page}, baseline", plain(size, THREADS if "list" in page else POSTS))
        _print(ways, told)


def _print(ways: dict[str, Callable[[], float]], told: dict[str, str]) -> None:
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, get in ways.items():
            times[way] += [get() * 1000 for _ in range(REQUESTS)]
    print(f"{'':36}{'median':>10}{'p95':>10}{'baseline':>12}{'ratio':>8}{'bytes':>9}{'gzip':>8}{'queries':>9}")
    for way, figures in told.items():
        baseline = statistics.median(times[f"{way.rpartition(',')[0]}, baseline"])
        median, p95 = statistics.median(times[way]), statistics.quantiles(times[way], n=20)[-1]
        print(f"{way:36}{median:>7.2f} ms{p95:>7.2f} ms{baseline:>9.2f} ms{median / baseline:>7.1f}x{figures}")


def _fill(app: Flask, database: Database) -> dict[str, tuple[str, list[Visit]]]:
    """Build a discussion, and return for each page its path below the activity and who asks for it, in turn."""
    with database.session(writes=True) as session:
        activity = make.activity(session)
        authors = [make.member(session, course=activity.course, name=f"Ana {n} Holm") for n in range(AUTHORS)]
        readers = [make.member(session, course=activity.course) for _ in range(FIRST + 2)]
        for number in range(THREADS):
            author = authors[number % AUTHORS]
            thread = build.thread(session, activity=activity, author=author, body=BODY, after=number)
        replies = []
        for number in range(POSTS - 1):
            parent = replies[number // 2] if number % 3 else None
            author = authors[number * 7 % AUTHORS]
            replies.append(build.reply(session, thread, author=author, body=BODY, parent=parent, after=number))
        session.commit()
        visits = [visit(app, session, reader, activity) for reader in readers]
        path = f"/threads/{thread.id}"
    _get(app, path, visits[-1])  # has read the thread from here on
    return {
        "thread, all read": (path, visits[-1:]),
        "thread, all new": (path, visits[:-1]),
        "list of threads": ("", visits[-1:]),
    }


def _getter(app: Flask, path: str, readers: list[Visit]) -> Callable[[], float]:
    """Return how to ask for a page once, as the next reader, and how long it took."""
    turns = iter(readers * FIRST if len(readers) == 1 else readers)
    return lambda: _get(app, path, next(turns))


def _get(app: Flask, path: str, reader: Visit) -> float:
    seconds, answer = wsgi.send(app, reader.path + path, base_url=HOST, cookies=_cookies(reader))
    if answer.status_code != 200:
        raise RuntimeError(answer.get_data(as_text=True))
    return seconds


def _look(app: Flask, path: str, reader: Visit) -> tuple[str, int]:
    """Return a page's bytes, bytes in gzip and queries as text, and its bytes as a number."""
    with wsgi.counting(app.extensions["kring"].database.engine) as queries:
        _, answer = wsgi.send(app, reader.path + path, base_url=HOST, cookies=_cookies(reader))
    size = len(answer.data)
    return f"{size:>9}{len(gzip.compress(answer.data, 6)):>8}{len(queries):>9}", size


def _cookies(reader: Visit) -> str:
    cookie = reader.client.get_cookie("__Host-kring-browser")
    return f"{cookie.key}={cookie.value}"


def plain(size: int, count: int) -> Callable[[], float]:
    """Return how to ask a bare application for a page of `size` bytes once."""
    app = Flask("baseline")
    posts = [{"id": n, "author": "Ana Holm", "at": make.NOW, "body": ""} for n in range(count)]
    app.jinja_loader = DictLoader({"page.html": PLAIN})
    app.add_url_rule("/", "page", lambda: render_template("page.html", title="A thread", posts=posts))
    missing = size - len(wsgi.send(app, "/", base_url=HOST)[1].data)
    for number, post in enumerate(posts):
        post["body"] = "x" * (missing // count + (number < missing % count))
    if len(wsgi.send(app, "/", base_url=HOST)[1].data) != size:
        raise RuntimeError("the baseline's page is not of the same size")
    return lambda: wsgi.send(app, "/", base_url=HOST)[0]


if __name__ == "__main__":
    main()
