"""Which course, and which activity in it, a statement tells of."""

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Course
from connector.delivery.models import Endpoint
from connector.platforms.models import Deployment, Platform
from connector.reports.reading import Reading
from connector.reports.sources import ensure_feed

_CHUNK = 400
_MOST = 50_000
"""IRIs that are remembered for being none of ours."""


class Place(NamedTuple):
    """Where something happened."""

    feed_id: int
    activity_id: uuid.UUID | None


class Atlas:
    """The IRIs of courses and activities that one store may tell of; looked up once."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._courses: dict[str, uuid.UUID] = {}
        self._activities: dict[str, tuple[uuid.UUID, uuid.UUID]] = {}
        self._others: set[str] = set()
        self._feeds: dict[uuid.UUID, int] = {}

    def learn(self, session: Session, readings: Sequence[Reading]) -> None:
        """Look up whatever is not known yet: what statements call their place first, and most need no more."""
        self._learn(session, {iri for reading in readings for iri in reading.groupings})
        rest = [reading for reading in readings if self.place_of(reading) is None]
        self._learn(session, {iri for reading in rest for iri in reading.places})

    def place_of(self, reading: Reading) -> Place | None:
        """Return where a statement happened; None for what happened in no course of ours."""
        named = (*reading.groupings, *reading.places)
        for iri in named:
            if iri in self._activities:
                activity_id, course_id = self._activities[iri]
                return Place(self._feeds[course_id], activity_id)
        for iri in named:
            if iri in self._courses:
                return Place(self._feeds[self._courses[iri]], None)
        return None

    def _learn(self, session: Session, named: set[str]) -> None:
        if len(self._others) > _MOST:
            self._others.clear()
        fresh = sorted(named - self._courses.keys() - self._activities.keys() - self._others)
        for start in range(0, len(fresh), _CHUNK):
            self._look_up(session, fresh[start : start + _CHUNK])
        self._others.update(iri for iri in fresh if iri not in self._courses and iri not in self._activities)

    def _look_up(self, session: Session, iris: Collection[str]) -> None:
        ours = (
            select(Course.id)
            .join(Course.deployment)
            .join(Deployment.platform)
            .where(Platform.tenant_id == self._endpoint.tenant_id)
        )
        courses = session.execute(select(Course.iri, Course.id).where(Course.iri.in_(iris), Course.id.in_(ours)))
        self._courses |= {row.iri: row.id for row in courses}
        activities = session.execute(
            select(Activity.iri, Activity.id, Activity.course_id).where(
                Activity.iri.in_(iris), Activity.course_id.in_(ours)
            )
        )
        self._activities |= {row.iri: (row.id, row.course_id) for row in activities}
        named = {*self._courses.values(), *(course_id for _, course_id in self._activities.values())}
        for course_id in named - self._feeds.keys():
            self._feeds[course_id] = ensure_feed(session, self._endpoint.id, course_id).id
