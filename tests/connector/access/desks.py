"""The part of the world with questions to experts: one for everybody, one for the trainers alone, and an hour."""

import uuid
from datetime import timedelta

from sqlalchemy import update

from connector.activities.models import Kind, Placement
from connector.expert_qa import hours, services
from connector.expert_qa.services import NewQuestion
from tests import make
from tests.connector.access.world import EVERYBODY, HOME, LEADERS
from tests.connector.access.writing import Writer
from tests.make import NOW


class DeskWriter(Writer):
    """Makes an activity for questions."""

    def build_desk(self) -> None:
        """Make all of it."""
        row = make.activity(self.session, course=self.courses[HOME], title=self.word("title of a desk", EVERYBODY))
        row.kind = Kind.EXPERT_QA
        opened = update(Placement).where(Placement.activity_id == row.id)
        self.session.execute(opened.values(opened_at=NOW))
        self.add("desk", "a desk", row.id, readers=EVERYBODY)
        here = {"activity_id": row.id}
        for name, readers, is_assessed in (
            ("a question", EVERYBODY, False),
            ("a private question", LEADERS | {"anna"}, True),
        ):
            new = NewQuestion(
                title=self.word(f"title of {name}", readers),
                body=self.word(f"text of {name}", readers),
                is_assessed=is_assessed,
            )
            asked = services.ask(self.session, row, self.members["anna"], new, key=uuid.uuid4(), now=self.time())
            common = {"readers": frozenset(readers), "owner": "anna"}
            self.add("question", name, asked.id, more=here, **common)
            self.add("asked", name, asked.opening.id, more=here, **common)
        hour = hours.plan(
            self.session,
            row,
            self.members["tine"],
            title=self.word("title of an hour", EVERYBODY),
            host=self.members["eva"],
            begins_at=NOW + timedelta(days=1),
            ends_at=NOW + timedelta(days=1, hours=1),
            now=self.time(),
        )
        self.add("hour", "an hour", hour.id, more=here, readers=EVERYBODY)
        self.add("asker", "anna", self.members["anna"].id, more=here, readers=LEADERS)
