"""Distributing all work of a class and storing it, with what learning record stores are told; by engine.

Moodle's Workshop took 2.4 seconds for 1,000 submissions of three reviews each, on a machine of this kind.
"""

import time
import uuid
from datetime import timedelta

from sqlalchemy import insert

from connector.activities.models import Activity, Kind
from connector.courses.models import Membership, Person, Role
from connector.db import Database
from connector.peer_review import rules
from connector.peer_review.matching import distributing
from connector.peer_review.models.reviews import Author, Submission, WorkState
from connector.serving import settle
from tests import make
from tests.bench import databases
from tests.connector.delivery import build

WORKSHOP_SECONDS = 2.4
CLASSES = ((1_000, 3), (10_000, 4))
ROUNDS = {1_000: 7, 10_000: 2}


def main() -> None:
    """Print seconds from the trainer's press of the button to the commit, the best of some rounds; CPU is this process's."""
    settle()  # as the server does
    print(f"{'engine':12}{'works':>8}{'each':>6}{'LRS':>6}{'seconds':>10}{'CPU':>8}{'Workshop / Kring':>18}")
    with databases.each() as each:
        for name, database in each.items():
            for count, given in CLASSES:
                for has_store in (False, True):
                    rounds = [measure(database, count, given, has_store=has_store) for _ in range(ROUNDS[count])]
                    best, cpu = map(min, zip(*rounds, strict=True))
                    gain = f"{WORKSHOP_SECONDS / best:.0f}" if count == CLASSES[0][0] else ""
                    told = "yes" if has_store else "no"
                    print(f"{name:12}{count:>8}{given:>6}{told:>6}{best:>10.3f}{cpu:>8.3f}{gain:>18}", flush=True)


def measure(database: Database, count: int, given: int, *, has_store: bool) -> tuple[float, float]:
    """Return the seconds that one distribution takes in a fresh course, and those of them that this process works."""
    activity_id, trainer_id = _class(database, count, given, has_store=has_store)
    begin, began = time.perf_counter(), time.process_time()
    with database.session(writes=True) as session:
        activity, trainer = session.get_one(Activity, activity_id), session.get_one(Membership, trainer_id)
        made = distributing.distribute(session, activity, trainer, now=make.NOW + timedelta(hours=1))
        session.commit()
        seconds = time.perf_counter() - begin, time.process_time() - began
        if made.outcome["new"] != count * given:
            raise RuntimeError(f"{made.outcome['new']} reviews were given, not {count * given}")
    return seconds


def _class(database: Database, count: int, given: int, *, has_store: bool) -> tuple[uuid.UUID, uuid.UUID]:
    with database.session(writes=True) as session:
        course = make.course(session)
        if has_store:
            build.endpoint(session, course.deployment.platform.tenant)
        activity = make.activity(session, course=course)
        activity.kind = Kind.PEER_REVIEW
        trainer = make.member(session, course=course, role=Role.TRAINER)
        rules.set_rules(session, activity, trainer, {"reviews_each": given, "needed": min(3, given)})
        people = [uuid.uuid4() for _ in range(count)]
        members = [uuid.uuid4() for _ in range(count)]
        works = [uuid.uuid4() for _ in range(count)]
        session.execute(
            insert(Person),
            [
                {"id": id_, "platform_id": course.deployment.platform_id, "subject": str(id_), "name": f"P {number}",
                 "locale": "en", "created_at": make.NOW}
                for number, id_ in enumerate(people)
            ],
        )  # fmt: skip
        session.execute(
            insert(Membership),
            [
                {"id": id_, "course_id": course.id, "person_id": person, "role": Role.LEARNER, "created_at": make.NOW,
                 "seen_at": make.NOW}
                for id_, person in zip(members, people, strict=True)
            ],
        )  # fmt: skip
        session.execute(
            insert(Submission),
            [
                {"id": id_, "activity_id": activity.id, "author_id": author, "iri": f"{activity.iri}/submissions/{id_}",
                 "state": WorkState.HANDED_IN, "version": 1, "first_at": make.NOW, "handed_in_at": make.NOW,
                 "is_late": False, "body": "A plan.", "body_html": "<p>A plan.</p>", "snippet": "A plan.",
                 "word_count": 2, "renderer": 1}
                for id_, author in zip(works, members, strict=True)
            ],
        )  # fmt: skip
        session.execute(
            insert(Author),
            [
                {"submission_id": id_, "member_id": author, "since": make.NOW}
                for id_, author in zip(works, members, strict=True)
            ],
        )
        session.commit()
        databases.analyse(session, "person", "membership", "peer_submission", "peer_author")
        return activity.id, trainer.id


if __name__ == "__main__":
    main()
