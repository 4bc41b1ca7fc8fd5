"""A course, its people, a store, and statements told straight to it: what features tell is tried elsewhere."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import requests
from sqlalchemy import select

from connector.courses.models import Role
from connector.db import utc_now
from connector.reports.models import Fact, Feed, Source
from connector.reports.pulling import pull
from tests import make
from tests.connector.delivery import build
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.vocabulary.activity_types import COURSE
from xapi.vocabulary.events import EVENTS
from xapi.vocabulary.extensions import EVENT, ROLE, TARGET

HIDDEN = "6e0c7f5e-5b1a-4d0e-9d5e-0a3c5d7b9f11"
"""What somebody who hides their name is called."""
START = datetime(2026, 2, 2, 8, tzinfo=UTC)
"""A Monday."""


def stamp(moment):
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Scene:
    """A course of six learners and a trainer, with one activity."""

    def __init__(self, database, store):
        self.database, self.store = database, store
        with database.session(writes=True) as session:
            self.trainer = make.member(session, role=Role.TRAINER, name="Ingrid")
            self.course = self.trainer.course
            self.tenant = self.course.deployment.platform.tenant
            self.endpoint = build.endpoint(session, self.tenant, url=store.url)
            self.place = make.activity(session, course=self.course)
            self.learners = [make.member(session, course=self.course, name=f"Learner {n}") for n in range(6)]
            session.commit()

    def account(self, who):
        """Return how statements call somebody: a member, or a name of nobody's."""
        name = who if isinstance(who, str) else str(who.person.pseudonym)
        return {"account": {"homePage": f"{self.tenant.iri}/actors", "name": name}}

    def statement(
        self,
        event,
        by,
        at=START,
        *,
        object_=None,
        parent=None,
        target=None,
        place=None,
        id_=None,
        role="learner",
        **more,
    ):
        """Return a statement as JSON; `more` are extensions' IRIs by their name, and `result`."""
        row = EVENTS[event]
        where = place or self.place
        context = {"extensions": {EVENT.id: event, ROLE.id: role}}
        if target is not None:
            context["extensions"][TARGET.id] = self.account(target)
        grouping = [{"id": self.course.iri, "definition": {"type": COURSE.id}}, {"id": where.iri}]
        context["contextActivities"] = {"grouping": grouping}
        context["contextActivities"]["parent"] = [{"id": parent or where.iri}]
        result = dict(more.pop("result", {}))
        for extension in (*row.extensions, *row.optional):
            name = extension.id.rpartition("/")[2].replace("-", "_")
            if name in more:
                part = result if extension.place == "result" else context
                part.setdefault("extensions", {})[extension.id] = more.pop(name)
        if more:
            raise TypeError(f"{event} has no {', '.join(more)}")
        return {
            "id": str(id_ or uuid.uuid4()),
            "actor": self.account(by),
            "verb": {"id": row.verb.id, "display": {"en": "x"}},
            "object": {
                "id": object_ or f"{where.iri}/things/{uuid.uuid4()}",
                "definition": {"type": row.object_type.id},
            },
            "timestamp": stamp(at),
            "context": context,
            **({"result": result} if result else {}),
        }

    def tell(self, *statements):
        """Let the store hold statements."""
        with requests.Session() as http:
            client = LRSClient(Address(self.store.url, build.USERNAME, build.PASSWORD), http)
            for start in range(0, len(statements), 200):
                client.send([json.dumps(each).encode() for each in statements[start : start + 200]])

    def held(self):
        """Return what the store holds, as JSON."""
        with requests.Session() as http:
            client = LRSClient(Address(self.store.url, build.USERNAME, build.PASSWORD), http)
            return list(client.statements(limit=1000))

    def pull(self, **options):
        return pull(self.database, build.SETTINGS, self.endpoint.id, **options)

    def facts(self):
        with self.database.session(writes=False) as session:
            return {str(fact.id): fact for fact in session.scalars(select(Fact))}

    def source(self):
        with self.database.session(writes=False) as session:
            return session.scalars(select(Source)).one()

    def feed_id(self):
        with self.database.session(writes=False) as session:
            return session.scalars(select(Feed.id)).one()


def later(**by):
    """Return a clock that is ahead of ours."""
    return lambda: utc_now() + timedelta(**by)
