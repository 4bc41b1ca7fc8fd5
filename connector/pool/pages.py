"""What the pages of the pool share: the way in, the bar, and the form for an entry."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import THREADED, Activity
from connector.activities.pages import visit_bar
from connector.activities.services import list_activities
from connector.content.composing import draft_context, language_choices
from connector.content.text import BODY_LIMIT, TITLE_LIMIT
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.pool.access import KEEPERS, may_keep
from connector.pool.models import Entry
from connector.pool.schemas import REASON_LIMIT
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import render
from connector.web.sessions import current_launch, launch_blueprint

blueprint = launch_blueprint("pool", __name__, url_prefix="/s/<sid>/pool")


def pool_bar(session: Session, member: Membership) -> dict[str, Any]:
    """Return the slim bar: of the activity that the visit began in."""
    return visit_bar(session, member, "pool.index")


def home_of(session: Session, member: Membership) -> Activity:
    """Return the activity that a new entry is talked about in: the visit's own where people talk, else the first such one.

    Raises:
        NotFoundError: The course has none.
    """
    began_in = current_launch().activity_id
    places = [each for each in list_activities(session, member) if each.kind in THREADED and each.is_open]
    found = next((each for each in places if each.id == began_in), next(iter(places), None))
    if found is None:
        raise NotFoundError
    return found


def form_page(
    session: Session,
    member: Membership,
    entry: Entry | None,
    typed: dict[str, str],
    error: InvalidInputError | ConflictError | None = None,
) -> Response:
    """Return the form for an entry: to write, to change, or to propose a change of it.

    Args:
        entry: None for a new one.
        typed: What it begins with.
    """
    place = f"pool {entry.id if entry else member.course_id}"
    return render(
        "pool/edit.html",
        status=error.status if error else HTTPStatus.OK,
        bar=pool_bar(session, member),
        entry=entry,
        typed=typed,
        is_keeper=may_keep(member),
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        key=uuid.uuid4(),
        limits={"title": TITLE_LIMIT, "body": BODY_LIMIT, "reason": REASON_LIMIT},
        composer={
            **draft_context(session, member, place, is_retyped=error is not None),
            "languages": language_choices(),
            "language": typed.get("language"),
        },
        draft_place=place,
    )


def keepers(session: Session, member: Membership) -> list[tuple[str, str]]:
    """Return who can look after an entry, by name: values and words of a choice."""
    found = session.scalars(
        select(Membership)
        .where(Membership.course_id == member.course_id, Membership.is_active, Membership.role.in_(KEEPERS))
        .options(joinedload(Membership.person))
    )
    return sorted(((str(each.id), name_of(each)) for each in found), key=lambda each: each[1].casefold())


def typed_of_request() -> dict[str, str]:
    """Return what a form came with."""
    return {name: value for name, value in request.form.items() if name != "csrf_token"}
