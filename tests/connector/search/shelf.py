"""A course whose documents a test puts in and asks for."""

import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.search import services
from connector.search.services import Document, Found
from tests import make

DUPLICATES = Path(__file__).parents[2] / "fixtures" / "duplicates"


class Shelf:
    """Documents of one course, which go by their titles."""

    def __init__(self, session: Session, activity: Activity | None = None) -> None:
        self.session = session
        self.activity = activity or make.activity(session)
        self.course_id = self.activity.course_id
        self.titles: dict[uuid.UUID, str] = {}

    def put(
        self, title: str, text: str = "", *, language: str | None = None, id_: uuid.UUID | None = None
    ) -> uuid.UUID:
        """Index a document, or index it again."""
        id_ = id_ or uuid.uuid4()
        services.index(
            self.session,
            Document(id_, "post", self.course_id, self.activity.id, title, text, language, make.NOW),
        )
        self.titles[id_] = title
        return id_

    def search(self, query: str, *, among=None, limit: int = 20, offset: int = 0) -> Found:
        return services.search(self.session, query, course_id=self.course_id, among=among, limit=limit, offset=offset)

    def find(self, query: str, **more: object) -> set[str]:
        """Return the titles of what is found."""
        return {self.titles[hit.id] for hit in self.search(query, **more).hits}

    def alike(self, title: str, text: str = "", *, among=None, limit: int = 5, excepting=None) -> Sequence[str]:
        """Return the titles of similar documents, the likeliest first."""
        found = services.similar(
            self.session, title, text, course_id=self.course_id, among=among, limit=limit, excepting=excepting
        )
        return [self.titles[id_] for id_ in found]


def read_pairs(language: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return a language's pairs of duplicate questions, and questions that are nobody's duplicate."""
    lines = [line.split("\t") for line in (DUPLICATES / f"{language}.tsv").read_text(encoding="utf-8").splitlines()]
    return [(line[0], line[1]) for line in lines if len(line) == 2], [line[0] for line in lines if len(line) == 1]
