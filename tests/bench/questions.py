"""The pages of an activity with 20,000 questions: suggestions while somebody types, the list, and an expert's inbox.

Whole requests, as a learner and an expert send them: session, access checks, what is asked of the database, the page. Each
question has an answer, all but 500 are solved, the knowledge pool has a hundred entries, and search knows what posts say.
"""

import contextlib
import random
import statistics
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import ColumnElement, Table, insert, select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind, Placement
from connector.app import create_app
from connector.config import Settings
from connector.courses.models import Role
from connector.db import Model
from connector.expert_qa import services
from connector.expert_qa.services import NewQuestion
from connector.pool.making import Text, new_entry, store
from connector.routing.models import Request
from connector.search import services as search
from connector.search.services import Document
from connector.serving import settle
from connector.threads.models import OPENING
from connector.threads.services import post_reply
from tests import make
from tests.bench import databases, wsgi
from tests.bench.search import texts
from tests.visits import Visit, visit

QUESTIONS, WAITING, PEOPLE, ENTRIES, ASKED = 20_000, 500, 200, 100, 30
ROUNDS = 100
HOST = "http://localhost"
_TABLES = ("thread", "post", "question", "question_case", "question_request", "pool_entry", "membership", "person")


def main() -> None:
    """Print milliseconds of the server, of this process' processor, and numbers of queries."""
    with contextlib.ExitStack() as stack:
        each = stack.enter_context(databases.each())
        stack.enter_context(wsgi.logging_to_memory(Settings()))
        print(
            f"{QUESTIONS:,} questions{'':26}{'median':>11}{'p95':>11}{'cpu':>11}{'cpu p95':>11}{'queries':>9}{'bytes':>9}"
        )
        for name, database in each.items():
            url = database.engine.url.render_as_string(hide_password=False)
            app = create_app(Settings(public_url=HOST, database_url=url), clock=lambda: make.NOW)
            stack.callback(app.extensions["kring"].database.dispose)
            with database.session(writes=True) as session:
                learner, expert = _fill(app, session)
                databases.analyse(session, *_TABLES, "search_document", "search_word")
            settle()  # as the server does, once it has begun
            _bench(name, app, learner, expert)


def _bench(name: str, app: Flask, learner: Visit, expert: Visit) -> None:
    chance = random.Random(5)  # noqa: S311 -- the same texts in every run
    titles = [texts(chance, (5, 12), (0, 0))[0] for _ in range(ROUNDS)]
    _measure(f"suggestions, {name}", app, learner, [("/similar", {"title": title}) for title in titles])
    _measure(f"first page, {name}", app, learner, [("", {})] * 8)
    _measure(f"all questions, {name}", app, learner, [("", {"show": "all", "page": "500"})] * 8)
    _measure(f"first page of an expert, {name}", app, expert, [("", {})] * 8)
    _measure(f"inbox, {name}", app, expert, [(f"/s/{expert.sid}/inbox", {})] * 20)


# --- the course ------------------------------------------------------------------------------------------------------
def _fill(app: Flask, session: Session) -> tuple[Visit, Visit]:
    """Store questions at once, as they stand after everybody has written; return a learner's visit and an expert's."""
    chance = random.Random(4)  # noqa: S311 -- the same texts in every run
    activity = make.activity(session)
    activity.kind = Kind.EXPERT_QA
    session.execute(update(Placement).where(Placement.activity_id == activity.id).values(opened_at=make.NOW))
    people = [make.member(session, course=activity.course, name=f"Ana {n} Holm") for n in range(PEOPLE)]
    expert = make.member(session, course=activity.course, role=Role.EXPERT, name="Eva Lund")
    now = make.NOW
    first = services.ask(session, activity, people[0], NewQuestion(title="A", body="B"), key=uuid.uuid4(), now=now)
    post_reply(session, first.opening, people[1], "By date.", key=uuid.uuid4(), now=now)
    session.flush()
    ids = [uuid.uuid4() for _ in range(QUESTIONS)]
    said = [texts(chance, (5, 12), (0, 40)) for _ in ids]
    _clone(session, "thread", {"id": first.id}, (
        {"id": id_, "iri": f"{activity.iri}/threads/{id_}", "title": title, "author_id": chance.choice(people).id,
         "created_at": now - timedelta(seconds=n), "last_activity_at": now - timedelta(seconds=n)}
        for n, (id_, (title, _)) in enumerate(zip(ids, said, strict=True))
    ))  # fmt: skip
    opening = {"thread_id": first.id, "number": OPENING}
    posts = [uuid.uuid4() for _ in ids]
    _clone(session, "post", opening, (
        {"id": post_id, "thread_id": id_, "iri": f"{activity.iri}/threads/{id_}", "key": uuid.uuid4(), "body": text,
         "author_id": chance.choice(people).id, "snippet": text[:160], "created_at": now - timedelta(seconds=n)}
        for n, (id_, post_id, (_, text)) in enumerate(zip(ids, posts, said, strict=True))
    ))  # fmt: skip
    answers = [(uuid.uuid4(), texts(chance, (5, 40))[0]) for _ in ids]
    _clone(session, "post", {"thread_id": first.id, "number": OPENING + 1}, (
        {"id": post_id, "thread_id": id_, "iri": f"{activity.iri}/threads/{id_}/replies/{post_id}", "key": uuid.uuid4(),
         "parent_id": parent_id, "author_id": chance.choice(people).id, "body": text, "snippet": text[:160]}
        for id_, parent_id, (post_id, text) in zip(ids, posts, answers, strict=True)
    ))  # fmt: skip
    for name in ("question", "question_case"):
        _clone(session, name, {"thread_id": first.id}, (
            {"thread_id": id_, "resolved_at": None if n < WAITING else now - timedelta(seconds=n)}
            for n, id_ in enumerate(ids)
        ))  # fmt: skip
    session.add_all(
        Request(thread_id=id_, member_id=expert.id, wave=1, rank=0, is_peer=False, why=[], asked_at=now, at=now)
        for id_ in ids[:ASKED]
    )
    for title, text in (texts(chance, (5, 12), (10, 60)) for _ in range(ENTRIES)):
        entry = new_entry(activity, expert, Text(title=title, body=text), key=uuid.uuid4(), now=now)
        entry.review_at = now + timedelta(days=100)
        store(session, entry, ())
    _index(session, activity, [*((id_, *each) for id_, each in zip(posts, said, strict=True)),
                               *((id_, "", text) for id_, text in answers)])  # fmt: skip
    return visit(app, session, people[2], activity), visit(app, session, expert, activity)


def _clone(session: Session, name: str, where: Mapping[str, object], rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table that are like one that is there but for what they say."""
    table: Table = Model.metadata.tables[name]
    these: list[ColumnElement[bool]] = [table.c[column] == value for column, value in where.items()]
    model = dict(session.execute(select(table).where(*these)).one()._mapping)
    session.execute(insert(table), [{**model, **row} for row in rows])


def _index(session: Session, activity: Activity, said: Sequence[tuple[uuid.UUID, str, str]]) -> None:
    """Let search find posts, as many transactions would."""
    for start in range(0, len(said), 1_000):
        search.index(session, *(
            Document(id_, "post", activity.course_id, activity.id, title, text, None, make.NOW)
            for id_, title, text in said[start : start + 1_000]
        ), are_new=True)  # fmt: skip
        session.commit()


# --- figures ---------------------------------------------------------------------------------------------------------
def _measure(told: str, app: Flask, reader: Visit, asked: Sequence[tuple[str, Mapping[str, str]]]) -> None:
    """Print how long pages take, the first of them unmeasured."""
    passed, busy = [], []
    with wsgi.counting(app.extensions["kring"].database.engine) as queries:
        page = _get(app, reader, *asked[0])
    for each in asked:
        began = time.process_time()
        started = time.perf_counter()
        _get(app, reader, *each)
        passed.append(1000 * (time.perf_counter() - started))
        busy.append(1000 * (time.process_time() - began))
    figures = [
        figure for each in (passed, busy) for figure in (statistics.median(each), statistics.quantiles(each, n=20)[-1])
    ]
    print(f"{told:42}{''.join(f'{each:>8.1f} ms' for each in figures)}{len(queries):>9}{len(page):>9}", flush=True)


def _get(app: Flask, reader: Visit, path: str, asked: Mapping[str, str]) -> bytes:
    where = path if path.startswith("/s/") else reader.path + path
    _, answer = wsgi.send(app, f"{where}?{urlencode(asked)}", base_url=HOST, cookies=_cookies(reader))
    if answer.status_code != 200:
        raise RuntimeError(answer.get_data(as_text=True))
    return answer.data


def _cookies(reader: Visit) -> str:
    cookie = reader.client.get_cookie("__Host-kring-browser")
    if cookie is None:
        raise RuntimeError("the reader has no cookie")
    return f"{cookie.key}={cookie.value}"


if __name__ == "__main__":
    main()
