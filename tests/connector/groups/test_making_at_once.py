import hmac
import threading
import uuid

import pytest
from sqlalchemy import select

from connector.courses.models import GroupSet
from tests.connector.groups import build
from tests.visits import visit


@pytest.fixture(autouse=True)
def translated():
    """Requests bring a context of their own."""


def test_a_form_that_is_sent_many_times_at_once_makes_one_set(app, session, course, activity, trainer):
    build.learners(session, course, 6)
    statuses, form = send_at_once(app, session, activity, trainer, [str(uuid.uuid4())] * 4)
    (made,) = session.scalars(select(GroupSet)).all()
    assert (statuses, made.name) == ([303] * 4, form["name"])


def test_a_name_is_given_once(app, session, course, activity, trainer):
    build.learners(session, course, 6)
    statuses, _ = send_at_once(app, session, activity, trainer, [str(uuid.uuid4()) for _ in range(4)])
    assert (statuses, len(session.scalars(select(GroupSet)).all())) == ([303, 422, 422, 422], 1)


def send_at_once(app, session, activity, trainer, keys):
    visits = [visit(app, session, trainer, activity) for _ in keys]
    secret = app.extensions["kring"].settings.secret_key
    form = {"name": "Crews", "number": "2", "unit": "count", "roles": "learner"}
    barrier, statuses = threading.Barrier(len(keys)), []

    def send(found, key):
        token = hmac.new(secret.encode(), f"csrf {found.sid}".encode(), "sha256").hexdigest()
        path = f"/s/{found.sid}/activities/{activity.id}/groups/new/random"
        barrier.wait()
        answer = found.client.post(path, data={"csrf_token": token, "idempotency_key": key, **form})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send, args=each) for each in zip(visits, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses), form
