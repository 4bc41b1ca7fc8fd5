"""What threads and questions are called here, and where they stand: statements have no titles."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import THREADED, Activity
from connector.courses.models import Course
from connector.threads.models import Thread
from connector.web.i18n import gettext as _


class Subject(NamedTuple):
    """A thread."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Subjects:
    """The threads of a course, for who leads it: they see them all."""

    session: Session
    course: Course

    def find(self, iris: Collection[str]) -> Mapping[str, Subject]:
        """Return what is known of some threads; what other tools told of has no title here."""
        rows = self.session.execute(
            select(Thread.iri, Thread.title, Thread.id, Activity.id.label("activity_id"), Activity.kind)
            .join(Activity, Activity.id == Thread.activity_id)
            .where(Activity.course_id == self.course.id, Thread.iri.in_(list(iris)))
        )
        found = {
            row.iri: Subject(
                row.title,
                url_for(f"{row.kind}.show", activity_id=row.activity_id, thread_id=row.id)
                if row.kind in THREADED
                else None,
            )
            for row in rows
        }
        return defaultdict(lambda: Subject(_("Not to be found here"), None), found)

    def name_criteria(self, iris: Collection[str]) -> Mapping[str, str]:
        """Return what some criteria are called; what nobody here knows has no name."""
        known = current_app.extensions["kring_criteria"](self.session, self.course, iris)
        return defaultdict(lambda: _("Not to be found here"), known)
