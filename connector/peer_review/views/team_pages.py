"""What a page shows of a review that a group writes together."""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.peer_review import filling
from connector.peer_review.models.reviews import Review


def list_beside(session: Session, review: Review, level_label: Callable[[Any, str], str]) -> list[dict[str, str]]:
    """Return what people of a group typed where another one had meanwhile, with their names; levels in words."""
    if not review.beside:
        return []
    scored = {filling.fields_of(each)[0]: each for each in review.rubric.criteria} if review.rubric else {}
    ids = {uuid.UUID(each["by"]) for each in review.beside}
    members = session.scalars(select(Membership).where(Membership.id.in_(ids)).options(joinedload(Membership.person)))
    people = {str(each.id): name_of(each) for each in members}
    return [
        {
            **each,
            "by": people.get(each["by"], ""),
            "text": level_label(scored[each["field"]], each["text"]) if each["field"] in scored else each["text"],
        }
        for each in review.beside
    ]
