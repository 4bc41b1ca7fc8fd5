"""How fast the worker sends scores, against a bare loop of the same requests; and how many tokens that takes."""

import threading
import time
from datetime import timedelta

import requests
import structlog
from sqlalchemy import func, select

from connector.db import Database, utc_now
from connector.grades import services, worker
from connector.grades.models import Grade, LineItem, State
from lti import claims
from tests.bench import databases
from tests.connector.delivery.build import SETTINGS
from tests.connector.grades import build
from tests.connector.grades.gradebooks import Gradebook, open_gradebook

COUNT, ROUNDS = 1000, 3


def main() -> None:
    """Print rates in scores a second, the best of some rounds that take turns: whatever else runs only slows."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with databases.each() as each, open_gradebook() as gradebook:
        rates: dict[str, list[float]] = {"bare loop": [], **{name: [] for name in each}}
        tokens: dict[str, list[int]] = {name: [] for name in each}
        for _ in range(ROUNDS):
            for name, database in each.items():
                rate, asked = _drain(database, gradebook)
                rates[name].append(rate)
                tokens[name].append(asked)
                rates["bare loop"].append(_loop(gradebook))
        best = {name: max(values) for name, values in rates.items()}
        print(f"{'':24}{'scores/s':>10}{'of the loop':>14}{'tokens for scores / in all':>30}")
        for name, rate in best.items():
            label = f"worker, {name}" if name in each else name
            asked = f"{min(tokens[name])} / {min(tokens[name]) + 1}" if name in tokens else ""
            print(f"{label:24}{rate:>10.0f}{rate / best['bare loop']:>13.0%}{asked:>30}")


def _drain(database: Database, gradebook: Gradebook) -> tuple[float, int]:
    """Return scores a second from the start of a worker until none waits, and how many tokens it asked for to send them."""
    build.ready(database, SETTINGS)
    gradebook.scores.clear()
    gradebook.asked.clear()
    gradebook.token_scopes.clear()
    user_ids = [f"learner {time.time_ns()} {number}" for number in range(COUNT)]
    with database.session(writes=True) as session:
        activity = build.graded_activity(session, gradebook.url, lineitems=gradebook.lineitems_url, user_ids=user_ids)
        for number in range(COUNT):
            member = activity.member(session, number)
            services.set_score(
                session, activity.activity(session), member, points=number % 11, maximum=10.0, now=utc_now()
            )
        session.commit()
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(database, SETTINGS), kwargs={"stop": stop})
    begin = time.perf_counter()
    thread.start()
    while _waiting(database, activity):
        time.sleep(0.02)
    rate = COUNT / (time.perf_counter() - begin)
    stop.set()
    thread.join()
    return rate, len([scope for scope in gradebook.token_scopes if scope.endswith("scope%2Fscore")])


def _waiting(database: Database, activity: build.Graded) -> int:
    with database.session(writes=False) as session:
        due = select(func.count(Grade.id)).join(LineItem)
        mine = due.where(LineItem.activity_id == activity.activity_id, Grade.state == State.DUE)
        return session.scalar(mine) or 0


def _loop(gradebook: Gradebook) -> float:
    """Send the requests that the worker has just sent once more, at later times, from a loop that does nothing else."""
    sent = gradebook.asked_for("scores")
    token = next(iter(gradebook.tokens))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": claims.MEDIA_SCORE}
    late = (utc_now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H")
    bodies = [each.body.replace(each.json["timestamp"][:13].encode(), late.encode()) for each in sent]
    with requests.Session() as http:
        begin = time.perf_counter()
        for each, body in zip(sent, bodies, strict=True):
            http.post(f"{gradebook.url}{each.target}", data=body, headers=headers, timeout=10).raise_for_status()
        return len(sent) / (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
