"""What is stored of a person, for them and for whoever looks after people's data in the LMS."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.kinds import Holding, kinds
from connector.courses.models import Group, GroupMember, Membership, Person
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import current_launch, launch_blueprint

log = structlog.get_logger(__name__)

blueprint = launch_blueprint("privacy", __name__, url_prefix="/s/<sid>/privacy")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Say what is stored of the person that the launch is about."""
    session, launch = current_session(), current_launch()
    if launch.membership_id is not None:
        raise NotFoundError
    person = session.get(Person, launch.subject_id) if launch.subject_id else None
    return render(
        "launch/privacy.html",
        bar=None,
        person=person,
        holdings=list_holdings(session, person) if person else [],
        may_export=launch.may_export,
    )


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """Give a copy of what is stored, to the person or to an administrator of their LMS."""
    session, launch = current_session(), current_launch()
    person = session.get(Person, launch.subject_id) if launch.subject_id and launch.may_export else None
    if person is None:
        raise NotFoundError
    log.info("personal_data_exported", person=str(person.id))
    response = jsonify(
        exported_at=now().isoformat(),
        person=_describe(person),
        **{each.name: each.records for each in list_holdings(session, person)},
    )
    response.headers["Content-Disposition"] = 'attachment; filename="kring-personal-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return what is stored of a person, by kind."""
    members = session.scalars(
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(joinedload(Membership.course))
        .order_by(Membership.created_at)
    ).all()
    courses = Holding(label=_("Courses"), name="courses", records=[_membership(session, each) for each in members])
    return [courses, *(each for parts in kinds().values() for each in parts.list_holdings(session, person))]


def _describe(person: Person) -> Mapping[str, Any]:
    return {
        "lms": person.platform.issuer,
        "lms_user_id": person.subject,
        "name": person.name,
        "email": person.email,
        "language": person.locale,
        "known_since": person.created_at.isoformat(),
        "account_in_learning_records": str(person.pseudonym),
    }


def _membership(session: Session, member: Membership) -> Mapping[str, Any]:
    groups = session.scalars(
        select(Group.name)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.membership_id == member.id)
    )
    return {
        "course": member.course.title,
        "role": member.role.value,
        "is_active": member.is_active,
        "since": member.created_at.isoformat(),
        "last_seen": member.seen_at.isoformat() if member.seen_at else None,
        "groups": list(groups),
    }
